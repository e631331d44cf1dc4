"""Zammad as its documentation has it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any

from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Said, Signed, pages
from tests.integrations.rest_server import Answer, Asked

SENDERS = {CUSTOMER: "Customer"}


class ZammadDesk(Desk):
    kind = "zammad"
    secrets = {"signing": "signing token", "token": "secret"}
    can_merge = True

    def options(self) -> dict[str, Any]:
        return {}

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        told = {"ticket": {"id": ticket, "title": "退款"}, "article": {"id": 1, "body": "x"}}
        return self.sealed(json.dumps(told).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        signature = "sha1=" + hmac.new(b"signing token", body, hashlib.sha1).hexdigest()
        headers = {"X-Hub-Signature": signature, "X-Zammad-Delivery": delivery, "X-Zammad-Trigger": "on update"}
        return Signed(body, headers)

    def answer(self, asked: Asked) -> Answer:
        if self.barred or asked.headers.get("authorization") != "Token token=secret":
            return 401, {"error": "Invalid token"}
        path = asked.path.removeprefix("/api/v1/")
        if path == "users/me":
            return 200, {"id": ME, "login": "agent"}
        if path == f"users/{CUSTOMER}":
            found = {"id": CUSTOMER, "firstname": "芳", "lastname": "王", "email": "w@example.com"}
            return 200, {**found, "mobile": "13800138000"}
        if path == "tickets/search":
            return 200, {"tickets": self._found(asked), "assets": {}}
        if path in ("ticket_articles", "tags/add"):
            return self._written(path, asked.json())
        if path == "tags":
            return self._of(asked.query["o_id"], lambda held: {"tags": held.tags})
        if path == "links":
            return self._of(asked.query["link_object_value"], _links)
        if file := re.fullmatch(r"ticket_attachment/(\d+)/(\d+)/(\d+)", path):
            files = [each for said in self.tickets[int(file[1])].said for each in said.files]
            return 200, next(each.content for each in files if each.id == int(file[3]))
        if articles := re.fullmatch(r"ticket_articles/by_ticket/(\d+)", path):
            return self._of(articles[1], lambda held: [_article(said) for said in held.said])
        if ticket := re.fullmatch(r"tickets/(\d+)", path):
            if asked.method == "PUT" and int(ticket[1]) in self.tickets:
                self.tickets[int(ticket[1])].status = asked.json()["state"]
                self.touch(int(ticket[1]))
            return self._of(ticket[1], _ticket)
        return 404, {"error": "Not found"}

    def _of(self, id: Any, made: Any) -> Answer:
        held = self.tickets.get(int(id))
        if held is None:
            return 404, {"error": "No such object"}
        return (403, {"error": "Not authorized"}) if held.hidden else (200, made(held))

    def _found(self, asked: Asked) -> list[int]:
        since = re.fullmatch(r"updated_at:\[(.+) TO \*\]", asked.query["query"])
        assert since is not None
        after = datetime.fromisoformat(since[1].replace("Z", "+00:00"))
        seen = [each for each in self.tickets.values() if each.updated >= after and not each.hidden]
        ids = [each.id for each in sorted(seen, key=lambda each: each.updated)]
        return pages(ids, int(asked.query["page"]), min(self.page, int(asked.query["per_page"])))

    def _written(self, path: str, body: Any) -> Answer:
        held = self.tickets.get(body.get("ticket_id") or body.get("o_id"))
        if held is None or held.hidden:
            return 403, {"error": "Not authorized"}
        if path == "tags/add":
            held.tags = list(dict.fromkeys([*held.tags, body["item"]]))
            self.touch(held.id)
            return 200, True
        assert body["type"] == "note" if body["internal"] else body.get("to") == "w@example.com"
        return 201, {"id": self.say(held.id, body["body"], ME, internal=body["internal"]).id}


def _links(held: Held) -> Any:
    into = {"link_type": "parent", "link_object": "Ticket", "link_object_value": held.merged_into}
    return {"links": [into] if held.merged_into else []}


def _ticket(held: Held) -> Any:
    return {
        "id": held.id,
        "number": f"31{held.id}",
        "title": held.subject,
        "group": held.queue,
        "state": "merged" if held.merged_into else held.status,
        "priority": "3 high",
        "customer_id": CUSTOMER,
        "updated_at": held.updated.isoformat().replace("+00:00", "Z"),
    }


def _article(said: Said) -> Any:
    files = [
        {"id": file.id, "filename": file.name, "size": str(file.size), "preferences": {"Content-Type": file.type}}
        for file in said.files
    ]
    return {
        "id": said.id,
        "body": said.text,
        "content_type": "text/html" if said.html else "text/plain",
        "sender": SENDERS.get(said.who, "Agent"),
        "internal": said.internal,
        "created_by_id": said.who,
        "created_at": said.at.isoformat(),
        "attachments": files,
    }
