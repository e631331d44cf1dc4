"""The audit trail with a million events: look-up, export, verification, and eight writers at once.

Once on SQLite and once on a PostgreSQL of its own. BENCH_AUDIT_EVENTS sets another number of events,
BENCH_AUDIT_ON=sqlite or =postgresql one of the two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from tests.postgres_server import postgres

EVENTS = int(os.environ.get("BENCH_AUDIT_EVENTS", "1000000"))
ON = os.environ.get("BENCH_AUDIT_ON", "")
ROOT = Path(__file__).resolve().parents[2]


def main() -> list[Figure]:
    figures = []
    if ON in ("", "sqlite"):
        figures += _run("SQLite", {})
    if ON in ("", "postgresql"):
        with postgres(durable=True) as address:
            figures += _run("PostgreSQL", {"DATABASE_URL": address})
    return figures


def _run(name: str, database: dict[str, str]) -> list[Figure]:
    """In a process of its own: Django is set up once for one database."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CS_AGENT_")}
    with tempfile.TemporaryDirectory(prefix="csa_bench_") as folder:
        environ = {**kept, "CS_AGENT_DATA_DIR": folder, "CS_AGENT_MODE": "test", **database}
        command = [sys.executable, "-m", "benchmarks.evidence.audit_work", str(EVENTS)]
        done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    rows = json.loads(done.stdout.splitlines()[-1])
    return [Figure(f"{name}, {EVENTS:,} events: {what}", value, budget) for what, value, budget in rows]
