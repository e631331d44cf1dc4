"""Routes: recorded from runs, followed without a model, left where the screen is another, joined again, never wrong."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from random import Random

import pytest

from cs_agent.engine.actions.values import Back, Finish, Launch, TakeOver, Tap, Type
from cs_agent.engine.routes.match import Sight, find_control
from cs_agent.engine.routes.pictured import view_of_page
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import ExpectedPage, next_act
from cs_agent.engine.routes.record import merged, step_of, way_of
from cs_agent.engine.routes.slots import filled, templated
from cs_agent.engine.routes.values import ActKind, Private, Route, RouteError, RoutePlan, RouteStep, Way
from cs_agent.engine.routes.views import PageView, shared
from cs_agent.engine.run import human
from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
from cs_agent.engine.run.state import ConfirmationRequest, Ended, StepSource, StepStatus, TakeoverRequest
from cs_agent.engine.screen.signature import PageSignature, page_signature
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.phone import FakePhone, FakeScreen
from cs_agent.testing.screens import lay_out
from tests.engine.mutants import mutate, mutate_picture
from tests.engine.story import SMALL, Story

MUTANTS = int(os.environ.get("ROUTE_MUTANTS", "400"))
VALUES = {"order": "202405218876", "reason": "质量问题", "refund": "全额", "compensation": "50.00", "note": ""}
OTHER = {"order": "202405219999", "reason": "物流破损", "refund": "全额", "compensation": "20.00", "note": ""}


def aftersales(values: dict[str, str], **changes: FakeScreen) -> dict[str, FakeScreen]:
    """A desk where an order is searched, opened, and a refund for it is asked for."""
    order, extra = values["order"], values["compensation"].removesuffix(".00")
    entries = ["row:202405211111", f"row:{order}", "row:202405213333"]
    return {
        "home": FakeScreen(
            ["title:售后系统", "text:今日待办", ["label:订单号", "hint:请输入订单号"], "button:查询", "link:帮助中心"],
            goes={"查询": "list"},
        ),
        "list": FakeScreen(
            ["title:查询结果", "text:按时间排序", *entries, "button:筛选"],
            goes={order: "order", "back": "home"},
        ),
        "order": FakeScreen(
            [
                "title:订单详情",
                ["label:订单号", f"text:{order}"],
                ["label:实付金额", "text:¥399.00"],
                "button:申请退款",
                "button:查看物流",
            ],
            goes={"申请退款": "form", "back": "list"},
        ),
        "form": FakeScreen(
            [
                "title:申请退款",
                "label:退换原因",
                ["radio:质量问题", "radio:物流破损", "radio:七天无理由"],
                "label:退款方式",
                ["radio:全额退款", "radio:部分退款"],
                ["check:补偿20元", "check:补偿50元"],
                "---",
                "button:下一步",
            ],
            goes={"下一步": "review", "back": "order"},
        ),
        "review": FakeScreen(
            [
                "title:核对信息",
                ["label:退款金额", "text:¥399.00"],
                ["label:补偿金额", f"text:¥{extra}.00"],
                ["label:退换原因", f"text:{values['reason']}"],
                "---",
                "button:提交审核",
            ],
            goes={"提交审核": "done", "back": "form"},
            does={"提交审核": "refund"},
        ),
        "done": FakeScreen(["title:提交成功", "text:申请已提交", "button:返回首页"], goes={"back": "home"}),
        **changes,
    }


def rules(values: dict[str, str]) -> FlowRules:
    return FlowRules(
        success_evidence=(("提交成功",),),
        navigation_words=("查询", "申请退款", "下一步", values["order"]),
        confirm_fields=(
            ConfirmField("refund", "退款", ("退款金额",), FieldKind.MONEY, "全额", ("实付金额",)),
            ConfirmField("reason", "原因", ("退换原因",), FieldKind.TEXT, values["reason"]),
        ),
    )


class Ride(Story):
    """A story with a route; its engine is made anew with every process."""

    def __init__(
        self,
        values: dict[str, str],
        way: Way | None = None,
        script=(),
        reviewed=True,
        bound=True,
        learning=False,
        **screens: FakeScreen,
    ):
        plan = RoutePlan(values, way, reviewed, learning=learning)
        start = {"begins": "launcher", "apps": {"售后系统": "home"}} if "launcher" in screens else {}
        super().__init__(aftersales(values, **screens), script, rules=rules(values), bound=bound, plan=plan, **start)

    def to_the_end(self) -> Ended:
        """Every confirmation is given its yes."""
        for _ in range(60):
            turn = self.turn()
            if isinstance(turn.pause, ConfirmationRequest):
                self.state = human.approve(self.state, turn.pause.action_digest)
            elif turn.pause is not None:
                assert isinstance(turn.pause, Ended), turn.pause
                return turn.pause
        raise AssertionError("no end")

    def way(self) -> Way:
        """What was learned from it."""
        marks = [step.route_mark for step in self.journal.steps if step.status is StepStatus.DONE and step.route_mark]
        steps = [RouteStep.from_json(mark) for mark in marks if "end" not in mark]
        ended = next((mark for mark in marks if "end" in mark), {})
        end = PageSignature.from_json(ended["end"]) if ended else None
        view = PageView.from_json(ended["view"]) if "view" in ended else None
        return way_of(steps, end, self.plan.values, view)


def by_model(values: dict[str, str]) -> list:
    extra = f"补偿{values['compensation'].removesuffix('.00')}元"
    return [
        "请输入订单号",
        Type(values["order"]),
        "查询",
        values["order"],
        "申请退款",
        values["reason"],
        "全额退款",
        extra,
        "下一步",
        "提交审核",
        Finish("提交成功"),
    ]


@pytest.fixture(scope="module")
def learned() -> Way:
    """By a run that had both the trees and the pictures of its pages."""
    ride = Ride(VALUES, script=by_model(VALUES), learning=True)
    assert ride.to_the_end().status == "succeeded"
    return Route.from_json(json.loads(json.dumps(Route((ride.way(),)).to_json()))).ways[0]


def test_a_run_that_succeeded_leaves_a_way_without_gaps_and_without_the_customers_values(learned):
    assert [step.kind for step in learned.steps] == [
        ActKind.TAP,
        ActKind.TYPE,
        *[ActKind.TAP] * 8,
    ]
    assert [step.commits for step in learned.steps] == [False] * 9 + [True]
    assert learned.steps[1].text == "{order}"
    assert learned.steps[3].control.holds == ("{order}",) or learned.steps[3].control.named == "{order}"
    assert learned.steps[5].control.named == "{reason}"
    assert learned.steps[7].control.named == "补偿{compensation:plain}元"
    stored = json.dumps(learned.to_json(), ensure_ascii=False)
    assert VALUES["order"] not in stored
    assert "399" not in stored


def test_the_way_is_run_for_another_customer_without_a_single_question_to_the_model(learned):
    ride = Ride(OTHER, learned)
    ended = ride.to_the_end()
    assert ended.status == "succeeded"
    assert ride.model.asked == []
    assert ride.phone.ledger == ["refund"]
    wanted = ["tap:物流破损", "tap:全额退款", "tap:补偿20元", "tap:下一步", "tap:提交审核"]
    assert ride.phone.acts[-5:] == wanted
    assert f"type:{OTHER['order']}" in ride.phone.acts
    sources = {step.source for step in ride.journal.steps}
    assert sources == {StepSource.ROUTE}


def test_a_phone_is_told_of_text_that_its_route_will_type_before_the_app_comes_up():
    launcher = FakeScreen(["title:桌面", ["label:电话", "label:短信", "label:相机"]])
    taught = Ride(VALUES, script=[Launch("售后系统"), *by_model(VALUES)], launcher=launcher)
    assert taught.to_the_end().status == "succeeded"
    assert "expect text" not in taught.phone.acts  # nobody knew
    ride = Ride(OTHER, taught.way(), launcher=launcher)
    assert ride.to_the_end().status == "succeeded"
    assert ride.phone.acts[:2] == ["expect text", "launch:售后系统"]


def test_a_flow_that_only_reads_tells_on_its_route_what_the_page_says():
    order = FakeScreen(
        [
            "title:订单详情",
            ["label:订单号", f"text:{OTHER['order']}"],
            ["label:订单状态", "text:运输中"],
            "button:帮助",
        ],
        goes={"back": "list"},
    )
    reading = replace(
        rules(OTHER), success_evidence=(("订单状态", "Status"), (OTHER["order"],)), confirm_fields=(), read_only=True
    )
    taught = Ride(OTHER, None, [*by_model(OTHER)[:4], Finish("运输中")], order=order)
    taught.rules = reading
    taught.engine = taught.new_engine()
    assert taught.to_the_end().status == "succeeded"
    ride = Ride(OTHER, taught.way(), order=order)
    ride.rules = reading
    ride.engine = ride.new_engine()
    ended = ride.to_the_end()
    assert (ended.status, ride.model.asked) == ("succeeded", [])
    assert "订单状态: 运输中" in ended.message


def test_a_flow_that_commits_tells_on_its_route_what_the_last_page_shows_besides_the_tickets_values(learned):
    done = FakeScreen(
        [
            "title:提交成功",
            "text:申请已提交",
            ["label:退款单号", "text:TK90017"],
            ["label:订单号", f"text:{OTHER['order']}"],
            "button:返回首页",
        ]
    )
    ended = Ride(OTHER, learned, done=done).to_the_end()
    assert ended.status == "succeeded"
    assert "提交成功; 退款单号: TK90017" in ended.message
    assert OTHER["order"] not in ended.message


def test_a_passing_message_that_no_tree_has_proves_the_end_of_a_route():
    kept = FakeScreen(["title:记录", "text:全部记录", "toast:单据已保存到下载", "button:返回首页"])
    evidence = (("已保存到",),)
    taught = Ride(VALUES, None, by_model(VALUES), done=kept)
    taught.rules = replace(taught.rules, success_evidence=evidence)
    taught.engine = taught.new_engine()
    assert taught.to_the_end().status == "succeeded"
    ride = Ride(OTHER, taught.way(), done=kept)
    ride.rules = replace(ride.rules, success_evidence=evidence)
    ride.engine = ride.new_engine()
    ended = ride.to_the_end()
    assert (ended.status, ride.model.asked) == ("succeeded", [])
    assert ended.message.endswith("页面显示:单据已保存到下载")


def test_an_answer_that_takes_a_while_is_waited_for_before_anything_is_done_again(learned):
    pages = aftersales(OTHER)
    sending = replace(pages["review"], goes={}, does={"提交审核": "once more"}, becomes=("done", 90))
    sends = replace(pages["review"], goes={"提交审核": "sending"})
    ride = Ride(OTHER, learned, review=sends, sending=sending)
    assert ride.to_the_end().status == "succeeded"
    assert ride.phone.ledger == ["refund"]
    assert ride.journal.steps[-2].outcome == "画面已变化"


def test_a_route_stops_for_its_yes_every_time(learned):
    ride = Ride(OTHER, learned)
    pause = ride.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert pause.control == "提交审核"
    assert ride.phone.ledger == []


def test_what_was_confirmed_once_is_confirmed_under_any_name_and_any_rules(learned):
    ride = Ride(OTHER, learned)
    ride.rules = replace(ride.rules, navigation_words=(*ride.rules.navigation_words, "提交审核"))
    ride.engine = ride.new_engine()
    pause = ride.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert ride.phone.ledger == []


def test_where_the_control_is_missing_the_model_is_asked_and_the_route_is_joined_again(learned):
    order = FakeScreen(
        [
            "title:订单详情",
            ["label:订单号", f"text:{OTHER['order']}"],
            ["label:实付金额", "text:¥399.00"],
            "button:申请售后退款",
            "button:查看物流",
        ],
        goes={"申请售后退款": "form"},
    )
    ride = Ride(OTHER, learned, ["申请售后退款"], order=order)
    ride.rules = replace(ride.rules, navigation_words=(*ride.rules.navigation_words, "申请售后退款"))
    ride.engine = ride.new_engine()
    assert ride.to_the_end().status == "succeeded"
    assert len(ride.model.asked) == 1
    assert "申请退款" in "\n".join(message.text for message in ride.model.asked[0])
    assert Position.from_json(ride.state.route).detours == (4,)


ORDER_LINES = (["label:订单号", f"text:{OTHER['order']}"], ["label:实付金额", "text:¥399.00"])
UPDATES = {
    "another deed in its place": (["title:订单详情", *ORDER_LINES, "button:立即退款", "button:查看物流"], {}),
    "its opposite": (["title:订单详情", *ORDER_LINES, "button:撤销退款申请"], {}),
    "another title": (["title:退款中心", *ORDER_LINES, "button:申请退款"], {}),
    "another package": (
        ["title:订单详情", *ORDER_LINES, "button:申请退款"],
        {"package": "com.example.aftersales.next"},
    ),
    "another language": (["title:Order", "label:Order number", "button:Request a refund"], {}),
    "a page in between": (["title:新版本说明", "text:退款入口已调整", "button:确认升级", "button:我知道了"], {}),
}


@pytest.mark.parametrize(("rows", "changes"), UPDATES.values(), ids=UPDATES)
def test_an_app_that_was_updated_since_the_lesson_is_the_models_and_then_a_persons(learned, rows, changes):
    """Nothing of the new page is touched for what was there before; the model is told what the route was after."""
    asks = [TakeOver("页面和以前不一样")] * 3
    ride = Ride(OTHER, learned, asks, bound=False, order=FakeScreen(rows, **changes))
    pause = ride.until_pause().pause
    assert isinstance(pause, TakeoverRequest | ConfirmationRequest)
    new = {row.partition(":")[2] for row in rows[1:] if isinstance(row, str)}
    assert not [act for act in ride.phone.acts if act.removeprefix("tap:") in new]
    assert pause.reason if isinstance(pause, TakeoverRequest) else pause.summary
    if ride.model.asked:
        assert "申请退款" in "\n".join(message.text for message in ride.model.asked[0])


def test_a_doubled_control_is_nobodys(learned):
    rows = [*aftersales(OTHER)["order"].rows, "button:申请退款"]
    sight = Sight.of(observation(rows), OTHER)
    assert find_control(learned.steps[4].control, sight) is None


def test_a_page_counts_as_there_once_it_shows_the_one_control_that_is_acted_on_next(learned):
    rows, step = aftersales(OTHER)["order"].rows, learned.steps[4]
    whole = Sight.of(observation(rows), OTHER)
    doubled = Sight.of(observation([*rows, "button:申请退款"]), OTHER)
    assert ExpectedPage(step.page).is_shown(whole)
    assert ExpectedPage(step.page, step.control).is_shown(whole)
    assert ExpectedPage(step.page).is_shown(doubled)
    assert not ExpectedPage(step.page, step.control).is_shown(doubled)


def test_a_choice_that_is_made_already_is_not_touched_again(learned):
    rows = [
        [part.replace("radio:物流破损", "radio*:物流破损").replace("check:补偿20元", "check*:补偿20元") for part in row]
        if isinstance(row, list)
        else row
        for row in aftersales(OTHER)["form"].rows
    ]
    form = FakeScreen(rows, goes={"下一步": "review", "back": "order"})
    ride = Ride(OTHER, learned, form=form)
    ride.until_pause()
    assert "tap:补偿20元" not in ride.phone.acts
    assert "tap:全额退款" in ride.phone.acts


def test_an_act_without_effect_is_tried_twice_and_then_the_model_is_asked(learned):
    order = replace(aftersales(OTHER)["order"], goes={"back": "list"})
    ride = Ride(OTHER, learned, [Back()] * 9, order=order)
    for _ in range(12):
        ride.turn()
        if ride.model.asked:
            break
    assert ride.phone.acts.count("tap:申请退款") == 2


def test_a_way_for_other_slots_is_not_taken(learned):
    route = Route((learned,))
    assert route.way_for(OTHER) is learned
    assert route.way_for({**OTHER, "note": "开箱视频.mp4"}) is None
    assert route.way_for({**OTHER, "refund": ""}) is None


def test_a_run_goes_on_on_its_way_in_another_process(learned):
    ride = Ride(OTHER, learned)
    for _ in range(5):
        ride.turn()
    ride.reload()
    assert ride.to_the_end().status == "succeeded"
    assert ride.model.asked == []
    assert ride.phone.acts.count(f"type:{OTHER['order']}") == 1


def test_two_runs_merge_and_what_only_one_of_them_did_is_optional(learned):
    script = by_model(OTHER)
    script.insert(4, "查看物流")
    script.insert(5, Back())
    tour = FakeScreen(["title:物流信息", "text:运输中", "text:预计明日送达", "button:复制"], goes={"back": "order"})
    order = replace(aftersales(OTHER)["order"], goes={"申请退款": "form", "查看物流": "tour", "back": "list"})
    ride = Ride(OTHER, None, script, order=order, tour=tour)
    ride.rules = replace(ride.rules, navigation_words=(*ride.rules.navigation_words, "查看物流"))
    ride.engine = ride.new_engine()
    assert ride.to_the_end().status == "succeeded"
    other = ride.way()
    assert [step.kind for step in other.steps] == [
        step.kind for step in learned.steps
    ]  # what was taken back is left out
    both = merged(learned, other)
    assert (both.runs, [step.optional for step in both.steps]) == (2, [False] * 10)
    aside = replace(
        learned.steps[4], page=PageSignature("com.example.app", "广告", frozenset({"button:关闭", "link:x"}))
    )
    mixed = merged(both, replace(learned, steps=(*learned.steps[:4], aside, *learned.steps[4:])))
    assert [step.optional for step in mixed.steps] == [False] * 4 + [True] + [False] * 6


def test_ways_for_different_slots_do_not_merge(learned):
    with pytest.raises(ValueError, match="slots"):
        merged(learned, replace(learned, filled=("order",)))


@pytest.mark.parametrize(
    "data",
    [
        {"version": 9, "ways": []},
        {"version": 1},
        {"version": 1, "ways": [{}]},
        [1],
        "route",
        {"version": 1, "ways": [{"filled": [], "steps": [{"page": 5}], "end": None, "runs": 1}]},
    ],
)
def test_a_stored_route_that_cannot_be_read_says_so(data):
    with pytest.raises(RouteError):
        Route.from_json(data)


def test_nothing_stored_is_an_empty_route():
    assert Route.from_json(None) == Route.from_json({}) == Route()


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("202405218876", "{order}"),
        ("补偿50元", "补偿{compensation:plain}元"),
        ("补偿150元", "补偿150元"),
        ("¥50.00", "¥{compensation}"),
        ("质量问题", "{reason}"),
        ("2024052188760", "2024052188760"),
        ("下一步", "下一步"),
    ],
)
def test_values_are_taken_out_of_texts_only_whole(text, template):
    assert templated(text, VALUES) == template
    assert filled(template, VALUES) == text


def test_an_empty_slot_fills_nothing():
    assert filled("{note}", VALUES) is None
    assert filled("{nobody}", VALUES) is None


def observation(rows, package="com.example.app") -> Observation:
    layout = lay_out(rows, package=package, size=SMALL)
    return Observation(Screenshot(layout.image(), 0.0), ForegroundApp(package), (), layout.nodes())


def test_on_mutated_pictures_without_a_tree_a_route_never_touches_another_control(learned):
    wrong, acted = [], 0
    pages = aftersales(OTHER)
    for seed in range(MUTANTS):
        found = mutate_picture(learned, pages, OTHER, Random(seed))
        wrong += found.faults
        acted += found.acted
    assert wrong == []
    assert acted > MUTANTS // 40, "a proof that never acts proves nothing"


def test_where_no_tree_comes_the_picture_proves_the_page_and_its_button(learned):
    layout = lay_out(aftersales(OTHER)["order"].rows, size=SMALL)
    app = ForegroundApp("com.example.app")
    seen = Observation(Screenshot(layout.image(), 0.0), app, layout.lines(), None)
    _, proposal = next_act(learned, Position(4), seen, OTHER)
    assert proposal.step.control.named == "申请退款"
    _, proposal = next_act(learned, Position(0), replace(seen, app=ForegroundApp("com.evil")), OTHER)
    assert proposal is None


def test_on_a_phone_with_a_slow_tree_the_route_is_followed_and_the_tree_asked_only_where_the_picture_leaves_it_open(
    learned,
):
    """For what is chosen, as words do not tell a mark's state."""
    ride = Ride(OTHER, learned, bound=False)
    asked = on_a_slow_phone(ride)
    pause = ride.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert ride.model.asked == []
    assert {*asked} == {"form"}
    assert f"type:{OTHER['order']}" in ride.phone.acts


