"""The runs that can be watched again, by flow, operator, outcome, day and ticket.

Rule: pages go by the time a run began, not by offset.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tickets.models import RecordingState, Run, RunStatus
from tickets.services.people import access, names
from tickets.web.given import day, is_storable, start_of_day

PAGE = 50
OUTCOMES = (RunStatus.SUCCEEDED, RunStatus.HANDED_OFF, RunStatus.FAILED, RunStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class ReplayFilter:
    """Texts as given; `since` and `until` are local dates, both inclusive; `before` is a run's time of creation."""

    flow: str = ""
    operator: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    ticket: str = ""
    before: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> ReplayFilter:
        values = {name: query.get(name, "").strip()[:60] for name in cls.__dataclass_fields__}
        values["operator"] = str(names.key(values["operator"]) or "")
        values["outcome"] = values["outcome"] if values["outcome"] in OUTCOMES else ""
        for name in ("since", "until"):
            values[name] = day(values[name])
        values["before"] = values["before"] if _moment(values["before"]) else ""
        return cls(**values)

    def query(self, **changes: str) -> str:
        return urlencode({name: value for name, value in (asdict(self) | changes).items() if value})

    @property
    def narrowed(self) -> bool:
        return self != ReplayFilter(before=self.before)

    def apply(self, runs: QuerySet[Run]) -> QuerySet[Run]:
        wanted: dict[str, Any] = {
            "flow_version__template__slug": self.flow,
            "status": self.outcome,
            "created_at__gte": start_of_day(self.since),
            "created_at__lt": start_of_day(self.until, days=1),
        }
        found = runs.filter(**{name: value for name, value in wanted.items() if value not in ("", None)})
        if self.operator:
            person = names.key(self.operator)
            found = found.filter(
                Q(started_by=person) | Q(confirmations__decided_by=person) | Q(takeovers__user=person)
            ).distinct()
        if self.ticket:
            found = found.filter(Q(ticket__number__icontains=self.ticket) | Q(ticket__refs__external_id=self.ticket))
        return found.filter(created_at__lt=_moment(self.before)) if self.before else found


def watchable(user: Any, wanted: ReplayFilter, most: int) -> list[Run]:
    """Runs of the user's departments with a recording, newest first, at most `most`.

    Only their keys are sorted: a run's row is large, and there are many.
    """
    runs = Run.objects.filter(ticket__in=access.visible_tickets(user), recording__state=RecordingState.READY)
    keys = list(wanted.apply(runs).order_by("-created_at").values_list("pk", flat=True)[:most])
    rows = access.visible_runs(user).select_related("recording").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def operators(user: Any) -> QuerySet[User]:
    people = get_user_model().objects.filter(departments__in=access.departments(user)).distinct()
    return people.order_by(*names.order())


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) and is_storable(found) else None
