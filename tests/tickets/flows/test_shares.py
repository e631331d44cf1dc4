"""A share says what it proves: small numbers prove little, and a nearly reached floor is not reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.metrics.shares import Share


@pytest.mark.parametrize(
    ("good", "trials", "proved"),
    [
        (95, 100, False),
        (59, 59, True),
        (58, 58, False),
        (92, 93, True),
        (91, 93, False),
        (0, 0, False),
        (99, 100, True),
    ],
)
def test_what_shows_ninety_five_percent(good: int, trials: int, proved: bool) -> None:
    assert Share(good, trials).proves(0.95) is proved


def test_the_interval_is_wilsons() -> None:
    share = Share(95, 100)  # published example: 0.888 to 0.978
    assert (round(share.low, 3), round(share.high, 3)) == (0.888, 0.978)
    assert (Share(0, 0).low, Share(0, 0).high, Share(0, 0).rate) == (0.0, 1.0, None)


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_rate_and_narrows_with_more_trials(trials: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, trials))
    share, more = Share(good, trials), Share(good * 4, trials * 4)
    assert 0 <= share.low <= good / trials <= share.high <= 1
    assert more.high - more.low <= share.high - share.low
