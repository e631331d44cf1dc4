"""The product under a supervisor, as the demo runs it, and how to strike one of its processes down."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError

import psutil

from cs_agent.project import conf
from tests.processes import Product, answers, wait_until

VICTIMS = ("worker", "upkeep", "beat", "web", "redis", "pilot", "adb", "phone")
BACK_LIMIT_S = 120.0
# The default lease of 30 s only makes the wait for a dead driver's claim longer; hiding personal data in pictures costs
# most of a run's time and is not what dies here.
_QUICKER = {"CS_AGENT_LEASE_S": "10", "CS_AGENT_REDACT_STORED": "none", "CS_AGENT_REDACT_VIEWERS": "none"}


class SupervisedProduct(Product):
    """Every process is started again when it dies; `strike` kills only the process, never its supervisor."""

    def __init__(self, directory: Path, *, database_url: str = "", real_pilot: bool = False) -> None:
        super().__init__(directory, environ={**_QUICKER, **({"DATABASE_URL": database_url} if database_url else {})})
        respawn = (sys.executable, "-m", "cs_agent.demo.respawn")
        brain = (sys.executable, "-m", "tests.soak.brain")  # in the pilot's place: it thinks in no time
        if not real_pilot:
            self.processes["pilot"] = replace(self.processes["pilot"], command=brain)
        self.processes = {
            name: replace(process, command=(*respawn, *process.command)) for name, process in self.processes.items()
        }
        self._past: list[dict[str, Any]] = []  # what earlier lives of the virtual phone had in their ledger

    def strike(self, name: str) -> float:
        """SIGKILL; the moment of it, by the wall clock."""
        victim = wait_until(f"{name} to be alive", lambda: self._victim(name), BACK_LIMIT_S)
        if name == "phone":
            self._past += self._ledger_now()  # it dies with the phone
        at = time.time()
        victim.kill()
        victim.wait(BACK_LIMIT_S)
        return at

    def operations(self, mobile: str) -> int:
        """How often a code was really sent to this customer, in all lives of the phone."""
        ledger = self._past + wait_until("the ledger to be readable", self._readable_ledger, BACK_LIMIT_S)[0]
        return sum(entry["kind"] == "sms_resend" and entry["mobile"] == mobile for entry in ledger)

    def _readable_ledger(self) -> tuple[list[dict[str, Any]]] | None:
        try:
            return (self.ledger(),)
        except (URLError, OSError):
            return None

    def _ledger_now(self) -> list[dict[str, Any]]:
        found = self._readable_ledger()
        return found[0] if found else []

    def _victim(self, name: str) -> psutil.Process | None:
        if name == "adb":
            return _listener(self.values["CS_AGENT_ADB_PORT"])
        return next(iter(psutil.Process(self.running[name].pid).children()), None)


class Desk(AbstractContextManager["Desk"]):
    """Calls of tests.soak.desk: `desk.ask("look", run=…)`."""

    def __init__(self, product: Product) -> None:
        self._log = (product.directory / "desk.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.desk"],
            env=product.environ,
            cwd=conf.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()

    def ask(self, call: str, **values: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"call": call, **values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the desk ended at {call}: {Path(str(self._log.name)).read_text(errors='replace')[-3000:]}"
        told: dict[str, Any] = json.loads(line)
        return told


def wait_back(product: SupervisedProduct, desk: Desk, name: str, since: float) -> float:
    """Seconds from the kill until the part has shown that it does its work again."""
    wait_until(f"{name} to work again", lambda: _works(product, desk, name, since), BACK_LIMIT_S)
    return time.time() - since


def _works(product: SupervisedProduct, desk: Desk, name: str, since: float) -> bool:
    proof: dict[str, Callable[[], bool]] = {
        "web": product.healthy,
        "adb": lambda: _listener(product.values["CS_AGENT_ADB_PORT"]) is not None,
        "pilot": lambda: answers(product.values["CS_AGENT_PILOT_PORT"]),
        "worker": lambda: _beats(desk, "host.", since),
        "upkeep": lambda: _beats(desk, "upkeep.", since),
        "beat": lambda: _beats(desk, "upkeep.", since),  # a tick of the new clock has arrived
        "redis": lambda: _beats(desk, "host.", since) and product.healthy(),
    }
    return proof[name]() if name in proof else _phones_seen(desk, since)


def _beats(desk: Desk, prefix: str, since: float) -> bool:
    return any(name.startswith(prefix) and at > since for name, at in desk.ask("signs")["beats"].items())


def _phones_seen(desk: Desk, since: float) -> bool:
    return all(phone["state"] == "ready" and phone["seen"] > since for phone in desk.ask("signs")["phones"])


def _listener(port: int) -> psutil.Process | None:
    """The process that listens on a port of ours."""
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
        if listens and connection.pid:
            return psutil.Process(connection.pid)
    return None
