"""Zendesk's own forms, as far as they are read."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from integrations.connectors.protocol import Person
from integrations.connectors.wire.shapes import Moment, Shape


class Place(Shape):
    ticket_id: int | None = None
    phone: str | None = ""


class Source(Shape):
    from_: Place | None = Field(default=None, alias="from")
    rel: str | None = ""


class Via(Shape):
    source: Source = Field(default_factory=Source)


class Ticket(Shape):
    id: int
    subject: str | None = ""
    description: str | None = ""
    status: str = ""
    priority: str | None = ""
    group_id: int | None = None
    requester_id: int | None = None
    tags: list[str] = Field(default_factory=list)
    created_at: Moment = None
    updated_at: Moment = None
    custom_fields: list[dict[str, Any]] = Field(default_factory=list)
    via: Via = Field(default_factory=Via)

    @property
    def caller(self) -> str:
        """The number a call came from."""
        place = self.via.source.from_
        return (place.phone or "") if place else ""


class OneTicket(Shape):
    ticket: Ticket


class Attachment(Shape):
    id: int
    file_name: str | None = ""
    content_url: str = ""
    content_type: str | None = ""
    size: int | None = None
    inline: bool = False
    deleted: bool = False  # redacted: only a placeholder is left


class Comment(Shape):
    id: int
    author_id: int | None = None
    body: str | None = ""
    html_body: str | None = ""
    public: bool = True
    created_at: Moment = None
    attachments: list[Attachment] = Field(default_factory=list)
    via: Via = Field(default_factory=Via)


class Meta(Shape):
    has_more: bool = False
    after_cursor: str | None = None


class Comments(Shape):
    comments: list[Comment]
    meta: Meta = Field(default_factory=Meta)


class Export(Shape):
    tickets: list[Any]
    after_cursor: str | None = None
    end_of_stream: bool = True


class User(Shape):
    id: int | None = None
    name: str | None = ""
    email: str | None = ""
    phone: str | None = ""
    role: str | None = ""

    @property
    def person(self) -> Person:
        return Person(self.name or "", self.email or "", self.phone or "", str(self.id or ""))


class OneUser(Shape):
    user: User


class Group(Shape):
    name: str | None = ""


class OneGroup(Shape):
    group: Group
