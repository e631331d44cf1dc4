"""A supervisor pauses all automation, and many tickets of one kind are started at once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tickets.errors import AlreadyRunning, Forbidden, Paused
from tickets.models import AuditEvent, Department, FlowVersion, Run, Ticket
from tickets.services.runs import starts, switches
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(ticket: Ticket, department: Department) -> list[Ticket]:
    """Three of one kind."""
    return [ticket] + [
        create_ticket(user=None, subject=f"耳机 {n}", text=ticket.text, customer_name="客户", department=department)
        for n in (2, 3)
    ]


def test_while_all_is_paused_nothing_starts(ticket: Ticket, lin: User, sun: User, refund_flow: FlowVersion) -> None:
    switches.pause_all(sun, "系统维护")
    with pytest.raises(Paused):
        starts.start_run(ticket=ticket, user=lin)
    switches.resume_all(sun)
    assert starts.start_run(ticket=ticket, user=lin)


def test_an_operator_may_neither_pause_nor_resume(lin: User, sun: User) -> None:
    with pytest.raises(Forbidden):
        switches.pause_all(lin)
    switches.pause_all(sun)
    with pytest.raises(Forbidden):
        switches.resume_all(lin)
    assert switches.is_paused()


def test_who_paused_and_why_is_on_the_record(sun: User) -> None:
    switches.pause_all(sun, "系统维护")
    event = AuditEvent.objects.get(type="automation.paused")
    assert (event.user_name, event.details["reason"]) == ("sun", "系统维护")


def test_many_tickets_start_at_once(tickets: list[Ticket], lin: User, refund_flow: FlowVersion) -> None:
    started = starts.start_many(lin, tickets, refund_flow.template)
    assert [each.ticket for each in started] == tickets
    assert Run.objects.count() == 3


def test_one_that_cannot_start_keeps_no_other_from_it(
    tickets: list[Ticket], lin: User, refund_flow: FlowVersion
) -> None:
    starts.start_run(ticket=tickets[1], user=lin)
    errors = [type(each.error) for each in starts.start_many(lin, tickets, refund_flow.template)]
    assert errors == [type(None), AlreadyRunning, type(None)]


def test_who_may_not_start_runs_starts_none(tickets: list[Ticket], vera: User, refund_flow: FlowVersion) -> None:
    with pytest.raises(Forbidden):
        starts.start_many(vera, tickets, refund_flow.template)
    assert not Run.objects.exists()


def test_a_pause_holds_for_all_of_them(tickets: list[Ticket], lin: User, sun: User, refund_flow: FlowVersion) -> None:
    switches.pause_all(sun)
    assert {type(each.error) for each in starts.start_many(lin, tickets, refund_flow.template)} == {Paused}
