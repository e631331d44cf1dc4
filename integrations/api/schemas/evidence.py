"""What proves what was done, and the phones it was done on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema

from integrations.api.schemas.common import Next, one_of
from tickets import models


class Recording(Schema):
    """What there is to see of a run. `page` shows it to a person who is logged in; the viewing is audited."""

    state: Annotated[str, one_of(models.RecordingState)]
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
    state: Annotated[str, one_of(models.PhoneState)]
    busy: bool
    labels: list[str]
    last_seen_at: datetime | None


class Phones(Schema):
    items: list[Phone]
