"""The cursor of a paged search for changes.

Rule: all pages of a search use the same query; the next search begins where this one *began*, minus an overlap, so that
concurrent changes are never skipped. An unreadable cursor starts over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jmespath
from jmespath.exceptions import JMESPathError

from integrations.connectors.errors import Gone
from integrations.connectors.protocol import Changes
from tickets.said import gettext_said as _
from tickets.web.given import whole_number

OVERLAP = timedelta(minutes=2)
SHARED = 10  # rows that two pages by offset share
_MOST_PAGES = 1000  # of one search; a server that never comes to an end is asked anew


@dataclass(frozen=True, slots=True)
class Place:
    """`since`: what the search asks for. `page`: from 1. `begun`: when its first page was asked for."""

    since: datetime
    page: int
    begun: datetime

    def offset(self, size: int) -> int:
        """The page's offset. Pages overlap: a ticket that changes meanwhile moves to the end of the list, and later
        ones move up."""
        return (self.page - 1) * (size - SHARED)

    def after(self, ids: Sequence[str], *, more: bool, overlap: timedelta = OVERLAP) -> Changes:
        """The page's ids with the cursor behind it."""
        if more and self.page < _MOST_PAGES:
            return Changes(tuple(ids), f"{self.since.isoformat()}|{self.page + 1}|{self.begun.isoformat()}", more=True)
        return Changes(tuple(ids), f"{(self.begun - overlap).isoformat()}|1|")


def place(cursor: str, days_back: int, now: datetime | None = None) -> Place:
    now = now or datetime.now(UTC)
    since, _sep, rest = cursor.partition("|")
    page, _sep, begun = rest.partition("|")
    try:
        found = Place(_moment(since), max(1, int(page[:9])), _moment(begun) if begun else now)
    except (ValueError, OverflowError):
        return Place(now - timedelta(days=days_back), 1, now)
    return found


def number(external_id: str) -> str:
    """The id as a whole number; Gone for anything else."""
    found = whole_number(external_id)
    if found is None:
        raise Gone(_("“%s”不是工单编号。") % external_id[:40])
    return str(found)


def named(value: object) -> tuple[str, ...]:
    """A ticket's number out of a body, written as a number or as its digits, as ids; none for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
        value = int(value)
    return (str(value),) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15 else ()


def ids_of(rows: Iterable[object]) -> tuple[str, ...]:
    """The numbers of a list's tickets; a row without one is passed over, and whatever else it says is not looked at."""
    return tuple(id for row in rows if isinstance(row, dict) for id in named(row.get("id")))


def ids_in(body: object, expression: str) -> tuple[str, ...]:
    """The number that an expression (JMESPath) finds in a body."""
    try:
        return named(jmespath.search(expression, body))
    except (JMESPathError, TypeError, ValueError):  # a function that got a value of another type
        return ()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
