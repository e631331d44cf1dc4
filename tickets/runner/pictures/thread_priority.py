"""Lowers the scheduling priority of a thread, so that everything else on the machine goes first."""

from __future__ import annotations

import os
import threading

_NICENESS = 10


def lower_priority() -> None:
    """Lower the priority of this thread and of threads it starts, if the system supports it (Linux schedules threads
    like processes). A lower priority set at start is kept, since ordinary accounts may not raise it."""
    if not hasattr(os, "setpriority"):
        return
    thread = threading.get_native_id()
    if os.getpriority(os.PRIO_PROCESS, thread) < _NICENESS:
        os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
