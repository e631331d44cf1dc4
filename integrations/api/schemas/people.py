"""What people are asked, read only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema

from cs_agent.engine.run.state import ConfirmationKind
from integrations.api.schemas.common import Next, one_of
from tickets import models


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
    kind: Annotated[str, one_of(ConfirmationKind)]
    state: Annotated[str, one_of(models.ConfirmationState)]
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
