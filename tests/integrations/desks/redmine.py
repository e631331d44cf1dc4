"""Redmine: 7.0's webhooks, everything else as 5.0 has it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Said, Signed
from tests.integrations.rest_server import Answer, Asked

STATUSES = [
    {"id": 1, "name": "New", "is_closed": False},
    {"id": 3, "name": "Resolved", "is_closed": False},
    {"id": 5, "name": "Closed", "is_closed": True},
]
IDS = {str(each["name"]): each["id"] for each in STATUSES}
RIGHTS = ["view_private_notes", "set_notes_private", "add_issue_notes", "edit_issues"]


class RedmineDesk(Desk):
    kind = "redmine"
    secrets = {"signing": "their secret", "key": "api key"}
    statuses = ("New", "Closed")
    html = False
    rights = RIGHTS

    def options(self) -> dict[str, Any]:
        return {}

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        told = {"type": "issue.updated", "timestamp": at.isoformat(), "data": {"issue": {"id": ticket}, "n": delivery}}
        return self.sealed(json.dumps(told).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        made = hmac.new(b"their secret", body, hashlib.sha256).hexdigest()
        return Signed(body, {"X-Redmine-Signature-256": f"sha256={made}", "User-Agent": "Redmine"})

    def answer(self, asked: Asked) -> Answer:
        if self.barred or asked.headers.get("x-redmine-api-key") != "api key":
            return 401, b""
        if asked.path == "/users/current.json":
            there = [{"project": {"id": _project(h.queue)}, "roles": [{"id": 4}]} for h in self.tickets.values()]
            return 200, {"user": {"id": ME, "login": "agent", "admin": False, "memberships": there}}
        if asked.path == "/roles/4.json":
            return 200, {"role": {"id": 4, "permissions": self.rights}}
        if asked.path == "/issue_statuses.json":
            return 200, {"issue_statuses": STATUSES}
        if asked.path == "/issues.json":
            return 200, self._found(asked)
        if file := re.fullmatch(r"/attachments/download/(\d+)/.*", asked.path):
            every = [each for held in self.tickets.values() for said in held.said for each in said.files]
            return 200, next(each.content for each in every if each.id == int(file[1]))
        found = re.fullmatch(r"/issues/(\d+)\.json", asked.path)
        held = self.tickets.get(int(found[1])) if found else None
        if held is None:
            return 404, b""
        if held.hidden:
            return 403, b""
        if asked.method == "PUT":
            self._changed(held, asked.json()["issue"])
            return 204, b""
        return 200, {"issue": _issue(held)}

    def _found(self, asked: Asked) -> Any:
        assert asked.query["status_id"] == "*"
        since = datetime.fromisoformat(asked.query["updated_on"].removeprefix(">=").replace("Z", "+00:00"))
        seen = [held for held in self.tickets.values() if held.updated >= since and not held.hidden]
        rows = sorted(seen, key=lambda held: held.updated)
        begin, size = int(asked.query["offset"]), int(asked.query["limit"])
        return {"issues": [_issue(held) for held in rows[begin : begin + size]]}

    def _changed(self, held: Held, issue: Any) -> None:
        """What the account may not do is left out without a word, as there."""
        if "notes" in issue:
            private = issue["private_notes"] and "set_notes_private" in self.rights
            self.say(held.id, issue["notes"], ME, internal=private)
        if "status_id" in issue and "edit_issues" in self.rights:
            held.status = next(name for name, id in IDS.items() if id == issue["status_id"])
        self.touch(held.id)


def _issue(held: Held) -> Any:
    first = held.said[0]
    files = [
        {"id": f.id, "filename": f.name, "filesize": f.size, "content_type": f.type, "content_url": "http://x/"}
        for f in first.files
    ]
    return {
        "id": held.id,
        "project": {"id": _project(held.queue), "name": held.queue},
        "status": {"id": IDS[held.status], "name": held.status},
        "priority": {"id": 2, "name": "Normal"},
        "author": {"id": CUSTOMER, "name": "王芳"},
        "subject": held.subject,
        "description": first.text,
        "updated_on": f"{held.updated.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "attachments": files,
        "journals": [_journal(said) for said in held.said[1:]],
    }


def _journal(said: Said) -> Any:
    by = {"id": said.who, "name": "x"}
    found = {"id": said.id, "user": by, "notes": said.text, "private_notes": said.internal}
    return {**found, "created_on": f"{said.at:%Y-%m-%dT%H:%M:%SZ}", "details": []}


def _project(name: str) -> int:
    return sum(map(ord, name))
