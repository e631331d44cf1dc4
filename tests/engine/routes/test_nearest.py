"""A run for other slots than a way was learned with uses of it what certainly does not depend on them."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain, combinations, groupby

import pytest

from cs_agent.engine.actions.values import Finish, Type
from cs_agent.engine.routes.nearest import nearest_way, with_gaps
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import next_act
from cs_agent.engine.routes.slots import named_in
from cs_agent.engine.routes.values import ActKind, Filling, Route, RouteStep
from cs_agent.engine.run.state import StepSource
from cs_agent.engine.screen.signature import PageSignature
from cs_agent.testing.phone import FakeScreen
from tests.engine.routes.rides import OTHER, VALUES, Ride, aftersales, observation

WITHOUT = OTHER | {"compensation": ""}
WITH_NOTE = OTHER | {"note": "请尽快"}
SUBSETS = list(chain.from_iterable(combinations(sorted(VALUES), n) for n in range(len(VALUES) + 1)))


def by_source(ride: Ride) -> list[StepSource]:
    """Who proposed the steps, one entry for each stretch."""
    return [source for source, _steps in groupby(step.source for step in ride.journal.steps)]


def test_a_ticket_that_lacks_a_slot_is_led_to_the_form_and_from_it_and_the_model_fills_it_in(learned):
    way = nearest_way(Route((learned,)), WITHOUT)
    ride = Ride(WITHOUT, way, ["物流破损", "全额退款", "下一步"])
    assert ride.to_the_end().status == "succeeded"
    assert ride.phone.ledger == ["refund"]
    assert len(ride.model.asked) == 3
    assert by_source(ride) == [StepSource.ROUTE, StepSource.MODEL, StepSource.ROUTE]


def test_the_model_is_told_what_was_done_before_it_was_asked(learned):
    """With the ticket's own values: nothing that only the screen says."""
    ride = Ride(WITHOUT, nearest_way(Route((learned,)), WITHOUT), ["物流破损", "全额退款", "下一步"])
    ride.to_the_end()
    first = json.dumps([message.text for message in ride.model.asked[0]], ensure_ascii=False)
    assert f"已按流程做完:输入“{OTHER['order']}”、点“查询”、点“{OTHER['order']}”、点“申请退款”" in first


def test_what_it_learns_is_the_way_for_its_own_slots(learned):
    ride = Ride(WITHOUT, nearest_way(Route((learned,)), WITHOUT), ["物流破损", "全额退款", "下一步"])
    ride.to_the_end()
    again = Ride(WITHOUT, nearest_way(Route((learned, ride.way())), WITHOUT))
    assert again.to_the_end().status == "succeeded"
    assert again.model.asked == []
    assert "tap:补偿20元" not in again.phone.acts


def test_where_a_further_slot_is_put_in_is_for_the_model_to_find(learned):
    form = FakeScreen(
        [*aftersales(WITH_NOTE)["form"].rows[:-2], ["label:备注", "hint:请填写备注"], "---", "button:下一步"],
        goes={"下一步": "review", "back": "order"},
    )
    script = ["物流破损", "全额退款", "补偿20元", "请填写备注", Type("请尽快"), "下一步"]
    ride = Ride(WITH_NOTE, nearest_way(Route((learned,)), WITH_NOTE), script, form=form)
    assert ride.to_the_end().status == "succeeded"
    assert "type:请尽快" in ride.phone.acts
    assert len(ride.model.asked) == len(script)


def test_an_amount_is_not_put_in_as_the_word_was_that_stood_for_one(learned):
    """The form has another choice for it, which no step of the way names."""
    partly = OTHER | {"refund": "120.50"}
    way = nearest_way(Route((learned,)), partly)
    ride = Ride(partly, way, ["物流破损", "部分退款", "补偿20元", "下一步"])
    assert ride.to_the_end().status == "succeeded"
    assert "tap:全额退款" not in ride.phone.acts
    assert len(ride.model.asked) == 4


def test_both_ways_are_remembered_each_for_its_own_form_of_a_value(learned):
    partly = OTHER | {"refund": "120.50"}
    other = replace(learned, filling=Filling.of(partly))
    route = Route.from_json(Route((learned,)).with_way(other).to_json())
    assert (route.way_for(OTHER), route.way_for(partly)) == (learned, other)


