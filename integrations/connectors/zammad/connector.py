"""Reads and writes tickets of a Zammad as one agent of it.

Rule: a webhook only names the ticket, whatever else it carries; notes are articles of type `note` with `internal`, as
any other type would send mail.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import BaseModel, Field, RootModel

from integrations.connectors.http import Http
from integrations.connectors.kinds import Setup, WebSettings
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
    RemoteFile,
    RemoteTicket,
)
from tickets.web.given import whole_number

_PAGE = 50
_OVERLAP = timedelta(minutes=2)  # its search index lags behind
_SENDERS = {"Customer": Author.CUSTOMER, "Agent": Author.COLLEAGUE, "System": Author.SYSTEM}


class ZammadSettings(WebSettings):
    days_back: int = Field(default=1, ge=0, le=365, title=gettext_noop("第一次向前查看几天"))


class _Account(BaseModel):
    id: int
    login: str = ""


class _Ticket(BaseModel):
    id: int
    number: str = ""
    title: str | None = ""
    group: str | None = ""
    state: str | None = ""
    priority: str | None = ""
    customer_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class _File(BaseModel):
    id: int
    filename: str = ""
    size: int | None = None
    preferences: dict[str, Any] = Field(default_factory=dict)


class _Article(BaseModel):
    id: int
    body: str | None = ""
    content_type: str | None = ""
    internal: bool | None = False
    sender: str | None = ""
    created_by_id: int | None = None
    created_at: datetime | None = None
    attachments: list[_File] = Field(default_factory=list)
    from_: str | None = Field(default="", alias="from")


class _Articles(RootModel[list[_Article]]):
    pass


class _User(BaseModel):
    id: int
    firstname: str | None = ""
    lastname: str | None = ""
    email: str | None = ""
    mobile: str | None = ""
    phone: str | None = ""


class ZammadConnector:
    kind = "zammad"

    def __init__(self, setup: Setup) -> None:
        self._settings: ZammadSettings = setup.settings
        self._signing = setup.secret("signing")
        headers = {"Authorization": f"Token token={setup.secret('token')}"}
        self._http = Http(setup.settings.url, headers=headers, networks=setup.settings.networks)
        self._me: int | None = None

    def capabilities(self) -> frozenset[Capability]:
        return frozenset(Capability) - {Capability.REPLY}

    def verify(self, incoming: Incoming) -> Delivery:
        given = incoming.headers.get("x-hub-signature", "")
        made = "sha1=" + hmac.new(self._signing.encode(), incoming.body, hashlib.sha1).hexdigest()
        if not hmac.compare_digest(given.encode(), made.encode()):
            raise Refused(_("X-Hub-Signature 不对:核对两边的签名令牌。"))
        ticket = incoming.document().get("ticket")
        external_id = ticket.get("id") if isinstance(ticket, dict) else None
        delivery_id = incoming.headers.get("x-zammad-delivery") or hashlib.sha256(incoming.body).hexdigest()
        event = incoming.headers.get("x-zammad-trigger", "")
        ids = (str(external_id),) if isinstance(external_id, int) and not isinstance(external_id, bool) else ()
        return Delivery(delivery_id, ids, event)

    def parse(self, delivery: Delivery) -> Sequence[str]:
        return delivery.external_ids

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        number = _number(external_id)
        ticket = self._http.get(f"api/v1/tickets/{number}", params={"expand": "true"}).read(_Ticket)
        articles = self._articles(number)
        messages = [self._message(article) for article in articles]
        first = articles[0] if articles else None
        return RemoteTicket(
            external_id=external_id,
            subject=ticket.title or "",
            text=(first.body or "") if first else "",
            html=first is not None and first.content_type == "text/html",
            number=ticket.number,
            requester=self._person(ticket.customer_id),
            queue=ticket.group or "",
            tags=tuple(self._tags(number)),
            status=ticket.state or "",
            priority=ticket.priority or "",
            url=self.deep_link(external_id),
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
            messages=tuple(messages[1:]),
            files=tuple(self._file(number, article, file) for article in articles for file in article.attachments),
        )

    def changed_since(self, cursor: str) -> Changes:
        """The cursor is `<from>|<page>|<begun>`: pages of one search; then it begins anew where the search began."""
        since, page, begun = _cursor(cursor, self._settings.days_back)
        query = f"updated_at:[{since:%Y-%m-%dT%H:%M:%SZ} TO *]"
        params = {"query": query, "sort_by": "updated_at", "order_by": "asc", "page": page, "per_page": _PAGE}
        found = self._http.get("api/v1/tickets/search", params=params).json()
        ids = _ids(found)
        if len(ids) >= _PAGE:
            return Changes(ids, f"{since.isoformat()}|{page + 1}|{begun.isoformat()}", more=True)
        return Changes(ids, f"{(begun - _OVERLAP).isoformat()}|1|")

    def find_note(self, external_id: str, marker: str) -> str | None:
        articles = reversed(self._articles(_number(external_id)))
        return next((str(article.id) for article in articles if marker in (article.body or "")), None)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        if not internal:
            raise BadAnswer(_("不能从这里向 Zammad 的客户发送回复。"))
        note = {
            "ticket_id": int(_number(external_id)),
            "subject": "cs_agent",
            "body": text,
            "content_type": "text/plain",
        }
        note |= {"type": "note", "internal": True, "sender": "Agent"}
        return str(self._http.request("POST", "api/v1/ticket_articles", json=note).read(_Article).id)

    def set_status(self, external_id: str, status: str) -> None:
        path = f"api/v1/tickets/{_number(external_id)}"
        self._http.request("PUT", path, json={"state": status})
        now = self._http.get(path, params={"expand": "true"}).read(_Ticket).state or ""
        if now.lower() != status.lower():
            raise BadAnswer(_("状态没有变成“%(wanted)s”,仍是“%(now)s”。") % {"wanted": status, "now": now})

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        for tag in tags:
            body = {"item": tag, "object": "Ticket", "o_id": int(_number(external_id))}
            self._http.request("POST", "api/v1/tags/add", json=body)

    def deep_link(self, external_id: str) -> str:
        return f"{self._settings.url.rstrip('/')}/#ticket/zoom/{_number(external_id)}"

    def identity(self, account: str) -> Person:
        return self._person(int(_number(account)))

    def test(self) -> Sequence[Finding]:
        try:
            me = self._http.get("api/v1/users/me").read(_Account)
            findings = [Finding(Level.GOOD, _("以 %s 的身份登录成功。") % (me.login or me.id))]
            changes = self.changed_since("")
        except ConnectorError as error:
            return [Finding(Level.PROBLEM, error.text, _("核对地址和访问令牌;账号需要 ticket.agent 权限。"))]
        if changes.external_ids:
            return [*findings, Finding(Level.GOOD, _("能读取工单。"))]
        text = _("没有读到任何工单。")
        return [*findings, Finding(Level.WARNING, text, _("如果最近有过工单,核对账号加入的群组。"))]

    def _articles(self, number: str) -> list[_Article]:
        found = self._http.get(f"api/v1/ticket_articles/by_ticket/{number}", params={"expand": "true"})
        return found.read(_Articles).root

    def _message(self, article: _Article) -> Message:
        author = _SENDERS.get(article.sender or "", Author.COLLEAGUE)
        if article.created_by_id == self._own_id() and author is not Author.CUSTOMER:
            author = Author.OURS
        return Message(
            str(article.id),
            article.body or "",
            author,
            at=article.created_at,
            html=article.content_type == "text/html",
            internal=bool(article.internal),
            person=Person(name=(article.from_ or "").split("<")[0].strip(' "')),
        )

    def _file(self, number: str, article: _Article, file: _File) -> RemoteFile:
        def load() -> Iterator[bytes]:
            return self._http.load(f"api/v1/ticket_attachment/{number}/{article.id}/{file.id}")

        kind = str(file.preferences.get("Content-Type") or file.preferences.get("Mime-Type") or "")
        return RemoteFile(str(file.id), file.filename, load, kind, file.size)

    def _tags(self, number: str) -> list[str]:
        found = self._http.get("api/v1/tags", params={"object": "Ticket", "o_id": number}).json()
        tags = found.get("tags") if isinstance(found, dict) else None
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []

    def _person(self, user: int | None) -> Person:
        if user is None:
            return Person()
        try:
            found = self._http.get(f"api/v1/users/{user}").read(_User)
        except Gone:
            return Person()
        name = f"{found.firstname or ''} {found.lastname or ''}".strip()
        return Person(name, found.email or "", found.mobile or found.phone or "", str(found.id))

    def _own_id(self) -> int:
        if self._me is None:
            self._me = self._http.get("api/v1/users/me").read(_Account).id
        return self._me


def _number(external_id: str) -> str:
    """Ids are whole numbers; another one is no ticket."""
    number = whole_number(external_id)
    if number is None:
        raise Gone(_("“%s”不是工单编号。") % external_id[:40])
    return str(number)


def _cursor(cursor: str, days_back: int) -> tuple[datetime, int, datetime]:
    """From when, which page, and when the search began; a cursor that cannot be read begins anew."""
    now = datetime.now(UTC)
    since, _sep, rest = cursor.partition("|")
    page, _sep, begun = rest.partition("|")
    try:
        return datetime.fromisoformat(since), max(1, int(page)), datetime.fromisoformat(begun) if begun else now
    except ValueError:
        return now - timedelta(days=days_back), 1, now


def _ids(found: Any) -> tuple[str, ...]:
    """Of a search, in whichever of its forms: a list of tickets, or their ids with the assets beside them."""
    tickets = found.get("tickets", []) if isinstance(found, dict) else found
    if not isinstance(tickets, list):
        raise BadAnswer(_("搜索的回答不是列表。"))
    ids = [each.get("id") if isinstance(each, dict) else each for each in tickets]
    return tuple(str(each) for each in ids if isinstance(each, int))
