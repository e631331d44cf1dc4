"""Reads tickets of 网易七鱼 and writes to them as far as the set-up says how.

Rule: both directions are signed alike, over the MD5 of the body and the time; what it answers is right only with `code`
200.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import jmespath
from django.utils.translation import gettext_lazy
from jmespath.exceptions import JMESPathError
from pydantic import BeforeValidator, Field

from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, NotAllowed, Refused, Unreachable
from integrations.connectors.fields.plain import is_html
from integrations.connectors.fields.templates import filled
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Incoming,
    Message,
    Person,
    RemoteFile,
    RemoteTicket,
)
from integrations.connectors.wire import signatures
from integrations.connectors.wire.http import parsed, shaped
from integrations.connectors.wire.paging import ids_in, ids_of, number, place
from integrations.connectors.wire.shapes import Shape, known, words
from integrations.connectors.wire.web import WebConnector, took
from tickets.said import gettext_said as _

ALWAYS = frozenset({Capability.WEBHOOK, Capability.POLL, Capability.FETCH})
_PAGE = 50
_ZONE = ZoneInfo("Asia/Shanghai")
_GONE, _BUSY, _REFUSED, _THERE = 14106, 16001, {14001, 14002, 14003}, 14108  # its codes


def _moment(value: Any) -> datetime | None:
    """Its times without a zone are China's."""
    return known(value, _ZONE)


class _File(Shape):
    name: str | None = ""
    size: int | None = None
    url: str = ""


class _Field(Shape):
    name: str | None = ""
    value: Any = None


class _Ticket(Shape):
    id: int
    title: str | None = ""
    content: str | None = ""
    status: int | None = None
    priority: int | None = None
    templateName: str | None = ""
    groupId: int | None = None
    createTime: Annotated[datetime | None, BeforeValidator(_moment)] = None
    userName: str | None = ""
    userEmail: str | None = ""
    userMobile: str | None = ""
    crmUserName: str | None = ""
    crmUserEmail: str | None = ""
    crmUserPhone: str | None = ""
    attachments: list[_File] = Field(default_factory=list)
    custom: list[_Field] = Field(default_factory=list)


def checksum_of(secret: str, body: bytes, time: str) -> str:
    inner = hashlib.md5(body).hexdigest()  # noqa: S324 - theirs
    return hashlib.sha1(f"{secret}{inner}{time}".encode()).hexdigest()  # noqa: S324 - theirs