def test_a_slow_tree_is_begun_before_the_next_look_where_that_will_want_it_and_nowhere_else(learned):
    ride = Ride(OTHER, learned, bound=False)
    asked = on_a_slow_phone(ride)
    ride.until_pause()
    assert {*ride.phone.expected} == {*asked} == {"form"}


def test_a_commit_that_the_picture_tells_is_confirmed_and_done_without_a_tree(learned):
    ride = Ride(OTHER, learned, bound=False)
    asked = on_a_slow_phone(ride)
    told = ride.say_yes().pause
    assert {field.name: (field.screen_value, field.differs) for field in told.fields} == {
        "refund": ("¥399.00", False),
        "reason": ("物流破损", False),
    }
    ride.engine = ride.new_engine()
    assert ride.to_the_end().status == "succeeded"
    assert ride.phone.ledger == ["refund"]
    assert "review" not in asked


@pytest.mark.parametrize(
    "rows",
    [
        ["title:核对信息", ["label:退款金额", "text:¥390.00"], ["label:退换原因", "text:物流破损"], "button:提交审核"],
        ["title:核对信息", ["label:退款金额", "text:¥399.00"], ["label:退换原因", "text:质量问题"], "button:提交审核"],
        ["title:核对信息", ["label:退款金额", "text:¥399.00"], ["label:退换原因", "text:物流破..."], "button:提交审核"],
        [*aftersales(OTHER)["review"].rows[:-1], "text:另有说明", "button:提交审核"],
    ],
    ids=["another amount", "another reason", "a value is cut off", "more than when it was recorded"],
)
def test_a_commit_whose_fields_the_picture_does_not_show_as_the_ticket_has_them_is_asked_with_the_tree(learned, rows):
    ride = Ride(OTHER, learned, bound=False, review=replace(aftersales(OTHER)["review"], rows=rows))
    asked = on_a_slow_phone(ride)
    pause = ride.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert "review" in asked


