"""Redmine's own forms, as far as they are read."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from integrations.connectors.wire.shapes import Moment, Shape


class Named(Shape):
    id: int
    name: str | None = ""


class File(Shape):
    id: int
    filename: str | None = ""
    filesize: int | None = None
    content_type: str | None = ""


class Journal(Shape):
    id: int
    user: Named | None = None
    notes: str | None = ""
    private_notes: bool | None = False
    created_on: Moment = None


class Value(Shape):
    name: str | None = ""
    value: Any = None


class Issue(Shape):
    id: int
    project: Named
    status: Named
    priority: Named | None = None
    author: Named | None = None
    subject: str | None = ""
    description: str | None = ""
    created_on: Moment = None
    updated_on: Moment = None
    custom_fields: list[Value] = Field(default_factory=list)
    attachments: list[File] = Field(default_factory=list)
    journals: list[Journal] = Field(default_factory=list)


class OneIssue(Shape):
    issue: Issue


class Issues(Shape):
    issues: list[Any]


class Status(Shape):
    id: int
    name: str = ""
    is_closed: bool = False


class Statuses(Shape):
    issue_statuses: list[Status]


class Membership(Shape):
    project: Named
    roles: list[Named] = Field(default_factory=list)


class Account(Shape):
    id: int
    login: str | None = ""
    firstname: str | None = ""
    lastname: str | None = ""
    mail: str | None = ""
    admin: bool = False
    memberships: list[Membership] = Field(default_factory=list)


class OneAccount(Shape):
    user: Account


class Role(Shape):
    permissions: list[str] = Field(default_factory=list)


class OneRole(Shape):
    role: Role
