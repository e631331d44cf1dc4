"""No path through the engine does an irreversible thing without a yes bound to it: tried at random.

A phone of pages that each hold something irreversible is driven by a model that does anything, under a human who
answers anything, with processes dying anywhere. Whatever lands in the ledger must have been approved, once each.
"""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.engine.actions.values import (
    Back,
    DoubleTap,
    Finish,
    Interact,
    LongPress,
    Note,
    Swipe,
    TakeOver,
    Tap,
    Type,
)
from cs_agent.engine.run import human
from cs_agent.engine.run.pending import pending_of
from cs_agent.engine.run.protocols import Interrupted, PhoneError
from cs_agent.engine.run.state import ConfirmationRequest, Ended, Question, TakeoverRequest, Turn
from cs_agent.geometry import NormPoint
from cs_agent.testing.phone import FakePhoneError, FakeScreen
from cs_agent.testing.run import Stop
from tests.engine.story import Story

DEEDS = ("提交审核", "删除订单", "立即支付", "发送", "确定")
PAGES = {
    "home": FakeScreen(
        ["title:首页", "row:订单", "button:删除订单", "link:支付"],
        goes={"订单": "form", "支付": "pay", "back": "home"},
        does={"删除订单": "删除订单"},
    ),
    "form": FakeScreen(
        ["title:申请", "hint!:请输入说明", "radio:质量问题", "---", "button:提交审核"],
        goes={"提交审核": "sure", "back": "home"},
        does={"提交审核": "提交审核"},
    ),
    "sure": FakeScreen(
        ["###", "text:确定发送吗?", ["button:取消", "button:确定"]],
        goes={"取消": "form", "确定": "home", "back": "form"},
        does={"确定": "确定"},
    ),
    "pay": FakeScreen(
        ["title:收银台", "text:应付 ¥9.00", "---", "button:立即支付"],
        goes={"back": "home"},
        does={"立即支付": "立即支付"},
    ),
}

LABELS = [*DEEDS, "订单", "支付", "质量问题", "取消"]
REPLIES = ["yes", "yes", "yes", "no", "correct", "take over"]
ACCIDENTS = ["none", "stop", "phone", "restart", "screen"]


def random_move(dice: Random):
    """Mostly a label that may be on the page, at times anything at all."""
    if dice.random() < 0.75:
        return dice.choice(LABELS)
    here, there = (NormPoint(dice.randrange(1000), dice.randrange(1000)) for _ in range(2))
    return dice.choice(
        [
            Tap(here),
            Tap(here, ""),
            DoubleTap(here),
            LongPress(here),
            Swipe(here, there),
            Type("甲"),
            Type("乙\n"),
            Back(),
            Finish("完成"),
            Note("记下"),
            Interact("?"),
            TakeOver("!"),
            "raw:什么",
        ]
    )


class Human:
    """Answers by the list and remembers which deeds were approved."""

    def __init__(self, story: Story, replies: list[str]) -> None:
        self.story = story
        self.replies = iter(replies * 9)
        self.approved: list[str] = []

    def answer(self, turn: Turn) -> bool:
        """Whether the run goes on."""
        story, pause = self.story, turn.pause
        if isinstance(pause, Ended):
            return False
        if isinstance(pause, Question):
            story.state = human.answer(story.state, "好")
        elif isinstance(pause, TakeoverRequest):
            story.state = human.handed_back(story.state, "")
        elif isinstance(pause, ConfirmationRequest):
            self._decide(pause)
        return True

    def _decide(self, pause: ConfirmationRequest) -> None:
        story, reply = self.story, next(self.replies)
        pending = pending_of(story.state)
        assert pending is not None
        assert pending.digest == pause.action_digest
        if reply == "yes":
            self.approved += [label for label in pending.target if label in DEEDS][:1]
            story.state = human.approve(story.state, pause.action_digest)
        elif reply == "correct" and pending.fields:
            story.state = human.correct(story.state, pending.fields[0][0], "别的")
        elif reply == "take over":
            story.state = human.handed_back(human.take_over(story.state), "")
        else:
            story.state = human.reject(story.state, "", end=False)


def drive(story: Story, person: Human, accident: str, at: int) -> None:
    for number in range(24):
        if number == at:
            befall(story, accident)
        try:
            if not person.answer(story.turn()):
                return
        except (Interrupted, PhoneError):
            story.journal.on_check = lambda: None
            if story.journal.saved:
                story.reload()


def befall(story: Story, accident: str) -> None:
    if accident == "stop":
        story.journal.on_check = Stop(at=2)
    elif accident == "phone":
        story.phone.fail("tap", FakePhoneError("gone"))
    elif accident == "restart":
        story.engine = story.new_engine()
    elif accident == "screen":
        story.phone.show("sure")


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1 << 32))
def test_whatever_happens_nothing_irreversible_is_done_that_was_not_approved(seed):
    dice = Random(seed)
    script = [random_move(dice) for _ in range(14)]
    story = Story(PAGES, [])
    story.model._answers = iter([*(_answer(story, move) for move in script), *[Back()] * 60])
    person = Human(story, [dice.choice(REPLIES) for _ in range(14)])
    drive(story, person, dice.choice(ACCIDENTS), dice.randrange(12))
    assert not _more(story.phone.ledger, person.approved), (story.phone.ledger, person.approved)


def _answer(story: Story, move):
    """A label that is not on the shown page becomes a step back."""
    if not isinstance(move, str) or move.startswith("raw:"):
        return move.removeprefix("raw:") if isinstance(move, str) else move
    return lambda messages: _tap(story, move)


def _tap(story: Story, label: str):
    try:
        return Tap(story.point(label))
    except LookupError:
        return Back()


def _more(done: list[str], approved: list[str]) -> list[str]:
    """Deeds that were done more often than they were approved."""
    return [deed for deed in set(done) if done.count(deed) > approved.count(deed)]