def test_a_commit_on_a_page_that_is_not_known_to_be_whole_is_asked_with_the_tree(learned):
    """What lies below the screen may hold more than the ticket says."""
    views = [step.view and replace(step.view, page=replace(step.view.page, whole=False)) for step in learned.steps]
    steps = tuple(replace(step, view=view) for step, view in zip(learned.steps, views, strict=True))
    ride = Ride(OTHER, replace(learned, steps=steps), bound=False)
    asked = on_a_slow_phone(ride)
    assert isinstance(ride.until_pause().pause, ConfirmationRequest)
    assert "review" in asked


def test_a_page_that_can_be_scrolled_is_not_recorded_as_whole():
    layout = lay_out(aftersales(OTHER)["order"].rows, size=SMALL)
    for scrollable in (False, True):
        root, *others = layout.nodes()
        nodes = (replace(root, scrollable=scrollable), *others)
        seen = Observation(Screenshot(layout.image(), 0.0), ForegroundApp("com.example.app"), layout.lines(), nodes)
        view = view_of_page(page_signature(seen), seen)
        assert view is not None
        assert view.whole is not scrollable


CHANGED = ["title:核对信息", ["label:退款金额", "text:¥39.00"], ["label:补偿金额", "text:¥20.00"]]


@pytest.mark.parametrize(
    "rows",
    [
        [*CHANGED, ["label:退换原因", "text:物流破损"], "---", "button:提交审核"],
        [*aftersales(OTHER)["review"].rows[:-1], "button:立即转账"],
        [*aftersales(OTHER)["review"].rows, "text:确定要支付吗", ["button:取消", "button:确认支付"]],
    ],
    ids=["a field changed", "the control has another name", "another decision covers it"],
)
def test_a_yes_to_a_picture_is_void_once_the_picture_tells_something_else(learned, rows):
    ride = Ride(OTHER, learned, bound=False)
    asked = on_a_slow_phone(ride)
    ride.say_yes()
    assert "review" not in asked
    ride.phone.screens = {**ride.phone.screens, "review": FakeScreen(rows, does={"提交审核": "refund"})}
    ride.phone.turn_to(SMALL)
    ride.engine = ride.new_engine()
    assert ride.turn().pause is not None
    assert "review" in asked
    assert ride.phone.ledger == []


