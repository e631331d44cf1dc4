"""What a person reads of a fault: first what to do, then what happened."""

from __future__ import annotations

from cs_agent.phone.errors import AppDidNotStart
from cs_agent.trouble import Trouble


def test_advice_comes_first_in_the_language_asked_for() -> None:
    error = AppDidNotStart("abc: 微信 did not come up")
    assert error.told("zh") == f"{error.advice}(abc: 微信 did not come up)"
    assert error.told("en") == f"{error.advice_in('en')} (abc: 微信 did not come up)"


def test_a_fault_without_advice_is_told_as_it_is() -> None:
    assert Trouble("the cable is out").told("zh") == "the cable is out"
