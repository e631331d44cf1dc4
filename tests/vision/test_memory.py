"""What a picture took is given back to the system when it is dropped."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import threading, psutil, numpy as np
from cs_agent.vision import memory
assert memory.give_back()
me = psutil.Process()
def work():
    kept = [np.ones(5_000_000, np.uint8) for _ in range(8)]
    del kept
before = me.memory_info().rss
for _ in range(5):
    threads = [threading.Thread(target=work) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print((me.memory_info().rss - before) // 2**20)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's own settings")
def test_threads_that_are_done_with_their_pictures_leave_nothing_behind() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40  # of 240 MB at a time
