"""A reviewed route vouches for its own acts on its own pages, and for nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import DoubleTap, LongPress, Swipe, Tap
from cs_agent.engine.gate.decide import StepContext, Vouches, decide
from cs_agent.engine.routes.record import step_of
from cs_agent.engine.routes.values import Filling, RoutePlan, Way
from cs_agent.engine.routes.vouching import vouch_of
from cs_agent.engine.run import human
from cs_agent.engine.run.state import ConfirmationRequest, Ended, Unproven, VerdictKind
from cs_agent.geometry import NormPoint
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.phone import FakeScreen
from cs_agent.testing.screens import lay_out
from tests.engine.routes.rides import OTHER, VALUES, Ride, by_model
from tests.engine.story import SMALL

ORDER = ["title:订单详情", ["label:订单号", "text:202405219999"], "button:申请退款", "button:查看物流", "link:帮助"]


@pytest.fixture(scope="module")
def learned() -> Way:
    ride = Ride(VALUES, script=by_model(VALUES))
    asked_for(ride)
    return ride.way()


def asked_for(ride: Ride) -> list[str]:
    """The controls that a person was asked about on the way to its end."""
    asked = []
    for _ in range(60):
        pause = ride.turn().pause
        if isinstance(pause, ConfirmationRequest):
            asked.append(pause.control)
            ride.state = human.approve(ride.state, pause.action_digest)
        elif pause is not None:
            assert isinstance(pause, Ended), pause
            return asked
    raise AssertionError("no end")


def look(rows: list) -> tuple[Observation, dict[str, NormPoint]]:
    """A screen, and where its elements are."""
    layout = lay_out(rows, size=SMALL)
    seen = Observation(Screenshot(layout.image(), 0.0), ForegroundApp("com.example.app"), (), layout.nodes())
    return seen, {element.text: element.box.center.to_norm(SMALL) for element in layout.elements}


def plan_for(rows: list, action, *, commits: bool = False, reviewed: bool = True) -> RoutePlan:
    """A route of one step: this act, on this page."""
    step = step_of(action, look(rows)[0], VALUES, commits=commits)
    assert step is not None
    return RoutePlan(OTHER, Way(Filling(()), (step,)), reviewed)


def judged(plan: RoutePlan, action, seen: Observation, context: StepContext | None = None):
    vouches = Vouches().also(vouch_of(plan, 0, action, seen))
    return decide(action, seen, confidence=1.0, context=context, vouches=vouches)


def test_on_its_reviewed_route_a_flow_that_names_no_control_asks_for_nothing_but_its_commit(learned):
    ride = Ride(OTHER, learned, bound=False)
    assert asked_for(ride) == ["提交审核"]
    assert any(step.verdict and step.verdict.vouched_by.startswith("route:") for step in ride.journal.steps)


def test_a_route_that_nobody_reviewed_vouches_for_nothing(learned):
    asked = asked_for(Ride(OTHER, learned, bound=False, reviewed=False))
    assert {"申请退款", "提交审核"} <= set(asked)


def test_it_vouches_for_its_control_and_asks_about_the_one_beside_it():
    seen, at = look(ORDER)
    plan = plan_for(ORDER, Tap(at["查看物流"]))
    passed = judged(plan, Tap(at["查看物流"]), seen)
    assert (passed.kind, passed.vouched_by) == (VerdictKind.ALLOW, "route:0")
    assert judged(plan, Tap(at["申请退款"]), seen).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize("act", [DoubleTap, LongPress])
def test_it_vouches_for_the_kind_of_touch_that_was_reviewed(act):
    seen, at = look(ORDER)
    assert judged(plan_for(ORDER, act(at["查看物流"])), act(at["查看物流"]), seen).vouched_by == "route:0"
    assert judged(plan_for(ORDER, Tap(at["查看物流"])), act(at["查看物流"]), seen).kind is VerdictKind.ASK
    assert judged(plan_for(ORDER, act(at["查看物流"])), Tap(at["查看物流"]), seen).kind is VerdictKind.ASK


@pytest.mark.parametrize(
    "rows",
    [
        ["title:确认付款", *ORDER[1:]],  # another page
        [*ORDER, "button:查看物流"],  # twice now
        ["title:订单详情", ["label:订单号", "text:202405219999"], "button:申请退款", "button:发货", "link:帮助"],
    ],
)
def test_on_a_page_that_changed_it_says_nothing(rows):
    plan = plan_for(ORDER, Tap(look(ORDER)[1]["查看物流"]))
    seen, at = look(rows)
    for point in at.values():
        assert vouch_of(plan, 0, Tap(point), seen) is None


def test_a_step_that_commits_is_vouched_for_by_nobody():
    seen, at = look(ORDER)
    plan = plan_for(ORDER, Tap(at["查看物流"]), commits=True)
    assert vouch_of(plan, 0, Tap(at["查看物流"]), seen) is None


@pytest.mark.parametrize(
    "more",
    ["text:支付密码", "text:收银台", "text:删除后无法恢复", "text:收款人 王五", "text:授权登录"],
)
def test_pages_of_money_deletion_authorisation_and_passwords_ask_whatever_the_route_holds(more):
    rows = [*ORDER, more]
    seen, at = look(rows)
    plan = plan_for(rows, Tap(at["查看物流"]))
    assert vouch_of(plan, 0, Tap(at["查看物流"]), seen) is not None
    assert judged(plan, Tap(at["查看物流"]), seen).kind is not VerdictKind.ALLOW


def test_a_permission_is_granted_by_no_route():
    rows = ["title:权限", "text:是否允许“客服”访问你的位置?", "button:允许", "button:拒绝"]
    seen, at = look(rows)
    plan = plan_for(rows, Tap(at["允许"]))
    assert vouch_of(plan, 0, Tap(at["允许"]), seen) is None


def test_an_entry_known_by_its_value_that_has_become_a_button_is_asked_about():
    entry = f"row:{VALUES['order']} 待处理"
    rows = ["title:查询结果", "text:按时间排序", entry, "button:筛选"]
    plan = plan_for(rows, Tap(look(rows)[1][f"{VALUES['order']} 待处理"]))
    opens, at = look(["title:查询结果", "text:按时间排序", f"row:{OTHER['order']} 待处理", "button:筛选"])
    assert judged(plan, Tap(at[f"{OTHER['order']} 待处理"]), opens).vouched_by == "route:0"
    now = ["title:查询结果", "text:按时间排序", f"row:{OTHER['order']} 立即退款", "button:筛选"]
    pays, at = look(now)
    assert judged(plan, Tap(at[f"{OTHER['order']} 立即退款"]), pays).kind is not VerdictKind.ALLOW


def test_what_a_missing_proof_of_an_earlier_act_may_do_again_asks_on_the_route_too():
    seen, at = look(ORDER)
    plan = plan_for(ORDER, Tap(at["查看物流"]))
    context = StepContext(unproven=Unproven.AGENT)
    assert judged(plan, Tap(at["查看物流"]), seen, context).kind is VerdictKind.CONFIRM


def test_a_swipe_of_the_route_passes_over_controls_and_never_over_a_slider():
    rows = ["title:相册", *[f"button:图 {n}" for n in "甲乙丙丁戊己庚辛"]]
    seen, at = look(rows)
    swipe = Swipe(at["图 庚"], at["图 乙"])
    assert decide(swipe, seen, confidence=1.0).kind is VerdictKind.ASK
    assert judged(plan_for(rows, swipe), swipe, seen).vouched_by == "route:0"
    other = replace(swipe, end=at["图 甲"])
    assert judged(plan_for(rows, swipe), other, seen).kind is VerdictKind.ASK
    slid = ["title:相册", *[f"button:图 {n}" for n in "甲乙丙丁戊己"], "slider:图 庚", "button:图 辛"]
    seen, at = look(slid)
    swipe = Swipe(at["图 庚"], at["图 乙"])
    assert judged(plan_for(slid, swipe), swipe, seen).kind is not VerdictKind.ALLOW


def test_the_models_own_act_is_asked_about_even_where_the_route_holds_it(learned):
    """It vouches for what it proposed itself: another order, another run, is not what was reviewed."""
    lost = FakeScreen(
        ["title:订单详情", "button:申请退款", "button:查看物流", "text:系统维护中", "text:今晚", "button:客服"],
        goes={"申请退款": "form", "back": "list"},
    )
    ride = Ride(OTHER, learned, script=["申请退款"], bound=False, order=lost)
    pause = ride.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert pause.control == "申请退款"
