"""Reads and writes conversations of one account of a Chatwoot as one agent of it.

Rule: a webhook only names the conversation; a note is a private message; labels are read, joined and written, as
writing them replaces all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from integrations.connectors.chatwoot.shapes import (
    Conversation,
    File,
    Inbox,
    Labels,
    Listing,
    Message,
    Messages,
    Profile,
    Sender,
)
from integrations.connectors.errors import ConnectorError, Gone, Refused
from integrations.connectors.fields import templates
from integrations.connectors.fields.expressions import found as found_in
from integrations.connectors.fields.templates import Address, Body, Expression, usual
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Incoming,
    Person,
    RemoteFile,
    RemoteTicket,
)
from integrations.connectors.protocol import Message as Said
from integrations.connectors.wire import signatures
from integrations.connectors.wire.paging import ids_in, number, place
from integrations.connectors.wire.pictures import pictures
from integrations.connectors.wire.shapes import words
from integrations.connectors.wire.web import PolledSettings, WebConnector, took
from tickets.said import gettext_said as _

_ID = "conversation.id || (starts_with(event, 'conversation_') && id)"
_NOTE = '{"content": "{text}", "message_type": "outgoing", "private": "{internal}"}'
_INCOMING, _OUTGOING, _ACTIVITY = 0, 1, 2
_PICTURE = re.compile(r"/rails/active_storage/(?:[^?#]*/)?([^/?#]+)")
_MOST_PAGES = 10  # of one conversation's messages; older ones stay there


class ChatwootSettings(PolledSettings):
    account: int = Field(
        ge=1, title=gettext_noop("账户编号"), description=gettext_noop("地址 /app/accounts/ 后面的数字。")
    )
    unsigned: bool = Field(
        default=False,
        title=gettext_noop("接受没有签名的调用"),
        description=gettext_noop("只给 4.11.2 以前的版本:调用只当作提醒,内容总是向 Chatwoot 读取。"),
    )
    id: Expression = usual(
        gettext_noop("Webhook 内容里的工单编号"), _ID, gettext_noop("JMESPath 表达式,从收到的内容里取值。")
    )
    file_url: Expression = usual(
        gettext_noop("附件的地址"), "data_url", gettext_noop("JMESPath 表达式,从每个附件里取值。")
    )
    note_path: Address = usual(gettext_noop("写备注和回复的接口"), "conversations/{id}/messages")
    note_body: Body = usual(gettext_noop("备注和回复的内容"), _NOTE, rows=3)
    status_path: Address = usual(gettext_noop("写状态的接口"), "conversations/{id}/toggle_status")
    status_body: Body = usual(gettext_noop("状态的内容"), '{"status": "{status}"}', rows=2)
    tags_path: Address = usual(gettext_noop("读写标签的接口"), "conversations/{id}/labels")
    tags_body: Body = usual(gettext_noop("标签的内容"), '{"labels": "{tags}"}', rows=2)


class ChatwootConnector(WebConnector):
    kind = "chatwoot"
    can = frozenset(Capability) - {Capability.IDENTITY}
    remedy = gettext_lazy("核对地址、账户编号和访问令牌;账号要是这个账户的客服。")

    def verify(self, incoming: Incoming) -> Delivery:
        key = self._secret("signing")
        if key or not self._settings.unsigned:
            at = incoming.headers.get("x-chatwoot-timestamp", "")
            made = signatures.hex_of(key, at.encode() + b"." + incoming.body, "sha256")
            signatures.check(incoming, "x-chatwoot-signature", f"sha256={made}", key)
            signatures.check_time(at, incoming.received_at)
        body = incoming.document()
        account = body.get("account")
        if isinstance(account, dict) and account.get("id") not in (None, self._settings.account):
            raise Refused(_("这个调用来自另一个账户:核对账户编号。"))
        delivery_id = incoming.headers.get("x-chatwoot-delivery") or signatures.digest_of(incoming)
        ids = ids_in(body, self._settings.id)
        return Delivery(delivery_id, ids, str(body.get("event", ""))[:80])

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        with self._sight():
            found = self._conversation(external_id)
            messages = [each for each in self._read(external_id) if not each.deleted]
        first = next((each for each in messages if each.message_type == _INCOMING), None)
        sender = found.meta.sender or Sender()
        subject = str((found.additional_attributes or {}).get("mail_subject") or "")
        fields = {name: text for name, value in (found.custom_attributes or {}).items() if (text := words(value))}
        said = [each for each in messages if each is not first and each.message_type != _ACTIVITY]
        return RemoteTicket(
            external_id=external_id,
            subject=subject or " ".join(first.words.split())[:60] if first else subject,
            text=first.words if first else "",
            requester=_person(sender),
            queue=self._inbox(found.inbox_id),
            tags=tuple(found.labels),
            status=found.status,
            priority=found.priority or "",
            url=self.deep_link(external_id),
            created_at=found.created_at,
            updated_at=found.changed_at,
            messages=tuple(map(self._said, said)),
            files=(*(self._file(file) for each in messages for file in each.files), *self._pasted(messages)),
            fields=fields,
        )

    def changed_since(self, cursor: str) -> Changes:
        """Conversations by their last activity, the newest first: pages until one is older than the cursor."""
        at = place(cursor, self._settings.days_back)
        params = {"status": "all", "assignee_type": "all", "sort_by": "last_activity_at_desc", "page": at.page}
        rows = self._http.get(self._at("conversations"), params=params).read(Listing).data.payload
        new = [each for each in rows if each.changed_at >= at.since]
        return at.after([str(each.id) for each in reversed(new)], more=bool(new) and len(new) == len(rows))

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        body = templates.written(self._settings.note_body, text=text, internal=internal, id=number(external_id))
        path = self._at(self._settings.note_path, external_id)
        return str(self._http.request("POST", path, json=body).read(Message).id)

    def set_status(self, external_id: str, status: str) -> None:
        path = self._at(self._settings.status_path, external_id)
        self._http.request("POST", path, json=templates.written(self._settings.status_body, status=status.lower()))
        took(self._conversation(external_id).status, status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        path = self._at(self._settings.tags_path, external_id)
        known = self._http.get(path).read(Labels).payload
        wanted = list(dict.fromkeys([*known, *tags]))
        if wanted != known:
            self._http.request("POST", path, json=templates.written(self._settings.tags_body, tags=wanted))

    def deep_link(self, external_id: str) -> str:
        account = self._settings.account
        return f"{self._settings.url.rstrip('/')}/app/accounts/{account}/conversations/{number(external_id)}"

    def identity(self, account: str) -> Person:
        raise Gone(_("这种连接器不能查询账号。"))

    def _credentials(self) -> dict[str, str]:
        return {"api_access_token": self._secret("token")}

    def _own_name(self) -> str:
        me = self._profile
        return me.email or me.name or str(me.id)

    def _messages(self, external_id: str) -> Sequence[Said]:
        return [self._said(each) for each in self._page(external_id)]

    @property
    def _profile(self) -> Profile:
        return self._http.get("api/v1/profile").read(Profile)

    @cached_property
    def _me(self) -> int:
        return self._profile.id

    def _at(self, path: str, external_id: str = "") -> str:
        there = templates.at(path, id=number(external_id)) if external_id else path
        return f"api/v1/accounts/{self._settings.account}/{there}"

    def _conversation(self, external_id: str) -> Conversation:
        return self._http.get(self._at(f"conversations/{number(external_id)}")).read(Conversation)

    def _read(self, external_id: str) -> list[Message]:
        """All messages, the oldest first; each page holds those before the oldest of the page before."""
        messages = self._page(external_id)
        for _turn in range(_MOST_PAGES):
            before = self._page(external_id, messages[0].id) if messages else []
            before = [each for each in before if each.id < messages[0].id]
            if not before:
                break
            messages = [*before, *messages]
        return messages

    def _page(self, external_id: str, before: int | None = None) -> list[Message]:
        params = {} if before is None else {"before": before}
        path = self._at(f"conversations/{number(external_id)}/messages")
        return sorted(self._http.get(path, params=params).read(Messages).payload, key=lambda each: each.id)

    def _said(self, message: Message) -> Said:
        sender = message.sender or Sender()
        if message.message_type == _INCOMING:
            author = Author.CUSTOMER
        elif message.message_type != _OUTGOING or sender.type not in ("user", "", None):  # agent_bot, captain_assistant
            author = Author.SYSTEM
        else:
            author = Author.OURS if sender.id == self._me else Author.COLLEAGUE
        return Said(
            str(message.id),
            message.words,
            author,
            at=message.created_at,
            internal=bool(message.private),
            person=_person(sender),
        )

    def _inbox(self, inbox: int | None) -> str:
        """Its name where our account may read it, else its number."""
        if inbox is None:
            return ""
        try:
            return self._http.get(self._at(f"inboxes/{inbox}")).read(Inbox).name or str(inbox)
        except ConnectorError:
            return str(inbox)

    def _pasted(self, messages: Sequence[Message]) -> Iterator[RemoteFile]:
        """A picture within a mail stands in its HTML alone; a colleague's are mostly logos."""
        for message in messages:
            if message.message_type == _INCOMING:
                for found in pictures(message.html, self._settings.url, _PICTURE):
                    known = hashlib.sha256(found[0].encode()).hexdigest()[:32]
                    yield RemoteFile(known, unquote(found[1]), partial(self._http.load, found.string))

    def _file(self, file: File) -> RemoteFile:
        url = found_in(self._settings.file_url, file.model_dump())

        def load() -> Iterator[bytes]:
            return self._http.load(url)

        name = unquote(PurePosixPath(urlsplit(url).path).name) or f"{file.id}.{file.extension or 'bin'}"
        return RemoteFile(str(file.id), name, load, file.file_type or "", file.file_size)


def _person(sender: Sender) -> Person:
    known = str(sender.id) if sender.id is not None else ""
    return Person(sender.name or "", sender.email or "", sender.phone_number or "", known)
