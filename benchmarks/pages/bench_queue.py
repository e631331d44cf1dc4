"""How long the queue's rows take on the server with 5,000 and 100,000 tickets (QUEUE_TICKETS: others, with commas)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, percentile
from tests.redis_server import redis_server

TICKETS = [int(count) for count in os.environ.get("QUEUE_TICKETS", "5000,100000").split(",")]
_BUDGET = "300 ms"


def main() -> list[Figure]:
    return [figure for count in TICKETS for figure in _measured(count)]


def _measured(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_queue_") as folder, redis_server() as url:
        command = [sys.executable, "-m", "benchmarks.pages.queue_work", str(count)]
        done = subprocess.run(command, env=_environ(Path(folder), url), stdout=subprocess.PIPE, text=True, check=True)
    pages: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return [
        Figure(
            f"{count:,} tickets: {name}",
            f"{percentile(taken, 0.5):.0f} ms median, {max(taken):.0f} ms at most",
            _BUDGET,
        )
        for name, taken in pages.items()
    ]


def _environ(folder: Path, redis_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CS_AGENT_")}
    return {
        **kept,
        "REDIS_URL": redis_url,
        "CS_AGENT_MODE": "demo",
        "CS_AGENT_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "cs_agent.project.settings_test",
    }
