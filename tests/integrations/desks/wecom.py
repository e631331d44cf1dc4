"""WeCom customer service: one account of it, encrypted callbacks, messages by cursor, tokens that can expire."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.integrations.desks.base import COLLEAGUE, CUSTOMER, ME, Desk, Held, Said, Signed
from tests.integrations.rest_server import Answer, Asked

COMPANY, ACCOUNT, TOKEN = "ww0123456789", "wkAccount", "callback token"
AES_KEY = base64.b64encode(b"k" * 32).decode().rstrip("=")
STATES = ("new", "assistant", "waiting", "serving", "ended")


def encrypted(text: bytes, company: str = COMPANY, key: bytes = b"k" * 32) -> str:
    plain = os.urandom(16) + len(text).to_bytes(4, "big") + text + company.encode()
    pad = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def query_of(sealed: str, at: datetime, **more: str) -> str:
    stamp = str(int(at.timestamp()))
    made = hashlib.sha1("".join(sorted([TOKEN, stamp, "nonce", sealed])).encode()).hexdigest()
    return "?" + urlencode({"msg_signature": made, "timestamp": stamp, "nonce": "nonce", **more})


class WeComDesk(Desk):
    kind = "wecom"
    secrets = {"callback_token": TOKEN, "aes_key": AES_KEY, "secret": "kf secret", "app_secret": "app secret"}
    statuses = ("serving", "ended")
    signs_time = True
    html = can_delete = can_move = can_hide = False

    def __init__(self) -> None:
        super().__init__()
        self.log: list[dict[str, Any]] = []  # what sync_msg gives, in order
        self.tokens = 0  # how many were given out; only the newest of a secret is good
        self.good: dict[str, str] = {}
        self.sent: set[str] = set()  # what is not sent twice

    def options(self) -> dict[str, Any]:
        return {"company": COMPANY, "agent": 7, "tell": ["LiSi"]}

    def ref(self, ticket: int) -> str:
        first = next(each for each in self.log if each.get("external_userid") == f"wm{ticket}")
        return f"{ACCOUNT}:wm{ticket}:{first['send_time']}"

    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        told = f"<MsgType>event</MsgType><Event>kf_msg_or_event</Event><OpenKfId>{ACCOUNT}</OpenKfId>"
        return self.sealed(f"<xml><Token><![CDATA[{delivery}]]></Token>{told}</xml>".encode(), delivery, at)

    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        """`body` is what is encrypted."""
        sealed = encrypted(body)
        outer = f"<xml><ToUserName>{COMPANY}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        return Signed(outer.encode(), {}, query_of(sealed, at))

    def altered(self, call: Signed) -> Signed:
        return Signed(call.body.replace(b"</Encrypt>", b"A</Encrypt>").replace(b"]]>A", b"A]]>"), {}, call.query)

    def touch(self, ticket: int) -> Held:
        held = super().touch(ticket)
        now = int(datetime.now(UTC).timestamp())
        for said in held.said:
            if said.who != ME and not any(each["msgid"] == f"m{said.id}" for each in self.log):
                self.log += self._messages(held, said, now)
        event = {"event_type": "session_status_change", "open_kfid": ACCOUNT, "external_userid": f"wm{ticket}"}
        self.log.append({"msgid": f"e{self.name()}", "send_time": now, "origin": 4, "msgtype": "event", "event": event})
        return held

    def _messages(self, held: Held, said: Said, now: int) -> list[dict[str, Any]]:
        common = {"open_kfid": ACCOUNT, "external_userid": f"wm{held.id}", "send_time": now}
        common["origin"] = 3 if said.who == CUSTOMER else 5
        common |= {"servicer_userid": "LiSi"} if said.who == COLLEAGUE else {}
        text = {**common, "msgid": f"m{said.id}", "msgtype": "text", "text": {"content": said.text}}
        files = [
            {**common, "msgid": f"f{file.id}", "msgtype": "file", "file": {"media_id": str(file.id)}}
            for file in said.files
        ]
        return [text, *files]

    def writes(self, asked: Asked) -> bool:
        return asked.path in ("/cgi-bin/kf/send_msg", "/cgi-bin/message/send")

    def answer(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/cgi-bin/")
        if path == "gettoken":
            return 200, self._token(asked.query["corpid"], asked.query["corpsecret"])
        secret = next((name for name, token in self.good.items() if token == asked.query.get("access_token")), "")
        if self.barred or not secret:
            return 200, {"errcode": 40014, "errmsg": "invalid access_token"}
        if (path == "message/send") is not (secret == "app secret"):
            return 200, {"errcode": 48002, "errmsg": "api forbidden"}
        if path == "media/get":
            return self._media(asked.query["media_id"])
        body = asked.json()
        found = getattr(self, "_do_" + path.replace("/", "_"))(body)
        return 200, {"errcode": 0, "errmsg": "ok", **found}

    def _token(self, company: str, secret: str) -> Any:
        if self.barred or company != COMPANY or secret not in self.secrets.values():
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        self.good[secret] = f"token {self.tokens}"
        return {"errcode": 0, "errmsg": "ok", "access_token": self.good[secret], "expires_in": 7200}

    def _media(self, id: str) -> Answer:
        every = [file for held in self.tickets.values() for said in held.said for file in said.files]
        file = next((each for each in every if str(each.id) == id), None)
        if file is None:
            return 200, {"errcode": 40007, "errmsg": "invalid media_id"}
        size = {"Content-Length": str(file.size)}
        return 200, file.content, {**size, "Content-Disposition": f'attachment; filename="{file.name}"'}

    def _do_kf_account_list(self, body: Any) -> Any:
        return {"account_list": [{"open_kfid": ACCOUNT, "name": "售后"}]}

    def _do_kf_customer_batchget(self, body: Any) -> Any:
        return {"customer_list": [{"external_userid": id, "nickname": "王芳"} for id in body["external_userid_list"]]}

    def _do_kf_sync_msg(self, body: Any) -> Any:
        at = int(body["cursor"]) if str(body.get("cursor", "")).isdecimal() else 0
        page = self.log[at : at + min(self.page, body["limit"])]
        more = at + len(page) < len(self.log)
        return {"next_cursor": str(at + len(page)), "has_more": int(more), "msg_list": page}

    def _do_kf_service_state_get(self, body: Any) -> Any:
        return {"service_state": STATES.index(self._held(body).status)}

    def _do_kf_service_state_trans(self, body: Any) -> Any:
        self._held(body).status = STATES[body["service_state"]]
        return {}

    def _do_kf_send_msg(self, body: Any) -> Any:
        assert len(body["msgid"]) <= 32
        assert "cs-agent" not in body["text"]["content"]
        if body["msgid"] not in self.sent:
            self.sent.add(body["msgid"])
            self.say(int(body["touser"][2:]), body["text"]["content"], ME)
        return {"msgid": body["msgid"]}

    def _do_message_send(self, body: Any) -> Any:
        assert body["enable_duplicate_check"] == 1
        text = body["text"]["content"]
        if text not in self.sent:
            self.sent.add(text)
            self.say(max(self.tickets), text, ME, internal=True)
        return {"msgid": "a1"}

    def _held(self, body: Any) -> Held:
        return self.tickets[int(body["external_userid"][2:])]
