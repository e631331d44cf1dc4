"""GLPI 11 over its older REST interface; times without a zone, in Shanghai's."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.integrations.desks.base import CUSTOMER, ME, Desk, Held, Said, Signed
from tests.integrations.rest_server import Answer, Asked

ZONE = ZoneInfo("Asia/Shanghai")
STATUSES = ("", "new", "assigned", "planned", "pending", "solved", "closed")


class GlpiDesk(Desk):
    kind = "glpi"
    secrets = {"signing": "their secret", "user_token": "user token", "app_token": "app token"}
    statuses = ("new", "solved")

    def options(self) -> dict[str, Any]:
        return {"zone": "Asia/Shanghai"}

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        told = {"event": "update", "item": {"id": ticket, "content": delivery}}
        return self.sealed(json.dumps(told).encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        stamp = str(int(at.timestamp()))
        made = hmac.new(b"their secret", body + stamp.encode(), hashlib.sha256).hexdigest()
        return Signed(body, {"X-GLPI-signature": made, "X-GLPI-timestamp": stamp})

    def answer(self, asked: Asked) -> Answer:
        path, headers = asked.path.removeprefix("/apirest.php/"), asked.headers
        if self.barred or headers.get("app-token") != "app token":
            return 401, ["ERROR_WRONG_APP_TOKEN_PARAMETER", "wrong"]
        if path == "initSession":
            good = headers.get("authorization") == "user_token user token"
            return (200, {"session_token": "session"}) if good else (401, ["ERROR_GLPI_LOGIN_USER_TOKEN", "wrong"])
        if headers.get("session-token") != "session":
            return 401, ["ERROR_SESSION_TOKEN_INVALID", "no session"]
        if path == "getFullSession":
            return 200, {"session": {"glpiID": ME, "glpiname": "agent"}}
        if path == "search/Ticket":
            return self._found(asked)
        if user := re.fullmatch(r"User/(\d+)", path):
            return 200, {"id": int(user[1]), "name": "wang", "realname": "王芳", "mobile": "13800138000"}
        if document := re.fullmatch(r"Document/(\d+)", path):
            return self._document(int(document[1]), asked)
        found = re.fullmatch(r"Ticket/(\d+)(?:/(\w+))?", path)
        held = self.tickets.get(int(found[1])) if found else None
        if found is None or held is None:
            return 404, ["ERROR_ITEM_NOT_FOUND", "no such item"]
        if held.hidden:
            return 403, ["ERROR_RIGHT_MISSING", "no right"]
        return self._of(held, found[2] or "", asked)

    def _found(self, asked: Asked) -> Answer:
        since = datetime.fromisoformat(asked.query["criteria[0][value]"]).replace(tzinfo=ZONE)
        rows = sorted((h for h in self.tickets.values() if h.updated > since and not h.hidden), key=lambda h: h.updated)
        begin, end = map(int, asked.query["range"].split("-"))
        if begin and begin >= len(rows):
            return 400, ["ERROR_RANGE_EXCEED_TOTAL", "range"]
        shown = rows[begin : end + 1]
        data = {"data": [{"2": held.id, "19": _stamp(held.updated)} for held in shown]} if shown else {}
        return (200 if len(shown) == len(rows) else 206), {"totalcount": len(rows), "count": len(shown), **data}

    def _document(self, id: int, asked: Asked) -> Answer:
        every = [file for held in self.tickets.values() for said in held.said for file in said.files]
        file = next(each for each in every if each.id == id)
        if asked.headers.get("accept") == "application/octet-stream":
            return 200, file.content
        return 200, {"id": id, "filename": file.name, "mime": file.type, "filesize": file.size}

    def _of(self, held: Held, what: str, asked: Asked) -> Answer:
        if asked.method == "POST":
            made = asked.json()["input"]
            said = self.say(held.id, made["content"], ME, internal=bool(made["is_private"]))
            return 201, {"id": said.id, "message": ""}
        if asked.method == "PUT":
            held.status = STATUSES[asked.json()["input"]["status"]]
            self.touch(held.id)
            return 200, [{str(held.id): True, "message": ""}]
        if what == "Ticket_User":
            return 200, [{"users_id": 3, "type": 2}, {"users_id": CUSTOMER, "type": 1}]
        if what == "ITILFollowup":
            return 200, [_followup(said) for said in reversed(held.said[1:])]
        if what == "Document_Item":
            return 200, [{"documents_id": file.id} for file in held.said[0].files]
        return 200, _ticket(held)


def _ticket(held: Held) -> Any:
    first = held.said[0]
    return {
        "id": held.id,
        "name": held.subject,
        "content": html.escape(first.text) if first.html else f"<p>{first.text}</p>",
        "status": STATUSES.index(held.status),
        "priority": 3,
        "is_deleted": 0,
        "itilcategories_id": held.queue,
        "entities_id": "Root",
        "date_mod": _stamp(held.updated),
    }


def _followup(said: Said) -> Any:
    return {
        "id": said.id,
        "content": said.text if said.who == ME else f"<p>{said.text}</p>",
        "is_private": int(said.internal),
        "users_id": said.who,
        "date": _stamp(said.at),
    }


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
