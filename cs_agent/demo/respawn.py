"""Run one command and start it again whenever it dies, with growing pauses: `python -m cs_agent.demo.respawn CMD …`.

Rules: a process that dies never takes the others down. SIGTERM and SIGINT end the command and this process; the command
gets one signal, however many the group receives. What the others need until their end (Redis) ends after them: they
hold a shared lock on a file (`--holds FILE`) while they run, and it waits for that lock (`--outlives FILE`).
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 10.0
_HEALTHY_S = 20.0  # a command that ran so long starts again without a longer pause
_POLL_S = 0.05
# Whoever supervises kills what is left after five seconds.
_GRACE_S = 4.3
_OUTLIVE_S = 4.0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m cs_agent.demo.respawn")
    parser.add_argument("--holds", type=Path)
    parser.add_argument("--outlives", type=Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    held = _lock(given.holds, fcntl.LOCK_SH) if given.holds else None
    try:
        command = given.command[1:] if given.command[:1] == ["--"] else given.command
        return _keep_running(command, stopping, given.outlives)
    finally:
        if held:
            held.close()


def _keep_running(command: list[str], stopping: threading.Event, outlives: Path | None) -> int:
    pause = _FIRST_PAUSE_S
    while True:
        begun = time.monotonic()
        code = _run_once(command, stopping, outlives)
        if stopping.is_set():
            return 0
        pause = _FIRST_PAUSE_S if time.monotonic() - begun > _HEALTHY_S else min(pause * 2, _LONGEST_PAUSE_S)
        sys.stderr.write(f"ended with code {code}; starting again in {pause:g} s\n")
        if stopping.wait(pause):
            return 0


def _run_once(command: list[str], stopping: threading.Event, outlives: Path | None) -> int:
    """The command's exit code; it is ended when `stopping` is set."""
    process = subprocess.Popen(command, start_new_session=True)
    while process.poll() is None:
        if stopping.wait(_POLL_S):
            if outlives:
                _wait_for_the_others(outlives, process)
            _end(process)
    return process.returncode


def _wait_for_the_others(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _OUTLIVE_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(BlockingIOError):
            _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB).close()
            return
        time.sleep(_POLL_S)


def _lock(path: Path, how: int) -> IO[bytes]:
    """The open file that holds the lock; the system lets go of it when this process ends, however it ends."""
    file = path.open("ab")
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        file.close()
        raise
    return file


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"did not end within {_GRACE_S:g} s and is killed\n")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
