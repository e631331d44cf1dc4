"""Time-outs of takeovers: one that nobody begins expires; a human without gestures is warned, then it ends.

Rule: nothing is decided for an absent human. By default the run asks for a takeover again and keeps its phone and
screen, so that the next person can continue there; CS_AGENT_TAKEOVER_IDLE_THEN=hand_off ends the run instead, frees the
phone and leaves the ticket to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tickets.models import Run, RunPurpose, RunStatus, Takeover
from tickets.said import joined, said, said_again
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import takeovers
from tickets.services.studio import lessons

NOT_TAKEN = "takeover_expired"
IDLE = "idle"  # code of a takeover that is requested again, and of a run that was handed off
HAND_OFF = "hand_off"


@dataclass(frozen=True, slots=True)
class Swept:
    warned: int = 0
    ended: int = 0
    given_up: int = 0


def sweep(now: datetime | None = None) -> Swept:
    """One pass over the active takeovers; safe to call from several processes at once."""
    now = now or timezone.now()
    ended = sum(_end(row, now) for row in _quiet_since(now - _after("CS_AGENT_TAKEOVER_END_S")))
    quiet = _quiet_since(now - _after("CS_AGENT_TAKEOVER_WARN_S")).filter(_UNWARNED)
    given_up = sum(_give_up(row, now) for row in _not_begun_since(now - _after("CS_AGENT_TAKEOVER_DUE_S")))
    return Swept(sum(_warn(row, now) for row in quiet), ended, given_up)


_UNWARNED = Q(warned_at=None) | Q(warned_at__lt=F("last_gesture_at"))


def _quiet_since(moment: datetime) -> QuerySet[Takeover]:
    under_way = Takeover.objects.filter(ended_at=None, begun_at__isnull=False, run__status=RunStatus.TAKEN_OVER)
    return under_way.filter(last_gesture_at__lte=moment).select_related("run__ticket", "user")


def _not_begun_since(moment: datetime) -> QuerySet[Takeover]:
    asked = Takeover.objects.filter(ended_at=None, begun_at=None, run__status=RunStatus.TAKEN_OVER)
    return asked.filter(asked_at__lte=moment).select_related("run__ticket")


def _give_up(row: Takeover, now: datetime) -> bool:
    """Expire a takeover that nobody began: the phone goes to the next run, the ticket to people. A concurrent begin
    wins."""
    with transaction.atomic():
        run = runs.locked(row.run)
        still = Takeover.objects.filter(pk=row.pk, ended_at=None, begun_at=None)
        if run.status != RunStatus.TAKEN_OVER or not still.exists():
            return False
        with runs.in_run_language(run):
            result = joined(":", [said("takeover.expired"), said_again(row.reason)])
        runs.end(run, RunStatus.HANDED_OFF, result=result, failure_code=NOT_TAKEN)
        waited_s = round((now - row.asked_at) / timedelta(seconds=1))
        details = {"reason": NOT_TAKEN, "waited_s": waited_s}
        audit.record("takeover.expired", run=run, obj=row, result="failure", details=details)
        runs.enqueue(run)
    return True


def _warn(row: Takeover, now: datetime) -> bool:
    """Warn once per idle period."""
    with transaction.atomic():
        runs.locked(row.run)
        unwarned = Takeover.objects.filter(_UNWARNED, pk=row.pk, ended_at=None, last_gesture_at=row.last_gesture_at)
        if not unwarned.update(warned_at=now):
            return False
        left = (row.last_gesture_at or now) + _after("CS_AGENT_TAKEOVER_END_S") - now
        left_s = max(0, round(left / timedelta(seconds=1)))
        live.publish_run(row.run, "takeover.idle", {"takeover": str(row.pk), "left_s": left_s})
        audit.record("takeover.warned", user=row.user, run=row.run, obj=row, details={"left_s": left_s})
    return True


def _end(row: Takeover, now: datetime) -> bool:
    """End it, unless a gesture was made meanwhile: gestures take the same lock on the run."""
    with transaction.atomic():
        run = runs.locked(row.run)
        still = Takeover.objects.filter(pk=row.pk, ended_at=None, last_gesture_at=row.last_gesture_at)
        if run.status != RunStatus.TAKEN_OVER or not still.exists():
            return False
        if run.purpose == RunPurpose.LESSON:
            lessons.end_early(run, IDLE, said("run.lesson_idle"))
        elif settings.CS_AGENT["CS_AGENT_TAKEOVER_IDLE_THEN"] == HAND_OFF:
            _hand_off(run, row)
        else:
            takeovers.ask_anew(run, row, code=IDLE, reason=_reason(run, row))
    return True


def _hand_off(run: Run, row: Takeover) -> None:
    with runs.in_run_language(run):
        result = said("takeover.idle")
    runs.end(run, RunStatus.HANDED_OFF, result=result, failure_code=IDLE)
    audit.record("takeover.ended", user=row.user, run=run, obj=row, result="failure", details={"reason": IDLE})
    runs.enqueue(run)


def _reason(run: Run, row: Takeover) -> str:
    with runs.in_run_language(run):
        words = said("takeover.idle_anew", who=str(row.user or "?"))
        return words if row.code == IDLE else joined("\n", [words, said_again(row.reason)])


def _after(name: str) -> timedelta:
    return timedelta(seconds=settings.CS_AGENT[name])
