"""Flows and runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from cs_agent.engine.run.state import StepStatus, VerdictKind
from integrations.api.schemas.common import In, Next, one_of

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
    status: Annotated[str, one_of(StepStatus)]
    action: str
    control: str
    verdict: Annotated[str, one_of(VerdictKind, " Empty: not judged.")]
    irreversible: bool
    confidence: float | None
    started_at: datetime
    ended_at: datetime | None


class Steps(Schema):
    items: list[Step]
    next: Next
