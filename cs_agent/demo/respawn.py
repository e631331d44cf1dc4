"""Run one command and start it again whenever it dies, with growing pauses: `python -m cs_agent.demo.respawn CMD …`.

Rule: one dead part must never take the others down. SIGTERM and SIGINT end the command and this process with it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 10.0
_HEALTHY_S = 20.0  # a command that ran so long starts again without a longer pause
_GRACE_S = 8.0


def main(command: list[str]) -> int:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    pause = _FIRST_PAUSE_S
    while True:
        begun = time.monotonic()
        code = _run_once(command, stopping)
        if stopping.is_set():
            return 0
        pause = _FIRST_PAUSE_S if time.monotonic() - begun > _HEALTHY_S else min(pause * 2, _LONGEST_PAUSE_S)
        sys.stderr.write(f"ended with code {code}; starting again in {pause:g} s\n")
        if stopping.wait(pause):
            return 0


def _run_once(command: list[str], stopping: threading.Event) -> int:
    """The command's exit code; it is ended when `stopping` is set."""
    process = subprocess.Popen(command)
    while process.poll() is None:
        if stopping.wait(0.2):
            _end(process)
    return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
