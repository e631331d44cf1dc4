"""The queue's filter as a value, parsed from and written to a query string.

Rule: invalid parameters are ignored.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from tickets.models import TicketStatus
from tickets.models.ticket.tickets import FINISHED
from tickets.services.people import names
from tickets.web.given import day, whole_number

UNDONE, WAITING, ASKED, EVERYTHING = "undone", "waiting", "asked", "all"
MINE, NOBODY = "me", "none"  # of `who`; else a person's key
NO_FLOW = "none"
SPANS = ("today", "yesterday", "7d", "30d")
COLUMNS = ("ticket", "customer", "status", "run", "who", "created", "due", "priority")
_STATUSES = {UNDONE, WAITING, ASKED, EVERYTHING, *TicketStatus.values}
_NAMES = {"search": "q"}


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """The queue's query string. Every field is "" where nothing was asked for.

    `status`: a ticket's status, `undone`, `waiting` (for a human), `asked` (a customer was) or `all`.
    `created`: one of SPANS; `since` and `until` are days (ISO), both included. `sort`: one of COLUMNS, with "-" before
    it for the other way.
    """

    status: str = ""
    search: str = ""
    flow: str = ""
    department: str = ""
    who: str = ""
    created: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> TicketFilter:
        mine = MINE if query.get("mine") == "1" else ""
        who = query.get("who", "") or mine
        return cls(
            status=_known(query.get("status", ""), _STATUSES),
            search=" ".join(query.get("q", "").split())[:100],
            flow=query.get("flow", "")[:50],
            department=str(whole_number(query.get("department", "")) or ""),
            who=who if who in {MINE, NOBODY} else str(names.key(who) or ""),
            created=_known(query.get("created", ""), SPANS),
            since=day(query.get("since", "")),
            until=day(query.get("until", "")),
            sort=_known(query.get("sort", ""), {*COLUMNS, *(f"-{name}" for name in COLUMNS)}),
        )

    @classmethod
    def of(cls, text: str) -> TicketFilter:
        """The filter of a query string, for instance of a saved view."""
        return cls.read(QueryDict(text[:2000]))

    def query(self, **changes: str) -> str:
        """The query string of this filter with changes, for links."""
        values = asdict(replace(self, **changes))
        return urlencode({_NAMES.get(name, name): value for name, value in values.items() if value})

    @property
    def shown(self) -> str:
        """The effective status: undone by default, all while searching."""
        return self.status or (EVERYTHING if self.search else UNDONE)

    @property
    def narrowed(self) -> bool:
        return replace(self, sort="") != TicketFilter()

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def by_day(self) -> bool:
        """Whether the rows are grouped by the day on which they were solved."""
        return self.shown in FINISHED and not self.sort

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of creation; None for no end."""
        today = timezone.localdate()
        if self.created:
            first = {"today": 0, "yesterday": 1, "7d": 6, "30d": 29}[self.created]
            return today - timedelta(days=first), today - timedelta(days=1) if self.created == "yesterday" else today
        return _date(self.since), _date(self.until)


def _known(value: str, values: Any) -> str:
    return value if value in values else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
