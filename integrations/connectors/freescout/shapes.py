"""FreeScout's own forms, as far as they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class Named(BaseModel):
    id: int | None = None
    type: str | None = ""
    name: str | None = ""
    firstName: str | None = ""
    lastName: str | None = ""
    email: str | None = ""
    phones: list[dict[str, Any]] | None = None

    @property
    def whole_name(self) -> str:
        return f"{self.firstName or ''} {self.lastName or ''}".strip() or self.name or ""


class File(BaseModel):
    id: int
    fileName: str | None = ""
    fileUrl: str = ""
    mimeType: str | None = ""
    size: int | None = None


class Files(BaseModel):
    attachments: list[File] = Field(default_factory=list)


class Thread(BaseModel):
    id: int
    type: str = ""  # customer, message, note, lineitem
    state: str | None = ""
    body: str | None = ""
    createdAt: datetime | None = None
    createdBy: Named | None = None
    embedded: Files = Field(default_factory=Files, alias="_embedded")


class Inside(BaseModel):
    threads: list[Thread] = Field(default_factory=list)
    tags: list[Named] = Field(default_factory=list)


class Conversation(BaseModel):
    id: int
    number: int | None = None
    status: str = ""
    state: str | None = ""
    subject: str | None = ""
    mailboxId: int | None = None
    customer: Named | None = None
    createdAt: datetime | None = None
    updatedAt: datetime | None = None
    customFields: list[dict[str, Any]] | None = None
    embedded: Inside = Field(default_factory=Inside, alias="_embedded")


class Listed(BaseModel):
    conversations: list[Conversation]


class PageOf(BaseModel):
    number: int = 1
    totalPages: int = 1


class Page(BaseModel):
    embedded: Listed = Field(alias="_embedded")
    page: PageOf = Field(default_factory=PageOf)


class Mailboxes(BaseModel):
    mailboxes: list[Named]


class MailboxPage(BaseModel):
    embedded: Mailboxes = Field(alias="_embedded")