def on_a_slow_phone(ride: Ride) -> list[str]:
    """The screens that the ride's phone is asked for the tree of from here on, each of which takes 1.8 s."""
    asked: list[str] = []

    class Slow(FakePhone):
        tree_s = 1.8
        expected: tuple[str, ...] = ()  # screens for which a tree was begun ahead

        def expect_tree(self):
            self.expected = (*self.expected, self.shown)

        def nodes(self):
            ride.time.sleep(1.8)
            asked.append(self.shown)
            return FakePhone.nodes(self)

    ride.phone = Slow(ride.phone.screens, "home", screen_size=SMALL, now=ride.time)
    ride.engine = ride.new_engine()
    return asked


@pytest.mark.parametrize("measured", [0.2, 0.0], ids=["quick", "not measured yet"])
def test_a_phone_whose_tree_is_not_known_to_be_slow_is_not_read_by_its_pictures(learned, measured):
    class Quick(FakePhone):
        tree_s = measured

    ride = Ride(OTHER, learned)
    ride.phone = Quick(ride.phone.screens, "home", screen_size=SMALL, now=ride.time)
    ride.engine = ride.new_engine()
    while ride.phone.shown != "form":
        assert ride.turn().pause is None
    assert ride.reader.reads == 0


def test_a_route_that_was_recorded_without_pictures_is_followed_by_the_trees(learned):
    bare = replace(learned, steps=tuple(replace(step, view=None) for step in learned.steps), end_view=None)
    again = Way.from_json(json.loads(json.dumps(bare.to_json())))
    assert again == bare
    ride = Ride(OTHER, again)
    assert ride.to_the_end().status == "succeeded"
    assert ride.model.asked == []


