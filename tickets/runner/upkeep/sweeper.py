"""The periodic sweep: finds in the database what a lost message, a dead worker or an inactive human left undone.

Rule: every sweep is safe to repeat and to run concurrently; changes go through the services like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from tickets import queues
from tickets.models import Phone, Recording, RecordingState, Run, RunStatus
from tickets.runner.holds import run_queue
from tickets.runner.pictures import encode
from tickets.services.clarify import answers, ending
from tickets.services.flows import rehearsals
from tickets.services.runs import switches
from tickets.services.runs.clocks import confirmations, takeovers
from tickets.services.runs.transitions import ENDED
from tickets.services.tickets import fitting
from tickets.task_entry import Apart

_GRACE_S = 5.0  # beyond a claim's end, before its run is sent again
_LOST_MESSAGE_S = 20.0  # a queued run not touched for so long is sent again


def sweep(apart: Apart = nullcontext) -> dict[str, int]:
    """One pass; returns counts by kind. `apart` surrounds each part, so that a defect in one leaves the others."""
    parts: dict[str, Callable[[], int]] = {
        "idle": _sweep_takeovers,
        "tidied": _tidy_ended,
        "encoded": _encode_forgotten,
        "expired": lambda: confirmations.sweep().expired,
        "fitted": fitting.learn,
        "answered": answers.settle_filled,
        "unanswered": ending.expire_due,
        "rehearsed": rehearsals.close_finished,
    }
    if not switches.is_paused():
        parts |= {"resent": _resend_abandoned, "called": _call_waiting, "told": run_queue.tell_all}
    found = {}
    for name, part in parts.items():
        with apart(f"sweep: {name}"):
            found[name] = part()
    return found


def _sweep_takeovers() -> int:
    silent = takeovers.sweep()
    return silent.warned + silent.ended + silent.given_up


def _resend_abandoned() -> int:
    """Send runs whose driver died, and runs resumed by a human whose message was lost."""
    now = timezone.now()
    over = Q(claimed_until__lt=now - timedelta(seconds=_GRACE_S)) | Q(claimed_until=None)
    early = Q(retry_at__gt=now)  # its own message is on the way
    dead = Q(status=RunStatus.RUNNING) & over & ~early
    lost = Q(
        status=RunStatus.QUEUED, leased_phone__isnull=False, updated_at__lt=now - timedelta(seconds=_LOST_MESSAGE_S)
    )
    return _send_all(Run.objects.filter(dead | lost).select_related("phone"))


def _call_waiting() -> int:
    """Send waiting runs for which a phone is free."""
    called = 0
    for queue in Phone.objects.values_list("queue", flat=True).distinct():
        called += run_queue.call_next(queue)
    return called


def _tidy_ended() -> int:
    """Clean up phones still held by ended runs."""
    held = Run.objects.filter(status__in=ENDED, leased_phone__isnull=False).select_related("phone")
    settled = timezone.now() - timedelta(seconds=_GRACE_S)
    return _send_all(held.filter(updated_at__lt=settled))


def _encode_forgotten() -> int:
    """Send unencoded recordings of ended runs; at most one message per recording is under way."""
    states = {RecordingState.RECORDING, RecordingState.ENCODING}
    before = timezone.now() - timedelta(seconds=settings.CS_AGENT["CS_AGENT_SLICE_S"])
    forgotten = Recording.objects.filter(
        state__in=states, run__status__in=ENDED, run__leased_phone=None, run__ended_at__lt=before
    ).select_related("run__phone")
    return sum(encode.send(recording.run_id, queues.of_run(recording.run)) for recording in forgotten)


def _send_all(found: QuerySet[Run]) -> int:
    count = 0
    for run in found:
        queues.enqueue(run.pk, queues.of_run(run))
        count += 1
    return count
