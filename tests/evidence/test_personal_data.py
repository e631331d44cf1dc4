"""Every column that can hold a customer's data stands in one register, which erasure, retention and legal hold walk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from integrations.models import Connector, IncomingDelivery, LinkedTicket
from tests.evidence.stories import ended_run, file
from tickets.errors import Conflict
from tickets.models import (
    ActMark,
    Attachment,
    Batch,
    BatchEntry,
    BatchItem,
    BatchRound,
    Clarification,
    Comment,
    Confirmation,
    ControlVouch,
    CustomerReply,
    Delivery,
    ExternalRef,
    FallBackUse,
    OutboxEvent,
    Question,
    Rehearsal,
    RehearsalRun,
    Run,
    Takeover,
    Ticket,
    TicketValue,
)
from tickets.services.evidence import erasure, holds, personal_data, retention
from tickets.services.evidence.personal_data import EXCEPTIONS, REGISTER, Held

pytestmark = pytest.mark.django_db
OURS = ("tickets", "consoles", "integrations")
TELLING = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)
MARK = "13800138000"


def telling_columns() -> Iterator[tuple[str, str]]:
    """Table and column of everything that could hold words; of a choice there is nothing to tell."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS:
            for column in model._meta.concrete_fields:
                if isinstance(column, TELLING) and not column.choices:
                    yield model._meta.label, column.name


def test_every_column_that_can_hold_words_is_in_the_register_or_excepted_with_a_reason() -> None:
    registered = {(held.model, column) for held in REGISTER for column in held.columns}
    forgotten = [
        f"{table}.{column}"
        for table, column in telling_columns()
        if (table, column) not in registered and not {column, "*"} & set(EXCEPTIONS.get(table, ()))
    ]
    assert forgotten == []


def test_the_register_and_its_exceptions_name_only_columns_that_exist() -> None:
    for held in REGISTER:
        names = {column.name for column in apps.get_model(held.model)._meta.concrete_fields}
        assert held.columns <= names, held.model
    for table, columns in EXCEPTIONS.items():
        names = {column.name for column in apps.get_model(table)._meta.concrete_fields}
        assert set(columns) - {"*"} <= names, table
        assert all(columns.values()), table


@pytest.fixture
def customer(run: Run) -> Ticket:
    """A ticket with a row in each table of the register, and the customer's number in each of its columns."""
    ended_run(run, days_ago=5000)
    ticket, at = run.ticket, timezone.now()
    asked = Confirmation.objects.create(run=run, step_number=1, due_at=at, state="approved")
    version = run.flow_version
    ControlVouch.objects.create(template=version.template, version=version, confirmation=asked, page={}, control={})
    Question.objects.create(run=run)
    Takeover.objects.create(run=run)
    Comment.objects.create(ticket=ticket, text="x")
    CustomerReply.objects.create(ticket=ticket, text="x")
    Clarification.objects.create(
        ticket=ticket, template=run.flow_version.template, turn=1, text="x", answer="x", asked_at=at, due_at=at
    )
    TicketValue.objects.create(ticket=ticket, template=run.flow_version.template, name="x", value="x")
    Attachment.objects.create(ticket=ticket, name="x", size=1, file=file("attachments/x.jpg"))
    event = OutboxEvent.objects.create(audit_seq=10**9, at=at, ticket=ticket)
    Delivery.objects.create(event=event, ticket=ticket, lane="webhook:1", next_at=at)
    ExternalRef.objects.create(ticket=ticket, connector="x", external_id="1")
    connector = Connector.objects.create(key="x", kind="x", name="x")
    linked = LinkedTicket.objects.create(connector=connector, external_id="1", ticket=ticket, next_at=at)
    calls = {"connector": connector, "linked": linked, "received_at": at, "next_at": at}
    IncomingDelivery.objects.create(delivery_id="1", **calls)
    rehearsal = Rehearsal.objects.create(version=run.flow_version)
    RehearsalRun.objects.create(rehearsal=rehearsal, ticket_number=ticket.number)
    batch = Batch.objects.create(name="b", template=run.flow_version.template, time_zone="UTC")
    BatchEntry.objects.create(batch=batch, ticket=ticket)
    first = BatchRound.objects.create(batch=batch, number=1, due_at=at)
    BatchItem.objects.create(round=first, ticket=ticket)
    FallBackUse.objects.create(run=run, kind="robot")
    ActMark.objects.create(step=run.steps.all()[0], fault="wrong_act")
    for held in REGISTER:
        mark(held, ticket)
    return ticket


def mark(held: Held, ticket: Ticket) -> None:
    assert held.rows(ticket).exists(), f"no row of {held.model}"
    for column in held.blank:
        kind = apps.get_model(held.model)._meta.get_field(column)
        if isinstance(kind, models.JSONField):
            held.rows(ticket).update(**{column: [MARK]})
        elif isinstance(kind, TELLING):
            binary = isinstance(kind, models.BinaryField)
            held.rows(ticket).update(**{column: MARK.encode() if binary else MARK})
    for place, column in enumerate(held.pictures):
        held.rows(ticket).update(**{column: file(f"runs/{MARK}-{held.model}-{place}.jpg")})


def told(held: Held, ticket: Ticket) -> str:
    names = sorted(held.columns)
    return json.dumps(list(held.rows(ticket).values(*names)), default=str, ensure_ascii=False)


@pytest.mark.parametrize("held", REGISTER, ids=lambda held: held.model)
def test_erasure_leaves_nothing_in_any_column_of_the_register(held: Held, customer: Ticket) -> None:
    assert held.files or MARK in told(held, customer)
    erasure.erase(Ticket.objects.filter(pk=customer.pk), "request")
    assert MARK not in told(held, customer)
    assert all(getattr(row, column) in ("", None) for row in held.rows(customer) for column in held.files)


@pytest.mark.parametrize("held", REGISTER, ids=lambda held: held.model)
def test_under_a_legal_hold_every_column_of_the_register_stays(held: Held, customer: Ticket, settings: Any) -> None:
    holds.place(customer, "court")
    before, files = told(held, customer), files_of(settings)
    with pytest.raises(Conflict):
        erasure.erase(Ticket.objects.filter(pk=customer.pk), "request")
    retention.delete_due(timezone.now() + timedelta(days=36500))
    assert (told(held, customer), files_of(settings)) == (before, files)


def test_retention_takes_every_picture_of_the_register_with_its_file(customer: Ticket, settings: Any) -> None:
    assert sum(MARK in name for name in files_of(settings)) == len(list(personal_data.pictures()))
    retention.delete_due()
    assert [name for name in files_of(settings) if MARK in name] == []
    for held, column in personal_data.pictures():
        assert not held.rows(customer).exclude(**{column: ""}).exists(), held.model


def files_of(settings: Any) -> list[str]:
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
