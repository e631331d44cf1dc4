"""What a confirmation is bound to; fields found by scrolling; the engine's own plans; the record of a step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Back, LongPress, Swipe, Tap, Type
from cs_agent.engine.confirm.confirmation_view import (
    ConfirmationReader,
    changes_since,
    follow_target,
    pending_of_view,
    request_of,
    target_labels,
)
from cs_agent.engine.confirm.nearby import text_near
from cs_agent.engine.confirm.submission import SubmissionReader
from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.run.state import ConfirmationKind, RunState, StepStatus, Verdict, VerdictKind
from cs_agent.engine.screen.hindrances import Hindrance, Remedy
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.engine.turn.draft import StepDraft
from cs_agent.engine.turn.recovery import calmer, hindrance_plan, stuck_plan, without_hindrance
from cs_agent.geometry import Box, NormPoint, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine
from cs_agent.testing.phone import FakePhone, FakeReader, FakeScreen
from cs_agent.testing.run import FakeTime, StillPicture
from cs_agent.testing.screens import lay_out

SIZE = Size(540, 1200)
REFUND = ConfirmField("refund", "退款", ("退款金额",), FieldKind.MONEY, "399")
REASON = ConfirmField("reason", "原因", ("退换原因",), FieldKind.TEXT)
PAGE = ["title:核对", ["label:退款金额", "text:¥399.00"], ["label:退换原因", "text:质量问题"], "button:提交"]
YES = Verdict(VerdictKind.CONFIRM, (), irreversible=True)
STATE = RunState("x")


def seen(rows, package="com.app") -> Observation:
    layout = lay_out(rows, package=package, size=SIZE)
    return Observation(Screenshot(layout.image(), 0.0), ForegroundApp(package), layout.lines(), layout.nodes())


def tap(rows, label) -> Tap:
    return Tap(lay_out(rows, size=SIZE).find(label).box.center.to_norm(SIZE))


class Desk:
    """A phone of scripted screens with everything that reads it."""

    def __init__(
        self, screens: dict[str, FakeScreen], shown: str, rules: FlowRules, scrolls: int = 4, allowed: bool = True
    ) -> None:
        time = FakeTime()
        self.phone = FakePhone(screens, shown, screen_size=SIZE, now=time)
        self.observer = ScreenObserver(
            self.phone, FakeReader(), StillPicture, EngineSettings(), time, time.sleep, lambda: None
        )
        self.reader = SubmissionReader(self.phone, self.observer, scrolls, lambda: None, lambda swipe, seen: allowed)
        self.confirmation = ConfirmationReader(self.observer, self.reader, rules)


def shown(rows=PAGE, label="提交", fields=(REFUND, REASON), state=STATE, package="com.app"):
    desk = Desk({"a": FakeScreen(rows, package)}, "a", FlowRules(confirm_fields=fields))
    return desk.confirmation.show(tap(rows, label), desk.observer.look_closely(), state, irreversible=True)


def test_the_same_screen_gives_the_same_fingerprint():
    assert shown().fingerprint == shown().fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {
            "rows": [
                "title:核对",
                ["label:退款金额", "text:¥398.00"],
                ["label:退换原因", "text:质量问题"],
                "button:提交",
            ]
        },
        {"rows": ["title:核对", ["label:退款金额", "text:¥399.00"], ["label:退换原因", "text:其他"], "button:提交"]},
        {"rows": [*PAGE[:3], "button:删除"], "label": "删除"},
        {"package": "com.evil"},
        {"fields": (REFUND,)},
        {"state": RunState("x", corrections={"refund": "300"})},
    ],
)
def test_whatever_the_human_looked_at_is_part_of_the_fingerprint(change):
    assert shown(**change).fingerprint != shown().fingerprint


def test_what_the_human_did_not_look_at_is_not():
    assert shown(rows=["title:核对一下", *PAGE[1:]]).fingerprint == shown().fingerprint


def test_typed_text_is_bound_to_the_field_that_has_the_focus():
    rows = ["title:登记", "hint!:姓名", "hint:电话"]
    other = ["title:登记", "hint:姓名", "hint!:电话"]
    desks = [Desk({"a": FakeScreen(page)}, "a", FlowRules()) for page in (rows, other)]
    prints = [
        d.confirmation.show(Type("x\n"), d.observer.look_closely(), STATE, irreversible=True).fingerprint for d in desks
    ]
    assert prints[0] != prints[1]


def test_a_request_carries_what_its_pending_action_is_bound_to():
    view = shown()
    pending = pending_of_view(view, YES, ConfirmationKind.ACTION, Pending("act", TAP))
    request = request_of(view, YES, "zh")
    assert request.action_digest == pending.digest
    assert request.fingerprint == pending.fingerprint
    assert pending.target == ("提交",)
    assert request.target is not None
    assert request.target.contains(view.action.element.to_point(SIZE))


def test_a_control_without_a_name_is_told_by_the_text_beside_it_and_marked_on_the_picture():
    rows = ["title:设置", ["text:自动续费", "icon:more"], "text:关于", "button:返回"]
    view = shown(rows, "more", fields=())
    request = request_of(view, YES, "zh")
    assert (request.control, request.near) == ("", "自动续费")
    assert request.target
    assert request.target.intersects(lay_out(rows, size=SIZE).find("more").box)
    assert request_of(shown(), YES, "zh").near == ""


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        (Box(100, 500, 200, 540), "同一行的字"),
        (Box(100, 560, 200, 600), "退款金额"),
        (Box(100, 900, 200, 940), ""),
        (Box(300, 500, 340, 540), "同一行的字"),
    ],
    ids=["in its row", "below", "far", "beside"],
)
def test_the_nearest_text_names_the_place_and_a_far_one_does_not(beside, text):
    lines = (TextLine("退款金额", Box(90, 460, 220, 490)), TextLine("同一行的字", Box(360, 505, 500, 535)))
    blank = seen(["title:核对"])
    page = Observation(blank.screenshot, blank.app, (*lines, TextLine("x", beside)), ())
    assert text_near(beside, page) == text


def test_changes_name_the_field_the_target_or_the_screen():
    asked = pending_of_view(shown(), YES, ConfirmationKind.ACTION, Pending("act", TAP))
    assert changes_since(asked, shown(), "zh") == ()
    rows = ["title:核对", ["label:退款金额", "text:¥1.00"], ["label:退换原因", "text:质量问题"], "button:删除"]
    changes = changes_since(asked, shown(rows, "删除"), "zh")
    assert any("提交" in change and "删除" in change for change in changes)
    assert any("¥399.00" in change and "¥1.00" in change for change in changes)
    assert changes_since(asked, shown(package="com.evil"), "en") == ("the screen has changed",)


def test_a_target_that_moved_is_followed_only_when_it_is_the_only_one_of_its_name():
    action = tap(PAGE, "提交")
    moved = ["title:核对", "text:新的一行", *PAGE[1:]]
    followed = follow_target(action, ("提交",), seen(moved))
    assert target_labels(followed, seen(moved)) == ("提交",)
    twice = ["title:核对", "text:新的一行", *PAGE[1:3], "text:空", ["button:提交", "button:提交"]]
    assert follow_target(action, ("提交",), seen(twice)) == action
    assert follow_target(Back(), (), seen(moved)) == Back()
    press = LongPress(action.element)
    assert isinstance(follow_target(press, ("提交",), seen(moved)), LongPress)


LONG = {
    "1": FakeScreen([["label:退款金额", "text:¥399.00"], "text:一"], goes={"swipe:up": "2"}),
    "2": FakeScreen(["text:二", "text:二二"], goes={"swipe:up": "3", "swipe:down": "1"}),
    "3": FakeScreen([["label:退换原因", "text:质量问题"], "text:三"], goes={"swipe:down": "2"}),
}


@pytest.mark.parametrize(
    ("begins", "found", "acts"),
    [
        ("1", {"refund", "reason"}, ["swipe:down", "swipe:up", "swipe:up", "swipe:down", "swipe:down"]),
        ("3", {"refund", "reason"}, ["swipe:down", "swipe:down", "swipe:up", "swipe:up"]),
        ("2", {"refund", "reason"}, ["swipe:down", "swipe:down", "swipe:up", "swipe:up", "swipe:down"]),
    ],
)
def test_a_page_is_searched_in_both_directions_and_put_back(begins, found, acts):
    desk = Desk(LONG, begins, FlowRules())
    reading = desk.reader.read(desk.observer.look_closely(), (REFUND, REASON))
    assert set(reading.found) == found
    assert reading.scrolled
    assert desk.phone.shown == begins
    assert desk.phone.acts == acts


def test_where_the_gate_forbids_the_scroll_the_page_is_read_as_it_stands():
    desk = Desk({"a": FakeScreen(["title:核对", "button:提交"])}, "a", FlowRules(), allowed=False)
    reading = desk.reader.read(desk.observer.look_closely(), (REFUND,))
    assert (dict(reading.found), desk.phone.acts) == ({}, [])


def test_a_page_that_shows_everything_is_not_scrolled():
    desk = Desk({"a": FakeScreen(PAGE)}, "a", FlowRules())
    reading = desk.reader.read(desk.observer.look_closely(), (REFUND, REASON))
    assert (reading.scrolled, desk.phone.acts) == (False, [])


def test_optional_fields_are_not_searched_for():
    desk = Desk(LONG, "1", FlowRules())
    reading = desk.reader.read(desk.observer.look_closely(), (REFUND, replace(REASON, required=False)))
    assert (reading.scrolled, desk.phone.acts) == (False, [])


def test_the_search_is_bounded_on_an_endless_page():
    endless = {
        str(n): FakeScreen([f"text:第{n}行", f"text:又{n}"], goes={"swipe:up": str(n + 1), "swipe:down": str(n - 1)})
        for n in range(60)
    }
    endless["-1"] = endless["0"]
    desk = Desk(endless, "30", FlowRules(), scrolls=3)
    assert desk.reader.read(desk.observer.look_closely(), (REFUND,)).found == {}
    assert len(desk.phone.acts) <= 14
    assert desk.phone.shown == "30"


def test_a_value_found_by_scrolling_has_no_place_on_the_picture_of_the_confirmation():
    desk = Desk(LONG, "1", FlowRules(confirm_fields=(REFUND, REASON)))
    view = desk.confirmation.show(Back(), desk.observer.look_closely(), STATE, irreversible=True)
    places = {field.name: field.box is None for field in view.fields}
    assert places == {"refund": False, "reason": True}


@pytest.mark.parametrize(("end", "scrolls"), [(NormPoint(500, 200), False), (NormPoint(900, 800), True)])
def test_a_swipe_up_is_shown_as_the_page_stands_and_a_slide_with_all_that_it_sends(end, scrolls):
    desk = Desk(LONG, "1", FlowRules(confirm_fields=(REFUND, REASON)))
    swipe = Swipe(NormPoint(500, 800), end)
    desk.confirmation.show(swipe, desk.observer.look_closely(), STATE, irreversible=True)
    assert bool(desk.phone.acts) is scrolls


BOUNDS = EngineSettings()
TAP = Tap(NormPoint(1, 1))


@pytest.mark.parametrize(
    ("hindrance", "tried", "kind"),
    [
        (Hindrance.POPUP, 0, "act"),
        (Hindrance.POPUP, 3, "leave"),
        (Hindrance.NETWORK, 2, "act"),
        (Hindrance.NETWORK, 3, "human"),
        (Hindrance.PERMISSION, 0, "act"),
        (Hindrance.PERMISSION, 1, "leave"),
    ],
)
def test_every_remedy_is_bounded(hindrance, tried, kind):
    plan = hindrance_plan(RunState("x", counters={hindrance: tried}), Remedy(hindrance, TAP, "关闭"), BOUNDS)
    found = "leave" if plan is None else "human" if plan.human else "act"
    assert found == kind


@pytest.mark.parametrize(("level", "wanted"), [(0, Swipe), (1, None), (2, Back), (3, "stuck"), (9, "stuck")])
def test_a_stuck_run_goes_through_the_layers_in_order(level, wanted):
    state = RunState("x", counters={"no_effect": 3, "recovery_level": level})
    plan = stuck_plan(state, seen(PAGE), Pending("act", TAP), BOUNDS)
    assert plan is not None
    assert plan.human == wanted or type(plan.action) is wanted or (wanted is None and plan.feedback)


def test_a_run_that_moves_on_is_not_stuck_and_grows_calm():
    assert stuck_plan(STATE, seen(PAGE), Pending("act", TAP), BOUNDS) is None
    state = RunState("x", counters={"recovery_level": 2})
    for _ in range(8):
        state = calmer(state)
    assert state.counters["recovery_level"] == 0
    assert calmer(STATE) == STATE


def test_the_count_of_a_hindrance_ends_with_it():
    assert without_hindrance(RunState("x", counters={"popup": 2, "recovery_level": 1})).counters == {
        "recovery_level": 1
    }
    assert without_hindrance(STATE) is STATE


def test_a_draft_measures_its_laps_and_tells_the_engines_own_time():
    time = FakeTime()
    draft = StepDraft(4, time)
    for name, seconds in (("observe", 1.0), ("model", 5.0), ("act", 0.5), ("settle", 2.0), ("observe", 1.0)):
        with draft.lap(name):
            time.sleep(seconds)
    times = draft.record(StepStatus.DONE).timings
    assert times["observe"] == pytest.approx(2, abs=0.1)
    assert times["total"] == pytest.approx(9.5, abs=0.1)
    assert times["engine"] == pytest.approx(2, abs=0.1)


def test_a_record_without_a_readable_action_keeps_the_raw_reply():
    draft = StepDraft(1, FakeTime(), raw="???")
    record = draft.record(StepStatus.FAILED, "unreadable")
    assert (record.action_text, record.action_name, record.touch) == ("???", "", ())


@pytest.mark.parametrize(
    ("action", "touch"),
    [
        (Tap(NormPoint(500, 500)), (270, 600)),
        (Swipe(NormPoint(0, 0), NormPoint(500, 500)), (0, 0, 270, 600)),
        (Back(), ()),
    ],
)
def test_a_record_tells_where_it_touched_in_device_pixels(action, touch):
    draft = StepDraft(1, FakeTime(), action=action, observation=seen(PAGE))
    assert draft.record(StepStatus.DONE).touch == touch
