"""A screen that is dark for a moment is waited for; one that is turned or folded before an act is looked at anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PIL import Image

from cs_agent.engine.actions.values import Back, Tap, Type
from cs_agent.engine.run import human
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.run.state import ConfirmationRequest, StepStatus, TakeoverRequest
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.geometry import NormPoint, Size
from cs_agent.observation import Screenshot
from cs_agent.phone.errors import BlackScreen
from cs_agent.testing.phone import FakeScreen
from tests.engine.story import COMPLAINT, RULES, SMALL, Story


class Secure(PhoneError):
    code = "secure_screen"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class DarkPhone:
    """Shows nothing until a moment, then a page."""

    clock: Clock
    light_at: float
    dark: type[PhoneError] = Secure
    asked: list[float] = field(default_factory=list)

    def screenshot(self) -> Screenshot:
        self.asked.append(self.clock())
        if self.clock() < self.light_at:
            raise self.dark("nothing to see")
        return Screenshot(Image.new("RGB", (108, 240), "white"), self.clock())


class Still:
    def add(self, screenshot: Screenshot) -> bool:
        return True


def _observer(phone: DarkPhone, clock: Clock, check: Callable[[], None] = lambda: None) -> ScreenObserver:
    return ScreenObserver(phone, None, lambda before: Still(), EngineSettings(), clock, clock.sleep, check)  # type: ignore[arg-type]


@pytest.mark.parametrize("dark", [Secure, BlackScreen], ids=["secure", "black"])
def test_a_splash_screen_is_waited_for(dark: type[PhoneError]) -> None:
    clock = Clock()
    began = clock()
    _observer(DarkPhone(clock, 1.0, dark), clock).wait_until_settled(None)
    assert clock() - began == pytest.approx(1.0, abs=0.1)


def test_a_page_that_stays_dark_is_believed_in_the_end() -> None:
    clock = Clock()
    with pytest.raises(Secure):
        _observer(DarkPhone(clock, 60.0), clock).wait_until_settled(None)
    assert clock() == pytest.approx(EngineSettings().dark_s, abs=0.5)


def test_waiting_in_the_dark_can_be_interrupted() -> None:
    clock = Clock()

    def check() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        _observer(DarkPhone(clock, 60.0), clock, check).wait_until_settled(None)


# a phone that is turned, or a foldable that is shut, between a look and the act

ROWS = FakeScreen(["title:订单", *(f"row:订单 {number}" for number in range(1001, 1009))])
LYING, SHUT = Size(SMALL.height, SMALL.width), Size(432, 1500)


def place_of(story: Story, label: str) -> NormPoint:
    middle, size = story.phone.layout.find(label).box.center, story.phone.screen_size
    return NormPoint(round(middle.x * 1000 / size.width), round(middle.y * 1000 / size.height))


@pytest.mark.parametrize("thought_s", [0.0, 3.0], ids=["at once", "later"])
@pytest.mark.parametrize("size", [LYING, SHUT], ids=["lying", "shut"])
def test_what_was_decided_on_a_screen_of_another_size_is_not_done_on_this_one(size: Size, thought_s: float) -> None:
    def think(messages: object) -> Tap:
        answer = Tap(place_of(story, "订单 1005"))
        story.phone.turn_to(size)
        story.time.sleep(thought_s)
        return answer

    story = Story({"home": ROWS}, [think, "订单 1005"])
    if story.turn().step.status is StepStatus.REFUSED:
        assert story.phone.acts == []
        story.turn()
    assert story.phone.acts == ["tap:订单 1005"]


@pytest.mark.parametrize("act", ["back", "type"])
def test_what_is_done_at_no_point_is_done_whatever_size_the_screen_has(act: str) -> None:
    def think(messages: object) -> Back | Type:
        story.phone.turn_to(SHUT)
        return Back() if act == "back" else Type("二楼")

    story = Story({"home": FakeScreen(["title:资料", "input!:一楼", "hint:备注", "button:刷新"])}, [think])
    assert story.turn().step.status is StepStatus.DONE


@pytest.mark.parametrize("size", [LYING, SHUT], ids=["lying", "shut"])
def test_a_yes_given_on_a_screen_of_another_size_presses_nothing_else(size: Size) -> None:
    story = Story(COMPLAINT, ["提交审核"], begins="review", rules=RULES)
    asked = story.until_pause().pause
    assert isinstance(asked, ConfirmationRequest)
    story.phone.turn_to(size)
    story.state = human.approve(story.state, asked.action_digest)
    story.turn()
    assert set(story.phone.acts) <= {"tap:提交审核"}
    assert len(story.phone.ledger) <= 1


@pytest.mark.parametrize(
    "answers", [("关闭应用", "等待"), ("Close app", "Wait"), ("确定", "报告")], ids=["zh", "en", "crash"]
)
def test_the_systems_word_that_an_app_hangs_is_answered_by_nobody_but_a_person(answers: tuple[str, str]) -> None:
    hung = FakeScreen(
        ["title:售后系统 没有响应", *(f"button:{answer}" for answer in answers)],
        package="com.android.systemui",
        goes=dict.fromkeys(answers, "home"),
    )
    for answer in answers:
        story = Story({"home": ROWS, "hung": hung}, [answer], begins="hung", bound=False)
        pause = story.turn().pause
        assert isinstance(pause, ConfirmationRequest | TakeoverRequest)
        assert story.phone.acts == []
