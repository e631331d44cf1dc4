"""A thread that lets all others go first, whatever the service manager set before."""

from __future__ import annotations

import os
import threading

import pytest

from tickets.runner.pictures.thread_priority import lower_priority


@pytest.mark.skipif(not hasattr(os, "setpriority"), reason="this system has no priorities of threads")
@pytest.mark.parametrize(("before", "after"), [(0, 10), (15, 15)])
def test_a_priority_is_lowered_and_never_raised(before: int, after: int) -> None:
    """Raising it is refused to an ordinary account, and the thread would end."""
    found: list[int] = []

    def work() -> None:
        me = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, me, max(before, os.getpriority(os.PRIO_PROCESS, me)))
        lower_priority()
        found.append(os.getpriority(os.PRIO_PROCESS, me))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [max(after, os.getpriority(os.PRIO_PROCESS, 0))]
