"""The forms of GLPI's older REST interface, as far as they are read."""

from __future__ import annotations

from typing import Any

from pydantic import Field, RootModel

from integrations.connectors.wire.shapes import Shape


class Session(Shape):
    session_token: str


class Account(Shape):
    glpiID: int
    glpiname: str = ""


class Whole(Shape):
    session: Account


class Ticket(Shape):
    id: int
    name: str | None = ""
    content: str | None = ""
    status: int = 0
    priority: int | None = None
    is_deleted: int | bool = 0
    itilcategories_id: str | int | None = ""
    entities_id: str | int | None = ""
    date: str | None = ""
    date_mod: str | None = ""


class Followup(Shape):
    id: int
    content: str | None = ""
    is_private: int | bool = 0
    users_id: int | None = None
    date: str | None = ""


class Solution(Shape):
    id: int
    content: str | None = ""
    users_id: int | None = None
    date_creation: str | None = ""


class Link(Shape):
    users_id: int | None = None
    documents_id: int | None = None
    type: int | None = None
    alternative_email: str | None = ""  # of a requester without an account


class Email(Shape):
    email: str | None = ""
    is_default: int | bool = 0


class Rows(RootModel[list[dict[str, Any]]]):
    pass


class Document(Shape):
    id: int
    filename: str | None = ""
    mime: str | None = ""
    filesize: int | None = None


class User(Shape):
    id: int
    name: str | None = ""
    realname: str | None = ""
    firstname: str | None = ""
    phone: str | None = ""
    mobile: str | None = ""


class Found(Shape):
    totalcount: int = 0
    data: list[Any] = Field(default_factory=list)


class Made(Shape):
    id: int
