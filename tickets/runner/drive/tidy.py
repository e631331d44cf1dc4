"""Cleans up after a run's end: restores the phone's keyboard, stops the flow's apps, goes to the home screen, and frees
the phone for the next run.

Rule: the home key is pressed at once, even during another command; the phone is freed only when nobody holds its lock
in this process; a phone that has meanwhile been given to another run is left alone. Closing the recording does not
delay the phone.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Protocol

from django.db import transaction

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone.driver import Driver
from tickets.models import Phone, Run
from tickets.runner.drive import traces
from tickets.runner.drive.prepare import end_apps, take_back
from tickets.runner.holds import keyboards, leases, phone_lock, pool, run_queue
from tickets.runner.pictures import encode
from tickets.runner.pictures.feed import ScreenFeed
from tickets.services.runs import steps
from tickets.services.runs.transitions import ENDED

log = logging.getLogger(__name__)


class Host(Protocol):
    """What is needed of the phone host; `attend` raises PhoneError."""

    queue: str

    def attend(self, phone: Phone) -> tuple[Driver, ScreenFeed]: ...

    def finish_recording(self, phone_id: int) -> Callable[[], None]: ...


def tidy(run_id: uuid.UUID, host: Host) -> None:
    """Free the phone of an ended run. Fences first, so that gestures under older tokens are refused."""
    row = Phone.objects.filter(lease_run=run_id, lease_run__status__in=ENDED, queue=host.queue).first()
    lease = leases.fence(row) if row else None
    if row is None or lease is None:
        return
    if phone_lock.is_held(row.pk):
        _leave_clean(row, host, _go_home)  # the command under way may undo it: once more below
    try:
        with phone_lock.on(row.pk):
            leases.check(lease)  # another message of this run may have freed the phone meanwhile
            _leave_clean(row, host, lambda phone: _leave_as_found(Run.objects.get(pk=run_id), phone))
            close_recording = host.finish_recording(row.pk)
            is_free = _free(run_id, lease, host)
    except phone_lock.PhoneBusy as error:
        log.warning("phone %s: %s; the sweeper will come back", row.serial, error)
        return
    except leases.LeaseLost as error:
        log.info("phone %s: %s; it is cleaned up elsewhere", row.serial, error)
        return
    close_recording()
    if is_free:
        traces.run_ended(Run.objects.select_related("flow_version__template").get(pk=run_id))
        encode.send(run_id, host.queue)


def _free(run_id: uuid.UUID, lease: leases.Lease, host: Host) -> bool:
    """False if another process is cleaning up."""
    steps.settle_cut_off(Run(pk=run_id), touched=True)
    with transaction.atomic():
        if not leases.release(lease):
            return False
        run_queue.call_next(host.queue)
    return True


def _go_home(phone: Driver) -> None:
    phone.home_and_restore()


def _leave_as_found(run: Run, phone: Driver) -> None:
    _go_home(phone)
    end_apps(run, phone, phone.foreground().package)
    take_back(run, phone)


def _leave_clean(row: Phone, host: Host, clean: Callable[[Driver], None]) -> None:
    """Clean the phone; if that fails, it is taken out of the pool until it answers again."""
    try:
        phone, _feed = host.attend(row)
        clean(phone)
        keyboards.let_go(row.pk)
    except PhoneError as error:
        log.warning("phone %s: not left clean after a run: %s", row.serial, error)
        if pool.is_phone_fault(error):
            pool.take_out(row.pk, error)