def test_the_text_of_a_route_is_typed_on_a_picture_only_right_after_the_touch_that_led_into_its_field(learned):
    layout = lay_out(aftersales(OTHER)["home"].rows, size=SMALL)
    seen = Observation(Screenshot(layout.image(), 0.0), ForegroundApp("com.example.app"), layout.lines(), None)
    assert next_act(learned, Position(1), seen, OTHER)[1].action == Type(OTHER["order"])
    assert next_act(learned, Position(1, taken=1), seen, OTHER)[1] is None, (
        "it was typed, and the field does not show it"
    )
    assert isinstance(next_act(learned, Position(0), seen, OTHER)[1].action, Tap)


class UnreadPhone(FakePhone):
    def type_unread(self, text: str) -> None:
        self.acts.append("unread")
        self.type_text(text)


def test_the_text_of_a_route_is_read_back_by_the_page_that_it_expects_and_not_a_second_time(learned):
    ridden = []
    for way, script in ((learned, ()), (None, by_model(OTHER))):
        ride = Ride(OTHER, way, script)
        ride.phone = UnreadPhone(ride.phone.screens, "home", screen_size=SMALL, now=ride.time)
        ride.engine = ride.new_engine()
        assert ride.to_the_end().status == "succeeded"
        ridden.append("unread" in ride.phone.acts)
    assert ridden == [True, False], "what a model types the phone reads back itself"


