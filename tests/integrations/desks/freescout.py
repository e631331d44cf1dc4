"""FreeScout with its API & Webhooks module."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Said, Signed, pages
from tests.integrations.rest_server import Answer, Asked

APP_KEY = "base64:c2VjcmV0"
KEY = hashlib.md5(f"{APP_KEY}webhook_key".encode()).hexdigest()


class FreeScoutDesk(Desk):
    kind = "freescout"
    secrets = {"signing": KEY, "key": "api key"}
    statuses = ("active", "closed")
    can_hide = False

    def options(self) -> dict[str, Any]:
        return {"user": ME}

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        return self.sealed(json.dumps({"id": ticket, "subject": delivery}).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        made = base64.b64encode(hmac.new(KEY.encode(), body, hashlib.sha1).digest()).decode()
        return Signed(body, {"X-FreeScout-Signature": made, "X-FreeScout-Event": "convo.created"})

    def answer(self, asked: Asked) -> Answer:
        if file := re.fullmatch(r"/storage/(\d+)/.*", asked.path):
            every = [each for held in self.tickets.values() for said in held.said for each in said.files]
            return 200, next(each.content for each in every if each.id == int(file[1]))
        if self.barred or asked.headers.get("x-freescout-api-key") != "api key":
            return 401, {"message": "Incorrect API Key"}
        path = asked.path.removeprefix("/api/")
        if path == f"users/{ME}":
            return 200, {"id": ME, "firstName": "agent", "email": "agent@example.com"}
        if path == "mailboxes":
            names = {held.queue for held in self.tickets.values()}
            return 200, {"_embedded": {"mailboxes": [{"id": _mailbox(name), "name": name} for name in names]}}
        if path == "conversations":
            return 200, self._found(asked)
        found = re.fullmatch(r"conversations/(\d+)(?:/(\w+))?", path)
        held = self.tickets.get(int(found[1])) if found else None
        if found is None or held is None:
            return 404, {"message": "Not found"}
        if asked.method == "GET":
            return 200, self._conversation(held)
        self._written(held, found[2] or "", asked.json())
        return 204, b""

    def _found(self, asked: Asked) -> Any:
        since = datetime.fromisoformat(asked.query["updatedSince"].replace("Z", "+00:00"))
        rows = sorted((h for h in self.tickets.values() if h.updated >= since), key=lambda held: held.updated)
        at, size = int(asked.query["page"]), min(self.page, int(asked.query["pageSize"]))
        shown = [{**self._conversation(held), "_embedded": {}} for held in pages(rows, at, size)]
        total = max(1, -(-len(rows) // size))
        return {"_embedded": {"conversations": shown}, "page": {"number": at, "totalPages": total}}

    def _written(self, held: Held, what: str, body: Any) -> None:
        if what == "threads":
            assert body["user"] == ME
            self.say(held.id, body["text"], ME, internal=body["type"] == "note")
        elif what == "tags":
            held.tags = body["tags"]
        else:
            held.status = body["status"]
        self.touch(held.id)

    def _conversation(self, held: Held) -> Any:
        return {
            "id": held.id,
            "number": held.id,
            "status": held.status,
            "state": "published",
            "subject": held.subject,
            "mailboxId": _mailbox(held.queue),
            "customer": {"id": CUSTOMER, "firstName": "芳", "lastName": "王", "email": "w@example.com"},
            "updatedAt": f"{held.updated.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "_embedded": {
                "threads": [self._thread(said) for said in reversed(held.said)],
                "tags": [{"id": 1, "name": tag} for tag in held.tags],
            },
        }

    def _thread(self, said: Said) -> Any:
        files = [
            {
                "id": file.id,
                "fileName": file.name,
                "fileUrl": f"{self.url}/storage/{file.id}/{file.name}?token=x",
                "mimeType": file.type,
                "size": file.size,
            }
            for file in said.files
        ]
        kind = "customer" if said.who == CUSTOMER else "note" if said.internal else "message"
        by = {"id": said.who, "type": "customer" if said.who == CUSTOMER else "user", "firstName": "x"}
        text = said.text if said.html or said.who == ME else html.escape(said.text)
        found = {"id": said.id, "type": kind, "state": "published", "body": text, "createdBy": by}
        return {**found, "createdAt": said.at.isoformat(), "_embedded": {"attachments": files}}


def _mailbox(name: str) -> int:
    return sum(map(ord, name))
