"""The life cycle of runs: moved between statuses, stopped and ended; `starts` begins them.

Rule: only `move` and `end` change a run's status: one transaction holds the conditional update on (id, version,
status), the audit event and the live event. The loser of a race changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tickets import queues
from tickets.errors import (
    IllegalTransition,
    RunEnded,
    StaleRun,
)
from tickets.models import (
    Confirmation,
    ConfirmationState,
    Phone,
    Question,
    Run,
    RunStatus,
    Takeover,
    Ticket,
    TicketStatus,
)
from tickets.permissions import Permission, require
from tickets.said import in_language, joined, said
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access, names
from tickets.services.runs import transitions

__all__ = [
    "IllegalTransition",
    "StaleRun",
    "end",
    "enqueue",
    "is_driven",
    "locked",
    "move",
    "note_trouble",
    "stop_run",
    "wait_for_phone",
    "wait_for_supervisor",
]

RESULTS = {
    RunStatus.SUCCEEDED: "success",
    RunStatus.FAILED: "failure",
    RunStatus.CANCELLED: "failure",
    RunStatus.HANDED_OFF: "failure",
}


def stop_run(run: Run, user: Any) -> Run:
    """End the run at once, in any status. Its driver is refused at the next gesture and the next save."""
    require(user, Permission.STOP_RUNS, run=run)
    access.require_visible(user, run.ticket)
    with transaction.atomic():
        run = locked(run)
        if run.status in transitions.ENDED:
            raise RunEnded
        with in_run_language(run):
            result = said("run.stopped", who=names.called(user))
        run = end(run, RunStatus.CANCELLED, result=result, user=user)
        enqueue(run)  # the phone's host frees the phone
    return run


def move(
    run: Run,
    to: RunStatus | str,
    *,
    user: Any = None,
    audit: str,
    details: dict[str, Any] | None = None,
    result: str = "",
    **changes: Any,
) -> Run:
    """Compare-and-set `run` to a new status, with further column `changes`, and write it down.

    The given instance is brought up to date and returned. StaleRun if the row changed since it was read,
    IllegalTransition if the table forbids the transition; both change nothing.
    """
    with transaction.atomic():
        _shift(run, RunStatus(to), changes)
        _announce(run, audit, user=user, details=details, result=result)
    return run


def end(
    run: Run,
    status: RunStatus | str,
    *,
    result: str,
    failure_code: str = "",
    user: Any = None,
) -> Run:
    """End the run, void its waiting requests, and write the result to the ticket.

    The phone is not freed, only fenced: further gestures for this run are refused.
    """
    status = RunStatus(status)
    now = timezone.now()
    changes: dict[str, Any] = {"ended_at": now, "result": result, "failure_code": failure_code}
    changes |= {"claimed_until": None, "takeover_requested": False, "waiting_for": ""}
    details = {"result": result, "failure_code": failure_code}
    with transaction.atomic():
        _shift(run, status, changes)
        void_waiting(run)
        Phone.objects.filter(lease_run=run.pk).update(lease_token=F("lease_token") + 1)
        if run.serves:
            _write_result(run.ticket, status, result)
        _announce(run, f"run.{status.value}", user=user, details=details, result=RESULTS[status])
    return run


def locked(run: Run) -> Run:
    """The run as it stands now, locked for the rest of the transaction: services lock it before anything else."""
    rows = Run.objects.select_for_update(of=("self",))
    return rows.select_related("ticket__department", "flow_version__template", "phone", "started_by").get(pk=run.pk)


def is_driven(run: Run) -> bool:
    """Whether a worker holds an unexpired claim on the run."""
    claimed = run.claimed_until is not None and run.claimed_until > timezone.now()
    return run.status == RunStatus.RUNNING and claimed


def enqueue(run: Run) -> None:
    queues.enqueue(run.pk, queues.of_run(run))


def wait_for_phone(run: Run, place: int, estimate: timedelta | None = None) -> bool:
    """Record why the run is queued: how many runs precede it and the estimated wait."""
    with in_run_language(run):
        text = said("wait.phone_place", place=place) if place else said("wait.phone")
        if estimate is not None:
            minutes = max(1, round(estimate / timedelta(minutes=1)))
            text = joined("", [text, said("wait.estimate", minutes=minutes)])
    return _tell(run, waiting_for=text)


def wait_for_supervisor(run: Run) -> bool:
    """Record that the run waits because all automation is paused."""
    with in_run_language(run):
        return _tell(run, waiting_for=said("wait.paused"))


def note_trouble(run: Run, words: str, tried: int, at_most: int) -> None:
    """Record a failure that will be retried."""
    with in_run_language(run):
        text = said("wait.retry", words=words, tried=tried, most=at_most)
    with transaction.atomic():
        _tell(run, waiting_for=text, failures_in_a_row=tried)
        audit.record("run.troubled", run=run, result="retry", details={"error": words, "tried": tried})


def void_waiting(run: Run, keep: Takeover | None = None) -> None:
    """Void everything of this run that waits for a human, except the takeover `keep`."""
    now = timezone.now()
    pending = Confirmation.objects.filter(run=run, state=ConfirmationState.PENDING)
    pending.update(state=ConfirmationState.VOIDED, version=F("version") + 1, decided_at=now)
    Question.objects.filter(run=run, answered_at=None).update(answered_at=now)
    takeovers = Takeover.objects.filter(run=run, ended_at=None)
    (takeovers.exclude(pk=keep.pk) if keep else takeovers).update(ended_at=now)


def _shift(run: Run, to: RunStatus, changes: dict[str, Any]) -> None:
    """The compare-and-set; it also locks the run's row before any other row is written."""
    transitions.check(run.status, to)
    rows = Run.objects.filter(pk=run.pk, version=run.version, status=run.status)
    if not rows.update(status=to, version=F("version") + 1, updated_at=timezone.now(), **changes):
        raise StaleRun
    run.status = to
    run.version += 1
    for name, value in changes.items():
        setattr(run, name, value)


def _announce(run: Run, type: str, **kwargs: Any) -> None:
    live.publish_run(run, "run.changed", {"status": run.status, "version": run.version})
    audit.record(type, run=run, obj=run, **kwargs)


def _write_result(ticket: Ticket, status: RunStatus, result: str) -> None:
    changes: dict[str, Any] = {"result": result}
    if status == RunStatus.SUCCEEDED:
        changes |= {"status": TicketStatus.SOLVED, "solved_at": timezone.now()}
    Ticket.objects.filter(pk=ticket.pk).update(**changes)
    for name, value in changes.items():
        setattr(ticket, name, value)


def _tell(run: Run, **changes: Any) -> bool:
    """Change display-only columns without raising the version, so that no compare-and-set fails because of it.

    False if nothing changes, or the status differs from the given instance's.
    """
    if all(getattr(run, name) == value for name, value in changes.items()):
        return False  # called for the whole queue every few seconds: avoid a transaction
    with transaction.atomic():
        if not Run.objects.filter(pk=run.pk, status=run.status).exclude(**changes).update(**changes):
            return False
        for name, value in changes.items():
            setattr(run, name, value)
        live.publish_run(run, "run.changed", {"status": str(run.status), "waiting_for": run.waiting_for})
    return True


def in_run_language(run: Run) -> Any:
    """A context in which texts stored with the run are written in its language."""
    return in_language(run.lang)
