"""A Redmine of the tests' own: Debian's real package on a free port, a copy of it and its data in a folder that goes
away. Its processes belong to a user without rights even where the tests run as root; it sends no mail."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.processes import free_ports, wait_until
from tests.servers import debian
from tests.servers.debian import NotHere

__all__ = ["NotHere", "Redmine", "redmine"]

PACKAGES = ("redmine", "redmine-sqlite")
_PACKAGE = Path("/usr/share/redmine")
_LOCK = Path("/var/lib/redmine/Gemfile.lock")
_SEED = Path(__file__).with_name("redmine_seed.rb")
_START_LIMIT_S = 120.0
_DATABASE = "production:\n  adapter: sqlite3\n  database: {folder}/redmine.sqlite\n  encoding: utf8\n"


class Redmine:
    """A running server. `keys` by account, `projects` by name."""

    def __init__(self, url: str, keys: Mapping[str, str], projects: Mapping[str, int]) -> None:
        self.url, self.keys, self.projects = url, keys, projects

    def call(self, method: str, path: str, body: Any = None, *, account: str = "boss", **more: Any) -> Any:
        """One call of its REST interface, for arranging and looking; AssertionError unless it was taken."""
        headers = {"X-Redmine-API-Key": self.keys[account], **more.pop("headers", {})}
        answer = httpx.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=60, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:400]}"
        return answer.json() if answer.content.strip() else None

    def file_issue(self, project: str, subject: str, text: str, **more: Any) -> int:
        """The number of an issue that the customer filed."""
        issue = {"project_id": self.projects[project], "subject": subject, "description": text, **more}
        return int(self.call("POST", "/issues.json", {"issue": issue}, account="wang")["issue"]["id"])

    def upload(self, content: bytes) -> str:
        headers = {"Content-Type": "application/octet-stream", "X-Redmine-API-Key": self.keys["wang"]}
        answer = httpx.post(f"{self.url}/uploads.json", content=content, headers=headers, timeout=60)
        return str(answer.json()["upload"]["token"])

    def issue(self, id: int) -> Any:
        return self.call("GET", f"/issues/{id}.json?include=journals,attachments")["issue"]

    def notes(self, id: int) -> list[tuple[str, bool]]:
        return [(each["notes"], each["private_notes"]) for each in self.issue(id)["journals"] if each["notes"]]


@contextmanager
def redmine(projects: Sequence[str], rights: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[Redmine]:
    """A fresh server. `rights`: by account and project; `boss` is its administrator. NotHere without the packages."""
    debian.provide(PACKAGES, (_PACKAGE, _LOCK))
    folder = Path(tempfile.mkdtemp(prefix="csa_redmine_"))
    (port,) = free_ports(1)
    try:
        _lay_out(folder)
        _run(["rake", "db:migrate"], folder)
        users = [{"name": name, "admin": False, "rights": having} for name, having in rights.items()]
        wanted = {"projects": list(projects), "users": [{"name": "boss", "admin": True, "rights": {}}, *users]}
        told = _run(["bin/rails", "runner", str(folder / _SEED.name)], folder, json.dumps(wanted))
        made = json.loads(told.strip().splitlines()[-1])
        with _serving(folder, port):
            yield Redmine(f"http://127.0.0.1:{port}", made["tokens"], made["projects"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(folder: Path) -> None:
    """A copy of the package with an instance of its own, and the small web server that Debian has beside it."""
    app = folder / "app"
    own = shutil.ignore_patterns("instances", "database.yml", "Gemfile.lock")
    shutil.copytree(_PACKAGE, app, ignore=own)
    with (app / "Gemfile").open("a") as gems:
        gems.write("\ngem 'webrick'\n")
    for name in ("config", "files", "log", "tmp", "public"):
        (app / "instances" / "default" / name).mkdir(parents=True)
    for place in (app / "config", app / "instances" / "default" / "config"):
        (place / "database.yml").write_text(_DATABASE.replace("{folder}", str(folder)))
    (app / "instances" / "default" / "config" / "secret_key.txt").write_text(secrets.token_hex(64))
    shutil.copy(_SEED, folder / _SEED.name)
    debian.hand_over(folder)


def _environ(folder: Path) -> dict[str, str]:
    path = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)}
    return {**path, "RAILS_ENV": "production", "REDMINE_LANG": "en"}


def _run(command: list[str], folder: Path, text: str = "") -> str:
    return debian.run(command, folder / "app", _environ(folder), text)


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[None]:
    log = folder / "server.log"
    command = ["rackup", "-s", "webrick", "-E", "production", "-o", "127.0.0.1", "-p", str(port)]
    process = debian.serve(command, folder / "app", _environ(folder), log)
    try:
        wait_until(f"Redmine on port {port}", lambda: _answers(process, port, log), _START_LIMIT_S)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
    try:
        return httpx.get(f"http://127.0.0.1:{port}/login", timeout=30).status_code == 200
    except httpx.TransportError:
        return False
