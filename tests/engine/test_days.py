"""Days that texts name: how far they lie apart, in whatever way they are written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.screen.days import day_of, span_of_days
from cs_agent.engine.screen.vocabulary.titles import is_of_a_paper


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-12 10:21",
        "2026/5/12",
        "2026年5月12日",
        "2026.05.12",
        "12.05.2026",
        "5/13/2026",
        "12 May 2026",
        "May 12, 2026",
    ],
)
def test_a_day_is_read_in_every_usual_form(text):
    assert abs((day_of(text) or date.min) - date(2026, 5, 12)) <= timedelta(days=1)


@pytest.mark.parametrize("text", ["", "Room 12-31-4", "13800138000", "¥12.05", "2026", "1.2 GB", "31/31/2026", "May"])
def test_what_names_no_day_is_none(text):
    assert day_of(text) is None


@given(st.lists(st.dates(date(1950, 1, 1), date(2090, 1, 1)), min_size=1, max_size=5))
def test_the_span_is_that_of_the_days(days):
    assert span_of_days(f"付款时间:{day:%Y-%m-%d}" for day in days) == max(days) - min(days)


def test_no_days_span_nothing():
    assert span_of_days(["已完成"]) == timedelta()


@pytest.mark.parametrize("text", ["Deck 5", "Junction 12", "Marina 14", "Augusta 3", "Mayo 2", "Mayfield 3", "2 decks"])
def test_a_name_that_begins_like_a_month_is_no_day(text):
    assert day_of(text) is None
    assert not is_of_a_paper(text)


@pytest.mark.parametrize("text", ["Sept 5", "Dec. 12", "June 3", "3 Mar", "August 21", "5 December"])
def test_a_month_is_known_by_its_short_and_its_whole_name(text):
    assert day_of(text) is not None
    assert is_of_a_paper(text)
