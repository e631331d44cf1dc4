"""网易七鱼: signed both ways; notes and statuses by interfaces of the tests, as the set-up names them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Said, Signed
from tests.integrations.rest_server import Answer, Asked

SECRET = "app secret"


def checksum(body: bytes, time: str) -> str:
    return hashlib.sha1((SECRET + hashlib.md5(body).hexdigest() + time).encode()).hexdigest()


class QiyuDesk(Desk):
    kind = "qiyu"
    secrets = {"secret": SECRET}
    statuses = ("10", "20")
    signs_time = True
    can_hide = False

    def options(self) -> dict[str, Any]:
        return {
            "app_key": "key",
            "link": f"{self.url}/ticket/{{id}}",
            "history_path": "openapi/v2/ticket/history",
            "note_path": "openapi/v2/ticket/note",
            "note_body": '{"ticketId": "{id}", "content": "{text}", "internal": true}',
            "reply_body": '{"ticketId": "{id}", "content": "{text}", "internal": false}',
            "status_path": "openapi/v2/ticket/status",
            "status_body": '{"ticketId": "{id}", "status": "{status}"}',
        }

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        return self.sealed(json.dumps({"ticketId": ticket, "name": delivery}).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        stamp = str(int(at.timestamp()))
        query = urlencode({"time": stamp, "checksum": checksum(body, stamp), "eventType": "TICKET"})
        return Signed(body, {}, f"?{query}")

    def writes(self, asked: Asked) -> bool:
        return asked.path.endswith(("/note", "/status"))

    def answer(self, asked: Asked) -> Answer:
        if file := asked.path.startswith("/files/"):
            every = [each for held in self.tickets.values() for said in held.said for each in said.files]
            return 200, next(each.content for each in every if asked.path == f"/files/{each.id}") if file else b""
        now, at = datetime.now(UTC).timestamp(), asked.query["time"]
        if self.barred or asked.query["appKey"] != "key" or asked.query["checksum"] != checksum(asked.body, at):
            return 200, {"code": 14002, "message": "checksum"}
        if abs(now - int(at)) > 300:
            return 200, {"code": 14003, "message": "time"}
        body, what = asked.json(), asked.path.rpartition("/")[2]
        if what == "search":
            return 200, {"code": 200, "message": json.dumps({"total": 1, "tickets": self._found(body)})}
        held = self.tickets.get(int(body["ticketId"]))
        if held is None:
            return 200, {"code": 14106, "message": "no ticket"}
        if what == "note":
            self.say(held.id, body["content"], ME, internal=body["internal"])
        elif what == "status":
            held.status = body["status"]
            self.touch(held.id)
        data = [_row(said) for said in held.said[1:]] if what == "history" else self._detail(held)
        return 200, {"code": 200, "data": data}

    def _found(self, body: Any) -> list[Any]:
        """Those changed in the span; what changed in this very second is found by the next search."""
        begin = body["opStart"] / 1000
        rows = [held for held in self.tickets.values() if held.updated.timestamp() >= begin]
        return [{"id": held.id, "status": int(held.status)} for held in rows][body["offset"] :][: body["limit"]]

    def _detail(self, held: Held) -> Any:
        files = [
            {"name": file.name, "size": file.size, "type": 0, "url": f"{self.url}/files/{file.id}"}
            for file in held.said[0].files
        ]
        return {
            "id": held.id,
            "title": held.subject,
            "content": held.said[0].text,
            "status": int(held.status),
            "priority": 5,
            "templateName": held.queue,
            "crmUserName": "王芳",
            "crmUserPhone": "13800138000",
            "attachments": files,
            "custom": [{"fieldId": 1, "name": "订单号", "value": "2024"}],
        }


def _row(said: Said) -> Any:
    stamp = int(said.at.timestamp() * 1000)
    found = {"id": said.id, "content": said.text, "createTime": stamp, "isUser": said.who == CUSTOMER}
    return {**found, "creatorName": "王芳", "internal": said.internal}
