"""Tickets, their comments and what their customers are asked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from integrations.api.schemas.common import SOMETHING, In, Next, one_of, told
from tickets import models


def _no_truth(given: Any) -> Any:
    """`true` is equal to 1 in Python, and is no priority."""
    if isinstance(given, bool):
        raise PydanticCustomError("int_type", "no number")
    return given


Priority = Annotated[
    Literal[1, 2, 3, 4], BeforeValidator(_no_truth), Field(description="1 urgent, 2 high, 3 normal, 4 low.")
]
Status = Literal["new", "open", "pending", "solved", "closed"]


class Ref(Schema):
    connector: str
    external_id: str


class File(Schema):
    id: int
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime


class Ticket(Schema):
    """A ticket as lists show it. `page` is its address in the console."""

    number: str
    subject: str
    status: Status
    priority: Priority
    department: str
    assignee: str | None
    created_at: datetime
    due_at: datetime
    solved_at: datetime | None
    refs: list[Ref]
    page: str


class TicketWhole(Ticket):
    text: str
    customer_name: str
    customer_mobile: str
    result: str
    attachments: list[File]
    active_run: UUID | None


class Tickets(Schema):
    items: list[Ticket]
    next: Next


_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"


class FileIn(In):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    content_base64: Annotated[str, told(minLength=4, pattern=_BASE64, contentEncoding="base64")]


class TicketIn(In):
    """A new ticket. The same `external_id` of the same `connector` gives the ticket that is there, with 200."""

    text: Annotated[str, told(minLength=1, maxLength=100 * 1024, pattern=SOMETHING)]
    subject: Annotated[str, told(maxLength=200)] = ""
    customer_name: Annotated[str, Field(max_length=80)] = ""
    customer_mobile: Annotated[str, Field(max_length=40)] = ""
    priority: Priority = 3
    department: Annotated[str, Field(max_length=80)] | None = None
    connector: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9_.-]*$")] = "api"
    external_id: Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    attachments: Annotated[list[FileIn], Field(max_length=10)] = []


def _left_out(**bounds: Any) -> Any:
    """A field that may be left out but not be null: null would say neither "keep it" nor "empty it"."""
    return Field(default=None, json_schema_extra=_without_default, **bounds)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class TicketChange(In):
    """Only what is named changes; a null is refused. The customer's text never changes."""

    subject: str = _left_out(min_length=1, max_length=200)
    customer_name: str = _left_out(max_length=80)
    customer_mobile: str = _left_out(max_length=40)
    priority: Priority = _left_out()
    department: str = _left_out(max_length=80)
    status: Status = _left_out()


class CommentIn(In):
    text: Annotated[str, told(minLength=1, maxLength=10_000, pattern=SOMETHING)]
    by_customer: bool = Field(False, description="What the customer said: it also answers what he was asked.")


class Comment(Schema):
    id: int
    text: str
    author: str | None
    created_at: datetime


class Comments(Schema):
    items: list[Comment]
    next: Next


class Clarification(Schema):
    """`text` is what the customer is asked, for whoever brings it to him; `send_by` names a connector that does."""

    id: int
    state: Annotated[str, one_of(models.ClarificationState)]
    turn: int
    fields: list[str]
    text: str
    language: str
    send_by: str
    asked_at: datetime
    due_at: datetime
    answer: str
    answered_at: datetime | None


class Clarifications(Schema):
    items: list[Clarification]
    next: Next


class LinkIn(In):
    """`person`: the user name here, left out for whoever is logged in; a panel needs one."""

    connector: Annotated[str, Field(min_length=1, max_length=40)]
    external_id: Annotated[str, Field(min_length=1, max_length=120)]
    person: Annotated[str, Field(max_length=150)] = ""
    panel: bool = False


class Link(Schema):
    """`seconds`: how long the address is good for; it is good once."""

    url: str
    seconds: int
