"""A search of the audit trail as a value, and the newest events it finds.

Rule: pages go by sequence number, not by offset, so that the millionth event is as near as the first. Words may point
at tickets, people or kinds of events: each is looked up by itself, by its own index, and what is found is merged.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from consoles.pages.audit.about import MOST_TICKETS, people_called, tickets_about, types_called
from tickets.models import AuditEvent, Ticket
from tickets.services.evidence import audit_rows
from tickets.services.evidence.audit_rows import Way
from tickets.services.people import access
from tickets.web.given import day, start_of_day, whole_number

PAGE = 60
_MOST_PLACED = timedelta(days=31)  # of a longer time, most events are found without knowing their places


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """Texts as typed: `words` are looked for everywhere, the others in what they name. `since` and `until` are local
    dates, both inclusive; `before` is a sequence number."""

    words: str = ""
    ticket: str = ""
    customer: str = ""
    user: str = ""
    device: str = ""
    type: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> AuditSearch:
        values = {name: query.get(name, "").strip()[:120] for name in cls.__dataclass_fields__}
        for name in ("since", "until"):
            values[name] = day(values[name])
        values["before"] = str(whole_number(values["before"]) or "")
        return cls(**values)

    def query(self, **changes: str) -> str:
        return urlencode({name: value for name, value in (asdict(self) | changes).items() if value})

    @property
    def names(self) -> list[tuple[str, str]]:
        """What an export repeats."""
        return [(name, value) for name, value in asdict(self).items() if value and name != "before"]

    @property
    def narrowed(self) -> bool:
        """Whether events are left out besides those that the reader may not see."""
        return any(value for name, value in asdict(self).items() if name != "before")

    def filters(self) -> dict[str, Any]:
        """Look-ups on AuditEvent that hold for every event found."""
        wanted: dict[str, Any] = {
            "ticket_no": self.ticket,
            "ticket_no__in": self.customer and _tickets_of(self.customer),
            "user_name__in": self.user and _names(self.user),
            "device_id": self.device,
            "at__gte": start_of_day(self.since),
            "at__lt": start_of_day(self.until, days=1),
        }
        return {name: value for name, value in wanted.items() if value not in ("", None)}

    def ways(self, user: Any) -> list[Way]:
        """What an event must have besides `filters`: one of these; nothing is found by none."""
        kinds: list[Way] = [{"type": type} for type in _known(self.type)] if self.type else [{}]
        return [{**kind, **way} for kind in kinds for way in _pointed_at(user, self.words)]

    def apply(self, events: QuerySet[AuditEvent], way: Way | None = None) -> QuerySet[AuditEvent]:
        wanted = self.filters()
        found = events.filter(**wanted, **_places(wanted)).filter(**(way or {}))
        return found.filter(seq__lt=int(self.before)) if self.before else found

    def newest(self, user: Any, most: int) -> list[AuditEvent]:
        """The newest events that the user may see, newest first."""
        queries = [self.apply(part, way) for way in self.ways(user) for part in access.audit_parts(user)]
        found = {event.seq: event for query in queries for event in query.order_by("-seq")[:most]}
        return [found[seq] for seq in sorted(found, reverse=True)[:most]]


def _pointed_at(user: Any, words: str) -> list[Way]:
    if not words:
        return [{}]
    numbers = tickets_about(user, words)
    ways: list[Way] = [{"ticket_no__in": numbers}] if numbers else []
    ways += [{"user_name": name} for name in people_called(words)]
    return ways + [{"type": type} for type in types_called(words)]


def _names(user: str) -> list[str]:
    """Of the log-in name alone where there is one; somebody who is gone is still found by theirs."""
    people = people_called(user)
    return people if people and user not in people else [user]


def _known(type: str) -> list[str]:
    return types_called(type) or [type]


def _places(wanted: dict[str, Any]) -> dict[str, int]:
    times = {name: wanted[name] for name in ("at__gte", "at__lt") if name in wanted}
    if len(times) < 2 or times["at__lt"] - times["at__gte"] > _MOST_PLACED:
        return {}
    return audit_rows.between(times)


def _tickets_of(customer: str) -> list[str]:
    """Numbers of the customer's tickets: what events say about a customer is sealed and cannot be searched."""
    theirs = Ticket.objects.filter(Q(customer_name=customer) | Q(customer_mobile=customer))
    return list(theirs.order_by("-pk").values_list("number", flat=True)[:MOST_TICKETS])
