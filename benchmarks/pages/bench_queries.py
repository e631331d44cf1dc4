"""What a step of a run asks of the database, on SQLite. QUERIES_RUNS sets over how many runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from benchmarks.pages.queries_work import READS
from tests.redis_server import redis_server

RUNS = int(os.environ.get("QUERIES_RUNS", "3"))
_WRITES = ("INSERT", "UPDATE", "DELETE")


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_queries_") as folder, redis_server() as url:
        command = [sys.executable, "-m", "benchmarks.pages.queries_work", str(RUNS)]
        done = subprocess.run(command, env=_environ(Path(folder), url), stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    steps, runs = told["steps"], told["runs"]
    totals = [sum(step.values()) for step in steps]
    reads, writes = ([sum(step.get(word, 0) for word in words) for step in steps] for words in (READS, _WRITES))
    begins = [step.get("BEGIN", 0) for step in steps]
    return [
        Figure("database statements per step", f"{median(totals):.0f} median, {max(totals)} at most (n={len(steps)})"),
        Figure("of them reads", f"{median(reads):.0f} median"),
        Figure("of them writes", f"{median(writes):.0f} median, in {median(begins):.0f} transactions"),
        Figure("around the steps of a run", f"{median(run['around'] for run in runs):.0f} from the click to the end"),
        Figure("runs measured", f"{len(runs)}, with {median(run['steps'] for run in runs):.0f} whole steps each"),
    ]


def _environ(folder: Path, redis_url: str) -> dict[str, str]:
    """A database, a Redis and pictures of its own, which hide nothing: no text is read here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CS_AGENT_", "DATABASE_"))}
    hidden = {f"CS_AGENT_REDACT_{audience}": "none" for audience in ("STORED", "VIEWERS", "MODEL")}
    return {
        **kept,
        **hidden,
        "REDIS_URL": redis_url,
        "CS_AGENT_MODE": "demo",
        "CS_AGENT_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "cs_agent.project.settings_test",
    }
