"""Zammad's own forms, as far as they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, RootModel


class Account(BaseModel):
    id: int
    login: str = ""


class Ticket(BaseModel):
    id: int
    number: str = ""
    title: str | None = ""
    group: str | None = ""
    state: str | None = ""
    priority: str | None = ""
    customer_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class File(BaseModel):
    id: int
    filename: str = ""
    size: int | None = None
    preferences: dict[str, Any] = Field(default_factory=dict)


class Article(BaseModel):
    id: int
    body: str | None = ""
    content_type: str | None = ""
    internal: bool | None = False
    sender: str | None = ""
    created_by_id: int | None = None
    created_at: datetime | None = None
    attachments: list[File] = Field(default_factory=list)
    from_: str | None = Field(default="", alias="from")


class Articles(RootModel[list[Article]]):
    pass


class User(BaseModel):
    id: int
    firstname: str | None = ""
    lastname: str | None = ""
    email: str | None = ""
    mobile: str | None = ""
    phone: str | None = ""


class Link(BaseModel):
    link_type: str | None = ""
    link_object: str | None = ""
    link_object_value: int | None = None


class Links(BaseModel):
    links: list[Link] = Field(default_factory=list)
