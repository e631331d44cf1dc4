"""The connector whose helpdesk is described by its settings.

Rule: what a body says is data; it is put into addresses percent-encoded and into bodies as JSON values.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import jmespath
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from jmespath.exceptions import JMESPathError
from standardwebhooks import Webhook, WebhookVerificationError

from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.http import Http
from integrations.connectors.kinds import Setup
from integrations.connectors.mapping import found
from integrations.connectors.protocol import (
    Author,
    BadAnswer,
    Capability,
    Changes,
    ConnectorError,
    Delivery,
    Finding,
    Gone,
    Incoming,
    Level,
    Message,
    Person,
    Refused,
    RemoteTicket,
    value_of,
)
from integrations.connectors.signatures import moment_of
from integrations.connectors.templates import filled
from tickets.said import gettext_said as _

_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class GenericConnector:
    kind = "generic"

    def __init__(self, setup: Setup) -> None:
        self._settings: GenericSettings = setup.settings
        self._signing = setup.secret("signing")
        headers = {self._settings.header: setup.secret("token")} if setup.secret("token") else {}
        self._http = Http(self._settings.url or "https://not.set", headers=headers, networks=self._settings.networks)

    def capabilities(self) -> frozenset[Capability]:
        its = self._settings
        wanted = {
            Capability.FETCH: its.fetch_path,
            Capability.POLL: its.changes_path and its.fetch_path,
            Capability.NOTE: its.note_path and its.note_body,
            Capability.REPLY: its.note_path and its.reply_body,
            Capability.STATUS: its.status_path and its.status_body,
            Capability.TAGS: its.tags_path and its.tags_body,
        }
        return frozenset({Capability.WEBHOOK, *(each for each, set_up in wanted.items() if set_up)})

    def verify(self, incoming: Incoming) -> Delivery:
        if self._settings.unsigned:
            return self._unsigned(incoming)
        headers = {name: incoming.headers.get(name, "") for name in _SIGNED}
        try:
            Webhook(self._signing).verify(incoming.body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError, OverflowError, OSError) as error:
            raise Refused(_("签名或时间不对:%s") % error) from error
        body = incoming.document()
        external_id = found(self._settings.id, body)
        event = str(body.get("type", ""))
        if not external_id:
            return Delivery(headers["webhook-id"], event=event)
        content = b"" if self._settings.fetch_path else incoming.body
        return Delivery(headers["webhook-id"], (external_id,), event, content=content)

    def _unsigned(self, incoming: Incoming) -> Delivery:
        """A poke: it names a ticket, and nothing else of it is believed. Each call counts as one of its own."""
        body = incoming.document()
        external_id = found(self._settings.id, body)
        return Delivery(uuid.uuid4().hex, (external_id,) if external_id else (), str(body.get("type", ""))[:80])

    def parse(self, delivery: Delivery) -> Sequence[str]:
        return delivery.external_ids

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        if not self._settings.fetch_path:
            if not content:
                raise BadAnswer(_("没有设置读取工单的路径,只能等对方再次发送。"))
            return read(self._settings, value_of(content), external_id)
        body = self._http.get(self._at(self._settings.fetch_path, id=external_id)).json()
        ticket = read(self._settings, body, external_id)
        if not self._settings.messages_path:
            return ticket
        answer = self._http.get(self._at(self._settings.messages_path, id=external_id)).json()
        return replace(ticket, messages=messages_of(self._settings, answer))

    def changed_since(self, cursor: str) -> Changes:
        answer = self._http.get(self._at(self._settings.changes_path, cursor=cursor)).json()
        ids = [str(each) for each in _list(self._settings.changes_ids, answer)]
        after = found(self._settings.changes_cursor, answer) or cursor
        return Changes(tuple(ids), after, more=bool(ids) and after != cursor)

    def find_note(self, external_id: str, marker: str) -> str | None:
        if not self._settings.notes_path:
            return None  # the mark goes along as the idempotency key
        answer = self._http.get(self._at(self._settings.notes_path, id=external_id)).json()
        texts = [str(text) for text in _list(self._settings.notes_texts, answer)]
        return next((str(place) for place, text in enumerate(texts) if marker in text), None)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        template = self._settings.note_body if internal else self._settings.reply_body
        headers = {"Idempotency-Key": marker.replace(" ", "-")}
        answer = self._send(
            "POST", self._settings.note_path, template, headers, id=external_id, text=text, marker=marker
        )
        return found("id", answer)

    def set_status(self, external_id: str, status: str) -> None:
        its = self._settings
        self._send(its.status_method, its.status_path, its.status_body, {}, id=external_id, status=status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        self._send("POST", self._settings.tags_path, self._settings.tags_body, {}, id=external_id, tags=list(tags))

    def deep_link(self, external_id: str) -> str:
        return ""

    def identity(self, account: str) -> Person:
        raise Gone(_("这种连接器不能查询账号。"))

    def test(self) -> Sequence[Finding]:
        can = self.capabilities()
        findings = [Finding(Level.GOOD, _("能做:%s") % ", ".join(sorted(can)))]
        if Capability.POLL in can:
            try:
                changes = self.changed_since("")
                findings.append(Finding(Level.GOOD, _("读取变化成功,第一页有 %d 个工单。") % len(changes.external_ids)))
            except ConnectorError as error:
                findings.append(Finding(Level.PROBLEM, error.text, _("核对 REST 地址、令牌和“读取变化”的路径。")))
        else:
            text = _("不轮询:对方的调用如果丢失,就不会知道。")
            findings.append(Finding(Level.WARNING, text, _("有列表接口时,请填写“读取变化”和“读取工单”。")))
        if Capability.NOTE in can and not self._settings.notes_path:
            text = _("写备注前看不到已有的备注。")
            findings.append(Finding(Level.WARNING, text, _("填写“读取备注”,或确认对方认得 Idempotency-Key。")))
        return findings

    def _at(self, path: str, **values: str) -> str:
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return path

    def _send(self, method: str, path: str, template: str, headers: dict[str, str], **values: Any) -> Any:
        body = filled(json.loads(template), values)
        reply = self._http.request(method, self._at(path, id=values["id"]), json=body, headers=headers)
        return reply.json() if reply.body.strip() else {}


def read(its: GenericSettings, body: Any, external_id: str = "") -> RemoteTicket:
    """The ticket in a body, by the expressions; what is not found is empty."""
    return RemoteTicket(
        external_id=external_id or found(its.id, body),
        subject=found(its.subject, body),
        text=found(its.text, body, most=100_000),
        html=its.html,
        requester=Person(found(its.name, body), found(its.email, body), found(its.mobile, body)),
        queue=found(its.queue, body),
        tags=_tags(its.tags, body),
        status=found(its.status, body),
        priority=found(its.priority, body),
        url=found(its.link, body),
        updated_at=_moment(found(its.updated_at, body)),
        messages=messages_of(its, body),
        fields=body if isinstance(body, dict) else {},
    )


def messages_of(its: GenericSettings, body: Any) -> tuple[Message, ...]:
    """What was said after the ticket came, in the order of the list; what has no words is passed over."""
    rows = _search(its.messages, body)
    read_each = (_message(its, row) for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict))
    return tuple(each for each in read_each if each.text.strip())


def _message(its: GenericSettings, row: dict[str, Any]) -> Message:
    """One without a number goes by its words, so that it comes in once."""
    author = Author.CUSTOMER if _is_so(its.message_customer, row) else Author.COLLEAGUE
    text = found(its.message_text, row, most=100_000)
    number = found(its.message_id, row)[:100] or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
    return Message(number, text, author, html=its.html, internal=_is_so(its.message_internal, row))


def _is_so(expression: str, row: dict[str, Any]) -> bool:
    return found(expression, row).strip().casefold() not in _NOT_SO


_NOT_SO = frozenset(
    {"", "0", "0.0", "false", "no", "off", "n", "f", "null", "none", "否"}
)  # systems write it as text too


def preview(settings: Any, body: bytes) -> RemoteTicket:
    """For the set-up page: what a pasted body would become; Refused for one that is no JSON object."""
    return read(settings, Incoming({}, body, datetime.min).document())


def _list(expression: str, body: Any) -> list[Any]:
    value = _search(expression, body)
    if isinstance(value, list):
        return [each for each in value if isinstance(each, (str, int))]
    return [value] if isinstance(value, (str, int)) and value != "" else []


def _search(expression: str, body: Any) -> Any:
    """None also where a function of the expression got a value of another type."""
    try:
        return jmespath.search(expression, body) if expression else None
    except (JMESPathError, TypeError, ValueError):
        return None


def _tags(expression: str, body: Any) -> tuple[str, ...]:
    """A list of words or of objects with a name, or the words in one text."""
    value = _search(expression, body)
    if isinstance(value, str):
        return tuple(tag for each in re.split(r"[,;，；、]", value) if (tag := each.strip()))
    items = value if isinstance(value, list) else [value]
    named = [item.get("name") if isinstance(item, dict) else item for item in items]
    return tuple(str(tag) for tag in named if isinstance(tag, (str, int)) and not isinstance(tag, bool) and tag != "")


def _moment(text: str) -> datetime | None:
    """ISO 8601, or Unix time in seconds or milliseconds; None for anything else."""
    if text.isdecimal():
        return moment_of(text) if len(text) in (10, 13) else None
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return make_aware(moment) if moment is not None and is_naive(moment) else moment
