"""Chatwoot's own forms, as far as they are read. Times are Unix seconds, in some versions texts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import jmespath
from pydantic import BeforeValidator, ConfigDict, Field

from integrations.connectors.wire.shapes import Moment, Shape, numbered

NEVER = datetime.fromtimestamp(0, UTC)


class Profile(Shape):
    id: int
    name: str | None = ""
    email: str | None = ""


class Sender(Shape):
    id: int | None = None
    name: str | None = ""
    email: str | None = ""
    phone_number: str | None = ""
    type: str | None = ""  # user, contact, agent_bot


class File(Shape):
    """Where its address stands is a setting, so all of it is kept."""

    model_config = ConfigDict(extra="allow")
    id: int
    file_size: int | None = None
    file_type: str | None = ""
    extension: str | None = ""
    fallback_title: str | None = ""
    coordinates_lat: float | None = None
    coordinates_long: float | None = None

    @property
    def is_place(self) -> bool:
        """No file: where the customer is."""
        return self.file_type == "location"

    @property
    def place(self) -> str:
        given = self.coordinates_lat is not None and self.coordinates_long is not None
        return f"{self.fallback_title or ''} {self.coordinates_lat}, {self.coordinates_long}".strip() if given else ""


class Message(Shape):
    id: int
    content: str | None = ""
    message_type: int = 0  # 0 incoming, 1 outgoing, 2 activity, 3 template
    private: bool | None = False
    created_at: Moment = None
    sender: Sender | None = None
    attachments: list[File] = Field(default_factory=list)
    content_attributes: Any = None

    @property
    def words(self) -> str:
        """What was written, and the places that were shown."""
        places = [each.place for each in self.attachments if each.is_place]
        return "\n".join(filter(None, [self.content or "", *places]))

    @property
    def deleted(self) -> bool:
        """Nothing is left of it but a sentence of Chatwoot's that says so."""
        return bool(self._further("deleted"))

    @property
    def html(self) -> str:
        """Of a mail all of it; "" for anything else."""
        full = self._further("email.html_content.full")
        return full if isinstance(full, str) else ""

    def _further(self, path: str) -> Any:
        return jmespath.search(path, self.content_attributes)

    @property
    def files(self) -> list[File]:
        return [each for each in self.attachments if not each.is_place]


class Messages(Shape):
    payload: list[Message]


class Meta(Shape):
    sender: Sender | None = None


class Conversation(Shape):
    id: int
    status: str = ""
    inbox_id: int | None = None
    labels: list[str] = Field(default_factory=list)
    priority: str | None = ""
    created_at: Moment = None
    last_activity_at: Moment = None
    updated_at: Moment = None
    meta: Meta = Field(default_factory=Meta)
    additional_attributes: dict[str, Any] | None = None
    custom_attributes: dict[str, Any] | None = None

    @property
    def changed_at(self) -> datetime | None:
        return self.updated_at or self.last_activity_at


class Listed(Shape):
    """A conversation in a list."""

    id: int
    last_activity_at: Moment = None
    updated_at: Moment = None

    @property
    def changed_at(self) -> datetime:
        return self.updated_at or self.last_activity_at or NEVER


class Page(Shape):
    payload: Annotated[list[Listed], BeforeValidator(numbered)]


class Listing(Shape):
    data: Page


class Labels(Shape):
    payload: list[str] = Field(default_factory=list)


class Inbox(Shape):
    name: str | None = ""
