"""A form that is scrolled otherwise than when its route was recorded: the route scrolls on before a model is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Finish, Swipe
from cs_agent.engine.routes.record import way_of
from cs_agent.engine.routes.values import RoutePlan, RouteStep, Way
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.state import Ended, StepSource, StepStatus
from cs_agent.engine.screen.signature import PageSignature
from cs_agent.geometry import NormPoint
from cs_agent.testing.phone import FakeScreen
from tests.engine.story import Story

UP = Swipe(NormPoint(500, 720), NormPoint(500, 300))
REASONS = ["radio:质量问题", "radio:物流破损", "radio:七天无理由"]
WAYS = ["radio:全额退款", "radio:部分退款"]
FILES = FakeScreen(["title:选择附件", "text:最近", "row:现场照片", "button:完成"], goes={"完成": "filed"})
SCREENS = {
    "top": FakeScreen(["title:申请退换", "label:退换原因", *REASONS, "---", "button:下一步"], goes={"swipe:up": "low"}),
    "low": FakeScreen(
        ["title:申请退换", "label:退款方式", *WAYS, "link:上传附件", "---", "button:下一步"],
        goes={"上传附件": "files", "swipe:up": "low"},
    ),
    "files": FILES,
    "filed": FakeScreen(
        ["title:申请退换", "label:退款方式", *WAYS, "link:上传附件", "link:删除附件", "---", "button:下一步"],
        goes={"下一步": "done"},
    ),
    "done": FakeScreen(["title:提交成功", "text:申请已提交", "button:返回首页"]),
}
HIGH = ["title:申请退换", "label:退换原因", *REASONS, "label:退款方式", *WAYS, "link:上传附件", "---", "button:下一步"]
TAUGHT = [UP, "上传附件", "完成", "下一步", Finish("提交成功")]


def story(screens: dict[str, FakeScreen], way: Way | None = None, script=()) -> Story:
    told = FlowRules(success_evidence=(("提交成功",),))
    return Story(screens, script, begins="top", rules=told, plan=RoutePlan({}, way, reviewed=True))


def ended(ride: Story) -> Ended:
    pause = ride.until_pause().pause
    assert isinstance(pause, Ended), pause
    return pause


@pytest.fixture(scope="module")
def taught() -> Way:
    ride = story(SCREENS, script=TAUGHT)
    assert ended(ride).status == "succeeded"
    marks = [step.route_mark for step in ride.journal.steps if step.status is StepStatus.DONE and step.route_mark]
    steps = [RouteStep.from_json(mark) for mark in marks if "end" not in mark]
    return way_of(steps, PageSignature.from_json(marks[-1]["end"]), {})


def scrolled_once(goes: dict[str, str]) -> dict[str, FakeScreen]:
    """The form comes back from the choice of a file where it stood before it was scrolled as far as recorded."""
    return {**SCREENS, "files": replace(FILES, goes={"完成": "high"}), "high": FakeScreen(HIGH, goes=goes)}


def test_a_form_that_comes_back_less_far_down_is_scrolled_as_the_route_scrolled_it(taught):
    ride = story(scrolled_once({"swipe:up": "filed", "上传附件": "files"}), taught)
    assert ended(ride).status == "succeeded"
    assert ride.model.asked == []
    assert ride.phone.acts == ["swipe:up", "tap:上传附件", "tap:完成", "swipe:up", "tap:下一步"]
    assert {step.source for step in ride.journal.steps} == {StepSource.ROUTE}


def test_what_no_scrolling_brings_back_is_the_models_after_two_scrolls(taught):
    ride = story(scrolled_once({"swipe:up": "high", "下一步": "done"}), taught, ["下一步", Finish("提交成功")])
    assert ended(ride).status == "succeeded"
    assert len(ride.model.asked) == 2
    assert ride.phone.acts.count("swipe:up") == 3


def test_another_page_is_not_scrolled_in_search_of_a_control(taught):
    other = FakeScreen(["title:我的资料", "label:退款方式", *WAYS, "button:下一步"], goes={"下一步": "done"})
    screens = {**SCREENS, "files": replace(FILES, goes={"完成": "high"}), "high": other}
    ride = story(screens, taught, ["下一步", Finish("提交成功")])
    assert ended(ride).status == "succeeded"
    assert ride.phone.acts.count("swipe:up") == 1
