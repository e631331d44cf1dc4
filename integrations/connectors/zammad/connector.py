"""Reads and writes tickets of a Zammad as one agent of it.

Rule: a webhook only names the ticket, whatever else it carries; notes are articles of type `note` with `internal`, as
any other type would send mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from functools import cached_property, partial
from typing import Any, Literal

from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from integrations.connectors.errors import BadAnswer, ConnectorError, Gone
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
from integrations.connectors.wire.paging import named, number, place
from integrations.connectors.wire.pictures import pictures
from integrations.connectors.wire.shapes import whole_name
from integrations.connectors.wire.web import PolledSettings, WebConnector, took
from integrations.connectors.zammad.shapes import Account, Article, Articles, File, Links, Ticket, User
from tickets.said import gettext_said as _

_PAGE = 50
_SENDERS = {"Customer": Author.CUSTOMER, "Agent": Author.COLLEAGUE, "System": Author.SYSTEM}
_MERGED = "merged"
_PICTURE = re.compile(r"/api/v1/ticket_attachment/(\d+)/(\d+)/(\d+)\b")


class ZammadSettings(PolledSettings):
    answers: Literal["email", "note"] = Field(
        default="email",
        title=gettext_noop("回复客户的方式"),
        description=gettext_noop("email:发邮件给客户;note:公开备注,客户在 Zammad 的门户里看到。"),
    )


class ZammadConnector(WebConnector):
    kind = "zammad"
    can = frozenset(Capability)
    remedy = gettext_lazy("核对地址和访问令牌;账号需要 ticket.agent 权限。")

    def verify(self, incoming: Incoming) -> Delivery:
        key = self._secret("signing")
        signatures.check(incoming, "x-hub-signature", "sha1=" + signatures.hex_of(key, incoming.body, "sha1"), key)
        ticket = incoming.document().get("ticket")
        ids = named(ticket.get("id")) if isinstance(ticket, dict) else ()
        delivery_id = incoming.headers.get("x-zammad-delivery") or signatures.digest_of(incoming)
        return Delivery(delivery_id, ids, incoming.headers.get("x-zammad-trigger", ""))

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        at = number(external_id)
        with self._sight():
            ticket = self._ticket(at)
            articles = self._articles(at)
        first = articles[0] if articles else None
        return RemoteTicket(
            external_id=external_id,
            subject=ticket.title or "",
            text=(first.body or "") if first else "",
            html=first is not None and first.is_html,
            number=ticket.number,
            requester=self._person(ticket.customer_id),
            queue=ticket.group or "",
            tags=tuple(self._tags(at)),
            status=ticket.state or "",
            priority=ticket.priority or "",
            url=self.deep_link(external_id),
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
            messages=tuple(self._message(article) for article in articles[1:]),
            files=(*self._attached(at, articles), *self._pasted(at, articles)),
        )

    def changed_since(self, cursor: str) -> Changes:
        at = place(cursor, self._settings.days_back)
        query = f"updated_at:[{at.since:%Y-%m-%dT%H:%M:%SZ} TO *]"
        params = {"query": query, "sort_by": "updated_at", "order_by": "asc", "page": at.page, "per_page": _PAGE}
        ids = _ids(self._http.get("api/v1/tickets/search", params=params).json())
        return at.after(ids, more=bool(ids))  # a server may give fewer at once than it was asked for

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        at = number(external_id)
        self._ticket(at)  # one that was merged takes notes all the same
        article: dict[str, Any] = {"ticket_id": int(at), "body": text, "content_type": "text/plain", "sender": "Agent"}
        if internal:
            article |= {"subject": "cs_agent", "type": "note", "internal": True}
        elif self._settings.answers == "note":
            article |= {"type": "note", "internal": False}
        else:
            article |= {"type": "email", "internal": False, "to": self._address(at)}
        return str(self._http.request("POST", "api/v1/ticket_articles", json=article).read(Article).id)

    def set_status(self, external_id: str, status: str) -> None:
        at = number(external_id)
        self._http.request("PUT", f"api/v1/tickets/{at}", json={"state": status})
        took(self._ticket(at).state or "", status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        for tag in tags:
            body = {"item": tag, "object": "Ticket", "o_id": int(number(external_id))}
            self._http.request("POST", "api/v1/tags/add", json=body)

    def deep_link(self, external_id: str) -> str:
        return f"{self._settings.url.rstrip('/')}/#ticket/zoom/{number(external_id)}"

    def identity(self, account: str) -> Person:
        return _person(self._http.get(f"api/v1/users/{number(account)}").read(User))

    def _credentials(self) -> dict[str, str]:
        return {"Authorization": f"Token token={self._secret('token')}"}

    def _own_name(self) -> str:
        me = self._http.get("api/v1/users/me").read(Account)
        return me.login or str(me.id)

    def _messages(self, external_id: str) -> Sequence[Message]:
        return [self._message(article) for article in self._articles(number(external_id))]

    def _ticket(self, at: str) -> Ticket:
        ticket = self._http.get(f"api/v1/tickets/{at}", params={"expand": "true"}).read(Ticket)
        if (ticket.state or "").lower() == _MERGED:
            raise Gone(_("工单已合并到另一个工单。"), self._merged_into(at))
        return ticket

    def _merged_into(self, at: str) -> str:
        """Merging links the two as parent and child; "" where that does not name one."""
        params = {"link_object": "Ticket", "link_object_value": at}
        try:
            links = self._http.get("api/v1/links", params=params).read(Links).links
        except ConnectorError:
            return ""
        parents = [each.link_object_value for each in links if each.link_type == "parent"]
        return str(parents[0]) if len(parents) == 1 and parents[0] is not None else ""

    def _articles(self, at: str) -> list[Article]:
        found = self._http.get(f"api/v1/ticket_articles/by_ticket/{at}", params={"expand": "true"})
        return found.read(Articles).root

    def _message(self, article: Article) -> Message:
        author = _SENDERS.get(article.sender or "", Author.COLLEAGUE)
        if article.created_by_id == self._me and author is not Author.CUSTOMER:
            author = Author.OURS
        return Message(
            str(article.id),
            article.body or "",
            author,
            at=article.created_at,
            html=article.is_html,
            internal=bool(article.internal),
            person=_sender(article.from_ or ""),
        )

    def _attached(self, at: str, articles: Sequence[Article]) -> Iterator[RemoteFile]:
        return (self._file(at, article, file) for article in articles for file in article.files)

    def _pasted(self, at: str, articles: Sequence[Article]) -> Iterator[RemoteFile]:
        """A picture within a mail stands in its text alone; a colleague's are mostly logos."""
        for article in articles:
            if article.is_html and _SENDERS.get(article.sender or "") is Author.CUSTOMER:
                for found in pictures(article.body or "", self._settings.url, _PICTURE):
                    if found.group(1, 2) == (at, str(article.id)):  # he may write another ticket's
                        yield RemoteFile(found[3], f"picture-{found[3]}", partial(self._http.load, found[0]))

    def _file(self, at: str, article: Article, file: File) -> RemoteFile:
        def load() -> Iterator[bytes]:
            return self._http.load(f"api/v1/ticket_attachment/{at}/{article.id}/{file.id}")

        kind = str(file.preferences.get("Content-Type") or file.preferences.get("Mime-Type") or "")
        return RemoteFile(str(file.id), file.filename or "", load, kind, file.size)

    def _tags(self, at: str) -> list[str]:
        found = self._http.get("api/v1/tags", params={"object": "Ticket", "o_id": at}).json()
        tags = found.get("tags") if isinstance(found, dict) else None
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []

    def _person(self, user: int | None) -> Person:
        """Nobody, where the user is gone or not ours to see."""
        try:
            return self.identity(str(user)) if user is not None else Person()
        except Gone:
            return Person()

    def _address(self, at: str) -> str:
        email = self._person(self._ticket(at).customer_id).email
        if not email:
            raise BadAnswer(_("客户没有邮箱,无法用邮件回复。"))
        return email

    @cached_property
    def _me(self) -> int:
        return self._http.get("api/v1/users/me").read(Account).id


def _person(found: User) -> Person:
    name = whole_name(found.firstname, found.lastname)
    return Person(name, found.email or "", found.mobile or found.phone or "", str(found.id))


def _ids(found: Any) -> tuple[str, ...]:
    """Of a search, in whichever of its forms: a list of tickets, or their ids with the assets beside them."""
    tickets = found.get("tickets", []) if isinstance(found, dict) else found
    if not isinstance(tickets, list):
        raise BadAnswer(_("搜索的回答不是列表。"))
    return tuple(id for each in tickets for id in named(each.get("id") if isinstance(each, dict) else each))


def _sender(sender: str) -> Person:
    """A sender as a mail's head has it, or a bare name."""
    return Person(*parseaddr(sender)) if "@" in sender else Person(sender.strip(' "'))