def test_an_activity_of_another_name_is_another_page(learned):
    layout = lay_out(aftersales(OTHER)["order"].rows, size=SMALL)
    app = ForegroundApp("com.example.app", "com.example.app.Other")
    seen = Observation(Screenshot(layout.image(), 0.0), app, layout.lines(), None)
    assert next_act(learned, Position(4), seen, OTHER)[1] is None


def test_a_page_that_asked_for_something_when_it_was_recorded_is_known_by_its_picture_only_before_a_question(learned):
    asking = [replace(step, view=replace(step.view, page=replace(step.view.page, asks=2))) for step in learned.steps]
    assert {(step.commits, step.page_view.asks) for step in asking} == {(False, 0), (True, 2)}


def test_what_the_pictures_of_two_runs_show_differently_is_left_out(learned):
    step = learned.steps[2]
    other = replace(step.view, control=replace(step.view.control, above="另一段"))
    fewer = replace(step.view.page, marks=step.view.page.marks - {"text:今日待办"})
    assert shared(step.view, step.view) == step.view
    assert shared(step.view, other).control is None
    assert shared(step.view, replace(step.view, page=fewer)).page.marks == fewer.marks
    assert shared(step.view, None) is None


def test_a_view_holds_no_text_that_its_page_does_not_hold(learned):
    for step in learned.steps:
        labels = {"", *(mark.partition(":")[2] for mark in step.page.controls | step.page.captions)}
        assert step.view.page.marks <= step.page.controls | step.page.captions
        assert step.view.control is None or {step.view.control.above, step.view.control.below} <= labels


