"""Handles failures of a phone, a model or a worker during a run: bounded retries with growing pauses, then a human.

Rule: nothing is lost. The checkpoint is kept; the run is retried, or waits for a human with the reason in words. A run
that has done nothing yet moves from a failing phone to another.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.db import transaction

from cs_agent.engine.model.errors import ModelTimeout
from cs_agent.engine.run.protocols import ModelError, PhoneError
from cs_agent.engine.run.state import CheckpointError, TakeoverRequest
from tickets import queues
from tickets.models import Run, RunStatus
from tickets.runner.holds import claims, leases, pool
from tickets.said import said
from tickets.services.evidence import audit
from tickets.services.runs import checkpoints, pauses
from tickets.services.runs import lifecycle as runs

log = logging.getLogger(__name__)
RETRY_PAUSES_S = (1, 3, 6, 12, 25)
MOST_DRIVERS_LOST = 4  # tasks that died over one run before a human is asked
_SLOW_TRIES = 2  # tries of a model that times out, each of which takes the whole time-out
_BLIPS = 1  # failures of a phone in a run that has begun, before it is taken out of the pool


class RepeatedCrash(Exception):
    """Too many workers died while driving the run; `request` is what a human sees."""

    def __init__(self, request: TakeoverRequest) -> None:
        super().__init__(request.reason)
        self.request = request


def require_sound(run: Run) -> None:
    """Raise RepeatedCrash for a run during which too many tasks died."""
    if run.drivers_lost > MOST_DRIVERS_LOST:
        with runs.in_run_language(run):
            words = said("run.worker_lost", times=run.drivers_lost)
        raise RepeatedCrash(TakeoverRequest(words, code="worker_lost"))


def note_trouble(run: Run, claim: claims.Claim, error: PhoneError | ModelError) -> None:
    """Count the failure; retry the run after a pause, on another phone, or park it for a human.

    Does nothing if the claim is lost.
    """
    log.warning("run %s: %s: %s", run.pk, type(error).__name__, error)
    with transaction.atomic():
        held = claims.locked(claim)
        if held is None:
            return
        tried = held.failures_in_a_row
        hopeless = not error.retryable or tried >= _tries(error)
        phone_gone = isinstance(error, PhoneError) and pool.is_phone_fault(error)
        elsewhere = phone_gone and not held.checkpoint and tried < len(RETRY_PAUSES_S)
        if elsewhere:
            _leave_phone(held)
        if phone_gone and held.phone_id and (not held.checkpoint or tried >= _BLIPS or hopeless):
            pool.take_out(held.phone_id, error, run=held)
        if elsewhere:
            _send_elsewhere(held, tried + 1)
        elif hopeless:
            _park(held, TakeoverRequest(error.told(held.lang), code=_code(error)))
        else:
            _retry(held, claim, error, tried)


def park(claim: claims.Claim, request: TakeoverRequest) -> None:
    """Park the run for a human, resumable from its checkpoint; does nothing if the claim is lost."""
    with transaction.atomic():
        run = claims.locked(claim)
        if run is not None:
            _park(run, request)


def park_unreadable(run: Run, claim: claims.Claim, error: CheckpointError) -> None:
    """Park a run with an unreadable checkpoint, for which retries cannot help."""
    log.error("run %s: %s", run.pk, error)
    with runs.in_run_language(run):
        words = checkpoints.words_for_person()
    park(claim, TakeoverRequest(words, code=checkpoints.CODE))


def note_defect(run_id: uuid.UUID, claim: claims.Claim | None) -> None:
    """Park the run for a human after an unexpected exception.

    `claim`: what the failing task held; None if it failed before; then a run that is driven elsewhere is left alone.
    """
    with transaction.atomic():
        run = claims.locked(claim) if claim else _undriven(run_id)
        if run is None:
            return
        with runs.in_run_language(run):
            words = said("run.defect")
        if leases.of_run(run_id) is None:
            _count_defect(run, words)
        else:
            _park(run, TakeoverRequest(words, code="defect"))


def _undriven(run_id: uuid.UUID) -> Run | None:
    run = runs.locked(Run(pk=run_id))
    waits = run.status in {RunStatus.QUEUED, RunStatus.RUNNING} and not runs.is_driven(run)
    return run if waits else None


def _park(run: Run, request: TakeoverRequest) -> None:
    """Update the checkpoint, then ask a human. The caller holds the run's lock."""
    Run.objects.filter(pk=run.pk).update(checkpoint=checkpoints.taken_over(run).to_json())
    _ask(run, request)


def _ask(run: Run, request: TakeoverRequest) -> None:
    """Ask a human inside the caller's transaction: keep the phone without expiry and reset the failure count."""
    times = {"failures": run.failures_in_a_row, "drivers_lost": run.drivers_lost}
    Run.objects.filter(pk=run.pk).update(failures_in_a_row=0, drivers_lost=0)
    lease = leases.of_run(run.pk)
    if lease is not None:
        leases.hold(lease)
    audit.record("run.parked", run=run, result="failure", details={"code": request.code, **times})
    pauses.ask_takeover(run, request)


def _count_defect(run: Run, words: str) -> None:
    """Count a defect before a phone was leased: the run stays queued until the limit is reached."""
    Run.objects.filter(pk=run.pk).update(drivers_lost=run.drivers_lost + 1)
    if run.drivers_lost >= MOST_DRIVERS_LOST:
        runs.end(run, RunStatus.FAILED, result=words, failure_code="defect")
        audit.record("run.parked", run=run, result="failure", details={"code": "defect", "times": run.drivers_lost + 1})


def _retry(run: Run, claim: claims.Claim, error: PhoneError | ModelError, tried: int) -> None:
    pause_s = RETRY_PAUSES_S[tried]
    claims.give_back(claim, retry_in_s=pause_s)
    runs.note_trouble(run, error.told(run.lang), tried + 1, _tries(error))
    queues.enqueue(run.pk, queues.of_run(run), delay_s=pause_s)


def _leave_phone(run: Run) -> None:
    """Release the phone before auditing: the phone's row is locked before the head of the audit chain."""
    lease = leases.of_run(run.pk)
    if lease is not None:
        leases.release(lease)


def _send_elsewhere(run: Run, tried: int) -> None:
    """Put the run back into the queue, without this phone."""
    details = {"phone": str(run.phone)}
    changes: dict[str, Any] = {"claimed_until": None, "phone": None, "started_at": None, "failures_in_a_row": tried}
    runs.move(run, RunStatus.QUEUED, audit="run.requeued", result="retry", details=details, **changes)
    queues.enqueue_where_free(run.pk)


def _tries(error: PhoneError | ModelError) -> int:
    return _SLOW_TRIES if isinstance(error, ModelTimeout) else len(RETRY_PAUSES_S)


def _code(error: PhoneError | ModelError) -> str:
    return "model_trouble" if isinstance(error, ModelError) else "phone_trouble"
