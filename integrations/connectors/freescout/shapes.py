"""FreeScout's own forms, as far as they are read."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from integrations.connectors.wire.shapes import Moment, Shape, whole_name


class Phone(Shape):
    value: str | None = ""


class Contacts(Shape):
    phones: list[Phone] = Field(default_factory=list)


class Named(Shape):
    """A person or a thing. The telephones of a customer stand on his own page alone."""

    id: int | None = None
    type: str | None = ""
    name: str | None = ""
    firstName: str | None = ""
    lastName: str | None = ""
    email: str | None = ""
    embedded: Contacts = Field(default_factory=Contacts, alias="_embedded")

    @property
    def whole_name(self) -> str:
        return whole_name(self.firstName, self.lastName) or self.name or ""


class File(Shape):
    id: int
    fileName: str | None = ""
    fileUrl: str = ""
    mimeType: str | None = ""
    size: int | None = None


class Files(Shape):
    attachments: list[File] = Field(default_factory=list)


class Thread(Shape):
    id: int
    type: str = ""  # customer, message, note, lineitem
    state: str | None = ""
    body: str | None = ""
    createdAt: Moment = None
    createdBy: Named | None = None
    embedded: Files = Field(default_factory=Files, alias="_embedded")


class Inside(Shape):
    threads: list[Thread] = Field(default_factory=list)
    tags: list[Named] = Field(default_factory=list)


class Conversation(Shape):
    id: int
    number: int | None = None
    status: str = ""
    state: str | None = ""
    subject: str | None = ""
    mailboxId: int | None = None
    customer: Named | None = None
    createdAt: Moment = None
    updatedAt: Moment = None
    customFields: list[dict[str, Any]] | None = None
    embedded: Inside = Field(default_factory=Inside, alias="_embedded")


class Listed(Shape):
    conversations: list[Any]


class PageOf(Shape):
    number: int = 1
    totalPages: int = 1


class Page(Shape):
    embedded: Listed = Field(alias="_embedded")
    page: PageOf = Field(default_factory=PageOf)


class Mailboxes(Shape):
    mailboxes: list[Named]


class MailboxPage(Shape):
    embedded: Mailboxes = Field(alias="_embedded")
