"""A ticket that comes back is seen: opened again at its helpdesk, answered by its customer, or never answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from integrations.models import Connector
from tests.integrations.conftest import Program
from tests.integrations.door.test_clarify import ORDER, TEXT, asked, says, with_slots
from tests.integrations.helpdesk import Desk, call, read
from tickets.models import Clarification, FlowVersion, Run, RunStatus, Ticket, TicketStatus
from tickets.services.clarify import ending
from tickets.services.runs import attention, starts
from tickets.services.runs.attention import Why
from tickets.services.tickets import changes


@pytest.fixture
def flow(db: None) -> FlowVersion:
    return with_slots()


@pytest.fixture
def ticket(connector: Connector, desk: Desk, flow: FlowVersion) -> Ticket:
    desk.put("7", text=TEXT)
    call(connector, "7")
    read(connector)
    return Ticket.objects.get()


def whys(user: User, *, mine: bool = True) -> list[Why]:
    return [item.why for item in attention.items(user) if item.mine is mine]


def done(connector: Connector, desk: Desk, ticket: Ticket, user: User) -> None:
    changes.set_status(Ticket.objects.get(), TicketStatus.SOLVED, user)
    desk.put("7", status="done")
    call(connector, "7")
    read(connector)


@pytest.mark.parametrize(("language", "badge"), [("zh-hans", "重新打开"), ("en", "Reopened")])
def test_a_ticket_that_its_helpdesk_opens_again_is_marked_and_waits_for_a_person(
    connector: Connector, desk: Desk, ticket: Ticket, lin: User, client: Client, language: str, badge: str
) -> None:
    client.force_login(lin)
    client.cookies["django_language"] = language
    done(connector, desk, ticket, lin)
    assert whys(lin) == []
    desk.put("7", status="open")
    says(connector, desk, "还是不行")
    assert whys(lin) == [Why.REOPENED]
    for path in ("/tickets/", "/tickets/?status=waiting", f"/tickets/{ticket.number}/", "/waiting/"):
        assert badge in client.get(path).content.decode(), path
    done(connector, desk, ticket, lin)
    assert whys(lin) == []
    assert badge not in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_one_that_is_handled_again_waits_no_longer(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    old = starts.start_run(ticket=ticket, flow_version=flow, user=lin, answers={"order_number": ORDER})
    Run.objects.filter(pk=old.pk).update(status=RunStatus.FAILED, ended_at=timezone.now())
    done(connector, desk, ticket, lin)
    says(connector, desk, "还是不行")
    assert whys(lin) == [Why.REOPENED], "not a second time for the run that failed before"
    starts.start_run(ticket=Ticket.objects.get(), flow_version=flow, user=lin, answers={"order_number": ORDER})
    assert whys(lin) == []


def test_a_person_who_undoes_his_own_solving_has_no_ticket_come_back(ticket: Ticket, lin: User) -> None:
    changes.set_status(ticket, TicketStatus.SOLVED, lin)
    changes.set_status(ticket, TicketStatus.OPEN, lin)
    assert whys(lin) == []


def test_a_program_can_open_one_again(program: Program, ticket: Ticket, lin: User) -> None:
    changes.set_status(ticket, TicketStatus.CLOSED, lin)
    assert program.post(f"/tickets/{ticket.number}/reopen").status_code == 200
    assert whys(lin) == [Why.REOPENED]


def test_the_customers_answer_calls_whoever_asked(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User, bo: User, client: Client
) -> None:
    asked(ticket, flow, lin)
    assert whys(lin) == []
    says(connector, desk, ORDER)
    assert (whys(lin), whys(bo), whys(bo, mine=False)) == ([Why.REPLIED], [], [Why.REPLIED])
    client.force_login(lin)
    assert "客户已回复" in client.get("/tickets/?status=waiting").content.decode()
    assert ORDER in client.get("/waiting/").content.decode()
    starts.start_run(ticket=Ticket.objects.get(), flow_version=flow, user=lin)
    assert whys(lin) == []


def test_an_answer_to_a_question_by_policy_is_everybodys_until_somebody_takes_it(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User, bo: User
) -> None:
    row = asked(ticket, flow, lin)
    Clarification.objects.filter(pk=row.pk).update(by_policy=True)
    says(connector, desk, "不知道")
    assert whys(bo) == whys(lin) == [Why.REPLIED]
    Ticket.objects.update(assignee=lin)
    assert (whys(bo), whys(lin)) == ([], [Why.REPLIED])


def test_a_question_that_nobody_answered_in_time_calls_too(ticket: Ticket, flow: FlowVersion, lin: User) -> None:
    asked(ticket, flow, lin)
    Clarification.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    ending.expire_due()
    [item] = attention.items(lin)
    assert (item.why, item.text) == (Why.REPLIED, "逾期未回复")


def test_the_queue_and_the_teams_list_agree(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User, client: Client
) -> None:
    asked(ticket, flow, lin)
    says(connector, desk, "不知道")
    done(connector, desk, ticket, lin)
    says(connector, desk, "还是不行")
    client.force_login(lin)
    page = client.get("/tickets/?status=waiting")
    listed = [line.ticket.pk for day in page.context["days"] for line in day.lines]
    assert listed == [item.ticket.pk for item in attention.items(lin)] == [ticket.pk]
