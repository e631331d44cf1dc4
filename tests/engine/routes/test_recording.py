"""What a run teaches: a way without values, merged with what others taught."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Back, Tap, Type
from cs_agent.engine.routes.match import Sight
from cs_agent.engine.routes.pictured import view_of_page
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import next_act
from cs_agent.engine.routes.record import merged, step_of, way_of
from cs_agent.engine.routes.values import ActKind, Filling, Private, RouteStep
from cs_agent.engine.routes.views import shared
from cs_agent.engine.screen.signature import PageSignature, page_signature
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.phone import FakeScreen
from cs_agent.testing.screens import lay_out
from tests.engine.routes.rides import OTHER, VALUES, Ride, aftersales, by_model, observation
from tests.engine.story import SMALL


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


def test_ways_that_fill_in_something_else_do_not_merge(learned):
    with pytest.raises(ValueError, match="something else"):
        merged(learned, replace(learned, filling=Filling(("order",))))


def test_what_each_of_two_runs_chose_on_a_page_that_both_acted_on_is_left_to_the_model(learned):
    """It may depend on the ticket, and neither choice is known to be the next ticket's."""
    at = next(number for number, step in enumerate(learned.steps) if "{refund}" in (step.control.named or ""))
    part = replace(learned.steps[at], control=replace(learned.steps[at].control, named="部分退款"))
    other = replace(learned, steps=(*learned.steps[:at], part, *learned.steps[at + 1 :]))
    both = merged(learned, other)
    kinds = [step.kind for step in both.steps]
    assert kinds.count(ActKind.GAP) == 2
    form = observation(aftersales(OTHER)["form"].rows)
    assert next_act(both, Position(at=at), form, OTHER)[1] is None
    ride = Ride(OTHER, both, ["全额退款", "补偿20元", "下一步"])
    assert ride.to_the_end().status == "succeeded"
    assert "tap:部分退款" not in ride.phone.acts


def test_a_field_that_only_one_of_two_runs_had_to_touch_is_no_gap(learned):
    other = replace(learned, steps=learned.steps[1:])
    assert learned.steps[0].control.signature.role == "editable"
    assert ActKind.GAP not in {step.kind for step in merged(learned, other).steps}


def test_a_page_that_can_be_scrolled_is_not_recorded_as_whole():
    layout = lay_out(aftersales(OTHER)["order"].rows, size=SMALL)
    for scrollable in (False, True):
        root, *others = layout.nodes()
        nodes = (replace(root, scrollable=scrollable), *others)
        seen = Observation(Screenshot(layout.image(), 0.0), ForegroundApp("com.example.app"), layout.lines(), nodes)
        view = view_of_page(page_signature(seen), seen)
        assert view is not None
        assert view.whole is not scrollable


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