def test_on_mutated_pages_a_route_never_touches_another_control(learned):
    """Ten thousand of them run as `make routes`."""
    wrong, acted = [], 0
    pages = aftersales(OTHER)
    for seed in range(MUTANTS):
        found = mutate(learned, pages, OTHER, Random(seed))
        wrong += found.faults
        acted += found.acted
    assert wrong == []
    assert acted > MUTANTS / 20  # pages that still fit are acted on: the proof is about something


def test_the_hands_of_a_phone_that_shows_another_page_are_left_alone(learned):
    phone = FakePhone(aftersales(OTHER), "home", screen_size=SMALL)
    strange = Observation(phone.screenshot(), ForegroundApp("com.other"), (), phone.nodes())
    assert next_act(learned, Position(), strange, OTHER)[1] is None


def test_once_the_commit_was_taken_nothing_before_it_is_taken_again():
    """Some apps lead back to the page before: the way would end in the same commit a second time."""
    rows = {
        "ticket": ["title:工单", "text:状态", "button:历史", "button:跟进"],
        "form": ["title:跟进单", "button:送出"],
    }

    def step(page: str, label: str, *, commits: bool) -> RouteStep:
        place = lay_out(rows[page], size=SMALL).find(label).box.center.to_norm(SMALL)
        return step_of(Tap(place), observation(rows[page]), {}, commits=commits)

    way = way_of([step("ticket", "跟进", commits=False), step("form", "送出", commits=True)], None, {})
    assert next_act(way, Position(1), observation(rows["ticket"]), {})[1], "not sent yet: on with it"
    assert next_act(way, Position(2), observation(rows["ticket"]), {})[1] is None


def test_a_page_is_known_by_nothing_that_is_known_of_the_customer():
    rows = [
        "title:王建国的订单",
        "text:收件人 王建国",
        "text:订单信息",
        "button:联系王建国",
        "button:申请退款",
        "link:帮助",
    ]
    seen = observation(rows)
    tap = Tap(lay_out(rows, size=SMALL).find("申请退款").box.center.to_norm(SMALL))
    step = step_of(tap, seen, VALUES, commits=False, private=Private(("王建国", "13901234567")))
    assert step.control.named == "申请退款"
    stored = json.dumps(step.to_json(), ensure_ascii=False)
    assert "王建国" not in stored
    assert "订单信息" in stored


