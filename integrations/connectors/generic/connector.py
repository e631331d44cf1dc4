"""The connector whose helpdesk is described by its settings.

Rule: what a body says is data; it is put into addresses percent-encoded and into bodies as JSON values.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, NotAllowed, remedy_of
from integrations.connectors.fields.expressions import found, is_so, search
from integrations.connectors.fields.templates import filled
from integrations.connectors.generic import bodies, calls, reading, sealed
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.kinds import Preview, Setup
from integrations.connectors.protocol import (
    Capability,
    Changes,
    Delivery,
    Finding,
    Incoming,
    Level,
    Person,
    RemoteTicket,
    value_of,
)
from integrations.connectors.wire.http import Http
from tickets.said import gettext_said as _

_NOWHERE = "https://not.set"
_LONGEST_CHALLENGE = 500


class GenericConnector:
    kind = "generic"

    def __init__(self, setup: Setup) -> None:
        self._settings: GenericSettings = setup.settings
        self._signing, self._aes_key = setup.secret("signing"), setup.secret("aes_key")
        headers = {self._settings.header: setup.secret("token")} if setup.secret("token") else {}
        self._http = Http(self._settings.url or _NOWHERE, headers=headers, networks=self._settings.networks)

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
        its = self._settings
        plain = incoming
        if its.signing in sealed.KINDS:
            plain = sealed.opened(its.signing, self._signing, self._aes_key, incoming)
        challenge = self._challenge(plain)
        if challenge:
            return Delivery(uuid.uuid4().hex, event="challenge", answer=json.dumps({"challenge": challenge}))
        calls.check(its, self._signing, plain)
        events = bodies.events(plain, its.events)
        delivery = self._delivery(plain, [event for event in events if self._is_wanted(event)])
        answer = its.answer
        if its.signing == sealed.DINGTALK:
            answer = sealed.answer(answer, self._signing, self._aes_key, incoming)
        return replace(delivery, answer=answer)

    def _challenge(self, incoming: Incoming) -> str:
        """What a helpdesk that tries the address wants to see again. Anybody may ask: it tells him nothing."""
        if self._settings.signing == sealed.LARK and sealed.is_trial(incoming):
            return str(incoming.document()["challenge"])[:_LONGEST_CHALLENGE]
        if not self._settings.challenge:
            return ""
        events = bodies.events(incoming)
        return found(self._settings.challenge, events[0], most=_LONGEST_CHALLENGE) if len(events) == 1 else ""

    def _is_wanted(self, event: dict[str, Any]) -> bool:
        return not self._settings.only or is_so(self._settings.only, event)

    def _delivery(self, incoming: Incoming, events: list[dict[str, Any]]) -> Delivery:
        """One delivery for all tickets where they are fetched, else one for each event, as it carries its ticket."""
        named = [(number, event) for event in events if (number := reading.id_of(self._settings, event))]
        name = found(self._settings.event, events[0])[:80] if events else ""
        call = self._call_id(incoming, [event for _number, event in named])
        if self._settings.fetch_path or not named:
            return Delivery(call, tuple(dict.fromkeys(number for number, _event in named)), name)
        whole = tuple(
            Delivery(
                call if len(named) == 1 else f"{call[:180]}#{place}",
                (number,),
                found(self._settings.event, event)[:80],
                content=bodies.kept(event),
            )
            for place, (number, event) in enumerate(named, 1)
        )
        return whole[0] if len(whole) == 1 else Delivery(call, event=name, parts=whole)

    def _call_id(self, incoming: Incoming, events: list[dict[str, Any]]) -> str:
        """Theirs, else by the bytes where a time in them tells a repetition from a later state that is alike, else one
        of its own: what is only a reminder, or without a time, counts each time."""
        its = self._settings
        theirs = incoming.headers.get("webhook-id", "") if its.signing == "standard" else ""
        theirs = theirs or (calls.value_at(its.call_id, incoming) if its.call_id else "")
        if theirs:
            return theirs[:200]
        signed_at = calls.value_at(its.time_name, incoming) if its.time_name else ""
        dated = signed_at or (events and all(found(its.updated_at, event) for event in events))
        if its.fetch_path or not dated:
            return uuid.uuid4().hex
        return hashlib.sha256(signed_at.encode() + incoming.body).hexdigest()

    def challenge(self, incoming: Incoming) -> str:
        """Some try the address by a GET or a HEAD and want nothing but a yes."""
        if self._settings.signing != sealed.DINGTALK:
            return ""
        return sealed.echo(self._signing, self._aes_key, incoming)

    def parse(self, delivery: Delivery) -> Sequence[str]:
        return delivery.external_ids

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        if not self._settings.fetch_path:
            if not content:
                raise BadAnswer(_("没有设置读取工单的路径,只能等对方再次发送。"))
            return reading.read(self._settings, value_of(content), self._http, external_id)
        body = self._answer_about(external_id)
        ticket = reading.read(self._settings, body, self._http, external_id)
        if not self._settings.messages_path:
            return ticket
        answer = self._http.get(self._at(self._settings.messages_path, id=external_id)).json()
        return replace(ticket, messages=reading.messages_of(self._settings, answer))

    def _answer_about(self, external_id: str) -> Any:
        """Gone (hidden) for a ticket that is refused while the list is not."""
        try:
            return self._http.get(self._at(self._settings.fetch_path, id=external_id)).json()
        except NotAllowed as error:
            if Capability.POLL not in self.capabilities():
                raise
            self.changed_since("")
            raise Gone(_("账号看不到这个工单:它被移走了,或账号没有权限。"), hidden=True) from error

    def changed_since(self, cursor: str) -> Changes:
        answer = self._http.get(self._at(self._settings.changes_path, cursor=cursor)).json()
        ids = reading.ids_of(self._settings.changes_ids, answer)
        after = found(self._settings.changes_cursor, answer) or cursor
        return Changes(tuple(ids), after, more=bool(ids) and after != cursor)

    def find_note(self, external_id: str, marker: str) -> str | None:
        if not self._settings.notes_path:
            return None  # the mark goes along as the idempotency key
        answer = self._http.get(self._at(self._settings.notes_path, id=external_id)).json()
        texts = [str(text) for text in reading.list_of(self._settings.notes_texts, answer)]
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
            findings += self._seen()
        else:
            text = _("不轮询:对方的调用如果丢失,就不会知道。")
            findings.append(Finding(Level.WARNING, text, _("有列表接口时,请填写“读取变化”和“读取工单”。")))
        if Capability.NOTE in can and not self._settings.notes_path:
            text = _("写备注前看不到已有的备注。")
            findings.append(Finding(Level.WARNING, text, _("填写“读取备注”,或确认对方认得 Idempotency-Key。")))
        return findings

    def _seen(self) -> Iterator[Finding]:
        """Whether the list of changes is one, and whether a ticket of it can be read with all that is set up."""
        its = self._settings
        try:
            answer = self._http.get(self._at(its.changes_path, cursor="")).json()
            if search(its.changes_ids, answer) is None:
                text = _("对方有回答,但里面没有“变化里的编号”(%s)。") % its.changes_ids
                yield Finding(Level.PROBLEM, text, _("核对“读取变化”的路径,以及“变化里的编号”的表达式。"))
                return
            ids = reading.ids_of(its.changes_ids, answer)
            yield Finding(Level.GOOD, _("读取变化成功,第一页有 %d 个工单。") % len(ids))
            if ids:
                yield self._read_one(ids[-1])
        except ConnectorError as error:
            remedy = remedy_of(error, _("核对 REST 地址、令牌和“读取变化”的路径。"))
            yield Finding(Level.PROBLEM, error.text, remedy)

    def _read_one(self, external_id: str) -> Finding:
        try:
            body = self._answer_about(external_id)
        except ConnectorError as error:
            remedy = _("核对“读取工单”的路径,以及账号能不能看工单。")
            return Finding(
                Level.PROBLEM, _("读不了工单 %(id)s:%(why)s") % {"id": external_id, "why": error.text}, remedy
            )
        absent = [(title, path) for title, path in reading.unfound(self._settings, body)]
        if absent:
            listed = _("、").join(f"{title} ({path})" for title, path in absent)
            remedy = _("在右边“试一试”里粘贴这样的回答,核对这些表达式;没有的项可以清空。")
            return Finding(Level.WARNING, _("读到了工单,但这些没有取到:%s") % listed, remedy)
        return Finding(Level.GOOD, _("能读取工单。"))

    def _at(self, path: str, **values: str) -> str:
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return path

    def _send(self, method: str, path: str, template: str, headers: dict[str, str], **values: Any) -> Any:
        body = filled(json.loads(template), values)
        reply = self._http.request(method, self._at(path, id=values["id"]), json=body, headers=headers)
        return reply.json() if reply.body.strip() else {}


def preview(settings: GenericSettings, body: bytes) -> list[Preview]:
    """For the set-up page: what a pasted body would become; Refused for one that is none."""
    http = Http(settings.url or _NOWHERE, networks=settings.networks)
    incoming = Incoming({}, body, datetime.now(UTC))
    return [_previewed(settings, event, http) for event in bodies.events(incoming, settings.events)]


def _previewed(its: GenericSettings, event: dict[str, Any], http: Http) -> Preview:
    ignored = bool(its.only) and not is_so(its.only, event)
    alone = its.model_copy(update={"deleted": "", "merged_into": ""})
    remote = reading.read(alone, event, http)
    shown = Preview(
        remote,
        event,
        ignored,
        unfound=reading.unfound(its, event),
        strange_time="" if remote.updated_at else found(its.updated_at, event)[:80],
    )
    try:
        reading.read(its, event, http)
    except Gone as error:
        return replace(shown, gone=True, merged_into=error.merged_into)
    return shown
