"""A ticket of Request Tracker as every connector gives it: what was written by whom, and the files that came along.

Rule: only what people wrote counts (the first message, answers, comments); mail that Request Tracker recorded of itself
stands among the attachments and is left out. Of a message in two forms the plain one is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from integrations.connectors.protocol import Author, Message, Person, RemoteFile, RemoteTicket
from integrations.connectors.request_tracker.rest import Rest
from integrations.connectors.request_tracker.shapes import Attachment, Ticket, Transaction, User

_FIRST, _ANSWER, _COMMENT = "Create", "Correspond", "Comment"
WRITTEN = frozenset({_FIRST, _ANSWER, _COMMENT})
_ROBOTS = frozenset({"RT_System", "Nobody"})
_MOST_MESSAGES = 100  # the newest ones, of a ticket that has more


def whole(rest: Rest, ticket: Ticket, *, me: User, url: str, tag_field: str) -> RemoteTicket:
    """Everything people wrote and attached; several calls."""
    written = [row for row in rest.history(ticket.id) if row.type in WRITTEN]
    parts = _by_transaction(rest.attachments(ticket.id), written)
    first = next((row for row in written if row.type == _FIRST), None)
    text, html = _text(rest, parts.get(first.id, [])) if first else ("", False)
    later = [row for row in written if row is not first][-_MOST_MESSAGES:]
    tags = ticket.field(tag_field) if tag_field else None
    return RemoteTicket(
        external_id=ticket.id,
        subject=ticket.subject,
        text=text,
        html=html,
        requester=person(rest.user(ticket.requesters[0].login)) if ticket.requesters else Person(),
        queue=ticket.queue.name,
        tags=tuple(tags.texts) if tags else (),
        status=ticket.status,
        priority=ticket.priority,
        url=url,
        created_at=ticket.created,
        updated_at=ticket.updated,
        messages=tuple(_message(rest, row, parts.get(row.id, []), ticket, me) for row in later),
        files=tuple(_file(rest, part) for row in written for part in parts.get(row.id, []) if part.is_file),
        fields={field.name: ", ".join(field.texts) for field in ticket.fields},
    )


def person(user: User) -> Person:
    """Name and number are seen by accounts that may; everybody sees the address."""
    return Person(name=user.real_name or user.login, email=user.email, mobile=user.phone, external_id=user.login)


def _by_transaction(parts: Iterable[Attachment], written: Iterable[Transaction]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {row.id: [] for row in written}
    for part in parts:
        if part.transaction in found:
            found[part.transaction].append(part)
    return found


def _text(rest: Rest, parts: Iterable[Attachment]) -> tuple[str, bool]:
    """What was written, and whether it is HTML."""
    texts = sorted((part for part in parts if part.is_text), key=lambda part: part.type.lower() == "text/html")
    for part in texts:
        text = rest.text(part)
        if text.strip():
            return text, part.type.lower() == "text/html"
    return "", False


def newest_of(rest: Rest, external_id: str, me: User, most: int) -> Iterator[tuple[str, str]]:
    """Id and text of the newest messages this account wrote, the newest first."""
    rows = rest.history(external_id, newest_first=True, pages=1)
    ours = [row for row in rows if row.type in WRITTEN and row.creator.login == me.login][:most]
    parts = _by_transaction(rest.attachments(external_id, newest_first=True, pages=1), ours) if ours else {}
    for row in ours:
        yield row.id, _text(rest, parts.get(row.id, []))[0]


def _message(rest: Rest, row: Transaction, parts: list[Attachment], ticket: Ticket, me: User) -> Message:
    text, html = _text(rest, parts)
    return Message(
        external_id=row.id,
        text=text,
        html=html,
        author=_author(row.creator, ticket, me),
        at=row.created,
        internal=row.type == _COMMENT,
        person=person(row.creator),
    )


def _author(creator: User, ticket: Ticket, me: User) -> Author:
    """The customer is who asked; whoever else writes, in copy too, does not speak for him."""
    if creator.login == me.login:
        return Author.OURS
    if creator.login in _ROBOTS:
        return Author.SYSTEM
    return Author.CUSTOMER if creator.login in {user.login for user in ticket.requesters} else Author.COLLEAGUE


def _file(rest: Rest, part: Attachment) -> RemoteFile:
    return RemoteFile(
        external_id=part.id,
        name=part.name or f"attachment-{part.id}",
        load=partial(rest.load, part.id),
        content_type=part.type,
        size=part.bytes,
    )
