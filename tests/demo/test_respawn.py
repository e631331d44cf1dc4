"""A part of the demo that dies comes back; one that is told to end stays away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

LIMIT_S = 20

CHILD = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).joinpath(str(os.getpid())).touch()
time.sleep(600)
"""


@pytest.fixture
def respawned(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    process = subprocess.Popen([sys.executable, "-m", "cs_agent.demo.respawn", *command], start_new_session=True)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _children(directory: Path, count: int) -> list[int]:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        found = sorted(int(path.name) for path in directory.iterdir())
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"only {found} started")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_command_is_started_again(respawned: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (first,) = _children(tmp_path, 1)
    os.kill(first, signal.SIGKILL)
    assert len(_children(tmp_path, 2)) == 2
    assert respawned.poll() is None


def test_ending_it_ends_the_command_too(respawned: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (child,) = _children(tmp_path, 1)
    respawned.terminate()
    assert respawned.wait(LIMIT_S) == 0
    assert not _alive(child)
