"""A route is followed without the model, left where the screen is another, and joined again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Back, Finish, Launch, TakeOver, Tap
from cs_agent.engine.routes.match import Sight
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import ExpectedPage, next_act
from cs_agent.engine.routes.record import step_of, way_of
from cs_agent.engine.routes.values import Route, RouteStep
from cs_agent.engine.run.state import ConfirmationRequest, StepSource, TakeoverRequest
from cs_agent.testing.phone import FakePhone, FakeScreen
from cs_agent.testing.screens import lay_out
from tests.engine.routes.rides import OTHER, VALUES, Ride, aftersales, by_model, observation, rules
from tests.engine.story import SMALL


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


def test_a_page_that_asked_for_something_when_it_was_recorded_is_known_by_its_picture_only_before_a_question(learned):
    asking = [replace(step, view=replace(step.view, page=replace(step.view.page, asks=2))) for step in learned.steps]
    assert {(step.commits, step.page_view.asks) for step in asking} == {(False, 0), (True, 2)}


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


def test_a_step_that_the_model_undoes_again_and_again_is_left_to_the_model(learned):
    """Its first page fits every time, and the run would go in a circle."""
    at, order = Position(at=4), observation(aftersales(OTHER)["order"].rows)
    for _ in range(3):
        at, proposal = next_act(learned, at, order, OTHER)
        assert proposal.number == 4
        at = replace(at.beyond(proposal.number), at=5)
        at = Position.from_json(at.to_json())
    assert next_act(learned, at, order, OTHER)[1] is None