class QiyuConnector(WebConnector):
    kind = "qiyu"
    can = ALWAYS
    remedy = gettext_lazy("核对 AppKey、AppSecret 和本机的时钟;签名五分钟内有效。")

    def capabilities(self) -> frozenset[Capability]:
        its = self._settings
        wanted = {
            Capability.NOTE: its.note_path and its.note_body and its.history_path,
            Capability.REPLY: its.note_path and its.reply_body and its.history_path,
            Capability.STATUS: its.status_path and its.status_body,
            Capability.DEEP_LINK: its.link,
        }
        return ALWAYS | {each for each, set_up in wanted.items() if set_up}

    def verify(self, incoming: Incoming) -> Delivery:
        secret, at = self._secret("secret"), incoming.query.get("time", "")
        made = checksum_of(secret, incoming.body, at)
        if not secret or not signatures.same(incoming.query.get("checksum", "").lower(), made):
            raise Refused(_("checksum 不对:核对 AppSecret。"))
        signatures.check_time(at, incoming.received_at)
        event = incoming.query.get("eventType", "")[:80]
        ids = ids_in(incoming.document(), self._settings.id)
        return Delivery(hashlib.sha256(f"{event}:{at}:".encode() + incoming.body).hexdigest(), ids, event)

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        ticket = self._ticket(external_id)
        person = Person(
            ticket.crmUserName or ticket.userName or "",
            ticket.crmUserEmail or ticket.userEmail or "",
            ticket.crmUserPhone or ticket.userMobile or "",
        )
        return RemoteTicket(
            external_id=external_id,
            subject=ticket.title or "",
            text=ticket.content or "",
            html=is_html(ticket.content or ""),
            requester=person,
            queue=ticket.templateName or str(ticket.groupId or ""),
            status=_text(ticket.status),
            priority=_text(ticket.priority),
            url=self.deep_link(external_id),
            created_at=ticket.createTime,
            messages=tuple(self._messages(external_id)),
            files=tuple(self._file(file) for file in ticket.attachments),
            fields={each.name: text for each in ticket.custom if each.name and (text := words(each.value))},
        )

    def changed_since(self, cursor: str) -> Changes:
        at = place(cursor, self._settings.days_back)
        span = {"opStart": int(at.since.timestamp() * 1000), "opEnd": int(at.begun.timestamp() * 1000)}
        body = {**span, "limit": _PAGE, "offset": at.offset(_PAGE), "sortBy": "ct", "order": "asc"}
        found = _told(self._ask("openapi/v2/ticket/search", body), "message")
        rows = found.get("tickets") if isinstance(found, dict) else None
        if not isinstance(rows, list):
            raise BadAnswer(_("搜索的回答不是列表。"))
        return at.after(ids_of(rows), more=len(rows) >= _PAGE)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        template = self._settings.note_body if internal else self._settings.reply_body
        self._write(self._settings.note_path, template, id=external_id, text=text)
        return self.find_note(external_id, marker) or ""

    def set_status(self, external_id: str, status: str) -> None:
        if _text(self._ticket(external_id).status) != status:
            self._write(self._settings.status_path, self._settings.status_body, id=external_id, status=status)
            took(_text(self._ticket(external_id).status), status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        raise BadAnswer(_("七鱼的工单没有标签。"))

    def deep_link(self, external_id: str) -> str:
        return str(self._settings.link.replace("{id}", number(external_id)))

    def identity(self, account: str) -> Person:
        raise Gone(_("这种连接器不能查询账号。"))

    def _credentials(self) -> Mapping[str, str]:
        return {}

    def _own_name(self) -> str:
        self.changed_since("")
        return str(self._settings.app_key)

    def _messages(self, external_id: str) -> Sequence[Message]:
        if not self._settings.history_path:
            return []
        answer = self._ask(self._settings.history_path, {"ticketId": int(number(external_id))})
        try:
            rows = jmespath.search(self._settings.history_list, answer)
        except (JMESPathError, TypeError) as error:
            raise BadAnswer(_("处理记录的表达式取不到列表:%s") % error) from error
        return [_message(row) for row in rows or [] if isinstance(row, dict) and row.get("id") is not None]

    def _ticket(self, external_id: str) -> _Ticket:
        answer = self._ask("openapi/v2/ticket/new/detail", {"ticketId": int(number(external_id))})
        return shaped(_Ticket, _told(answer, "data"))

    def _write(self, path: str, template: str, **values: str) -> None:
        if not path or not template:
            raise BadAnswer(_("没有设置写回的接口。"))
        values["id"] = number(values["id"])
        self._ask(path, filled(json.loads(template), values))

    def _ask(self, path: str, body: Any) -> dict[str, Any]:
        raw, at = json.dumps(body, ensure_ascii=False).encode(), str(int(datetime.now(UTC).timestamp()))
        sign = {"appKey": self._settings.app_key, "time": at, "checksum": checksum_of(self._secret("secret"), raw, at)}
        headers = {"Content-Type": "application/json;charset=utf-8"}
        answer = self._http.request("POST", path, params=sign, content=raw, headers=headers).json()
        if not isinstance(answer, dict) or not isinstance(answer.get("code"), int):
            raise BadAnswer(_("对方的回答不是七鱼的格式。"))
        if answer["code"] not in (200, _THERE):
            raise error_of(answer["code"], str(answer.get("message", "")))
        return answer

    def _file(self, file: _File) -> RemoteFile:
        def load() -> Iterator[bytes]:
            return self._http.load(file.url)

        return RemoteFile(hashlib.sha256(file.url.encode()).hexdigest()[:32], file.name or "", load, size=file.size)


def _told(answer: dict[str, Any], place: str) -> Any:
    """What an answer holds: an object, or in some versions one written as a text, beside it in `message`."""
    held = answer.get(place) if answer.get(place) is not None else answer.get("message")
    return parsed(held) if isinstance(held, str) else held


def error_of(code: int, said: str) -> ConnectorError:
    values = {"code": code, "said": said[:200]}
    if code == _GONE:
        return Gone(_("对方没有这个内容(%d)。") % code)
    if code in _REFUSED:
        return NotAllowed(_("七鱼拒绝了我们的签名(%(code)d):%(said)s") % values)
    if code == _BUSY:
        return Unreachable(_("七鱼暂时不可用(%(code)d):%(said)s") % values)
    return BadAnswer(_("七鱼不接受这个请求(%(code)d):%(said)s") % values)


def _message(row: dict[str, Any]) -> Message:
    author = Author.CUSTOMER if row.get("customer") else Author.COLLEAGUE
    text = _text(row.get("text"))
    return Message(
        str(row["id"]),
        text,
        author,
        at=_moment(row.get("time")),
        html=is_html(text),
        internal=bool(row.get("internal")),
        person=Person(_text(row.get("name"))),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
