"""Where trees are slow, the picture proves the page; where it leaves something open, the tree is asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Tap, Type
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import next_act
from cs_agent.engine.routes.values import Way
from cs_agent.engine.run.state import ConfirmationRequest
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.phone import FakePhone, FakeScreen
from cs_agent.testing.screens import lay_out
from tests.engine.routes.rides import OTHER, Ride, aftersales
from tests.engine.story import SMALL


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
