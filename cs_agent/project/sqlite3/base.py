"""SQLite with a fair wait for the write lock.

SQLite's own busy handler polls at growing intervals, up to 100 ms, so that the newest waiter polls most often and wins.
Here all waiters poll equally often until the timeout.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any

from django.db.backends.sqlite3 import base

_PAUSE_S = (0.001, 0.008)  # between two looks; different ones, so that no two processes keep step
_BUSY = "database is locked"


class DatabaseWrapper(base.DatabaseWrapper):
    """The timeout of the settings is how long a transaction waits for its beginning."""

    connection: Any
    transaction_mode: str | None

    def _start_transaction_under_autocommit(self) -> None:
        timeout_s = float(self.settings_dict["OPTIONS"].get("timeout", 5.0))
        until = time.monotonic() + timeout_s
        begin = f"BEGIN {self.transaction_mode or ''}"
        self.ensure_connection()
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            with self.wrap_database_errors:
                while not self._begun(begin, last=time.monotonic() > until):
                    time.sleep(random.uniform(*_PAUSE_S))  # noqa: S311 - nothing secret
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(timeout_s * 1000)}")

    def _begun(self, begin: str, *, last: bool) -> bool:
        """Straight to the driver: what looks a hundred times a second must cost next to nothing."""
        try:
            self.connection.execute(begin)
        except sqlite3.OperationalError as error:
            if last or _BUSY not in str(error):
                raise
            return False
        return True
