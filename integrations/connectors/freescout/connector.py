"""Reads and writes conversations of a FreeScout as one of its users.

Rule: a webhook only names the conversation; texts are HTML there, so what we write is escaped; tags are read, joined
and written, as writing them replaces all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from urllib.parse import unquote

from django.utils.html import escape
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, NotAllowed
from integrations.connectors.fields import templates
from integrations.connectors.fields.templates import Address, Body, usual
from integrations.connectors.freescout.shapes import Conversation, File, MailboxPage, Named, Page, Thread
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
from integrations.connectors.wire.paging import ids_of, named, number, place
from integrations.connectors.wire.pictures import pictures
from integrations.connectors.wire.shapes import words
from integrations.connectors.wire.web import PolledSettings, WebConnector, took
from tickets.said import gettext_said as _

_PAGE = 50
_SPOKEN = ("customer", "message", "note")  # the other threads tell of changes
_PICTURE = re.compile(r"(?:/[^?#]*)?/storage/attachment/(?:[^?#]*/)?([^/?#]+)\?(?:[^#]*&)?id=(\d+)")
_APP_KEY = "base64:"  # how Laravel's key begins; the key of webhooks follows from it
_OF_A_CONVERSATION = "convo."  # other events are about customers, whose numbers mean others


class FreeScoutSettings(PolledSettings):
    user: int = Field(
        ge=1, title=gettext_noop("专用用户的编号"), description=gettext_noop("备注、回复和状态以它的名义写。")
    )
    tags_path: Address = usual(gettext_noop("写标签的接口"), "api/conversations/{id}/tags")
    tags_body: Body = usual(gettext_noop("标签的内容"), '{"tags": "{tags}"}', rows=2)
    tags_replace: bool = usual(
        gettext_noop("写标签会替换全部"), True, gettext_noop("勾选时把已有的标签一起写回;不勾选时只写新的。")
    )


class FreeScoutConnector(WebConnector):
    kind = "freescout"
    can = frozenset(Capability)
    remedy = gettext_lazy("核对地址、API 密钥和用户编号;要装有“API & Webhooks”模块。")

    def verify(self, incoming: Incoming) -> Delivery:
        key = _signing_key(self._secret("signing"))
        made = signatures.base64_of(key, incoming.body, "sha1")
        signatures.check(incoming, "x-freescout-signature", made, key)
        event = incoming.headers.get("x-freescout-event", "")[:80]
        name = hashlib.sha256(f"{event}:".encode() + incoming.body).hexdigest()
        about = named(incoming.document().get("id")) if event.startswith(_OF_A_CONVERSATION) else ()
        return Delivery(name, about, event)

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        with self._sight():
            found = self._conversation(external_id)
        threads = _spoken(found)
        first = threads[0] if threads else None
        shown = (
            (each, words(each.get("text")) or words(each.get("value"))) for each in found.customFields or []
        )  # of a choice the number
        fields = {words(each.get("name")): text for each, text in shown if text}
        return RemoteTicket(
            external_id=external_id,
            subject=found.subject or "",
            text=(first.body or "") if first else "",
            html=True,
            number=str(found.number or ""),
            requester=self._customer(found.customer or Named()),
            queue=self._mailbox(found.mailboxId),
            tags=tuple(tag.name or "" for tag in found.embedded.tags),
            status=found.status,
            url=self.deep_link(external_id),
            created_at=found.createdAt,
            updated_at=found.updatedAt,
            messages=tuple(map(self._message, threads[1:])),
            files=(*self._attached(threads), *self._pasted(threads)),
            fields=fields,
        )

    def changed_since(self, cursor: str) -> Changes:
        at = place(cursor, self._settings.days_back)
        params = {"updatedSince": f"{at.since:%Y-%m-%dT%H:%M:%SZ}", "sortField": "updatedAt", "sortOrder": "asc"}
        page = self._http.get("api/conversations", params={**params, "page": at.page, "pageSize": _PAGE}).read(Page)
        ids = ids_of(page.embedded.conversations)
        return at.after(ids, more=bool(ids) and page.page.number < page.page.totalPages)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        self._conversation(external_id)  # a deleted one takes threads all the same
        html = "<br>".join(str(escape(line)) for line in text.split("\n"))
        body = {"type": "note" if internal else "message", "text": html, "user": self._settings.user}
        self._http.request("POST", f"api/conversations/{number(external_id)}/threads", json=body)
        found = self.find_note(external_id, marker)
        if found is None:
            raise BadAnswer(_("备注没有写上,稍后再试。"))
        return found

    def set_status(self, external_id: str, status: str) -> None:
        body = {"byUser": self._settings.user, "status": status.lower()}
        self._http.request("PUT", f"api/conversations/{number(external_id)}", json=body)
        took(self._conversation(external_id).status, status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        known = [tag.name or "" for tag in self._conversation(external_id).embedded.tags]
        fresh = [tag for tag in dict.fromkeys(tags) if tag not in known]
        if fresh:
            body = templates.written(
                self._settings.tags_body, tags=[*known, *fresh] if self._settings.tags_replace else fresh
            )
            self._http.request("PUT", templates.at(self._settings.tags_path, id=number(external_id)), json=body)

    def deep_link(self, external_id: str) -> str:
        return f"{self._settings.url.rstrip('/')}/conversation/{number(external_id)}"

    def identity(self, account: str) -> Person:
        return _person(self._http.get(f"api/users/{number(account)}").read(Named))

    def _credentials(self) -> dict[str, str]:
        return {"X-FreeScout-API-Key": self._secret("key")}

    def _own_name(self) -> str:
        me = self._http.get(f"api/users/{self._settings.user}").read(Named)
        if me.id != self._settings.user:
            raise BadAnswer(_("没有编号为 %d 的用户。") % self._settings.user)
        return me.email or me.whole_name

    def _messages(self, external_id: str) -> Sequence[Message]:
        return [self._message(thread) for thread in _spoken(self._conversation(external_id))]

    def _conversation(self, external_id: str) -> Conversation:
        path = f"api/conversations/{number(external_id)}"
        found = self._http.get(path, params={"embed": "threads,tags"}).read(Conversation)
        if found.state == "deleted":
            raise Gone(_("对方没有这个内容(%d)。") % 404)
        return found

    def _message(self, thread: Thread) -> Message:
        by = thread.createdBy or Named()
        ours = by.type != "customer" and by.id == self._settings.user
        other = Author.CUSTOMER if thread.type == "customer" else Author.COLLEAGUE
        return Message(
            str(thread.id),
            thread.body or "",
            Author.OURS if ours else other,
            at=thread.createdAt,
            html=True,
            internal=thread.type == "note",
            person=_person(by),
        )

    def _customer(self, customer: Named) -> Person:
        """With his telephone, where our key may read his page."""
        if customer.id is None:
            return _person(customer)
        try:
            page = self._http.get(f"api/customers/{customer.id}").read(Named)
        except (Gone, NotAllowed, BadAnswer):
            page = Named()
        return replace(_person(customer), mobile=_person(page).mobile)

    def _mailbox(self, mailbox: int | None) -> str:
        return self._mailboxes.get(mailbox, str(mailbox)) if mailbox is not None else ""

    @cached_property
    def _mailboxes(self) -> dict[int, str]:
        """Names by number; none where our key may not read them."""
        try:
            rows = self._http.get("api/mailboxes", params={"pageSize": 100}).read(MailboxPage).embedded.mailboxes
        except ConnectorError:
            return {}
        return {row.id: row.name or str(row.id) for row in rows if row.id is not None}

    def _attached(self, threads: Sequence[Thread]) -> Iterator[RemoteFile]:
        return (self._file(file) for each in threads for file in each.embedded.attachments)

    def _pasted(self, threads: Sequence[Thread]) -> Iterator[RemoteFile]:
        """A picture within a mail stands in its text alone; a colleague's are mostly logos."""
        for thread in threads:
            if thread.type == "customer":
                for found in pictures(thread.body or "", self._settings.url, _PICTURE):
                    yield RemoteFile(found[2], unquote(found[1]), partial(self._http.load, found.string))

    def _file(self, file: File) -> RemoteFile:
        def load() -> Iterator[bytes]:
            return self._http.load(file.fileUrl)

        return RemoteFile(str(file.id), file.fileName or "", load, file.mimeType or "", file.size)


def _signing_key(secret: str) -> str:
    """The key itself, or Laravel's APP_KEY from which it follows."""
    if not secret.startswith(_APP_KEY):
        return secret
    return hashlib.md5(f"{secret}webhook_key".encode()).hexdigest()  # noqa: S324 - theirs


def _spoken(found: Conversation) -> list[Thread]:
    """In order, without drafts and without entries that only record changes."""
    threads = sorted(found.embedded.threads, key=lambda thread: thread.id)
    return [each for each in threads if each.type in _SPOKEN and each.state in ("", None, "published")]


def _person(found: Named) -> Person:
    mobile = next((each.value for each in found.embedded.phones if each.value), "")
    return Person(found.whole_name, found.email or "", mobile, str(found.id or ""))
