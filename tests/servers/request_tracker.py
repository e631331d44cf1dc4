"""A Request Tracker of the tests' own: Debian's real package on a free port, its data in a folder that goes away.

Its processes belong to a user without rights even where the tests run as root. Mail goes into a folder, one file each.
"""

from __future__ import annotations

import email
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx

from tests.processes import answers, ends_with_us, free_ports, wait_until
from tests.servers import debian
from tests.servers.debian import NotHere

__all__ = ["Account", "NotHere", "RequestTracker", "request_tracker"]

PACKAGES = ("request-tracker5", "rt5-db-sqlite", "rt5-standalone")
_SETUP = Path("/usr/sbin/rt-setup-database-5")
_SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
_SEED = Path(__file__).with_name("request_tracker_seed.pl")
_START_LIMIT_S = 90.0
_CONFIG = """
Set($rtname, 'tests');
Set($Organization, 'tests.example.com');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.sqlite');
Set($Timezone, 'Asia/Shanghai');
Set($LogToSyslog, '');
Set($LogToSTDERR, 'warning');
Set($MailCommand, 'sendmailpipe');
Set($SendmailPath, '{folder}/sendmail');
Set($RestrictReferrer, 1);
Set($MaxAttachmentSize, 40_000_000);
$RT::VarPath = '{folder}';
$RT::MasonDataDir = '{folder}/mason';
$RT::MasonSessionDir = '{folder}/sessions';
1;
"""
_SENDMAIL = """#!/bin/sh
file=$(mktemp '{folder}/mail/.XXXXXX') && cat > "$file" && mv "$file" "{folder}/mail/$(basename "$file" | tr -d .).eml"
"""


@dataclass(frozen=True, slots=True)
class Account:
    """`rights`: by queue, "" for everywhere. Those without `privileged` are customers."""

    name: str
    rights: Mapping[str, Sequence[str]] = field(default_factory=dict)
    privileged: bool = True
    password: str = "correct horse 1"
    lang: str = ""
    timezone: str = ""
    real_name: str = ""
    token: bool = True

    def described(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "email": f"{self.name}@example.com",
            "password": self.password,
            "lang": self.lang,
            "timezone": self.timezone,
            "real_name": self.real_name,
            "privileged": int(self.privileged),
            "rights": {queue: list(rights) for queue, rights in self.rights.items()},
            "token": int(self.token),
        }


class RequestTracker:
    """A running server. `tokens` by account name, root's among them."""

    def __init__(self, folder: Path, port: int, tokens: Mapping[str, str], queues: Mapping[str, int]) -> None:
        self.folder, self.port, self.tokens, self.queues = folder, port, tokens, queues

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, method: str, path: str, body: Any = None, *, account: str = "root") -> Any:
        """One call of its REST2 interface, for arranging and looking; AssertionError unless it was taken."""
        headers = {"Authorization": f"token {self.tokens[account]}"}
        answer = httpx.request(method, f"{self.url}/REST/2.0{path}", json=body, headers=headers, timeout=60)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:400]}"
        return answer.json() if answer.content else None

    def file_ticket(
        self, queue: str, subject: str, text: str, *, requester: str = "kunde@example.com", **more: Any
    ) -> str:
        """The id of a ticket that a customer filed, as mail would do it."""
        body = {"Queue": queue, "Subject": subject, "Content": text, "ContentType": "text/plain", **more}
        return str(self.call("POST", "/ticket", {"Requestor": requester, **body})["id"])

    def transactions(self, ticket: str) -> list[dict[str, Any]]:
        """The whole history, oldest first."""
        listed = self.call("GET", f"/ticket/{ticket}/history?fields=Type,Creator,Field,OldValue,NewValue&per_page=100")
        return list(listed["items"])

    def mails(self) -> list[EmailMessage]:
        """Every mail that left, in no order."""
        return [
            email.message_from_bytes(path.read_bytes(), policy=default)  # type: ignore[arg-type]
            for path in (self.folder / "mail").glob("*.eml")
        ]

    def rows(self) -> dict[str, int]:
        """How many rows each table of its database holds, sessions and caches aside."""
        with sqlite3.connect(f"file:{self.folder / 'rt.sqlite'}?mode=ro", uri=True) as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            return {name: database.execute(f'select count(*) from "{name}"').fetchone()[0] for name in tables}


@contextmanager
def request_tracker(
    accounts: Sequence[Account],
    queues: Sequence[str],
    *,
    groups: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    fields: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[RequestTracker]:
    """A fresh server with these accounts and queues; `groups`: rights of its own groups, such as Everyone; `fields`:
    custom fields of any number of values, by the queues that have them.

    NotHere where the packages are missing and cannot be installed.
    """
    debian.provide(PACKAGES, (_SETUP, _SERVER))
    folder = Path(tempfile.mkdtemp(prefix="csa_rt_"))
    (port,) = free_ports(1)
    try:
        _lay_out(folder, port)
        _run([str(_SETUP), "--action", "init", "--skip-create"], folder)
        described = {
            "queues": list(queues),
            "groups": {name: dict(rights) for name, rights in (groups or {}).items()},
            "fields": {name: list(having) for name, having in (fields or {}).items()},
            "users": [account.described() for account in accounts],
        }
        made = json.loads(_run(["perl", str(_place(_SEED, folder))], folder, json.dumps(described)))
        with _serving(folder, port):
            yield RequestTracker(folder, port, made["tokens"], made["queues"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(folder: Path, port: int) -> None:
    for name in ("mail", "mason", "sessions"):
        (folder / name).mkdir()
    (folder / "RT_SiteConfig.pm").write_text(_CONFIG.replace("{folder}", str(folder)).replace("{port}", str(port)))
    sendmail = folder / "sendmail"
    sendmail.write_text(_SENDMAIL.replace("{folder}", str(folder)))
    sendmail.chmod(0o755)
    debian.hand_over(folder)


def _place(source: Path, folder: Path) -> Path:
    """A copy where the user without rights can read it."""
    copy = folder / source.name
    copy.write_bytes(source.read_bytes())
    copy.chmod(0o644)
    return copy


def _environ(folder: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "RT_SITE_CONFIG": str(folder / "RT_SiteConfig.pm"),
        "RT_SITE_CONFIG_DIR": "/dev/null",
    }


def _run(command: list[str], folder: Path, text: str = "") -> str:
    return debian.run(command, folder, _environ(folder), text)


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[None]:
    log = folder / "server.log"
    command = [str(_SERVER), "--port", str(port), "--host", "127.0.0.1", "--max-workers", "2"]
    process = debian.serve(command, folder, _environ(folder), log)
    try:
        with ends_with_us(process.pid):
            wait_until(f"Request Tracker on port {port}", lambda: _answers(process, port, log), _START_LIMIT_S)
            yield
    finally:
        _end(process)


def _answers(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    code = process.poll()
    assert code is None, f"Request Tracker ended with {code}: {log.read_text(errors='replace')[-2000:]}"
    return answers(port)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The server and its workers, by their process group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
