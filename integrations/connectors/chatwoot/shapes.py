"""Chatwoot's own forms, as far as they are read. Times are Unix seconds."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Profile(BaseModel):
    id: int
    name: str | None = ""
    email: str | None = ""


class Sender(BaseModel):
    id: int | None = None
    name: str | None = ""
    email: str | None = ""
    phone_number: str | None = ""
    type: str | None = ""  # user, contact, agent_bot


class File(BaseModel):
    """Where its address stands is a setting, so all of it is kept."""

    model_config = ConfigDict(extra="allow")
    id: int
    file_size: int | None = None
    file_type: str | None = ""
    extension: str | None = ""


class Message(BaseModel):
    id: int
    content: str | None = ""
    message_type: int = 0  # 0 incoming, 1 outgoing, 2 activity, 3 template
    private: bool | None = False
    created_at: float | None = None
    sender: Sender | None = None
    attachments: list[File] = Field(default_factory=list)


class Messages(BaseModel):
    payload: list[Message]


class Meta(BaseModel):
    sender: Sender | None = None


class Conversation(BaseModel):
    id: int
    status: str = ""
    inbox_id: int | None = None
    labels: list[str] = Field(default_factory=list)
    priority: str | None = ""
    created_at: float | None = None
    last_activity_at: float | None = None
    updated_at: float | None = None
    meta: Meta = Field(default_factory=Meta)
    additional_attributes: dict[str, Any] | None = None
    custom_attributes: dict[str, Any] | None = None

    @property
    def changed_at(self) -> float:
        return self.updated_at or self.last_activity_at or 0.0


class Page(BaseModel):
    payload: list[Conversation]


class Listed(BaseModel):
    data: Page


class Labels(BaseModel):
    payload: list[str] = Field(default_factory=list)


class Inbox(BaseModel):
    name: str | None = ""
