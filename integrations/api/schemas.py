"""What goes in and out of the API. Within a version answers may gain fields; none goes or changes its meaning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from cs_agent.engine.run.state import ConfirmationKind, StepStatus, VerdictKind
from tickets import models


def _one_of(words: Iterable[Any], more: str = "") -> Any:
    """A field whose words of today are told but not fenced in: within a version there may be more."""
    return Field(description=f"One of: {', '.join(str(getattr(word, 'value', word)) for word in words)}.{more}")


BIG = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=BIG)]
Priority = Annotated[Literal[1, 2, 3, 4], Field(description="1 urgent, 2 high, 3 normal, 4 low.")]
Status = Literal["new", "open", "pending", "solved", "closed"]
RunState = Literal[
    "queued",
    "running",
    "awaiting_confirmation",
    "awaiting_answer",
    "taken_over",
    "succeeded",
    "failed",
    "cancelled",
    "handed_off",
]


Next = Annotated[str | None, Field(description="The `cursor` of the next page; null at the end.")]


class In(Schema):
    """A request body: a field that is not known is a fault, not to be left out silently."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """RFC 9457. `code` is stable and meant for programs; `detail` is for people, in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    data: dict[str, Any] | None = None
    errors: list[dict[str, str]] | None = None
    page: str | None = None


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


class FileIn(In):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    content_base64: str


class TicketIn(In):
    """A new ticket. The same `external_id` of the same `connector` gives the ticket that is there, with 200."""

    text: str
    subject: str = ""
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
    text: str
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
    state: Annotated[str, _one_of(models.ClarificationState)]
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


class SlotSpec(Schema):
    name: str
    label: str
    required: bool


class Flow(Schema):
    """`version`: the newest, or the one that the ticket of the call would get."""

    slug: str
    name: str
    version: int
    active: bool
    slots: list[SlotSpec]


class Flows(Schema):
    items: list[Flow]


class Recommendation(Schema):
    """Which flow fits a ticket and whether a person should rather handle it, with the reasons."""

    flow: str | None
    version: int | None
    fit: float
    human_recommended: bool
    reasons: list[str]


class RunIn(In):
    """`flow` left out: the one that fits. `answers`: slots by name, for what the ticket does not say."""

    flow: Annotated[str, Field(max_length=50)] | None = None
    answers: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=2000)]] = {}
    language: Literal["zh", "en"] = "zh"


class Run(Schema):
    """`version` grows with every change of state. `waiting_for`: whose answer it waits for; empty where it waits for
    nobody. `failure_code`: why it failed or was handed over, for programs."""

    id: UUID
    ticket: str
    flow: str
    flow_version: int
    status: RunState
    version: int
    phone: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    updated_at: datetime
    result: str
    failure_code: str
    waiting_for: str
    page: str


class Runs(Schema):
    items: list[Run]
    next: Next


class Step(Schema):
    number: int
    actor: Literal["agent", "human"]
    status: Annotated[str, _one_of(StepStatus)]
    action: str
    control: str
    verdict: Annotated[str, _one_of(VerdictKind, " Empty: not judged.")]
    irreversible: bool
    confidence: float | None
    started_at: datetime
    ended_at: datetime | None


class Steps(Schema):
    items: list[Step]
    next: Next


class ConfirmationField(Schema):
    name: str
    label: str
    screen_value: str
    ticket_value: str
    differs: bool


class Confirmation(Schema):
    """Read only: people decide, in the console, at `page`."""

    id: UUID
    run: UUID
    ticket: str
    kind: Annotated[str, _one_of(ConfirmationKind)]
    state: Annotated[str, _one_of(models.ConfirmationState)]
    summary: str
    fields: list[ConfirmationField]
    created_at: datetime
    due_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    page: str


class Confirmations(Schema):
    items: list[Confirmation]
    next: Next


class Question(Schema):
    """Read only: people answer, in the console, at `page`."""

    id: UUID
    run: UUID
    ticket: str
    text: str
    choices: list[str]
    answered: bool
    created_at: datetime
    page: str


class Questions(Schema):
    items: list[Question]
    next: Next


class Recording(Schema):
    """What there is to see of a run. `page` shows it to a person who is logged in; the viewing is audited."""

    state: Annotated[str, _one_of(models.RecordingState)]
    sha256: str
    duration_s: float | None
    size: int | None
    page: str


class AuditRow(Schema):
    seq: int
    at: datetime
    type: str
    user: str
    role: str
    ticket: str
    run: str
    step: int | None
    device: str
    flow_version: str
    result: str
    hash: str


class AuditRows(Schema):
    items: list[AuditRow]
    next: Next


class Phone(Schema):
    id: int
    name: str
    state: Annotated[str, _one_of(models.PhoneState)]
    busy: bool
    labels: list[str]
    last_seen_at: datetime | None


class Phones(Schema):
    items: list[Phone]


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
