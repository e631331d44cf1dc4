"""Lowers the scheduling priority of a thread, so that everything else on the machine goes first."""

from __future__ import annotations

import os
import threading

_NICENESS = 10


def lower_priority() -> None:
    """Lower this thread's priority, and that of threads it starts, where the system can (Linux: threads are scheduled
    like processes)."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