@pytest.mark.parametrize("subject", ["发票抬头", "退款", "工单", "#12: 发票抬头"])
def test_a_page_that_bears_one_tickets_subject_is_known_again_with_anothers(subject):
    """As it is in desks whose pages are headed `#20417: subject`, and whose lists hold the subject; what an app itself
    calls a page stays, even where a ticket is called nearly so."""

    def rows(number: str, said: str, mail: str) -> list[str]:
        return [f"title:#{number}: {said}", "button:编号", f"link:{said}", "button:历史", f"text:{mail}", "button:跟进"]

    shown = rows("20417", "退款进度", "wang@example.com")
    tap = Tap(lay_out(shown, size=SMALL).find("跟进").box.center.to_norm(SMALL))
    step = step_of(tap, observation(shown), {"id": "20417"}, commits=False, private=Private(subject="退款进度"))
    stored = json.dumps(step.to_json(), ensure_ascii=False)
    assert "退款进度" not in stored
    assert "wang" not in stored
    way = way_of([step], None, {"id": "20417"})
    other = observation(rows("20533", subject, "li@example.com"))
    assert next_act(way, Position(), other, {"id": "20533"}, Private(subject=subject))[1]
    assert next_act(way, Position(), other, {"id": "20533"}, Private(subject="换货"))[1] is None
    own = ["title:退款申请", "text:说明", "button:下一步"]
    place = lay_out(own, size=SMALL).find("下一步").box.center.to_norm(SMALL)
    step = step_of(Tap(place), observation(own), {}, commits=False, private=Private(subject="退款"))
    assert step.page.title == "退款申请"


def test_a_page_is_known_by_no_value_even_without_the_numbers_in_it():
    address = "文三路188号3幢502室"
    rows = ["title:确认", f"text:{address}", "text:确认修改收货地址?", ["button:取消", "button:确认修改"]]
    tap = Tap(lay_out(rows, size=SMALL).find("确认修改").box.center.to_norm(SMALL))
    step = step_of(tap, observation(rows), {"address": address}, commits=True)
    assert "文三路" not in json.dumps(step.to_json(), ensure_ascii=False)


def test_the_same_act_of_two_customers_is_one_step_whatever_their_pages_say():
    def opened(name: str, mobile: str, *more: str) -> RouteStep:
        rows = [
            "title:查询结果",
            f"card:{name} {mobile}",
            *(f"text:{each}" for each in more),
            "button:查询",
            "button:返回",
        ]
        place = lay_out(rows, size=SMALL).find("查询").box.center
        return step_of(Tap(place.to_norm(SMALL)), observation(rows), {"mobile": mobile}, commits=False)

    one = opened("王建国", "13901234567", "金牌会员", "北京", "投诉两次")
    other = opened("赵雨桐", "15912348765", "普通会员", "南京")
    both = merged(way_of([one], None, {"mobile": "1"}), way_of([other], None, {"mobile": "1"}))
    assert [step.optional for step in both.steps] == [False]
    assert not any("会员" in mark for mark in both.steps[0].page.captions)


def test_a_text_that_ends_with_enter_is_typed_with_it_and_once():
    sight = Sight.of(observation(["title:售后系统", "text:今日待办", "hint!:请输入订单号", "button:查询"]), VALUES)
    typed = step_of(Type(VALUES["order"]), sight.observation, VALUES, commits=False)
    sent = step_of(Type(VALUES["order"] + "\n"), sight.observation, VALUES, commits=False)
    assert sent.text == "{order}\n"
    way = way_of([typed, sent], None, VALUES)
    assert way.steps == (sent,)
    _, proposal = next_act(way, Position(), sight.observation, OTHER)
    assert proposal.action == Type(OTHER["order"] + "\n")


def test_a_field_that_was_touched_and_typed_into_once_more_is_one_touch_and_one_text():
    rows = ["title:售后系统", "text:今日待办", "hint!:请输入订单号", "button:查询"]
    seen = observation(rows)
    touched = step_of(
        Tap(lay_out(rows, size=SMALL).find("请输入订单号").box.center.to_norm(SMALL)), seen, VALUES, commits=False
    )
    typed = step_of(Type(VALUES["order"]), seen, VALUES, commits=False)
    way = way_of([touched, typed, touched, typed, touched, typed], None, VALUES)
    assert way.steps == (touched, typed)


def test_a_page_is_known_by_no_sentence_and_a_stored_one_is_forgotten():
    rows = [
        "title:投诉记录",
        "text:户外折叠椅的快递一直不更新催了几次",
        "text:全部记录",
        "text:Waiting for approval",
        "button:导出",
    ]
    place = lay_out(rows, size=SMALL).find("导出").box.center
    step = step_of(Tap(place.to_norm(SMALL)), observation(rows), VALUES, commits=False)
    kept = {mark.partition(":")[2] for mark in step.page.captions}
    assert {"全部记录", "waitingforapproval"} <= kept
    assert not any("折叠椅" in mark for mark in kept)
    stored = step.page.to_json()
    stored["captions"].append("text:户外折叠椅的快递一直不更新催了几次")
    assert PageSignature.from_json(stored) == step.page
