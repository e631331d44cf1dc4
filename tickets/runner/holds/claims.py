"""Claims: an expiring claim with a fencing token says which task drives a run, taken and kept by conditional updates.

Rule: a message from the queue is only a hint. Its receiver tries to claim the run; a late or duplicated message finds
the claim taken and does nothing. An expired claim was lost with its task, a null one was given back.
"""

from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone

from cs_agent.engine.run.protocols import Interrupted
from tickets import errors
from tickets.models import Run, RunStatus, Switch
from tickets.runner.holds import leases
from tickets.services.runs import guard, switches
from tickets.services.runs import lifecycle as runs

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    run_id: uuid.UUID
    token: int


class ClaimLost(Interrupted):
    """Another task drives the run now, or it was stopped, ended or paused meanwhile."""


class TakeoverAsked(Interrupted):
    """An operator wants the phone."""


class AllPaused(Interrupted):
    """A supervisor paused all automation."""


def take(run: Run) -> Claim | None:
    """Claim a queued run, or a running one that nobody drives; None if another task was faster."""
    token = run.claim_token + 1
    changes: dict[str, Any] = {
        "claim_token": token,
        "claimed_until": leases.term(),
        "retry_at": None,
        "waiting_for": "",
    }
    if run.status == RunStatus.QUEUED:
        started: dict[str, Any] = {} if run.started_at else {"started_at": timezone.now()}
        try:
            runs.move(run, RunStatus.RUNNING, audit="run.driven", **changes, **started)
        except (runs.StaleRun, runs.IllegalTransition):
            return None
        return Claim(run.pk, token)
    lost = {} if run.claimed_until is None else {"drivers_lost": F("drivers_lost") + 1}
    taken = _undriven(run).update(**changes, **lost, version=F("version") + 1)
    return Claim(run.pk, token) if taken else None


def is_due(run: Run) -> bool:
    """Whether the run, as read, waits for a task: a cheap check before any lock."""
    now = timezone.now()
    if run.status == RunStatus.QUEUED:
        return True
    driven = run.claimed_until is not None and run.claimed_until > now
    early = run.retry_at is not None and run.retry_at > now
    return run.status == RunStatus.RUNNING and not driven and not early


def renew(claim: Claim) -> bool:
    return bool(_of(claim).update(claimed_until=leases.term()))


def give_back(claim: Claim, *, retry_in_s: float = 0) -> bool:
    """Release the claim; the run may be claimed again after `retry_in_s` seconds."""
    retry_at = timezone.now() + timedelta(seconds=retry_in_s) if retry_in_s else None
    return bool(_of(claim).update(claimed_until=None, retry_at=retry_at))


def locked(claim: Claim) -> Run | None:
    """The run, locked until the end of the caller's transaction; None if the claim is lost."""
    try:
        return guard.under_claim(claim.run_id, claim.token)
    except errors.ClaimLost:
        return None


def check(claim: Claim) -> None:
    """Raise the appropriate Interrupted if the run must not go on here."""
    paused = Exists(Switch.objects.filter(name=switches.PAUSE_ALL, on=True))
    row = Run.objects.filter(pk=claim.run_id).values_list("status", "claim_token", "takeover_requested", paused)[0]
    status, token, takeover, all_paused = row
    if status != RunStatus.RUNNING or token != claim.token:
        raise ClaimLost(f"run {claim.run_id} is {status} under claim {token}, not {claim.token}")
    if takeover:
        raise TakeoverAsked(str(claim.run_id))
    if all_paused:
        raise AllPaused(str(claim.run_id))


def save_checkpoint(claim: Claim, checkpoint: dict[str, object], *, progress: bool = False) -> None:
    """Store the state inside the caller's transaction; ClaimLost if the claim is lost.

    `progress`: something was done, so that earlier failures no longer count as failures in a row.
    """
    reset: dict[str, Any] = {"failures_in_a_row": 0} if progress else {}
    if not _of(claim).update(checkpoint=checkpoint, claimed_until=leases.term(), **reset):
        raise ClaimLost(f"run {claim.run_id} is no longer driven under claim {claim.token}")


class Renewer:
    """Renews claim and lease on a thread while a task drives: a model may take longer to answer than a lease lasts."""

    def __init__(self, claim: Claim, lease: leases.Lease) -> None:
        self._claim, self._lease = claim, lease
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"renew-{claim.run_id}", daemon=True)

    def __enter__(self) -> Renewer:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(settings.CS_AGENT["CS_AGENT_LEASE_S"] / 3):
            try:
                if not (renew(self._claim) and leases.renew(self._lease)):
                    break  # the driver notices at the next gesture or save
            except DatabaseError as error:
                log.warning("run %s: claim not renewed: %s; trying again", self._claim.run_id, error)
                close_old_connections()
        connection.close()


def _of(claim: Claim) -> QuerySet[Run]:
    return guard.claimed(claim.run_id, claim.token)


def _undriven(run: Run) -> QuerySet[Run]:
    now = timezone.now()
    free = Q(claimed_until__lte=now) | Q(claimed_until=None)
    due = Q(retry_at__lte=now) | Q(retry_at=None)
    return Run.objects.filter(free, due, pk=run.pk, version=run.version, status=RunStatus.RUNNING)
