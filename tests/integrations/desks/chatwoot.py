"""Chatwoot 4.11, one account of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any

from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Said, Signed, pages
from tests.integrations.rest_server import Answer, Asked


class ChatwootDesk(Desk):
    kind = "chatwoot"
    secrets = {"signing": "their secret", "token": "secret"}
    statuses = ("open", "resolved")
    signs_time = True
    html = False

    def options(self) -> dict[str, Any]:
        return {"account": 2}

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        conversation = {"id": ticket, "status": "open"}
        told = {"event": "message_created", "id": 1, "account": {"id": 2}, "conversation": conversation}
        return self.sealed(json.dumps(told).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        stamp = str(int(at.timestamp()))
        made = hmac.new(b"their secret", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Chatwoot-Signature": f"sha256={made}", "X-Chatwoot-Timestamp": stamp}
        return Signed(body, {**headers, "X-Chatwoot-Delivery": delivery})

    def answer(self, asked: Asked) -> Answer:
        if file := re.fullmatch(r"/rails/blobs/(\d+)/.*", asked.path):
            every = [each for held in self.tickets.values() for said in held.said for each in said.files]
            return 200, next(each.content for each in every if each.id == int(file[1]))
        if self.barred or asked.headers.get("api_access_token") != "secret":
            return 401, {"error": "You need to sign in"}
        if asked.path == "/api/v1/profile":
            return 200, {"id": ME, "name": "agent", "email": "agent@example.com"}
        path = asked.path.removeprefix("/api/v1/accounts/2/")
        if path == "conversations":
            rows = sorted(self.tickets.values(), key=lambda held: held.updated, reverse=True)
            seen = [_conversation(held) for held in rows if not held.hidden]
            return 200, {"data": {"meta": {}, "payload": pages(seen, int(asked.query["page"]), min(self.page, 25))}}
        if inbox := re.fullmatch(r"inboxes/(.+)", path):
            return 200, {
                "id": inbox[1],
                "name": next(h.queue for h in self.tickets.values() if _inbox(h) == int(inbox[1])),
            }
        found = re.fullmatch(r"conversations/(\d+)(?:/(\w+))?", path)
        held = self.tickets.get(int(found[1])) if found else None
        if found is None or held is None:
            return 404, {"error": "Resource could not be found"}
        return (403, {"error": "not yours"}) if held.hidden else self._of(held, found[2] or "", asked)

    def _of(self, held: Held, what: str, asked: Asked) -> Answer:
        body = asked.json() if asked.method == "POST" else {}
        if what == "messages" and body:
            said = self.say(held.id, body["content"], ME, internal=body["private"])
            return 200, self._message(said)
        if what == "messages":
            before = int(asked.query.get("before", 10**9))
            older = [said for said in held.said if said.id < before]
            return 200, {"meta": {}, "payload": [self._message(said) for said in older[-self.page :][-20:]]}
        if what == "labels" and body:
            held.tags = body["labels"]
        elif what == "toggle_status":
            held.status = body["status"]
        if body:
            self.touch(held.id)
        return 200, {"payload": held.tags} if what == "labels" else _conversation(held)

    def _message(self, said: Said) -> Any:
        sender = {"id": said.who, "name": "王芳", "type": "contact" if said.who == CUSTOMER else "user"}
        files = [
            {"id": file.id, "data_url": f"{self.url}/rails/blobs/{file.id}/{file.name}", "file_size": file.size}
            for file in said.files
        ]
        kind = 0 if said.who == CUSTOMER else 1
        found = {"id": said.id, "content": said.text, "message_type": kind, "private": said.internal, "sender": sender}
        return {**found, "attachments": files, "created_at": int(said.at.timestamp())} if files else found


def _conversation(held: Held) -> Any:
    return {
        "id": held.id,
        "status": held.status,
        "inbox_id": _inbox(held),
        "labels": held.tags,
        "priority": None,
        "last_activity_at": int(held.updated.timestamp()),
        "updated_at": held.updated.timestamp(),
        "meta": {"sender": {"id": CUSTOMER, "name": "王芳", "phone_number": "+8613800138000", "type": "contact"}},
        "additional_attributes": {"mail_subject": held.subject},
    }


def _inbox(held: Held) -> int:
    return len(held.queue) + sum(map(ord, held.queue))
