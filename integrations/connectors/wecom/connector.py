"""Reads what customers say to WeCom's customer service, answers them, and tells colleagues how a run ended.

Rule: a callback only says that there is something; messages are pulled by cursor and carried along, as they cannot be
asked for again. A customer gets only what a person sent, once: the message id follows from the reply.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.message import Message as Headers
from functools import cached_property
from typing import Any

from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, remedy_of
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Finding,
    Incoming,
    Level,
    Message,
    Person,
    RemoteFile,
    RemoteTicket,
)
from integrations.connectors.wecom import callback, sessions
from integrations.connectors.wecom.api import Api, Codes
from integrations.connectors.wecom.settings import WeComSettings
from integrations.connectors.wecom.shapes import Account, Accounts, Customers, Page, Sent, State
from integrations.connectors.wecom.words import FILES, words
from integrations.connectors.wire import signatures
from integrations.connectors.wire.http import Http
from integrations.connectors.wire.web import took
from tickets.said import gettext_said as _

ALWAYS = frozenset({Capability.WEBHOOK, Capability.POLL, Capability.REPLY, Capability.STATUS})
_AUTHORS = {3: Author.CUSTOMER, 4: Author.SYSTEM, 5: Author.COLLEAGUE}
_PAGE, _MOST_PAGES = 100, 50  # of service accounts
_DUPLICATES_S = 14_400  # the longest time for which WeCom itself drops a message that it had already


class WeComConnector:
    kind = "wecom"

    def __init__(self, setup: Setup) -> None:
        self._settings: WeComSettings = setup.settings
        self._secret, self._key = setup.secret, setup.key
        self._http = Http(setup.settings.url, networks=setup.settings.networks)
        its = self._settings
        lists = (its.expired_codes, its.refused_codes, its.limited_codes, its.busy_codes, its.late_codes)
        self._codes = Codes(*map(frozenset, lists))
        self._api = Api(self._http, its.company, setup.secret("secret"), self._codes)

    def capabilities(self) -> frozenset[Capability]:
        tells = self._settings.agent and self._settings.tell and self._secret("app_secret")
        return ALWAYS | ({Capability.NOTE} if tells else set())

    def challenge(self, incoming: Incoming) -> str:
        echo = incoming.query.get("echostr", "")
        return self._opened(incoming, echo).decode("utf-8", "replace")

    def verify(self, incoming: Incoming) -> Delivery:
        encrypted = callback.fields_of(incoming.body).get("Encrypt", "")
        plain = self._opened(incoming, encrypted)
        event = callback.fields_of(plain)
        name = hashlib.sha256(plain).hexdigest()  # the same over retries, which are encrypted anew
        if event.get("Event") != "kf_msg_or_event":
            return Delivery(name, event=event.get("Event", ""))
        hints = {"open_kfid": event.get("OpenKfId", "")[:64], "token": event.get("Token", "")[:200]}
        return Delivery(name, event="kf_msg_or_event", hints=hints)

    def parse(self, delivery: Delivery) -> Sequence[str]:
        return delivery.external_ids

    def changed_since(self, cursor: str) -> Changes:
        return self.pull(cursor, {})

    def pull(self, cursor: str, hints: Mapping[str, str]) -> Changes:
        """One page of each account, or of the one that the callback named, with what was said there."""
        kept, carried, more = sessions.standing(cursor), [], False
        named, refused, read = hints.get("open_kfid", ""), None, 0
        for account in [named] if named and self._wanted(named) else self._accounts:
            try:
                page = self._page(account, kept.cursors.get(account, ""), hints.get("token", ""))
            except BadAnswer as error:  # of one account that people serve; the others go on
                refused = error
                continue
            read += 1
            more |= bool(page.has_more)
            messages = [each for each in page.msg_list if kept.cursors.get(account) or self._recent(each)]
            kept.cursors[account] = page.next_cursor or kept.cursors.get(account, "")
            carried += sessions.grouped(messages, kept, self._settings.quiet_hours * 3600)
        if refused is not None and not read:
            raise refused
        kept.forget(int(datetime.now(UTC).timestamp()) - self._settings.quiet_hours * 3600)
        return Changes((), kept.text(), more=more, carried=tuple(map(_delivery, carried)))

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        if not content:
            raise BadAnswer(_("企业微信的消息不能再次读取,要等客户的下一条消息。"))
        told = json.loads(content)
        account, customer = sessions.parts_of(external_id)
        messages: list[dict[str, Any]] = told["messages"]
        said = [each for each in messages if each.get("msgtype") != "event"]
        spoken = (each for each in said if each.get("origin") == sessions.FROM_CUSTOMER and words(each))
        first = next(spoken, None)
        begins = first if told["begins"] else None
        text = words(first) if first else ""
        status = self._status(account, customer)
        return RemoteTicket(
            external_id=external_id,
            subject=" ".join(text.split())[:60],
            text=text,
            requester=Person(self._name(customer), external_id=customer),
            queue=self._accounts.get(account, "") or account,
            status=status,
            messages=tuple(_message(each) for each in said if each is not begins),
            files=tuple(self._file(each) for each in said if each.get("msgtype") in FILES),
        )

    def find_note(self, external_id: str, marker: str) -> str | None:
        return None  # WeCom shows nothing that was sent this way; it drops what it had already by itself

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        account, customer = self._parts(external_id)
        if internal:
            return self._tell(f"{self._name(customer) or customer}\n{text}")
        words = text.removesuffix(marker).strip()
        name = hashlib.sha256(f"{self._key}:{external_id}:{marker}".encode()).hexdigest()[:32]
        body = {"touser": customer, "open_kfid": account, "msgid": name, "msgtype": "text", "text": {"content": words}}
        self._api.post("kf/send_msg", body, allow=frozenset(self._settings.sent_before))
        return name

    def set_status(self, external_id: str, status: str) -> None:
        account, customer = self._parts(external_id)
        states = self._settings.states
        if status.lower() not in states:
            raise BadAnswer(_("没有这个状态:%s") % f"{status[:40]} ({', '.join(states)})")
        if self._status(account, customer) == status.lower():
            return
        body = {"open_kfid": account, "external_userid": customer, "service_state": states.index(status.lower())}
        self._api.post("kf/service_state/trans", body)
        took(self._status(account, customer), status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        raise BadAnswer(_("企业微信客服没有标签。"))

    def deep_link(self, external_id: str) -> str:
        return ""

    def identity(self, account: str) -> Person:
        raise Gone(_("这种连接器不能查询账号。"))

    def test(self) -> Sequence[Finding]:
        findings: list[Finding] = []
        try:
            names = self._accounts
            if names:
                text = _("可以接入的客服账号:%s。") % ", ".join(name or id for id, name in names.items())
                findings.append(Finding(Level.GOOD, text))
                findings += self._readable(names)
            else:
                text = _("没有可以接入的客服账号。")
                findings.append(Finding(Level.PROBLEM, text, _("在管理后台把客服账号交给 API 管理,并核对 open_kfid。")))
            if Capability.NOTE in self.capabilities():
                self._app.token()
                findings.append(Finding(Level.GOOD, _("能以应用的身份通知接待人员。")))
        except ConnectorError as error:
            remedy = _("核对企业 ID、Secret 和企业可信 IP。")
            findings.append(Finding(Level.PROBLEM, error.text, remedy_of(error, remedy)))
        return findings

    def _readable(self, names: Mapping[str, str]) -> Iterator[Finding]:
        """Of each account on its own: one that people serve says nothing of the others."""
        for account, name in names.items():
            try:
                self._page(account, "", "")
            except BadAnswer as error:
                text = _("读不了客服账号“%(name)s”的消息:%(why)s") % {"name": name or account, "why": error.text}
                remedy = remedy_of(error, _("在管理后台把客服账号交给 API 管理,并核对 open_kfid。"))
                yield Finding(Level.PROBLEM, text, remedy)
            else:
                yield Finding(Level.GOOD, _("能读取“%s”的消息。") % (name or account))

    def _opened(self, incoming: Incoming, encrypted: str) -> bytes:
        callback.check(incoming.query, self._secret("callback_token"), encrypted)
        signatures.check_time(incoming.query.get("timestamp", ""), incoming.received_at)
        return callback.decrypted(encrypted, self._secret("aes_key"), self._settings.company)

    def _page(self, account: str, cursor: str, token: str) -> Page:
        """The token of a callback only raises what may be asked; an old one is refused, and it goes without."""
        body: dict[str, Any] = {"open_kfid": account, "limit": 1000, "voice_format": 0}
        body |= {"cursor": cursor} if cursor else {}
        if token:
            with suppress(BadAnswer):
                return self._api.post("kf/sync_msg", body | {"token": token}).read(Page)
        return self._api.post("kf/sync_msg", body).read(Page)

    def _recent(self, message: dict[str, Any]) -> bool:
        begin = datetime.now(UTC).timestamp() - max(1, self._settings.days_back) * 86_400
        return sessions.whose(message)[2] >= begin

    def _wanted(self, account: str) -> bool:
        return not self._settings.accounts or account in self._settings.accounts

    @cached_property
    def _accounts(self) -> dict[str, str]:
        """The names of those that come in, by id."""
        rows: list[Account] = []
        for page in range(_MOST_PAGES):
            body = {"offset": page * _PAGE, "limit": _PAGE}
            found = self._api.post("kf/account/list", body).read(Accounts).account_list
            rows += found
            if len(found) < _PAGE:
                break
        return {row.open_kfid: row.name for row in rows if self._wanted(row.open_kfid)}

    @cached_property
    def _app(self) -> Api:
        return Api(self._http, self._settings.company, self._secret("app_secret"), self._codes)

    def _tell(self, text: str) -> str:
        body = {"touser": "|".join(self._settings.tell), "msgtype": "text", "agentid": self._settings.agent}
        once = {"enable_duplicate_check": 1, "duplicate_check_interval": _DUPLICATES_S}
        return self._app.post("message/send", {**body, **once, "text": {"content": text}}).read(Sent).msgid

    def _status(self, account: str, customer: str) -> str:
        body = {"open_kfid": account, "external_userid": customer}
        number = self._api.post("kf/service_state/get", body).read(State).service_state
        states = self._settings.states
        return states[number] if 0 <= number < len(states) else str(number)

    def _name(self, customer: str) -> str:
        """As the customer calls himself; "" where WeCom does not say."""
        found = self._api.post("kf/customer/batchget", {"external_userid_list": [customer]}).read(Customers)
        return next((each.nickname for each in found.customer_list if each.external_userid == customer), "")

    def _parts(self, external_id: str) -> tuple[str, str]:
        account, customer = sessions.parts_of(external_id)
        if not customer:
            raise Gone(_("“%s”不是工单编号。") % external_id[:40])
        return account, customer

    def _file(self, message: dict[str, Any]) -> RemoteFile:
        part = message.get(message["msgtype"])
        media = str(part.get("media_id", "")) if isinstance(part, dict) else ""
        try:
            headers = self._http.headers(self._api.media(media))
        except (BadAnswer, Gone):
            headers = {}

        def load() -> Iterator[bytes]:
            if "content-disposition" not in headers:  # an expired file is answered with 200 and an errcode
                raise Gone(_("文件已过期:企业微信只保存 %d 天。") % self._settings.media_days)
            return self._http.load(self._api.media(media))

        size = headers.get("content-length", "")
        name = _file_name(headers) or f"{message['msgtype']}-{str(message.get('msgid'))[:20]}"
        kind = headers.get("content-type", "")
        return RemoteFile(str(message.get("msgid")), name, load, kind, int(size) if size.isdecimal() else None)


def _delivery(session: sessions.Session) -> Delivery:
    content = json.dumps({"begins": session.begins, "messages": session.messages}, ensure_ascii=False).encode()
    names = "".join(str(each.get("msgid")) for each in session.messages)
    name = hashlib.sha256(f"{session.id}:{names}".encode()).hexdigest()
    return Delivery(name, (session.id,), "sync_msg", content=content)


def _message(message: dict[str, Any]) -> Message:
    origin = message.get("origin")
    author = _AUTHORS.get(origin, Author.SYSTEM) if isinstance(origin, int) else Author.SYSTEM
    at = datetime.fromtimestamp(sessions.whose(message)[2], UTC)
    person = Person(str(message.get("servicer_userid", "")) if author is Author.COLLEAGUE else "")
    return Message(str(message.get("msgid")), words(message), author, at=at, person=person)


def _file_name(headers: Mapping[str, str]) -> str:
    parsed = Headers()
    parsed["content-disposition"] = headers.get("content-disposition", "")
    return parsed.get_filename() or ""
