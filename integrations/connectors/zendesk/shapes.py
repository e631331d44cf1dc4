"""Zendesk's own forms, as far as they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class Ticket(BaseModel):
    id: int
    subject: str | None = ""
    status: str = ""
    priority: str | None = ""
    group_id: int | None = None
    requester_id: int | None = None
    tags: list[str] = Field(default_factory=list)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    custom_fields: list[dict[str, Any]] = Field(default_factory=list)


class OneTicket(BaseModel):
    ticket: Ticket


class Attachment(BaseModel):
    id: int
    file_name: str | None = ""
    content_url: str = ""
    content_type: str | None = ""
    size: int | None = None


class Place(BaseModel):
    ticket_id: int | None = None


class Source(BaseModel):
    from_: Place | None = Field(default=None, alias="from")
    rel: str | None = ""


class Via(BaseModel):
    source: Source = Field(default_factory=Source)


class Comment(BaseModel):
    id: int
    author_id: int | None = None
    body: str | None = ""
    html_body: str | None = ""
    public: bool = True
    created_at: datetime | None = None
    attachments: list[Attachment] = Field(default_factory=list)
    via: Via = Field(default_factory=Via)


class Meta(BaseModel):
    has_more: bool = False
    after_cursor: str | None = None


class Comments(BaseModel):
    comments: list[Comment]
    meta: Meta = Field(default_factory=Meta)


class Export(BaseModel):
    tickets: list[Ticket]
    after_cursor: str | None = None
    end_of_stream: bool = True


class User(BaseModel):
    id: int | None = None
    name: str | None = ""
    email: str | None = ""
    phone: str | None = ""
    role: str | None = ""


class OneUser(BaseModel):
    user: User


class Group(BaseModel):
    name: str | None = ""


class OneGroup(BaseModel):
    group: Group
