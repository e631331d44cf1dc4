"""A system without a connector of its own, as a technician sets it up: Standard Webhooks in, REST back."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, ClassVar

from standardwebhooks import Webhook

from integrations.webhooks.endpoints import new_secret
from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Signed
from tests.integrations.rest_server import Answer, Asked

SECRET = new_secret()


class GenericDesk(Desk):
    kind = "generic"
    secrets: ClassVar[dict[str, str]] = {"signing": SECRET, "token": "Bearer secret"}
    mapping: ClassVar[dict[str, Any]] = {"states": {"open": "open", "closed": "closed"}}
    can_merge = True
    signs_time = True

    def options(self) -> dict[str, Any]:
        return {
            "fetch_path": "api/tickets/{id}",
            "messages": "data.ticket.said",
            "message_customer": "who == 'customer'",
            "files": "data.ticket.files",
            "deleted": "data.ticket.deleted",
            "merged_into": "data.ticket.merged_into",
            "changes_path": "api/tickets?since={cursor}",
            "notes_path": "api/tickets/{id}/notes",
            "note_path": "api/tickets/{id}/notes",
            "note_body": '{"text": "{text}", "internal": true}',
            "reply_body": '{"text": "{text}", "internal": false}',
            "status_path": "api/tickets/{id}",
            "status_body": '{"status": "{status}"}',
            "tags_path": "api/tickets/{id}/tags",
            "tags_body": '{"add": "{tags}"}',
        }

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        told = {"type": "ticket.updated", "data": {"ticket": {"id": ticket}}}
        return self.sealed(json.dumps(told).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        signature = Webhook(SECRET).sign(delivery, at, body.decode("utf-8", "replace"))
        headers = {"webhook-id": delivery, "webhook-timestamp": str(int(at.timestamp()))}
        return Signed(body, {**headers, "webhook-signature": signature})

    def answer(self, asked: Asked) -> Answer:
        if self.barred or asked.headers.get("authorization") != "Bearer secret":
            return 401, {"error": "Invalid token"}
        if asked.path == "/api/tickets":
            return 200, self._changed(asked.query["since"])
        if file := re.fullmatch(r"/files/(\d+)", asked.path):
            files = [each for held in self.tickets.values() for said in held.said for each in said.files]
            return 200, next(each.content for each in files if each.id == int(file[1]))
        found = re.fullmatch(r"/api/tickets/(\d+)(/notes|/tags|)", asked.path)
        held = self.tickets.get(int(found[1])) if found else None
        if found is None or held is None:
            return 404, {"error": "Not found"}
        if held.hidden:
            return 403, {"error": "Not authorized"}
        return self._of(held, found[2], asked)

    def _of(self, held: Held, part: str, asked: Asked) -> Answer:
        if asked.method == "GET":
            notes = [{"id": said.id, "text": said.text} for said in held.said[1:]]
            return 200, {"items": notes} if part else {"data": {"ticket": self._ticket(held)}}
        body = asked.json()
        if part == "/notes":
            return 201, {"id": self.say(held.id, body["text"], ME, internal=body["internal"]).id}
        if part == "/tags":
            held.tags = list(dict.fromkeys([*held.tags, *body["add"]]))
        else:
            held.status = body["status"]
        self.touch(held.id)
        return 200, {}

    def _changed(self, since: str) -> Any:
        seen = sorted((each for each in self.tickets.values() if not each.hidden), key=lambda each: each.updated)
        page = [each for each in seen if each.updated.isoformat() > since][: self.page]
        return {"items": [{"id": each.id} for each in page], "next": page[-1].updated.isoformat() if page else since}

    def _ticket(self, held: Held) -> Any:
        return {
            "id": held.id,
            "subject": held.subject,
            "text": held.said[0].text,
            "customer": {"name": "王芳", "email": "w@example.com", "mobile": "13800138000"},
            "queue": held.queue,
            "tags": held.tags,
            "status": held.status,
            "priority": "high",
            "updated_at": held.updated.isoformat(),
            "url": f"{self.url}/t/{held.id}",
            "merged_into": held.merged_into,
            "said": [
                {
                    "id": said.id,
                    "text": said.text,
                    "who": "customer" if said.who == CUSTOMER else "colleague",
                    "internal": said.internal,
                }
                for said in held.said[1:]
            ],
            "files": [
                {"id": file.id, "name": file.name, "url": f"{self.url}/files/{file.id}"}
                for said in held.said
                for file in said.files
            ],
        }
