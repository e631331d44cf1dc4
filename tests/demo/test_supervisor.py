"""`make demo` from start to Ctrl-C: every process ends by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Product, wait_until

START_S = 120.0
END_S = 30.0  # generous: what is asserted is that nothing had to be killed, which the supervisor does after 5 s


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    environ = Product(tmp_path).environ
    log = tmp_path / "demo.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "cs_agent.demo"], env=environ, stdout=sink, stderr=subprocess.STDOUT
        )
    yield process, log
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(END_S)


@pytest.mark.story
def test_ctrl_c_ends_every_process_by_itself(demo: tuple[subprocess.Popen[bytes], Path]) -> None:
    process, log = demo
    wait_until("the demo to be ready", lambda: "The demo is ready" in log.read_text(), START_S)
    process.send_signal(signal.SIGINT)
    assert process.wait(END_S) == 0
    said = log.read_text()
    assert said.count(" stopped (rc=") == 7
    assert "SIGKILL" not in said
    assert "is killed" not in said
