"""Celery tasks of the outbox. Their messages may be lost or duplicated: the periodic task also looks every few seconds.

`drain` catches any exception of a carrier: its lane pauses and the other lanes go on.
"""

from __future__ import annotations

import logging
import threading

from celery import shared_task
from django.db import InterfaceError, OperationalError

from tickets import queues
from tickets.said import gettext_said
from tickets.services.outbox import drain as draining
from tickets.services.outbox.spread import spread

log = logging.getLogger(__name__)
_AT_ONCE = 4  # lanes one process sends to at once, so that slow receivers leave threads to the clock
_places = threading.BoundedSemaphore(_AT_ONCE)


@shared_task(name="tickets.delivery.send_due")
def send_due() -> None:
    """Create the deliveries of new events and send every lane that has due ones."""
    try:
        spread()
        for lane in draining.due_lanes():
            queues.enqueue_lane(lane)
    except (OperationalError, InterfaceError) as error:
        log.warning("outbox: the database is away: %s; the clock will look again", error)


@shared_task(name="tickets.delivery.drain")
def drain(lane: str) -> None:
    if not _places.acquire(blocking=False):
        return  # the clock sends it again
    try:
        taken = draining.drain(lane)
        if taken:
            log.info("outbox: %s took %d", lane, taken)
            queues.enqueue_lane(lane)  # what became due meanwhile; finds nothing most times
    except (OperationalError, InterfaceError) as error:
        log.warning("outbox: %s: the database is away: %s", lane, error)
    except Exception as error:
        log.exception("outbox: defect in the carrier of %s", lane)
        draining.note_defect(lane, gettext_said("程序内部错误:%s") % type(error).__name__)
    finally:
        _places.release()
