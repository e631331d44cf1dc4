"""A lock per phone within this process: one driving task at a time; cleaning up waits for it.

Rule: a fenced task may still be executing one command. The phone is not cleaned up or given to another run before that
task has released the lock.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from cs_agent import catalogue
from cs_agent.engine.run.protocols import PhoneError

PATIENCE_S = 30.0  # longer than any single command to a phone may take
_locks: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)


class PhoneBusy(PhoneError):
    """An earlier task has not released the phone."""

    retryable = True
    advice = catalogue._("上一个任务还没有放开这台手机")


@contextmanager
def on(phone_id: int, patience_s: float | None = None) -> Iterator[None]:
    """Hold the phone's lock; PhoneBusy if it is not released in time."""
    lock = _locks[phone_id]
    if not lock.acquire(timeout=PATIENCE_S if patience_s is None else patience_s):
        raise PhoneBusy(f"phone {phone_id} is still held by another task of this host")
    try:
        yield
    finally:
        lock.release()


def is_held(phone_id: int) -> bool:
    return _locks[phone_id].locked()
