"""Reads and writes tickets of a GLPI as one of its accounts, over its older REST interface.

Rule: a webhook only names the ticket, and may be late: repeats are recognised, and no age is refused. Follow-ups
are HTML there, so what we write is escaped.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import escape
from django.utils.translation import gettext_lazy

from integrations.connectors.errors import BadAnswer, Gone, NotAllowed
from integrations.connectors.fields import templates
from integrations.connectors.glpi.shapes import (
    Account,
    Document,
    Email,
    Followup,
    Found,
    Link,
    Made,
    Rows,
    Session,
    Solution,
    Ticket,
    User,
    Whole,
)
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
from integrations.connectors.wire.http import Http, shaped
from integrations.connectors.wire.paging import ids_in, named, number, place
from integrations.connectors.wire.shapes import known, whole_name
from integrations.connectors.wire.web import WebConnector, took
from tickets.said import gettext_said as _

_STATUSES = ("", "new", "assigned", "planned", "pending", "solved", "closed")  # by GLPI's number
_PAGE = 50
_NEVER = datetime.min.replace(tzinfo=UTC)
_ID, _CHANGED = "2", "19"  # search options: number, last change
_REQUESTER = 1
_MOST_ASKED = 10  # follow-ups whose files are asked for, the newest


class GlpiConnector(WebConnector):
    kind = "glpi"
    can = frozenset(Capability) - {Capability.TAGS}
    remedy = gettext_lazy("核对地址、REST 接口的路径、用户令牌和应用令牌;客户端的 IP 范围要包括本机。")

    def verify(self, incoming: Incoming) -> Delivery:
        key, at = self._secret("signing"), incoming.headers.get("x-glpi-timestamp", "")
        made = signatures.hex_of(key, incoming.body + at.encode(), "sha256")
        signatures.check(incoming, "x-glpi-signature", made, key)
        body = incoming.document()
        ids = ids_in(body, self._settings.id)
        name = hashlib.sha256(incoming.body + at.encode()).hexdigest()
        return Delivery(name, ids, str(body.get("event", ""))[:80])

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        with self._sight():
            ticket = self._ticket(external_id)
            requesters = self._requesters(external_id)
        said = self._followups(external_id, requesters)
        told = sorted([*said, *self._solutions(external_id)], key=lambda each: each.at or _NEVER)
        queue = ticket.itilcategories_id if self._settings.queue == "category" else ticket.entities_id
        return RemoteTicket(
            external_id=external_id,
            subject=html.unescape(ticket.name or ""),
            text=_html(ticket.content),
            html=True,
            requester=self._requester(requesters),
            queue=str(queue or ""),
            status=_status(ticket.status),
            priority=str(ticket.priority or ""),
            url=self.deep_link(external_id),
            created_at=self._moment(ticket.date),
            updated_at=self._moment(ticket.date_mod),
            messages=tuple(told),
            files=(*self._files(f"Ticket/{number(external_id)}"), *self._sent_later(said)),
        )

    def changed_since(self, cursor: str) -> Changes:
        at = place(cursor, self._settings.days_back)
        since = at.since.astimezone(ZoneInfo(self._settings.zone))
        begin = at.offset(_PAGE)
        params = {
            "criteria[0][field]": _CHANGED,
            "criteria[0][searchtype]": "morethan",
            "criteria[0][value]": f"{since:%Y-%m-%d %H:%M:%S}",
            "sort": _CHANGED,
            "order": "ASC",
            "forcedisplay[0]": _ID,
            "range": f"{begin}-{begin + _PAGE - 1}",
        }
        page = self._live.get("search/Ticket", params=params).read(Found)
        ids = [id for row in page.data if isinstance(row, dict) for id in named(row.get(_ID))]
        return at.after(ids, more=bool(ids) and begin + len(ids) < page.totalcount)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        self._ticket(external_id)  # a deleted one takes follow-ups all the same
        content = "<br>".join(str(escape(line)) for line in text.split("\n"))
        id, private = number(external_id), int(internal)
        made = templates.written(self._settings.note_body, id=int(id), text=content, private=private)
        path = templates.at(self._settings.note_path, id=id)
        return str(self._live.request("POST", path, json=made).read(Made).id)

    def set_status(self, external_id: str, status: str) -> None:
        if status.lower() not in _STATUSES[1:]:
            raise BadAnswer(_("没有这个状态:%s") % f"{status[:40]} ({', '.join(_STATUSES[1:])})")
        if _status(self._ticket(external_id).status) != status.lower():
            change = {"input": {"id": int(number(external_id)), "status": _STATUSES.index(status.lower())}}
            self._live.request("PUT", f"Ticket/{number(external_id)}", json=change)
            took(_status(self._ticket(external_id).status), status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        raise BadAnswer(_("GLPI 没有标签。"))

    def deep_link(self, external_id: str) -> str:
        return f"{self._settings.url.rstrip('/')}/front/ticket.form.php?id={number(external_id)}"

    def identity(self, account: str) -> Person:
        user = self._live.get(f"User/{number(account)}").read(User)
        name = whole_name(user.firstname, user.realname) or user.name or ""
        return Person(name, self._email(user.id), user.mobile or user.phone or "", str(user.id))

    def _credentials(self) -> Mapping[str, str]:
        token = self._secret("app_token")
        return {"App-Token": token} if token else {}

    @cached_property
    def _live(self) -> Http:
        """The interface with a session of our own."""
        first = Http(self._base, headers=self._credentials(), networks=self._settings.networks)
        log_in = {"Authorization": f"user_token {self._secret('user_token')}"}
        session = first.get("initSession", headers=log_in).read(Session).session_token
        headers = {**self._credentials(), "Session-Token": session}
        return Http(self._base, headers=headers, networks=self._settings.networks)

    @property
    def _base(self) -> str:
        return f"{self._settings.url.rstrip('/')}/{self._settings.api.strip('/')}"

    def _own_name(self) -> str:
        return self._whole().glpiname or str(self._me)

    def _whole(self) -> Account:
        return self._live.get("getFullSession").read(Whole).session

    @cached_property
    def _me(self) -> int:
        return self._whole().glpiID

    def _messages(self, external_id: str) -> Sequence[Message]:
        return self._followups(external_id, self._requesters(external_id))

    def _ticket(self, external_id: str) -> Ticket:
        path = f"Ticket/{number(external_id)}"
        ticket = self._live.get(path, params={"expand_dropdowns": "true"}).read(Ticket)
        if ticket.is_deleted:
            raise Gone(_("对方没有这个内容(%d)。") % 404)
        return ticket

    def _rows(self, path: str) -> list[dict[str, Any]]:
        return self._live.get(path, params={"range": "0-999"}).read(Rows).root

    def _requesters(self, external_id: str) -> list[Link]:
        """Those with an account first."""
        rows = self._rows(f"Ticket/{number(external_id)}/Ticket_User")
        links = [each for each in (shaped(Link, row) for row in rows) if each.type == _REQUESTER]
        return sorted(links, key=lambda each: not each.users_id)

    def _requester(self, requesters: Sequence[Link]) -> Person:
        if not requesters:
            return Person()
        first = requesters[0]
        known = self._person(first.users_id)
        return replace(known, email=known.email or first.alternative_email or "")

    def _email(self, user: int) -> str:
        """The one mail goes to; "" where it is not ours to see."""
        try:
            emails = [shaped(Email, row) for row in self._rows(f"User/{user}/UserEmail")]
        except (Gone, NotAllowed, BadAnswer):
            return ""
        return next((each.email or "" for each in sorted(emails, key=lambda each: not each.is_default)), "")

    def _followups(self, external_id: str, requesters: Sequence[Link]) -> list[Message]:
        rows = [shaped(Followup, row) for row in self._rows(f"Ticket/{number(external_id)}/ITILFollowup")]
        return [self._message(each, requesters) for each in sorted(rows, key=lambda each: each.id)]

    def _solutions(self, external_id: str) -> list[Message]:
        """What colleagues wrote on solving it; none where that is not ours to see."""
        try:
            rows = [shaped(Solution, row) for row in self._rows(f"Ticket/{number(external_id)}/ITILSolution")]
        except (Gone, NotAllowed, BadAnswer):
            return []
        return [
            Message(
                f"solution-{row.id}",  # counted apart from the follow-ups
                _html(row.content),
                Author.OURS if row.users_id == self._me else Author.COLLEAGUE,
                at=self._moment(row.date_creation),
                html=True,
            )
            for row in rows
        ]

    def _message(self, followup: Followup, requesters: Sequence[Link]) -> Message:
        """Who has no account writes by mail, and is nobody there."""
        asked = (followup.users_id or 0) in {each.users_id or 0 for each in requesters}
        guest = "" if followup.users_id or not requesters else requesters[-1].alternative_email or ""
        other = Author.CUSTOMER if asked else Author.COLLEAGUE
        return Message(
            str(followup.id),
            _html(followup.content),
            Author.OURS if followup.users_id == self._me else other,
            at=self._moment(followup.date),
            html=True,
            internal=bool(followup.is_private),
            person=Person(email=guest, external_id=str(followup.users_id or "")),
        )

    def _person(self, user: int | None) -> Person:
        """Nobody, where the account is gone or not ours to see."""
        try:
            return self.identity(str(user)) if user else Person()
        except (Gone, NotAllowed):
            return Person()

    def _sent_later(self, said: Sequence[Message]) -> Iterator[RemoteFile]:
        """What the customer sent with a follow-up is kept there."""
        by_customer = [each for each in said if each.author is Author.CUSTOMER]
        for message in by_customer[-_MOST_ASKED:]:
            try:
                yield from self._files(f"ITILFollowup/{message.external_id}")
            except (Gone, NotAllowed, BadAnswer):
                continue

    def _files(self, of: str) -> Iterator[RemoteFile]:
        for row in self._rows(f"{of}/Document_Item"):
            document = shaped(Link, row).documents_id
            if document is not None:
                yield self._file(self._document(document))

    def _document(self, id: int) -> Document:
        """Of one that is gone or not ours to see the number: people are told when it is loaded."""
        try:
            return self._live.get(f"Document/{id}").read(Document)
        except (Gone, NotAllowed):
            return Document(id=id, filename=f"document-{id}")

    def _file(self, document: Document) -> RemoteFile:
        def load() -> Iterator[bytes]:
            return self._live.load(f"Document/{document.id}?alt=media", accept="application/octet-stream")

        return RemoteFile(str(document.id), document.filename or "", load, document.mime or "", document.filesize)

    def _moment(self, text: str | None) -> datetime | None:
        return known(text, ZoneInfo(self._settings.zone))


def _status(status: int) -> str:
    return _STATUSES[status] if 0 < status < len(_STATUSES) else str(status)


def _html(content: str | None) -> str:
    """Older rows hold their markup escaped."""
    text = content or ""
    return html.unescape(text) if "<" not in text and ("&#60;" in text or "&lt;" in text) else text
