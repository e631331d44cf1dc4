"""Periodic checks of a phone host: every phone of its queue that no task drives, every few seconds.

Rule: an unresponsive phone delays nothing: each check has its own thread, and there is one check per phone at a time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections
from django.db.utils import DatabaseError

from tickets.models import Phone
from tickets.runner.holds import phone_lock
from tickets.runner.host import checkup

log = logging.getLogger(__name__)
_EVERY_S = 12.0
_FAULTY_EVERY_S = 4.0  # check a phone that is out more often
_AT_ONCE = 4


class Rounds:
    """`visit` is called often and returns at once. `connect` gives the phone of a row."""

    def __init__(
        self, connect: Callable[[Phone], checkup.Checkable], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rounds")
        self._lock = threading.Lock()
        self._due: dict[int, float] = {}
        self._under_way: set[int] = set()

    def visit(self, phones: Iterable[Phone]) -> None:
        """Begin a check of each of these phones that is due."""
        for row in phones:
            if self._begins(row):
                self._pool.submit(self._check, row)

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begins(self, row: Phone) -> bool:
        now = self._clock()
        with self._lock:
            if row.pk in self._under_way or now < self._due.get(row.pk, 0.0) or phone_lock.is_held(row.pk):
                return False
            self._due[row.pk] = now + (_FAULTY_EVERY_S if checkup.is_out(row) else _EVERY_S)
            self._under_way.add(row.pk)
            return True

    def _check(self, row: Phone) -> None:
        """Check the phone; the row is read again, since a run may have leased it meanwhile."""
        close_old_connections()
        try:
            row = Phone.objects.get(pk=row.pk)
            held = row.lease_run_id is not None
            finding = checkup.examine(self._connect(row), held=held, out=checkup.is_out(row))
            checkup.write_down(row.pk, finding)
        except Phone.DoesNotExist:
            log.info("rounds: phone %s is gone", row.serial)
        except DatabaseError as error:
            log.warning("rounds: phone %s: %s", row.serial, error)
        finally:
            close_old_connections()
            with self._lock:
                self._under_way.discard(row.pk)
