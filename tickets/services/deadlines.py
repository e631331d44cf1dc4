"""The clock of confirmations: remind, then escalate to the supervisors, then expire (which denies).

Rule: the clock is a sweep over the database, never a delayed message; a sweep may run twice or late without harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tickets import live
from tickets.models import Confirmation, ConfirmationState
from tickets.services import audit, decisions

REMIND_AT = 0.5  # of the time between asking and the due time
ESCALATE_AT = 0.8


@dataclass(frozen=True, slots=True)
class Swept:
    reminded: int = 0
    escalated: int = 0
    expired: int = 0


def sweep(now: datetime | None = None) -> Swept:
    """One round over everything that waits; safe to call from several processes at once."""
    now = now or timezone.now()
    expired = sum(decisions.expire_if_due(row, now) for row in _pending().filter(due_at__lte=now))
    escalated = sum(_tell(row, "escalated_at", now, ESCALATE_AT) for row in _pending().filter(escalated_at=None))
    reminded = sum(_tell(row, "reminded_at", now, REMIND_AT) for row in _pending().filter(reminded_at=None))
    return Swept(reminded, escalated, expired)


def _pending() -> QuerySet[Confirmation]:
    rows = Confirmation.objects.filter(state=ConfirmationState.PENDING)
    return rows.select_related("run__ticket", "run__flow_version__template", "run__phone")


def _tell(row: Confirmation, column: str, now: datetime, share: float) -> bool:
    """Once per confirmation: whoever sets the column first sends the word."""
    if now < row.created_at + (row.due_at - row.created_at) * share or now >= row.due_at:
        return False
    with transaction.atomic():
        untold = Confirmation.objects.filter(pk=row.pk, state=ConfirmationState.PENDING, **{column: None})
        if not untold.update(**{column: now}):
            return False
        kind = column.removesuffix("_at")
        left_s = round((row.due_at - now) / timedelta(seconds=1))
        data = {"confirmation": str(row.pk), kind: True, "left_s": left_s}
        live.publish_run(row.run, "confirmation.asked", data)
        audit.record(f"confirmation.{kind}", run=row.run, obj=row, confirmation_id=str(row.pk))
    return True
