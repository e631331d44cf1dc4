"""What somebody looks for in the audit trail, as a value.

Rule: pages go by sequence number, not by offset, so that the millionth event is as near as the first.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from consoles.web.given import whole_number
from tickets.models import AuditEvent, Ticket
from tickets.services.evidence import audit_rows

PAGE = 60
_MOST_TICKETS = 500
_MOST_PLACED = timedelta(days=31)  # of a longer time, most events are found without knowing their places


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """Texts as typed; `since` and `until` are local dates, both inclusive; `before` is a sequence number."""

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
            values[name] = values[name] if _date(values[name]) else ""
        values["before"] = str(whole_number(values["before"]) or "")
        return cls(**values)

    def query(self, **changes: str) -> str:
        return urlencode({name: value for name, value in (asdict(self) | changes).items() if value})

    @property
    def names(self) -> list[tuple[str, str]]:
        """What an export repeats."""
        return [(name, value) for name, value in asdict(self).items() if value and name != "before"]

    def filters(self) -> dict[str, Any]:
        """Look-ups on AuditEvent."""
        wanted: dict[str, Any] = {
            "ticket_no": self.ticket,
            "ticket_no__in": self.customer and _tickets_of(self.customer),
            "user_name": self.user,
            "device_id": self.device,
            "type": self.type,
            "at__gte": _start_of(self.since),
            "at__lt": _start_of(self.until, days=1),
        }
        return {name: value for name, value in wanted.items() if value not in ("", None)}

    def apply(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        wanted = self.filters()
        found = events.filter(**wanted, **_places(wanted))
        return found.filter(seq__lt=int(self.before)) if self.before else found


def _places(wanted: dict[str, Any]) -> dict[str, int]:
    times = {name: wanted[name] for name in ("at__gte", "at__lt") if name in wanted}
    if len(times) < 2 or times["at__lt"] - times["at__gte"] > _MOST_PLACED:
        return {}
    return audit_rows.between(times)


def _tickets_of(customer: str) -> list[str]:
    """Numbers of the customer's tickets: what events say about a customer is sealed and cannot be searched."""
    theirs = Ticket.objects.filter(Q(customer_name=customer) | Q(customer_mobile=customer))
    return list(theirs.order_by("-pk").values_list("number", flat=True)[:_MOST_TICKETS])


def _date(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _start_of(text: str, days: int = 0) -> datetime | None:
    """Local midnight of that date, so many days later."""
    date = _date(text)
    return timezone.make_aware(datetime.combine(date + timedelta(days=days), time.min)) if date else None
