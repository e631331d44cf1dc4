"""Zendesk Support as its documentation has it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Said, Signed
from tests.integrations.rest_server import Answer, Asked

BASIC = "Basic " + base64.b64encode(b"agent@example.com/token:secret").decode()
PEOPLE = {ME: "agent", CUSTOMER: "王芳", 3: "李四"}


class ZendeskDesk(Desk):
    kind = "zendesk"
    secrets = {"signing": "their secret", "token": "secret"}
    statuses = ("open", "solved")
    signs_time = True
    can_merge = True

    def options(self) -> dict[str, Any]:
        return {"email": "agent@example.com"}

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        return self.sealed(json.dumps({"ticket_id": str(ticket)}).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        made = base64.b64encode(hmac.new(b"their secret", stamp.encode() + body, hashlib.sha256).digest()).decode()
        headers = {"X-Zendesk-Webhook-Signature": made, "X-Zendesk-Webhook-Signature-Timestamp": stamp}
        return Signed(body, {**headers, "X-Zendesk-Webhook-Invocation-Id": delivery})

    def answer(self, asked: Asked) -> Answer:
        if file := re.fullmatch(r"/attachments/token/(\d+)/", asked.path):
            every = [each for held in self.tickets.values() for said in held.said for each in said.files]
            return 200, next(each.content for each in every if each.id == int(file[1]))
        if self.barred or asked.headers.get("authorization") != BASIC:
            return 401, {"error": "Couldn't authenticate you"}
        path = asked.path.removeprefix("/api/v2/").removesuffix(".json")
        if path == "users/me":
            return 200, {"user": {"id": ME, "name": "agent", "email": "agent@example.com", "role": "agent"}}
        if user := re.fullmatch(r"users/(\d+)", path):
            return 200, {"user": {"id": int(user[1]), "name": PEOPLE[int(user[1])], "phone": "13800138000"}}
        if group := re.fullmatch(r"groups/(\d+)", path):
            return 200, {"group": {"id": int(group[1]), "name": self._groups()[int(group[1])]}}
        if path == "incremental/tickets/cursor":
            return self._export(asked)
        found = re.fullmatch(r"tickets/(\d+)(/comments)?", path)
        held = self.tickets.get(int(found[1])) if found else None
        if found is None or held is None:
            return 404, {"error": "RecordNotFound"}
        if held.hidden:
            return 403, {"error": "Forbidden"}
        if found[2]:
            return self._comments(held, asked)
        if asked.method == "PUT" and (refused := self._changed(held, asked.json()["ticket"])):
            return refused
        return 200, {"ticket": self._ticket(held)}

    def _groups(self) -> dict[int, str]:
        return {sum(map(ord, held.queue)): held.queue for held in self.tickets.values()}

    def _export(self, asked: Asked) -> Answer:
        cursor = asked.query.get("cursor", "")
        if "cursor" in asked.query and not cursor.isdecimal():
            return 400, {"error": "InvalidCursor"}
        rows = sorted(self.tickets.values(), key=lambda held: held.updated)
        since = int(cursor[:12]) if cursor else int(asked.query["start_time"])
        seen = [held for held in rows if held.updated.timestamp() > since and not held.hidden]
        page, rest = seen[: self.page], seen[self.page :]
        after = str(int(page[-1].updated.timestamp())) if page else cursor or str(since)
        tickets = [self._ticket(held) for held in page]
        return 200, {"tickets": tickets, "after_cursor": after, "end_of_stream": not rest}

    def _comments(self, held: Held, asked: Asked) -> Answer:
        at = int(asked.query.get("page[after]", "0"))
        said = held.said[at : at + self.page]
        more = at + self.page < len(held.said)
        rows = [self._comment(each) for each in said]
        if held.merged_into and not more:
            via = {"channel": "system", "source": {"from": {"ticket_id": held.merged_into}, "rel": "merge"}}
            rows.append({"id": 1, "author_id": -1, "body": "merged", "public": False, "via": via})
        return 200, {"comments": rows, "meta": {"has_more": more, "after_cursor": str(at + self.page)}}

    def _changed(self, held: Held, ticket: Any) -> Answer | None:
        if ticket.get("safe_update") and ticket["updated_stamp"] != _stamp(held.updated):
            return 409, {"error": "UpdateConflict"}
        if comment := ticket.get("comment"):
            self.say(held.id, comment["body"], ME, internal=not comment["public"])
        held.status = ticket.get("status", held.status)
        held.tags = list(dict.fromkeys([*held.tags, *ticket.get("additional_tags", [])]))
        self.touch(held.id)
        return None

    def _ticket(self, held: Held) -> Any:
        return {
            "id": held.id,
            "subject": held.subject,
            "status": "closed" if held.merged_into else held.status,
            "priority": None,
            "group_id": sum(map(ord, held.queue)),
            "requester_id": CUSTOMER,
            "tags": [*held.tags, "closed_by_merge"] if held.merged_into else held.tags,
            "updated_at": _stamp(held.updated),
            "custom_fields": [{"id": 77, "value": None}],
        }

    def _comment(self, said: Said) -> Any:
        files = [
            {
                "id": file.id,
                "file_name": file.name,
                "content_url": f"{self.url}/attachments/token/{file.id}/?name={file.name}",
                "content_type": file.type,
                "size": file.size,
            }
            for file in said.files
        ]
        found = {"id": said.id, "author_id": said.who, "body": said.text, "public": not said.internal}
        html = said.text if said.html else f"<div>{said.text}</div>"
        return {**found, "html_body": html, "attachments": files, "created_at": _stamp(said.at)}


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
