"""Celery tasks of the outbox. Their messages may be lost or duplicated: the periodic task also looks every few seconds.

After a defect in a carrier its lane pauses and the other lanes go on.
"""

from __future__ import annotations

import logging
import threading

from celery import shared_task

from tickets import queues
from tickets.said import gettext_said
from tickets.services.outbox import drain as draining
from tickets.services.outbox.spread import spread
from tickets.task_entry import guarded

log = logging.getLogger(__name__)
_AT_ONCE = 4  # lanes one process sends to at once, so that slow receivers leave threads to the clock
_places = threading.BoundedSemaphore(_AT_ONCE)


@shared_task(name="tickets.delivery.send_due")
def send_due() -> None:
    """Create the deliveries of new events and send every lane that has due ones."""
    with guarded("outbox"):
        spread()
        for lane in draining.due_lanes():
            queues.enqueue_lane(lane)


@shared_task(name="tickets.delivery.drain")
def drain(lane: str) -> None:
    if not _places.acquire(blocking=False):
        return  # the clock sends it again
    try:
        with guarded(f"outbox: {lane}", lambda error: _note_defect(lane, error)):
            taken = draining.drain(lane)
            if taken:
                log.info("outbox: %s took %d", lane, taken)
                queues.enqueue_lane(lane)  # what became due meanwhile; finds nothing most times
    finally:
        _places.release()


def _note_defect(lane: str, error: Exception) -> None:
    draining.note_defect(lane, gettext_said("程序内部错误:%s") % type(error).__name__)
