"""Sends messages to the Celery queues: they carry ids only, and may be lost or duplicated.

Every phone host has two queues: one for driving its phones, and one for upkeep (periodic tasks, encoding), consumed by
another process, so that long runs, encodings and periodic tasks do not delay each other.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from celery import Celery
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from tickets.models import Phone, PhoneState, Run

log = logging.getLogger(__name__)
_HINT_S = 60.0  # how long a message is worth something
DRIVE_TASK = "tickets.tasks.drive_run"
ENCODE_TASK = "tickets.tasks.encode_recording"
CHECK_TASK = "tickets.tasks.check_phone"
READ_TASK = "tickets.tasks.read_picture"
VERIFY_TASK = "tickets.nightly.verify"
SEND_DUE_TASK = "tickets.delivery.send_due"
DRAIN_TASK = "tickets.delivery.drain"
_LOOK_S = 5.0  # the clock looks into the outbox so often: a hint that waited longer is worth nothing
_held: ContextVar[bool] = ContextVar("held", default=False)


@contextmanager
def held_back() -> Iterator[None]:
    """Nothing is sent meanwhile: for a command that runs before the broker does, each message to which would wait some
    seconds for it. What has to be done is found in the database anyway."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def enqueue(run_id: uuid.UUID, queue: str | None = None, *, delay_s: float = 0) -> None:
    """Send the run to its phone host's queue once this transaction is committed."""
    transaction.on_commit(partial(_send, DRIVE_TASK, str(run_id), queue, delay_s))


def enqueue_where_free(run_id: uuid.UUID) -> None:
    """Send to every host with a free phone, one of which gets the run; if there is none, to the default queue, where
    the run's place is updated."""
    free = set(Phone.objects.filter(state=PhoneState.READY, lease_run=None).values_list("queue", flat=True))
    for queue in sorted(free):
        enqueue(run_id, queue)
    if not free:
        enqueue(run_id)


def enqueue_encoding(
    run_id: uuid.UUID, queue: str | None = None, *, delay_s: float = 0, expires_s: float = _HINT_S
) -> None:
    """On the upkeep queue of the host that recorded the run."""
    transaction.on_commit(partial(_send, ENCODE_TASK, str(run_id), upkeep(queue), delay_s, expires_s))


def hint_outbox() -> None:
    """Events were written that must leave. Called after the commit; the clock looks every few seconds as well."""
    _tell_upkeep(SEND_DUE_TASK, _LOOK_S)


def check_trail(expires_s: float) -> None:
    """Have the audit trail verified once this transaction is committed."""
    transaction.on_commit(partial(_tell_upkeep, VERIFY_TASK, expires_s))


def enqueue_check(check_id: int, queue: str, expires_s: float) -> None:
    """Have the host of that queue test a phone once this transaction is committed."""
    transaction.on_commit(partial(_tell, queue, CHECK_TASK, expires_s, check_id))


def enqueue_reading(step_id: int, which: str, queue: str | None, expires_s: float) -> None:
    """Have the host of that queue read a step's stored picture, the one `before` or `after` it."""
    _tell(queue, READ_TASK, expires_s, step_id, which)


def enqueue_lane(lane: str) -> None:
    """Have a worker send the lane's due deliveries."""
    _tell_upkeep(DRAIN_TASK, _HINT_S, lane)


def celery_app() -> Celery:
    """Ours, which a project around us may have another one beside."""
    found: Celery = import_string(settings.CS_AGENT_CELERY_APP)
    return found


def upkeep(queue: str | None = None) -> str:
    """The upkeep queue beside a host's queue."""
    return f"{queue or settings.CS_AGENT['CS_AGENT_QUEUE']}.upkeep"


def of_run(run: Run) -> str | None:
    """The queue of the host whose phone the run holds or last held; None = the default queue."""
    return run.phone.queue if run.phone else None


def _send(task: str, run_id: str, queue: str | None, delay_s: float = 0, expires_s: float = _HINT_S) -> None:
    """An unreachable broker loses nothing: the sweeper sends again from the database.

    Messages expire, so that the queue of a stopped host stays short.
    """
    options: dict[str, Any] = {"countdown": delay_s} if delay_s else {}
    options["expires"] = delay_s + expires_s
    if (error := _fault_of(task, [run_id], queue, options)) is not None:
        log.warning("queue: %s for run %s not sent (%s); the sweeper will send it again", task, run_id, error)


def _tell_upkeep(task: str, expires_s: float, *arguments: str) -> None:
    _tell(upkeep(), task, expires_s, *arguments)


def _tell(queue: str | None, task: str, expires_s: float, *arguments: Any) -> None:
    if (error := _fault_of(task, list(arguments), queue, {"expires": expires_s})) is not None:
        log.warning("queue: %s not sent (%s); it is asked for again or not needed", task, error)


def _fault_of(task: str, arguments: list[Any], queue: str | None, options: dict[str, Any]) -> OperationalError | None:
    """Send a message, unless messages are held back; what kept the broker from taking it."""
    if _held.get():
        return None
    try:
        celery_app().send_task(task, args=arguments, queue=queue, retry=False, **options)
    except OperationalError as error:
        return error
    return None
