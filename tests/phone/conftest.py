"""A private adb server and virtual phones as processes of their own, met over stock adb."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cs_agent.phone.adb.connection import AdbServer
from cs_agent.phone.adb.phone import AdbPhone

ROOT = Path(__file__).parents[2]
StartPhone = Callable[[str], AdbPhone]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def adb_server() -> Iterator[AdbServer]:
    server = AdbServer(port=free_port())
    server.ensure_running()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def start_phone(adb_server: AdbServer) -> Iterator[StartPhone]:
    """Starts a virtual phone with those faults; all are stopped at the end of the session."""
    processes: list[subprocess.Popen[str]] = []

    def start(chaos: str = "") -> AdbPhone:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "cs_agent.demo.phone", "--screen", "fake"),
                *("--port", "0", "--backoffice-port", "0", "--chaos", chaos),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        address = process.stdout.readline().split()[1]
        return AdbPhone(address, port=adb_server.port)

    yield start
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def phone(start_phone: StartPhone) -> AdbPhone:
    """One virtual phone without faults for all tests; each puts back what it changed."""
    return start_phone("")
