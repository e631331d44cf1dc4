"""The whole product as real processes on free ports, for tests: start, wait, kill, look at the ledger, stop.

Every process is started by us and ended by its id; nothing of the machine's own is touched.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

from cs_agent.phone.adb.connection import AdbServer
from cs_agent.project import conf
from cs_agent.project.commands.processes import Process, embedded
from tests import migrated

START_LIMIT_S = 90.0
POLL_S = 0.05
PORT_SETTINGS = (
    "CS_AGENT_PORT",
    "CS_AGENT_REDIS_PORT",
    "CS_AGENT_PILOT_PORT",
    "CS_AGENT_BACKOFFICE_PORT",
    "CS_AGENT_ADB_PORT",
)


def free_ports(count: int) -> list[int]:
    """Ports nobody uses now, outside those on which adb looks for emulators (5555-5585)."""
    sockets: list[socket.socket] = []
    try:
        while len(sockets) < count:
            probe = socket.socket()
            probe.bind(("127.0.0.1", 0))
            sockets.append(probe)
        return [int(probe.getsockname()[1]) for probe in sockets]
    finally:
        for probe in sockets:
            probe.close()


def free_port_row(count: int) -> int:
    """The first of so many neighbouring free ports."""
    for _ in range(50):
        (first,) = free_ports(1)
        if first + count < 65000 and not any(answers(first + n) for n in range(count)):
            return first
    raise RuntimeError("no row of free ports found")


_WATCH = """cat >/dev/null
kill -s TERM -- "-$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 -- "-$1" 2>/dev/null || exit 0; sleep 0.5; done
kill -s KILL -- "-$1" 2>/dev/null"""


@contextmanager
def ends_with_us(group: int) -> Iterator[None]:
    """The process group is ended as soon as this process is gone, however it went: a pipe to a watcher breaks then."""
    command = ["/bin/sh", "-c", _WATCH, "watch", str(group)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as watcher:
        try:
            yield
        finally:
            watcher.kill()


def answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what: str, condition: Callable[[], Any], limit_s: float = 30.0) -> Any:
    """The condition's first true value; AssertionError that names what did not come."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(POLL_S)
    raise AssertionError(f"{what} did not happen in {limit_s:g} s")


class Product:
    """`with Product(tmp_path) as product:` runs everything; `without` leaves processes out."""

    def __init__(
        self, directory: Path, *, phones: int = 1, without: Iterable[str] = (), environ: dict[str, str] | None = None
    ) -> None:
        self.directory = directory
        self.environ = {**_clean_environ(), **self._settings(phones), **(environ or {})}
        self.values = conf.load(self.environ)
        self._without = set(without)
        self.processes = {
            process.name: process
            for process in embedded(self.values, Path(self.values["CS_AGENT_DATA_DIR"]))
            if process.name not in self._without
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.values['CS_AGENT_PORT']}"

    @property
    def phone_serials(self) -> list[str]:
        first = self.values["CS_AGENT_PHONE_PORT"]
        return [f"127.0.0.1:{first + n}" for n in range(self.values["CS_AGENT_PHONES"])]

    def __enter__(self) -> Self:
        if not self.values["DATABASE_URL"]:
            migrated.copy_to(Path(self.values["CS_AGENT_DATA_DIR"]) / "cs_agent.sqlite3")
        self.manage("load_demo", "--migrate")
        try:
            for name in self.processes:
                self.start(name)
            for name in self.processes:
                self.wait_ready(name)
        except BaseException:
            self.stop_all()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()

    def manage(self, *arguments: str) -> str:
        """Output of one management command; its errors are shown when it fails."""
        done = subprocess.run(
            [sys.executable, str(conf.BASE_DIR / "manage.py"), *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, name: str) -> None:
        with self.log_path(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.processes[name].command,
                env=self.environ,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=conf.BASE_DIR,
                start_new_session=True,
            )

    def wait_ready(self, name: str) -> None:
        process: Process = self.processes[name]
        if process.port:
            wait_until(f"{name} on port {process.port} ({self.tail(name)})", lambda: self._ready(name), START_LIMIT_S)

    def _ready(self, name: str) -> bool:
        code = self.running[name].poll()
        assert code is None, f"{name} ended with {code}:\n{self.tail(name)}"
        return answers(self.processes[name].port or 0)

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash would; with the process group, so that no child is left."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running.pop(name).wait()

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def stop_all(self) -> None:
        for name in reversed(list(self.running)):
            self.stop(name)
        AdbServer(port=self.values["CS_AGENT_ADB_PORT"]).stop()

    def log_path(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def tail(self, name: str, lines: int = 30) -> str:
        path = self.log_path(name)
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def ledger(self) -> list[dict[str, Any]]:
        """Every business operation that really happened on the phones."""
        return list(get_json(f"http://127.0.0.1:{self.values['CS_AGENT_BACKOFFICE_PORT']}/ledger"))

    def healthy(self) -> bool:
        try:
            with urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _settings(self, phones: int) -> dict[str, str]:
        ports = free_ports(len(PORT_SETTINGS))
        return {
            **{name: str(port) for name, port in zip(PORT_SETTINGS, ports, strict=True)},
            "CS_AGENT_PHONE_PORT": str(free_port_row(phones)),
            "CS_AGENT_PHONES": str(phones),
            "CS_AGENT_DATA_DIR": str(self.directory / "data"),
            "CS_AGENT_MODE": "demo",
            "DJANGO_SETTINGS_MODULE": "cs_agent.project.settings",
        }


def get_json(url: str) -> Any:
    with urlopen(Request(url), timeout=10) as answer:
        return json.load(answer)


def _clean_environ() -> dict[str, str]:
    """The environment without settings of the test run itself, except where Chromium is."""
    kept = {"CS_AGENT_CHROMIUM"}
    return {
        name: value
        for name, value in os.environ.items()
        if name in kept or not (name.startswith("CS_AGENT_") or name in {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"})
    }
