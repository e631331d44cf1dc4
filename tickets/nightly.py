"""Daily Celery tasks for the evidence: anchor the audit chain, export yesterday, delete expired data, verify.

Rule: each is acknowledged when it begins (`acks_late` off), since it may exceed the broker's visibility time-out, and
skipped while the previous one is still running. A task lost with its process is repeated the next night; all of them
are idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import redis
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from tickets.queues import VERIFY_TASK
from tickets.services.evidence import audit, retention
from tickets.services.evidence.exports import daily_export
from tickets.services.outbox import manage

log = logging.getLogger(__name__)
_LONGEST_S = 12 * 3600  # a lock left behind by a dead process holds no longer


@contextmanager
def once(name: str) -> Iterator[bool]:
    """Context manager: True if no other process does this work; the lock is held until the end of the block."""
    lock = redis.Redis.from_url(settings.REDIS_URL).lock(f"cs_agent:nightly:{name}", timeout=_LONGEST_S, blocking=False)
    mine = lock.acquire()
    try:
        yield mine
    finally:
        if mine and lock.owned():
            lock.release()


def nightly(name: str) -> Callable[[Callable[[], None]], Any]:
    """A task of that name, done by one process at a time."""

    def decorate(work: Callable[[], None]) -> Any:
        @wraps(work)
        def task() -> None:
            with once(name) as mine:
                if mine:
                    work()
                else:
                    log.warning("%s still runs from an earlier message; skipped", name)

        return shared_task(name=name, acks_late=False)(task)

    return decorate


@nightly("tickets.nightly.anchor")
def anchor() -> None:
    made = audit.write_anchor()
    log.info("audit chain anchored at event %s", made.seq if made else 0)


@nightly("tickets.nightly.export")
def export() -> None:
    log.info("audit export: %s", daily_export.write_missing())


@nightly("tickets.nightly.retain")
def retain() -> None:
    log.info("retention: %s", retention.delete_due() | {"outbox": manage.delete_old(timezone.now())})


@nightly(VERIFY_TASK)
def verify() -> None:
    for problem in audit.verify_and_record():
        log.error("audit trail: %s at event %s: %s", problem.kind, problem.seq, problem.text)
