"""The line for a phone: the most urgent first, then what is due first; nobody waits for what is not there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.tickets.conftest import REFERENCE
from tickets.models import (
    Department,
    FlowVersion,
    Phone,
    PhoneUse,
    Priority,
    Run,
    RunPurpose,
    RunStatus,
    Ticket,
)
from tickets.runner.holds import run_queue
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import starts
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(department: Department, lin: User, run: Run) -> Run:
    """Another run of the same flow, which came later."""
    ticket = create_ticket(
        user=None, subject="耳机", text=run.ticket.text, customer_name="李先生", department=department
    )
    return starts.start_run(ticket=ticket, user=lin)


def _order() -> list[object]:
    return [run.pk for run in run_queue.waiting()]


def test_who_came_first_is_first(run: Run, second: Run) -> None:
    Ticket.objects.update(due_at=run.ticket.due_at)
    assert _order() == [run.pk, second.pk]


def test_the_more_urgent_goes_first(run: Run, second: Run) -> None:
    Ticket.objects.filter(pk=second.ticket_id).update(priority=Priority.URGENT)
    assert _order() == [second.pk, run.pk]


def test_what_is_due_first_goes_first(run: Run, second: Run) -> None:
    Ticket.objects.filter(pk=second.ticket_id).update(due_at=timezone.now() - timedelta(days=1))
    assert _order() == [second.pk, run.pk]


def test_everybodys_place_is_how_many_come_before(run: Run, second: Run) -> None:
    Ticket.objects.update(due_at=run.ticket.due_at)
    assert [run_queue.place(each) for each in (Run.objects.get(pk=run.pk), Run.objects.get(pk=second.pk))] == [0, 1]


def test_one_free_phone_is_for_the_first_only(run: Run, second: Run, phone: Phone) -> None:
    assert (run_queue.is_next(run, "phones"), run_queue.is_next(second, "phones")) == (True, False)


def test_who_waits_for_a_phone_that_is_not_there_holds_up_nobody(
    run: Run, second: Run, phone: Phone, refund_flow: FlowVersion
) -> None:
    special = FlowVersion.objects.create(
        template=refund_flow.template, number=99, definition={**refund_flow.definition, "phone_labels": ["bank"]}
    )
    Run.objects.filter(pk=run.pk).update(flow_version=special)
    assert (run_queue.is_next(run, "phones"), run_queue.is_next(second, "phones")) == (False, True)


def test_telling_the_whole_queue_asks_the_database_once_for_all(
    department: Department, lin: User, refund_flow: FlowVersion, phone: Phone, django_assert_max_num_queries: Any
) -> None:
    def wait(count: int) -> None:
        for _each in range(count):
            ticket = create_ticket(user=None, subject="x", text=REFERENCE, department=department)
            starts.start_run(ticket=ticket, user=lin)

    wait(2)
    run_queue.tell_all()  # from now on nothing is new
    with CaptureQueriesContext(connection) as few:
        run_queue.tell_all()
    wait(6)
    run_queue.tell_all()
    with CaptureQueriesContext(connection) as many:
        run_queue.tell_all()
    assert len(many) == len(few)
    with django_assert_max_num_queries(4):
        run_queue.call_next("phones")


def test_what_a_person_started_goes_before_batches_and_rehearsals(run: Run, second: Run) -> None:
    Ticket.objects.update(due_at=run.ticket.due_at)
    Run.objects.filter(pk=run.pk).update(purpose=RunPurpose.SCHEDULE)
    Ticket.objects.filter(pk=run.ticket_id).update(priority=Priority.URGENT)
    assert _order() == [second.pk, run.pk]
    assert [run_queue.place(each) for each in (Run.objects.get(pk=run.pk), Run.objects.get(pk=second.pk))] == [1, 0]


def test_a_shared_phone_serves_customers_first_and_is_rehearsed_on_when_nobody_waits(
    run: Run, second: Run, phone: Phone
) -> None:
    Phone.objects.update(use=PhoneUse.SHARED)
    Run.objects.filter(pk=run.pk).update(purpose=RunPurpose.REHEARSAL)
    assert [run_queue.is_next(Run.objects.get(pk=each.pk), "phones") for each in (run, second)] == [False, True]
    runs.end(runs.locked(second), RunStatus.CANCELLED, result="")
    assert run_queue.is_next(Run.objects.get(pk=run.pk), "phones")
    Run.objects.filter(pk=run.pk).update(purpose=RunPurpose.PRACTICE)
    assert not run_queue.is_next(Run.objects.get(pk=run.pk), "phones")
