"""Bars that part a page by its contents or by days, told from those that set something."""

from __future__ import annotations

import pytest

from cs_agent.engine.gate.decide import StepContext
from cs_agent.observation import Observation, Role, UiNode
from tests.engine.gate.test_gate_kinds import bar, node, page, records, tap
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.written.test_bars import BACK, foot

AT = (270, 117)
VISITS = (("Bello", "09:30", "Raum 1"), ("Mimi", "10:00", "Raum 2"), ("Rex", "10:30", "Raum 1"))
PARCELS = (("Von Otto", "12 May 10:02"), ("Von Thalia", "12 May 12:15"), ("Von Zara", "11 May 09:40"))


def over(*names: str, rows=(), title: str = "web-01", chosen: int = 0, also: tuple[UiNode, ...] = ()) -> Observation:
    parts = bar(*names, role=Role.OTHER, chosen=chosen, top=102, height=30)
    return page(*records(*rows, title=title), *also, *parts)


def button(text: str) -> tuple[UiNode, ...]:
    """One in each of three entries."""
    return tuple(
        node(text, (420, 200 + 120 * n, 500, 235 + 120 * n), Role.BUTTON, clickable=True, parent=1 + 4 * n)
        for n in range(3)
    )


@pytest.mark.parametrize(
    "names",
    [
        ("Overview", "Disks", "Logs"),
        ("Plan", "Sessions", "Bills"),
        ("Lock", "Codes", "Log"),
        ("跟进", "资料", "通话记录"),
    ],
)
def test_a_bar_of_what_a_page_holds_is_one_of_tabs_whatever_the_page_is_about(names):
    assert passes(over(*names), *AT)
    assert not tap(over(*names), *AT, StepContext(put_in=True)).vouched_by


@pytest.mark.parametrize("reading", ["21°", "4 ml/h"])
def test_over_a_mere_reading_such_a_bar_may_set_it(reading):
    below = node(reading, (200, 400, 340, 460))
    assert not passes(over("Schedules", "Holds", "Frosts", also=(below,)), *AT)
    told = node("No holds yet", (100, 500, 400, 540))
    assert passes(over("Schedules", "Holds", "Frosts", also=(below, told)), *AT)


def test_such_a_bar_stands_at_the_foot_of_a_page_that_is_gone_back_from_too():
    assert passes(foot(names=("Desk", "Rooms", "Bills"), also=(BACK,)), 270, 1150)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("Now", "Eco", "Logs"), id="a way of working among them"),
        pytest.param(("Public", "Friends", "Contacts"), id="whom it is meant for"),
        pytest.param(("All", "Mentions", "Nothing"), id="a scale"),
        pytest.param(("Seconds", "Minutes", "Hours"), id="measures"),
        pytest.param(("Bills", "Notes", "Release"), id="a deed"),
        pytest.param(("Notes", "Closed", "Files"), id="a state"),
        pytest.param(("Auto", "Manual", "History"), id="ways of working beside one word for contents"),
        pytest.param(("净房", "脏房", "记录"), id="states of a room"),
        pytest.param(("Notities", "Größen", "Files"), id="another language"),
    ],
)
def test_one_name_of_another_kind_makes_a_bar_none_of_contents(names):
    assert not passes(over(*names), *AT)
    assert not passes(over(*names), 450, 117)


def test_the_part_that_shows_already_is_not_touched_for_what_it_is_called():
    assert not passes(over("Lock", "Codes", "Log"), 60, 117)
    assert not passes(over("Panic", "Codes", "Logs"), 60, 117)
    assert passes(over("Overview", "Disks", "Logs"), 60, 117)
    assert not passes(over("Overview", "Disks", "Logs", chosen=5), *AT)


@pytest.mark.parametrize("names", [("Heute", "Morgen", "Woche"), ("13 May", "14 May", "15 May")])
def test_days_over_a_schedule_show_another_day(names):
    assert passes(over(*names, rows=VISITS, title="Termine"), *AT)
    for other in (
        over(*names, rows=PARCELS, title="Delivery"),  # it may be moved to that day
        over(*names, rows=VISITS, title="Change appointment"),
        over(*names, rows=VISITS, title="Order 88231"),
        over(*names, rows=VISITS, title="Visit status"),
        over("Eco", *names[1:], rows=VISITS, title="Termine"),
    ):
        assert not passes(other, *AT)


def test_a_bar_with_a_state_sorts_entries_that_have_buttons_for_what_is_done_with_them():
    names, rows = ("候诊", "已就诊", "过时"), (("王芳", "女"), ("李强", "男"), ("张伟", "男"))
    texts = [(*row, "初诊") for row in rows]
    assert passes(over(*names, rows=texts, title="诊室", also=button("办结")), *AT)
    assert not passes(over(*names, rows=texts, title="诊室"), *AT)
    assert not passes(over(*names, rows=texts, title="就诊状态", also=button("办结")), *AT)
    assert not passes(over("候诊", "候检", "过时", rows=texts, title="诊室", also=button("办结")), *AT)
    assert not passes(over("候诊", "已就诊", "小休", rows=texts, title="诊室", also=button("办结")), *AT)
