"""Celery tasks of the integrations: readings and polls of connectors, daily clean-up.

After a defect the other connectors go on, and claimed work is due again when its claim expires.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from integrations import queues
from integrations.api import idempotency
from integrations.intake import deliveries, polling, reading
from tickets.services.panels import links, sessions
from tickets.task_entry import guarded

log = logging.getLogger(__name__)
_AT_ONCE = 4  # connectors one process speaks to at once, so that slow helpdesks leave threads to the clock
_places = threading.BoundedSemaphore(_AT_ONCE)


@shared_task(name="integrations.tasks.look")
def look() -> None:
    """Start all due readings and polls. Called periodically."""
    with guarded("connectors"):
        for connector in reading.due_connectors():
            queues.hint_reading(connector)
        for connector in polling.due():
            queues.hint_poll(connector)


@shared_task(name="integrations.tasks.read_due")
def read_due(connector: int) -> None:
    _do("read", reading.read_due, connector)


@shared_task(name="integrations.tasks.poll")
def poll(connector: int) -> None:
    _do("poll", polling.poll, connector)


@shared_task(name="integrations.tasks.tidy")
def tidy() -> None:
    now = timezone.now()
    keys, calls = idempotency.delete_old(now), deliveries.delete_old(now)
    log.info("integrations: %d idempotency keys and %d calls of helpdesks forgotten", keys, calls)
    log.info("integrations: %d used links, %d panels forgotten", links.delete_old(now), sessions.delete_old(now))


def _do(what: str, work: Callable[[int], int], connector: int) -> None:
    if not _places.acquire(blocking=False):
        return  # the clock sends it again
    try:
        with guarded(f"connector {connector}: {what}"):
            done = work(connector)
            if done:
                log.info("connector %d: %s: %d tickets", connector, what, done)
    finally:
        _places.release()
