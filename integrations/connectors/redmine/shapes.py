"""Redmine's own forms, as far as they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class Named(BaseModel):
    id: int
    name: str | None = ""


class File(BaseModel):
    id: int
    filename: str | None = ""
    filesize: int | None = None
    content_type: str | None = ""


class Journal(BaseModel):
    id: int
    user: Named | None = None
    notes: str | None = ""
    private_notes: bool | None = False
    created_on: datetime | None = None


class Value(BaseModel):
    name: str | None = ""
    value: Any = None


class Issue(BaseModel):
    id: int
    project: Named
    status: Named
    priority: Named | None = None
    author: Named | None = None
    subject: str | None = ""
    description: str | None = ""
    created_on: datetime | None = None
    updated_on: datetime | None = None
    custom_fields: list[Value] = Field(default_factory=list)
    attachments: list[File] = Field(default_factory=list)
    journals: list[Journal] = Field(default_factory=list)


class OneIssue(BaseModel):
    issue: Issue


class Issues(BaseModel):
    issues: list[Issue]


class Status(BaseModel):
    id: int
    name: str = ""
    is_closed: bool = False


class Statuses(BaseModel):
    issue_statuses: list[Status]


class Membership(BaseModel):
    project: Named
    roles: list[Named] = Field(default_factory=list)


class Account(BaseModel):
    id: int
    login: str | None = ""
    firstname: str | None = ""
    lastname: str | None = ""
    mail: str | None = ""
    admin: bool = False
    memberships: list[Membership] = Field(default_factory=list)


class OneAccount(BaseModel):
    user: Account


class Role(BaseModel):
    permissions: list[str] = Field(default_factory=list)


class OneRole(BaseModel):
    role: Role
