"""Of several who do the same at once one wins, the others are told, and the audit chain stays one chain.

Needs a database that threads share as processes do, which an in-memory SQLite is not: run by test_real_databases.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from tests.tickets.conftest import drive, member, request
from tickets.errors import AlreadyDecided, AlreadyRunning, Conflict, ServiceError
from tickets.models import AuditEvent, Confirmation, Department, FlowVersion, Phone, Run, RunStatus, Ticket
from tickets.services.evidence import audit
from tickets.services.runs import decisions, pauses, starts, takeovers
from tickets.services.runs import lifecycle as runs
from tickets.services.tickets.changes import create_ticket

pytestmark = [pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Each call in a thread of its own, started together; its result, or the ServiceError it raised."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return call()
        except ServiceError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def kinds(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_many_writers_keep_one_unbroken_chain(ticket: Ticket) -> None:
    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            for n in range(15):
                audit.record("test.written", ticket=ticket, details={"writer": number, "n": n})

        return write

    before = AuditEvent.objects.count()
    at_once(*(writer(number) for number in range(8)))
    assert AuditEvent.objects.count() == before + 120
    assert audit.verify() == []
    for number in range(8):
        own = AuditEvent.objects.filter(details__writer=number).order_by("seq")
        assert [event.details["n"] for event in own] == list(range(15))


def test_of_many_clicks_on_start_one_starts(ticket: Ticket, lin: User, bo: User, refund_flow: FlowVersion) -> None:
    results = at_once(*(lambda user=user: starts.start_run(ticket=ticket, user=user) for user in (lin, bo, lin, bo)))
    assert kinds(results) == {"Run": 1, "AlreadyRunning": 3}
    [started] = Run.objects.all()
    assert all(result.run == started for result in results if isinstance(result, AlreadyRunning))


def test_of_two_answers_at_once_one_wins_and_the_other_reads_who(
    ticket: Ticket, lin: User, bo: User, refund_flow: FlowVersion, ask: Callable[..., Confirmation]
) -> None:
    confirmation = ask(starts.start_run(ticket=ticket, user=lin))
    results = at_once(
        lambda: decisions.decide(confirmation=confirmation, user=lin, approve=True, version=0),
        lambda: decisions.decide(confirmation=confirmation, user=bo, approve=False, version=0),
    )
    assert kinds(results) == {"Confirmation": 1, "AlreadyDecided": 1}
    confirmation.refresh_from_db()
    [lost] = [result for result in results if isinstance(result, AlreadyDecided)]
    assert lost.who == str(confirmation.decided_by)
    run = Run.objects.get(pk=confirmation.run_id)
    assert run.status == (RunStatus.QUEUED if confirmation.state == "approved" else RunStatus.CANCELLED)


def test_of_many_workers_that_claim_a_run_one_gets_it(
    ticket: Ticket, lin: User, refund_flow: FlowVersion, phone: Phone
) -> None:
    run = starts.start_run(ticket=ticket, user=lin)
    copies = [Run.objects.get(pk=run.pk) for _ in range(6)]
    results = at_once(*(lambda copy=copy: drive(copy, phone) for copy in copies))
    assert kinds(results) == {"Run": 1, "StaleRun": 5}
    run.refresh_from_db()
    assert (run.version, run.claim_token) == (1, 1)


def test_the_same_external_ticket_sent_many_times_at_once_is_one_ticket(lin: User) -> None:
    results = at_once(
        *(lambda: create_ticket(user=lin, subject="s", text="t", connector="api", external_id="Z-1") for _ in range(5))
    )
    assert len({result.pk for result in results}) == 1
    assert Ticket.objects.count() == 1


def test_of_two_people_who_take_over_one_gets_the_phone(
    ticket: Ticket, lin: User, bo: User, refund_flow: FlowVersion, ask: Callable[..., Confirmation]
) -> None:
    confirmation = ask(starts.start_run(ticket=ticket, user=lin))
    results = at_once(lambda: takeovers.begin(confirmation.run, lin), lambda: takeovers.begin(confirmation.run, bo))
    assert kinds(results) == {"Takeover": 1, "Conflict": 1}


@pytest.mark.parametrize("_round", range(4))
def test_stop_decide_take_over_and_pause_at_once_leave_one_sound_run(
    department: Department,
    refund_flow: FlowVersion,
    ask: Callable[..., Confirmation],
    ticket: Ticket,
    phone: Phone,
    _round: int,
) -> None:
    people = [member(name, "operator", department) for name in ("a", "b", "c")]
    confirmation = ask(starts.start_run(ticket=ticket, user=people[0]))
    run = confirmation.run
    results = at_once(
        lambda: decisions.decide(confirmation=confirmation, user=people[0], approve=True, version=0),
        lambda: runs.stop_run(run, people[1]),
        lambda: takeovers.begin(run, people[2]),
        lambda: decisions.decide(confirmation=confirmation, user=people[1], approve=False, version=0),
    )
    assert all(not isinstance(result, ServiceError) or isinstance(result, Conflict) for result in results)
    confirmation.refresh_from_db()
    run.refresh_from_db()
    assert confirmation.state != "pending"
    assert audit.verify() == []
    assert run.status in {"queued", "cancelled", "taken_over"}


def test_a_stop_never_gets_lost_between_running_and_waiting(
    ticket: Ticket, lin: User, refund_flow: FlowVersion, phone: Phone
) -> None:
    from tests.tickets.conftest import confirming

    run = drive(starts.start_run(ticket=ticket, user=lin), phone, confirming())
    worker = Run.objects.get(pk=run.pk)

    def pause() -> Any:
        with transaction.atomic():
            worker.refresh_from_db()
            return pauses.ask_confirmation(worker, step_number=1, request=request(screenshot=None))

    at_once(pause, lambda: runs.stop_run(run, lin))
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert not Confirmation.objects.filter(state="pending").exists()
