"""The console as a real web server on a free port, with a database, a Redis and media of its own.

`site(build)` runs `build` in a process of its own with the server's settings, then serves what it made. Used by the
browser tests and by `tests.consoles.gallery`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests import migrated
from tests.processes import answers, free_ports, wait_until
from tests.redis_server import redis_server

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Site:
    """A running console. `environ` is that of its processes; `hand` carries out `run`."""

    address: str
    environ: dict[str, str]
    hand: subprocess.Popen[str]

    def run(self, function: str, *arguments: str) -> str:
        """Run `module:function` with Django set up as the server has it; its printed output."""
        assert self.hand.stdin
        assert self.hand.stdout
        self.hand.stdin.write(json.dumps([function, *arguments]) + "\n")
        self.hand.stdin.flush()
        answer = json.loads(self.hand.stdout.readline())
        assert "error" not in answer, answer["error"]
        return str(answer["printed"])


@contextmanager
def site(directory: Path, build: str) -> Iterator[Site]:
    """Serve what `build` ("module:function") made, until the end of the block."""
    from tests.consoles import catalog

    catalog.compile_all()
    with redis_server() as redis_url, ExitStack() as ends:
        (port,) = free_ports(1)
        environ = _environ(directory, port, redis_url)
        migrated.copy_to(directory / "data" / "cs_agent.sqlite3")
        log = ends.enter_context((directory / "server.log").open("wb"))
        hand = _start([sys.executable, "-m", "tests.consoles.hand"], environ, log, ends, talking=True)
        made = Site(f"http://127.0.0.1:{port}", environ, hand)
        made.run(build)
        server = _start(_command(port), environ, log, ends)
        wait_until("the web server", lambda: _alive(server) and answers(port), 60)
        yield made


def _start(
    command: list[str], environ: dict[str, str], log: IO[bytes], ends: ExitStack, *, talking: bool = False
) -> subprocess.Popen[str]:
    """A process that ends with the stack; `talking`: over its standard input and output."""
    pipe = subprocess.PIPE if talking else None
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdin=pipe, stdout=pipe or log, stderr=log, text=True)
    ends.callback(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _alive(server: subprocess.Popen[str]) -> bool:
    assert server.poll() is None, "the web server ended"
    return True


def _command(port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "uvicorn",
        "cs_agent.project.asgi:application",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]


def _environ(directory: Path, port: int, redis_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CS_AGENT_", "DJANGO_"))}
    return {
        **{name: value for name, value in kept.items() if name not in {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}},
        "DJANGO_SETTINGS_MODULE": "cs_agent.project.settings",
        "CS_AGENT_DATA_DIR": str(directory / "data"),
        "CS_AGENT_MODE": "demo",
        "CS_AGENT_PORT": str(port),
        "REDIS_URL": redis_url,
    }
