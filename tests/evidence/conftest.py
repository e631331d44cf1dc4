"""The cast and the tickets of the domain's tests, and how to wait for what happens on another thread."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.tickets.conftest import *  # noqa: F403 - the same cast


def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for a condition; AssertionError when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
