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
        process.terminate()  # a kill would leave the command, which has a session of its own
        process.wait(LIMIT_S)


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


NOTES_ITS_END = """
import pathlib, signal, sys, time
def end(*_):
    path = pathlib.Path(sys.argv[1])
    path.write_text(path.read_text() + sys.argv[2] if path.exists() else sys.argv[2])
    time.sleep(float(sys.argv[3]))
    path.write_text(path.read_text() + sys.argv[2].upper())
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(600)
"""


def _started(order: str, lock: Path, *arguments: str) -> subprocess.Popen[str]:
    respawn = [sys.executable, "-m", "cs_agent.demo.respawn", order, str(lock), "--"]
    process = subprocess.Popen(
        [*respawn, sys.executable, "-c", NOTES_ITS_END, *arguments],
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_what_the_others_need_ends_after_them_and_each_is_told_once(tmp_path: Path) -> None:
    notes, lock = tmp_path / "notes", tmp_path / "lock"
    both = [_started("--outlives", lock, str(notes), "r", "0"), _started("--holds", lock, str(notes), "w", "0.5")]
    for process in both:
        os.killpg(process.pid, signal.SIGTERM)
    assert [process.wait(LIMIT_S) for process in both] == [0, 0]
    assert notes.read_text() == "wWrR"
