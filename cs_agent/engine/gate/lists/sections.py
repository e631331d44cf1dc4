"""What the parts of a bar are called where they part a page: by its contents, or by days.

Rule: a plural, or a word for something written down, names what a page holds; ways of working, states and actions are
called otherwise, and one such name makes the bar none of these. Whom something is meant for is set by a bar of people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cs_agent.engine.gate.lists.actions import does_something
from cs_agent.engine.screen.days import day_of
from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.vocabulary.titles import (
    filters_a_list,
    names_a_near_day,
    names_contents,
    names_none,
    switches_a_mode,
)
from cs_agent.engine.screen.words import is_read, names_a_state

_LEAST = 2  # parts that say what the page holds
_PLURAL = re.compile(r"^(?:[a-z]+ )?[a-z]{3,}(?<![suia])s$")
_PEOPLE = re.compile(r"(?:ers|ors|ants|ees|ians|ists|men|friends|contacts|guests|folks|admins|groups?)$")
_MEASURES = re.compile(r"^(?:seconds|minutes|hours|days|weeks|months|years|miles|points|coins|credits|percents?)$")
_TIME = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])")


def are_contents(others: Sequence[str], names: Sequence[str], *, alone: bool = False) -> bool:
    """`others`: what the parts are called that do not show yet; `alone`: one such name is enough."""
    if switches_a_mode(others) or not all(map(is_read, names)):
        return False
    if any(does_something(name) or names_none(name) or names_a_state(name) for name in others):
        return False
    if any(filters_a_list(name) for name in others) or any(names_none(name) for name in names):
        return False
    return sum(map(is_content, names)) >= (1 if alone else _LEAST) and any(map(is_content, others))


def is_content(name: str) -> bool:
    """What is written down, or several things, and no people."""
    text = fold(name).strip()
    if names_contents(text):
        return True
    return bool(_PLURAL.match(text)) and not (_PEOPLE.search(text) or _MEASURES.match(text))


def are_days(names: Sequence[str]) -> bool:
    """At least two of them, and most."""
    days = sum(names_a_near_day(name) or day_of(name) is not None for name in names)
    return days >= _LEAST and 2 * days > len(names)


def are_of_a_schedule(entries: Iterable[Sequence[str]]) -> bool:
    """Each entry has a time of a day that it does not name, which the bar tells."""
    return all(any(map(_TIME.search, own)) and not any(map(day_of, own)) for own in entries)
