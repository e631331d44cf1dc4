"""When a batch comes due: cron times in a zone, working hours, and a bounded share of what was missed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.errors import Invalid
from tickets.flows import schedule
from tickets.flows.schedule import Hours
from tickets.models import CatchUp

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "9",
        "0 9 * *",
        "0 0 9 * * 1",
        "61 * * * *",
        "0 24 * * *",
        "0 9 32 * *",
        "0 9 * 13 *",
        "0 9 * * 8",
        "每天九点",
        "0 9 30 2 *",
        "* * * * *",
        "*/4 * * * *",
        "a b c d e",
        "0 9 * * 1-",
        "-1 9 * * *",
    ],
)
def test_what_is_no_schedule_is_refused_in_words(cron: str) -> None:
    with pytest.raises(Invalid) as told:
        schedule.check(cron, SHANGHAI, NOW)
    assert told.value.code == "bad_cron"
    assert told.value.message


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_of_schedules(cron: str) -> None:
    """Either it comes due some time later, or it is refused in words; no other error."""
    refused = ""
    try:
        schedule.check(cron, SHANGHAI, NOW)
    except Invalid as error:
        refused = str(error.message)
    assert refused or next(schedule.upcoming(cron, SHANGHAI, NOW, 1)) > NOW


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "x" * 500, "中国"])
def test_an_unknown_zone_is_refused_in_words(name: str) -> None:
    with pytest.raises(Invalid) as told:
        schedule.zone(name)
    assert told.value.code == "bad_zone"


def test_times_are_those_of_the_wall_clock_in_the_zone_through_a_change_of_the_clocks() -> None:
    found = schedule.upcoming("0 9 * * *", BERLIN, datetime(2026, 3, 27, 12, tzinfo=UTC), 3)
    assert [moment.hour for moment in found] == [8, 7, 7]  # UTC, before and after 29 March
    assert {m.astimezone(BERLIN).hour for m in schedule.upcoming("0 9 * * *", BERLIN, NOW, 5)} == {9}


def test_what_was_missed_is_told_newest_first_and_within_bounds() -> None:
    found = schedule.missed("0 * * * *", SHANGHAI, NOW - timedelta(hours=3), NOW)
    assert found == [NOW - timedelta(hours=n) for n in range(4)]
    long_ago = schedule.missed("*/5 * * * *", SHANGHAI, NOW - timedelta(days=3650), NOW)
    assert len(long_ago) == schedule.MOST_LOOKED_BACK


@pytest.mark.parametrize(
    ("policy", "late", "in_line", "rounds"),
    [
        (CatchUp.SKIP, False, 0, [0]),
        (CatchUp.SKIP, True, 0, []),
        (CatchUp.SKIP, False, 1, []),
        (CatchUp.ONCE, True, 0, [0]),
        (CatchUp.ONCE, True, 1, []),
        (CatchUp.ALL, True, 0, [2, 1, 0]),
        (CatchUp.ALL, True, 2, [0]),
        (CatchUp.ALL, True, 9, []),
    ],
)
def test_what_is_made_up_for_follows_the_policy(policy: CatchUp, late: bool, in_line: int, rounds: list[int]) -> None:
    now = NOW + (timedelta(minutes=30) if late else timedelta(seconds=20))
    due = [NOW - timedelta(hours=n) for n in range(6)]
    assert schedule.to_make_up(due, now, policy, 3, in_line) == [due[n] for n in rounds]


@given(st.sampled_from(CatchUp), st.integers(0, 200), st.integers(0, 30), st.integers(1, 24), st.integers(0, 7200))
def test_never_more_rounds_than_may_stand_in_line(
    policy: CatchUp, count: int, in_line: int, most: int, late_s: int
) -> None:
    due = [NOW - timedelta(hours=n) for n in range(count)]
    made = schedule.to_make_up(due, NOW + timedelta(seconds=late_s), policy, most, in_line)
    assert len(made) + in_line <= max(in_line, most if policy is CatchUp.ALL else 1)
    assert made == sorted(made)


@pytest.mark.parametrize(
    ("hours", "day", "clock", "is_open"),
    [
        (Hours(), 4, "03:00", True),
        (Hours(time(9), time(18), frozenset(range(1, 6))), 4, "09:00", True),
        (Hours(time(9), time(18), frozenset(range(1, 6))), 4, "18:00", False),
        (Hours(time(9), time(18), frozenset(range(1, 6))), 7, "10:00", False),
        (Hours(time(22), time(6), frozenset({5})), 6, "23:00", True),  # Friday night
        (Hours(time(22), time(6), frozenset({5})), 7, "05:59", True),  # … goes on into Saturday
        (Hours(time(22), time(6), frozenset({5})), 6, "05:00", False),
        (Hours(days=frozenset({6})), 4, "10:00", False),
    ],
)
def test_working_hours(hours: Hours, day: int, clock: str, is_open: bool) -> None:
    hour, minute = map(int, clock.split(":"))
    assert hours.include(datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)) is is_open
