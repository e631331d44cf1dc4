"""Supervises the phone host's threads: a thread that ended by a defect is started again.

Rule: a thread ends when its body returns, which it does only when told to. Any exception is a defect: it is logged,
counted and reported (`/healthz`), and the body is restarted after a pause that grows while the defect lasts. This is
one of the three places that catch any exception.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from tickets.services.live import health

log = logging.getLogger(__name__)
PAUSES_S = (0.2, 1.0, 5.0, 15.0)
_SOUND_AFTER_S = 60.0  # after that the pauses start from the shortest again


class SupervisedThread:
    """A daemon thread that runs `body` until it returns. `restarts`: how often a defect ended it."""

    def __init__(self, name: str, body: Callable[[], None]) -> None:
        self.restarts = 0
        self._body = body
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Do not restart the body; the caller also tells it to return."""
        self._stopping.set()

    def join(self, timeout_s: float | None = None) -> None:
        self._thread.join(timeout_s)

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        failed = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._body()
            except Exception:
                self.restarts += 1
                failed = 1 if time.monotonic() - began > _SOUND_AFTER_S else failed + 1
                log.exception("thread %s died of a defect and is started again", self._thread.name)
                health.note_defect(self._thread.name)
                self._stopping.wait(PAUSES_S[min(failed, len(PAUSES_S)) - 1])
            else:
                return
