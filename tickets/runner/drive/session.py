"""Drives one run from its checkpoint to its next pause, its end, or the end of the time slice.

The only module that connects the engine with database rows:
1. take the run's claim and a phone's lease together, or leave the run where it is;
2. prepare the phone (home screen, keyboard, the customer's files) when the run is new;
3. turn the engine until it pauses, ends or is interrupted, every step saved under the claim;
4. write the pause or the end, and hold or free the phone.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import transaction
from PIL import Image

from cs_agent.engine.run.protocols import Interrupted, Journal, ModelError, PhoneError
from cs_agent.engine.run.protocols import Phone as EnginePhone
from cs_agent.engine.run.state import (
    CheckpointError,
    ConfirmationRequest,
    Ended,
    EndStatus,
    Pause,
    Question,
    RunState,
    TakeoverRequest,
    Turn,
)
from cs_agent.engine.turn.loop import Engine
from cs_agent.observation import UiNode
from cs_agent.phone.driver import Driver
from tickets.errors import SecretUnreadable
from tickets.models import Phone, Run, RunPurpose, RunStatus
from tickets.runner.drive import tidy, trouble
from tickets.runner.drive.bring_back import fetch_files
from tickets.runner.drive.engines import build_engine, new_state
from tickets.runner.drive.journal import DatabaseJournal
from tickets.runner.drive.phone import LeasedPhone
from tickets.runner.drive.prepare import prepare
from tickets.runner.holds import claims, keyboards, leases, phone_lock, run_queue
from tickets.runner.pictures import step_pictures
from tickets.runner.pictures.feed import ScreenFeed
from tickets.runner.pictures.recorders import RunRecorder
from tickets.services.evidence import pictures
from tickets.services.flows import rehearsing
from tickets.services.runs import checkpoints, pauses, steps, switches, takeovers
from tickets.services.runs import lifecycle as runs
from tickets.services.studio import lessons

log = logging.getLogger(__name__)
leaving = threading.Event()  # set when this process is being stopped: runs stop after the current turn

_ENDS = {
    EndStatus.SUCCEEDED: RunStatus.SUCCEEDED,
    EndStatus.FAILED: RunStatus.FAILED,
    EndStatus.REJECTED: RunStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Hold:
    """What a task must have to drive: the run's row, its claim and the phone's lease."""

    run: Run
    claim: claims.Claim
    lease: leases.Lease


@dataclass(frozen=True, slots=True)
class _Session:
    """The parts with which a run is driven."""

    hold: Hold
    phone: Driver
    leased: LeasedPhone
    journal: DatabaseJournal
    engine: Engine


class _NoHold(Exception):
    """Rolls back: claim and lease are taken together or not at all."""


EngineBuilder = Callable[[Run, EnginePhone, Journal], Engine]


class Host(Protocol):
    """What is needed of the phone host; `attend` raises PhoneError."""

    queue: str

    def attend(self, phone: Phone) -> tuple[Driver, ScreenFeed]: ...

    def recorder(self, phone_id: int) -> RunRecorder | None: ...

    def finish_recording(self, phone_id: int) -> Callable[[], None]: ...


@dataclass(slots=True)
class Task:
    """What a task holds so far, for the handler of an unexpected exception."""

    run_id: uuid.UUID
    claim: claims.Claim | None = None


def drive(task: Task, host: Host, build_engine: EngineBuilder = build_engine) -> None:
    """Drive the run as far as possible now. Harmless if it is driven elsewhere, waits or has ended."""
    run_id = task.run_id
    run = Run.objects.select_related("ticket", "flow_version__template", "phone").get(pk=run_id)
    hold = take_hold(run, host.queue) if claims.is_due(run) else None
    if hold is not None:
        task.claim = hold.claim
        with claims.Renewer(hold.claim, hold.lease):
            _drive_held(hold, host, build_engine)
    tidy.tidy(run_id, host)


def take_hold(run: Run, queue: str) -> Hold | None:
    """Take claim and lease, run before phone; for a run without a phone, record what it waits for."""
    if switches.is_paused():
        runs.wait_for_supervisor(run)
        return None
    if leases.of_run(run.pk) is None and not run_queue.is_next(run, queue):
        run_queue.tell(run)
        return None
    try:
        with transaction.atomic():
            return _take_both(run, queue)
    except _NoHold:
        run.refresh_from_db()
        return None


def _take_both(run: Run, queue: str) -> Hold:
    """Locks in order: the run, the phone, and last (with the claim's audit event) the head of the audit chain."""
    locked = runs.locked(run)
    lease = leases.acquire(locked, queue) if claims.is_due(locked) else None
    claim = claims.take(locked) if lease else None
    if claim is None or lease is None:
        raise _NoHold
    Run.objects.filter(pk=run.pk).update(phone_id=lease.phone_id)
    run.refresh_from_db()
    return Hold(run, claim, lease)


def _drive_held(hold: Hold, host: Host, build_engine: EngineBuilder) -> None:
    try:
        trouble.require_sound(hold.run)
        with phone_lock.on(hold.lease.phone_id):
            phone, feed = host.attend(Phone.objects.get(pk=hold.lease.phone_id))
            if hold.run.purpose == RunPurpose.LESSON:
                _hand_to_teacher(hold, phone)
                return
            keyboards.hold(hold.lease.phone_id, hold.run.pk, phone)
            _turn_until_pause(build_session(hold, phone, feed, host, build_engine))
    except claims.TakeoverAsked:
        _yield_to_human(hold)
    except claims.AllPaused:
        if claims.give_back(hold.claim):
            runs.wait_for_supervisor(hold.run)
    except CheckpointError as error:
        trouble.park_unreadable(hold.run, hold.claim, error)
    except trouble.RepeatedCrash as error:
        trouble.park(hold.claim, error.request)
    except SecretUnreadable as error:  # a customer's file that no current key opens
        trouble.park(hold.claim, TakeoverRequest(error.message, code="file_unreadable"))
    except (PhoneError, ModelError) as error:
        if hold.run.purpose == RunPurpose.LESSON:
            lessons.lose_phone(hold.run, error.told(hold.run.lang))
        else:
            trouble.note_trouble(hold.run, hold.claim, error)
    except Interrupted as reason:
        log.info("run %s: not driven on here: %s", hold.run.pk, reason)
        claims.give_back(hold.claim)


def _hand_to_teacher(hold: Hold, phone: Driver) -> None:
    """Prepare the phone for a lesson, which has no agent, and give it to the teacher."""
    if not hold.run.checkpoint:
        prepare(hold.run, phone, hold.lease, lambda: None)
        with transaction.atomic():
            claims.save_checkpoint(hold.claim, new_state(hold.run).to_json())
    _yield_to_human(hold)


def build_session(hold: Hold, phone: Driver, feed: ScreenFeed, host: Host, build_engine: EngineBuilder) -> _Session:
    journal = DatabaseJournal(hold.run, hold.claim, lambda: host.recorder(hold.lease.phone_id))

    def explain(image: Image.Image, nodes: tuple[UiNode, ...]) -> None:
        if (recorder := host.recorder(hold.lease.phone_id)) is not None:
            recorder.explain(image, nodes)

    leased = LeasedPhone(phone, feed, hold.lease, explain)
    return _Session(hold, phone, leased, journal, build_engine(hold.run, leased, journal))


def _turn_until_pause(session: _Session) -> None:
    state = _restore(session)
    ends_at = time.monotonic() + settings.CS_AGENT["CS_AGENT_SLICE_S"]
    session.journal.resumed()
    try:
        while not _is_paused_after(session, turn := _turn(session, state)):
            state = turn.state
            if time.monotonic() > ends_at or leaving.is_set():
                claims.give_back(session.hold.claim)
                runs.enqueue(session.hold.run)
                return
    except Interrupted:
        steps.settle_cut_off(session.hold.run, touched=not session.leased.refused)
        raise


def _turn(session: _Session, state: RunState) -> Turn:
    session.journal.check()
    return session.engine.turn(state)


def _restore(session: _Session) -> RunState:
    run, claim = session.hold.run, session.hold.claim
    if run.checkpoint:
        return checkpoints.restored(run)
    prepare(run, session.phone, session.hold.lease, session.journal.check)
    state = new_state(run)
    with transaction.atomic():
        claims.save_checkpoint(claim, state.to_json())
    return state


def _is_paused_after(session: _Session, turn: Turn) -> bool:
    """Record the run's pause or end, if any; returns whether there is one.

    Before a success is declared, the files it was to leave are fetched; without them a human is asked.
    """
    pause = turn.pause
    if pause is None:
        return False
    if isinstance(pause, Ended):
        succeeded = pause.status is EndStatus.SUCCEEDED
        missing = fetch_files(session.hold.run, session.phone, session.journal.check) if succeeded else None
        if missing is None:
            _end(session.hold, pause, turn)
            return True
        pause = missing
        trouble.park(session.hold.claim, missing)  # the checkpoint from before the success stands
    else:
        _pause(session.hold, turn, step_pictures.covered(session.hold.run.pk, pause))
    session.journal.paused(pause)
    return True


def _pause(hold: Hold, turn: Turn, pause: Pause) -> None:
    """Save the checkpoint and the request to a human in one transaction; the phone stays as it is.

    The picture is written to disk before; it cannot be found until the row exists.
    """
    picture = pauses.picture_of(hold.run.pk, pause)
    with pictures.removed_on_failure(picture.path), transaction.atomic():
        claims.save_checkpoint(hold.claim, turn.state.to_json())
        leases.hold(hold.lease)
        run = runs.locked(hold.run)
        match pause:
            case ConfirmationRequest():
                asked = pauses.ask_confirmation(run, step_number=turn.step.number, request=pause, picture=picture)
                rehearsing.answer(run, asked, irreversible=pause.irreversible)
            case Question():
                pauses.ask_question(run, pause, picture)
                rehearsing.give_up(run)
            case TakeoverRequest():
                pauses.ask_takeover(run, pause)
                rehearsing.give_up(run)


def _end(hold: Hold, ended: Ended, turn: Turn) -> None:
    with transaction.atomic():
        claims.save_checkpoint(hold.claim, turn.state.to_json())
        runs.end(runs.locked(hold.run), _ENDS[ended.status], result=ended.message)
        runs.enqueue(hold.run)


def _yield_to_human(hold: Hold) -> None:
    """Stop because an operator requested the phone while the agent drove, and begin the takeover."""
    with transaction.atomic():
        run = claims.locked(hold.claim)
        if run is not None:  # not stopped in the meantime
            leases.hold(hold.lease)
            takeovers.begin_now(run)
