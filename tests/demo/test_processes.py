"""What a test starts ends with it, also when the test is killed."""

from __future__ import annotations

import subprocess
import sys

from tests.processes import wait_until

PROGRAM = """
import subprocess, sys, time
from tests.processes import ends_with_us
server = subprocess.Popen(["sleep", "600"], start_new_session=True)
with ends_with_us(server.pid):
    print(server.pid, flush=True)
    time.sleep(600)
"""


def test_a_server_ends_with_a_test_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        server = int(started.stdout.readline())
        assert is_there(server)
        started.kill()
    wait_until("the end of the server", lambda: not is_there(server), 20)


def is_there(pid: int) -> bool:
    """Whether it runs; one that ended and was not collected yet does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
