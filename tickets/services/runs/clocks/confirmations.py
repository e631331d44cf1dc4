"""Time-outs of confirmations: remind, then escalate to the supervisors, then expire (which denies).

Rule: implemented as a sweep over the database, never as a delayed message; a sweep may run twice or late without harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from tickets.models import Confirmation, ConfirmationState
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.runs import decisions
from tickets.services.runs import lifecycle as runs

REMIND_AT = 0.5  # of the time between asking and the due time
ESCALATE_AT = 0.8


@dataclass(frozen=True, slots=True)
class Swept:
    reminded: int = 0
    escalated: int = 0
    expired: int = 0


def sweep(now: datetime | None = None) -> Swept:
    """One pass over all waiting confirmations; safe to call from several processes at once."""
    now = now or timezone.now()
    expired = sum(decisions.expire_if_due(row, now) for row in _pending().filter(due_at__lte=now))
    escalated = sum(_tell(row, "escalated_at", now) for row in _untold("escalated_at", now, ESCALATE_AT))
    reminded = sum(_tell(row, "reminded_at", now) for row in _untold("reminded_at", now, REMIND_AT))
    return Swept(reminded, escalated, expired)


def _untold(column: str, now: datetime, share: float) -> QuerySet[Confirmation]:
    """Confirmations past that share of their time that were not notified yet; filtered by the database."""
    span = ExpressionWrapper(F("due_at") - F("created_at"), DurationField())
    waited = ExpressionWrapper(Value(now, DateTimeField()) - F("created_at"), DurationField())
    late = GreaterThanOrEqual(waited, ExpressionWrapper(span * share, DurationField()))
    return _pending().filter(late, due_at__gt=now, **{column: None})


def _pending() -> QuerySet[Confirmation]:
    rows = Confirmation.objects.filter(state=ConfirmationState.PENDING)
    return rows.select_related("run__ticket", "run__flow_version__template", "run__phone")


def _tell(row: Confirmation, column: str, now: datetime) -> bool:
    """Notify once per confirmation: only the process that sets the column first sends."""
    with transaction.atomic():
        runs.locked(row.run)
        untold = Confirmation.objects.filter(pk=row.pk, state=ConfirmationState.PENDING, **{column: None})
        if not untold.update(**{column: now}):
            return False
        kind = column.removesuffix("_at")
        left_s = round((row.due_at - now) / timedelta(seconds=1))
        data = {"confirmation": str(row.pk), kind: True, "left_s": left_s}
        live.publish_run(row.run, "confirmation.asked", data)
        audit.record(f"confirmation.{kind}", run=row.run, obj=row, confirmation_id=str(row.pk))
    return True