def test_a_way_of_an_earlier_release_serves_both_until_one_is_learned_anew(learned):
    stored = Route((learned,)).to_json()
    del stored["ways"][0]["amounts"]
    route, partly = Route.from_json(stored), OTHER | {"refund": "120.50"}
    assert route.way_for(partly) == route.way_for(OTHER) is not None
    assert [way.filling for way in route.with_way(learned).ways] == [learned.filling]


def test_a_way_that_fills_in_nothing_says_nothing_of_a_further_slot(learned):
    reading = replace(learned, filling=Filling(("order",)), steps=learned.steps[:4])
    assert nearest_way(Route((reading,)), {"order": "202405219999", "note": "请尽快"}) is None
    assert nearest_way(Route((reading,)), {"order": "202405219999", "note": " "}) is reading


@pytest.mark.parametrize("filled", SUBSETS, ids="+".join)
def test_whatever_a_ticket_lacks_no_step_is_kept_on_a_page_that_fills_it_in(learned, filled):
    way = with_gaps(learned, Filling(filled))
    lacking = set(learned.filling.slots) - set(filled)
    for step in way.steps if way else ():
        assert not lacking & named_in(step.text + (step.control.named if step.control else ""))
    kept = [n for n, step in enumerate(way.steps) if step.kind is not ActKind.GAP] if way else []
    assert all(way.steps[number] == learned.steps[number] for number in kept)
    gone = {step.page.title for n, step in enumerate(learned.steps) if n not in kept}
    assert not gone & {learned.steps[number].page.title for number in kept}


def test_a_picker_that_a_missing_slot_needs_is_not_opened(learned):
    """The button that opens it names no slot, nor does the one that closes it."""
    form, picker = PageSignature("a", "申请"), PageSignature("a", "选择附件")
    first, last = learned.steps[0], learned.steps[-1]
    opens, closes = RouteStep(form, ActKind.TAP), RouteStep(picker, ActKind.TAP)
    picks = RouteStep(picker, ActKind.TYPE, text="{video}")
    sends = RouteStep(form, ActKind.TAP, text="")
    way = replace(learned, filling=Filling(("order", "video")), steps=(first, opens, picks, closes, sends, last))
    kinds = [step.kind is ActKind.GAP for step in with_gaps(way, Filling(("order",))).steps]
    assert kinds == [False, True, True, True, True, False]


def test_nor_where_the_form_that_opens_it_lacks_another_slot_as_well(learned):
    form, picker, review = PageSignature("a", "申请"), PageSignature("a", "选择附件"), PageSignature("a", "核对")
    fills = RouteStep(form, ActKind.TYPE, text="{reason}")
    opens, picks = RouteStep(form, ActKind.TAP), RouteStep(picker, ActKind.TYPE, text="{video}")
    adds, goes_on = RouteStep(form, ActKind.TYPE, text="{note}"), RouteStep(form, ActKind.TAP)
    sends = RouteStep(review, ActKind.TAP, commits=True)
    steps = (learned.steps[0], fills, opens, picks, adds, goes_on, sends)
    way = replace(learned, filling=Filling(("note", "reason", "video")), steps=steps)
    kinds = [step.kind is ActKind.GAP for step in with_gaps(way, Filling(("reason",))).steps]
    assert kinds == [False, True, True, True, True, True, False]


def test_of_several_ways_the_one_is_taken_that_needs_the_model_least(learned):
    poor = replace(learned, filling=Filling(("order",)), steps=learned.steps[:5])
    assert nearest_way(Route((poor, learned)), WITHOUT).steps[-1] == learned.steps[-1]
    assert nearest_way(Route((poor, learned)), OTHER) is learned


def test_after_a_commit_that_the_model_made_nothing_before_it_is_done_again(learned):
    """The page after it is the one where the way began."""
    steps = [replace(step, kind=ActKind.GAP, control=None, text="") if step.commits else step for step in learned.steps]
    number = next(n for n, step in enumerate(steps) if step.commits)
    way, home = replace(learned, steps=tuple(steps)), observation(aftersales(OTHER)["home"].rows)
    assert next_act(way, Position(0), home, OTHER)[1] is not None
    assert next_act(way, Position(number), home, OTHER)[1] is None


def test_a_run_with_nothing_in_common_asks_the_model_everywhere(learned):
    assert nearest_way(Route(), VALUES) is None
    nothing = replace(learned, steps=tuple(replace(step, kind=ActKind.GAP) for step in learned.steps))
    assert with_gaps(nothing, Filling(("order",))) is None
    assert Ride(OTHER, None, [Finish("不知道")]).plan.way is None
