"""Zammad's own forms, as far as they are read."""

from __future__ import annotations

from typing import Any

from pydantic import Field, RootModel

from integrations.connectors.wire.shapes import Moment, Shape


class Account(Shape):
    id: int
    login: str = ""


class Ticket(Shape):
    id: int
    number: str = ""
    title: str | None = ""
    group: str | None = ""
    state: str | None = ""
    priority: str | None = ""
    customer_id: int | None = None
    created_at: Moment = None
    updated_at: Moment = None


class File(Shape):
    id: int
    filename: str = ""
    size: int | None = None
    preferences: dict[str, Any] = Field(default_factory=dict)


class Article(Shape):
    id: int
    body: str | None = ""
    content_type: str | None = ""
    internal: bool | None = False
    sender: str | None = ""
    created_by_id: int | None = None
    created_at: Moment = None
    attachments: list[File] = Field(default_factory=list)
    from_: str | None = Field(default="", alias="from")

    @property
    def files(self) -> list[File]:
        """Without the copy of an HTML mail that Zammad keeps beside its own text of it."""
        return [each for each in self.attachments if not each.preferences.get("content-alternative")]

    @property
    def is_html(self) -> bool:
        return (self.content_type or "").lower().startswith("text/html")


class Articles(RootModel[list[Article]]):
    pass


class User(Shape):
    id: int
    firstname: str | None = ""
    lastname: str | None = ""
    email: str | None = ""
    mobile: str | None = ""
    phone: str | None = ""


class Link(Shape):
    link_type: str | None = ""
    link_object: str | None = ""
    link_object_value: int | None = None


class Links(Shape):
    links: list[Link] = Field(default_factory=list)
