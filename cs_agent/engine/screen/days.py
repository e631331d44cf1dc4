"""Reads the calendar days that a screen's texts name, as far apart as they are and no better.

Rule: only how far days lie from each other is told; a text without a year is taken to be of one and the same year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from cs_agent.engine.screen.text import fold

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = r"uary|ruary|ch|il|e|y|ust|t|tember|ober|ember"  # what follows them in their whole names
_MONTH = rf"\b(?P<name>{'|'.join(_MONTHS)})(?:{_LONG})?\b\.?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?<!\d)(?P<year>(?:19|20)\d{2}) ?[-/.年] ?(?P<month>\d{1,2})(?: ?[-/.月] ?(?P<day>\d{1,2}))?(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>(?:19|20)\d{2})(?!\d)",
        rf"\b(?P<day>\d{{1,2}})\.? {_MONTH},? (?P<year>(?:19|20)\d{{2}})\b",
        rf"\b{_MONTH} (?:(?P<day>\d{{1,2}}),? )?(?P<year>(?:19|20)\d{{2}})\b",
        r"(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})日?",
        r"(?<![\d./:-])(?P<month>0[1-9]|1[0-2])[-/](?P<day>0[1-9]|[12]\d|3[01])(?![\d:/.-])",
        rf"\b(?P<day>\d{{1,2}}) {_MONTH}(?![a-z])",
        rf"\b{_MONTH} (?P<day>\d{{1,2}})\b",
    )
)
_ANY_YEAR = 2000
_MONTHS_OF_A_YEAR = 12


def span_of_days(texts: Iterable[str]) -> timedelta:
    """From the earliest to the latest day that the texts name; no time for fewer than two."""
    found = [day for text in texts if (day := day_of(text)) is not None]
    return max(found) - min(found) if found else timedelta()


def day_of(text: str) -> date | None:
    """The day a text names; the first of its month where it names no more, None where it names none."""
    folded = fold(text)
    found = next((match for form in _FORMS if (match := form.search(folded))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = _MONTHS.index(parts["name"]) + 1 if parts.get("name") else int(parts["month"])
    day = int(parts.get("day") or 1)
    if month > _MONTHS_OF_A_YEAR:  # 5/30/2026
        month, day = day, month
    try:
        return date(int(parts.get("year") or _ANY_YEAR), month, day)
    except ValueError:
        return None
