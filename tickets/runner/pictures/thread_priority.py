"""Lowers the scheduling priority of a thread, so that everything else on the machine goes first."""

from __future__ import annotations

import os
import threading

_NICENESS = 10


def lower_priority() -> None:
    """Lower this thread's priority, and that of threads it starts, where the system can (Linux: threads are scheduled
    like processes). Where it is as low already, as the service manager or whoever started us set it, it stays: raising
    it is nothing an ordinary account may do."""
    if not hasattr(os, "setpriority"):
        return
    thread = threading.get_native_id()
    if os.getpriority(os.PRIO_PROCESS, thread) < _NICENESS:
        os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
