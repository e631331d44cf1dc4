"""A database of the release before is migrated: every run goes on or is asked anew, and nothing is done twice.

`release_0_1.sql.gz` was written by that release itself, with its own engine on scripted phones: a run in every status,
a pending yes, a yes that was given but not carried out, and an act that was intended and not yet known to be done.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import migrated
from tickets.models import RunStatus
from tickets.permissions import GROUPS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GO_ON = ("awaiting_confirmation", "approved", "running", "awaiting_answer", "taken_over", "queued")
Columns = dict[str, dict[str, bool]]
ENDED = {"succeeded": "succeeded", "failed": "failed", "cancelled": "cancelled", "handed_off": "handed_off"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("upgrade") / "release.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript(gzip.decompress((HERE / "release_0_1.sql.gz").read_bytes()).decode())
    return path


@pytest.fixture(scope="module")
def before(database: Path) -> dict[str, Any]:
    with sqlite3.connect(database) as connection:
        runs = connection.execute(
            "SELECT t.subject, r.status FROM tickets_run r JOIN tickets_ticket t ON t.id=ticket_id"
        )
        hashes = connection.execute("SELECT seq, hash FROM tickets_auditevent ORDER BY seq").fetchall()
        return {"runs": dict(runs.fetchall()), "hashes": hashes}


@pytest.fixture(scope="module")
def after(database: Path, before: dict[str, Any], columns_before: Columns) -> dict[str, Any]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "CS_AGENT_DATA_DIR": str(database.parent)}
    command = [sys.executable, "-m", "tests.upgrade.after_upgrade"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def columns_before(database: Path) -> Columns:
    return columns(database)


def columns(database: Path) -> Columns:
    """The columns of our tables: whether an INSERT that does not name one of them is refused."""
    found: Columns = {}
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'tickets_%'")
        for (table,) in tables.fetchall():
            rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
            found[table] = {name: bool(needed) and given is None for _n, name, _t, needed, given, _pk in rows}
    return found


def test_the_release_before_can_read_and_write_the_migrated_database_after_a_roll_back(
    columns_before: Columns, after: dict[str, Any], database: Path
) -> None:
    """It names the columns that it knows: all of them are there, and no other one is demanded."""
    now = columns(database)
    assert len(columns_before) > 15
    for table, known in columns_before.items():
        assert known.keys() <= now[table].keys(), table
        assert [name for name, demanded in now[table].items() if demanded and name not in known] == [], table


def test_the_release_before_left_a_run_in_every_status(before: dict[str, Any]) -> None:
    assert set(before["runs"].values()) == set(RunStatus.values)


def test_the_chain_still_verifies_and_no_event_was_rewritten(
    before: dict[str, Any], after: dict[str, Any], database: Path
) -> None:
    assert (after["faults_before"], after["faults_after"]) == ([], [])
    with sqlite3.connect(database) as connection:
        last = before["hashes"][-1][0]
        kept = connection.execute("SELECT seq, hash FROM tickets_auditevent WHERE seq <= ? ORDER BY seq", (last,))
        assert kept.fetchall() == before["hashes"]


@pytest.mark.parametrize(
    "name", ["awaiting_confirmation", "approved", "running", "awaiting_answer", "taken_over", "queued"]
)
def test_a_run_goes_on_to_its_end_and_acts_once(after: dict[str, Any], name: str) -> None:
    run = after["runs"][name]
    assert (run["status"], run["acts"]) == ("succeeded", ["refund"])
    assert not run["steps_doubled"]


def test_a_yes_given_in_the_release_before_is_carried_out_or_asked_anew_in_sight(after: dict[str, Any]) -> None:
    asked_anew = after["runs"]["approved"]["asked"][0]
    assert asked_anew in ([], ["action"])
    assert after["runs"]["approved"]["acts"] == ["refund"]


def test_an_act_that_was_intended_is_put_to_a_human_and_never_repeated(after: dict[str, Any]) -> None:
    run = after["runs"]["intended"]
    assert (run["status"], run["asked"], run["acts"]) == ("awaiting_confirmation", [["uncertain"]], [])


def test_a_takeover_that_was_asked_for_can_be_begun_and_handed_back(after: dict[str, Any]) -> None:
    assert after["runs"]["takeover_asked"]["acts"] == ["refund"]


@pytest.mark.parametrize(("name", "status"), ENDED.items())
def test_what_had_ended_stays_as_it_was(after: dict[str, Any], name: str, status: str) -> None:
    run = after["runs"][name]
    assert (run["status"], run["acts"], run["asked"]) == (status, [], [[]])


def test_the_shipped_groups_have_what_this_release_gives_them(after: dict[str, Any]) -> None:
    """Every permission that is new was granted once; what the release before gave is still there."""
    for name, permissions in GROUPS.items():
        assert set(after["groups"][name]) >= {permission.value for permission in permissions}, name


def _shape(path: Path) -> dict[str, Any]:
    """Columns and foreign keys of every table, constraints by name, texts of indexes and triggers."""
    with closing(sqlite3.connect(path)) as base:
        objects = base.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        shape: dict[str, Any] = {f"{kind} {name}": sql for kind, name, sql in objects if kind != "table"}
        for name, sql in ((name, sql) for kind, name, sql in objects if kind == "table"):
            columns = {tuple(row[1:6]) for row in base.execute(f'PRAGMA table_info("{name}")')}
            keys = {tuple(row[2:7]) for row in base.execute(f'PRAGMA foreign_key_list("{name}")')}
            shape[f"table {name}"] = (columns, keys, set(re.findall(r'CONSTRAINT "([^"]+)"', sql)))
    return shape


def test_a_new_database_is_made_as_an_upgraded_one(after: dict[str, Any], database: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite3"
    migrated.copy_to(new)
    assert _shape(new) == _shape(database)
