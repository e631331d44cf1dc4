"""One act on many tickets from the queue: what was done, what was not, and why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from consoles.views.desk.bulk import MOST
from tests.consoles import story
from tickets.models import AuditEvent, Department, FlowVersion, Phone, Priority, Run, Ticket
from tickets.services.runs import switches
from tickets.services.tickets import changes

HTMX = {"HX-Request": "true"}


def send(client: Client, tickets: list[Ticket] | list[str], flow: str = "complaint_refund") -> Any:
    numbers = [ticket if isinstance(ticket, str) else ticket.number for ticket in tickets]
    return client.post("/tickets/bulk/start/", {"number": numbers, "flow": flow}, headers=HTMX)


def outcome(response: Any) -> tuple[int, int]:
    """How many were done, and how many were not."""
    refused, done = response.content.decode().split("data-done>")
    return done.count("<li"), refused.count("<li")


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


@pytest.fixture
def three(department: Department, refund_flow: FlowVersion) -> list[Ticket]:
    return [story.new_ticket(department, subject=f"问题{n}") for n in range(3)]


def test_every_chosen_ticket_gets_a_run_of_the_chosen_flow(
    as_alice: Client, alice: User, three: list[Ticket], refund_flow: FlowVersion
) -> None:
    response = send(as_alice, three[:2])
    assert set(Run.objects.values_list("ticket", "flow_version", "started_by")) == {
        (ticket.pk, refund_flow.pk, alice.pk) for ticket in three[:2]
    }
    assert outcome(response) == (2, 0)


def test_a_ticket_that_lacks_something_is_refused_with_the_reason_and_the_way_to_its_page(
    as_alice: Client, three: list[Ticket], department: Department
) -> None:
    lacking = story.new_ticket(department, "耳机充不上电,我要退款!")
    response = send(as_alice, [*three, lacking])
    assert Run.objects.count() == 3
    assert outcome(response) == (3, 1)
    assert "订单号" in text(response)
    assert f'href="/tickets/{lacking.number}/"' in response.content.decode()


def test_a_ticket_that_is_handled_already_is_not_started_twice(
    as_alice: Client, alice: User, three: list[Ticket]
) -> None:
    story.start(three[0], alice)
    response = send(as_alice, three)
    assert Run.objects.count() == 3
    assert "该工单已经在处理中" in text(response)


def test_another_departments_ticket_is_as_if_it_were_not_there(
    as_alice: Client, three: list[Ticket], other_department: Department
) -> None:
    foreign = story.new_ticket(other_department, subject="别人的工单")
    response = send(as_alice, [*three, foreign, "T000"])
    assert not foreign.runs.exists()
    assert outcome(response) == (3, 2)
    assert "别人的工单" not in text(response)


def test_what_is_due_first_is_started_first(as_alice: Client, department: Department, refund_flow: FlowVersion) -> None:
    later, sooner = (story.new_ticket(department, priority=priority) for priority in (4, 1))
    send(as_alice, [later, sooner])
    assert list(Run.objects.order_by("created_at").values_list("ticket", flat=True)) == [sooner.pk, later.pk]


def test_a_pause_of_all_automation_is_the_reason_of_every_ticket(
    as_alice: Client, sara: User, three: list[Ticket]
) -> None:
    switches.pause_all(sara)
    response = send(as_alice, three)
    assert not Run.objects.exists()
    assert outcome(response) == (0, 3)
    assert text(response).count("主管已暂停全部智能处理") == 3


def test_nothing_chosen_too_much_chosen_or_an_unknown_flow_starts_nothing(
    as_alice: Client, three: list[Ticket]
) -> None:
    assert send(as_alice, []).status_code == 400
    assert send(as_alice, [f"T{n}" for n in range(MOST + 1)]).status_code == 400
    assert send(as_alice, three, flow="").status_code == 400
    assert send(as_alice, three, flow="no-such-flow").status_code == 400
    assert not Run.objects.exists()


def test_only_who_may_start_runs_can_pick(as_alice: Client, as_victor: Client, three: list[Ticket]) -> None:
    assert 'name="number"' in as_alice.get("/tickets/").content.decode()
    page = as_victor.get("/tickets/").content.decode()
    assert 'name="number"' not in page
    assert 'id="bulk"' not in page
    assert send(as_victor, three).status_code == 403
    assert not Run.objects.exists()


def test_a_ticket_whose_run_goes_on_is_not_among_those_that_are_ready(
    as_alice: Client, alice: User, three: list[Ticket]
) -> None:
    story.start(three[0], alice)
    html = as_alice.get("/tickets/").content.decode()
    ready = set(re.findall(r'data-number="(\w+)"[^>]* data-ready', html))
    assert ready == {ticket.number for ticket in three[1:]}


def bulk(client: Client, act: str, tickets: list[Ticket], **fields: Any) -> Any:
    numbers = [ticket.number for ticket in tickets]
    return client.post(f"/tickets/bulk/{act}/", {"number": numbers, **fields}, headers=HTMX)


def test_many_tickets_are_passed_on_to_a_colleague_and_back_to_nobody(
    as_alice: Client, bob: User, charlie: User, three: list[Ticket]
) -> None:
    assert outcome(bulk(as_alice, "assign", three, to=bob.pk)) == (3, 0)
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {bob.pk}
    assert bulk(as_alice, "assign", three, to=charlie.pk).status_code == 400, "a stranger to the department"
    assert bulk(as_alice, "assign", three, to="").status_code == 400
    assert outcome(bulk(as_alice, "assign", three, to="none")) == (3, 0)
    assert not Ticket.objects.exclude(assignee=None).exists()


def test_a_supervisor_assigns_many_but_starts_and_closes_none(log_in: Any, sara: User, three: list[Ticket]) -> None:
    as_sara = log_in(sara)
    assert outcome(bulk(as_sara, "assign", three, to=sara.pk)) == (3, 0)
    assert bulk(as_sara, "close", three).status_code == 403
    assert bulk(as_sara, "priority", three, priority=1).status_code == 403
    assert bulk(as_sara, "start", three, flow="complaint_refund").status_code == 403
    assert not Ticket.objects.filter(status="closed").exists()


def test_the_priority_of_many_changes_their_time_too(as_alice: Client, three: list[Ticket]) -> None:
    assert outcome(bulk(as_alice, "priority", three, priority=1)) == (3, 0)
    ticket = Ticket.objects.get(pk=three[0].pk)
    assert (ticket.priority, ticket.due_at) == (1, ticket.created_at + changes.DUE_IN[Priority.URGENT])
    assert outcome(bulk(as_alice, "priority", three, priority=9)) == (0, 3)


def test_of_many_that_are_closed_one_that_is_being_handled_stays_open_and_says_why(
    as_alice: Client, alice: User, three: list[Ticket]
) -> None:
    story.start(three[0], alice)
    response = bulk(as_alice, "close", three)
    assert outcome(response) == (2, 1)
    assert "请先停止" in text(response)
    assert set(Ticket.objects.filter(status="closed")) == set(three[1:])
    closed = AuditEvent.objects.filter(type="ticket.status_changed", details__to="closed")
    assert closed.count() == 2, "each is on the record"


def test_without_scripts_the_outcome_is_a_page(as_alice: Client, three: list[Ticket]) -> None:
    numbers = [ticket.number for ticket in three]
    page = as_alice.post("/tickets/bulk/close/", {"number": numbers}).content.decode()
    assert "完成 3 个" in page
    assert "<html" in page


def test_all_that_a_filter_finds_can_be_picked_with_their_kinds(
    as_alice: Client, as_charlie: Client, three: list[Ticket]
) -> None:
    found = as_alice.get("/tickets/numbers/?q=问题1").json()
    assert found == {"tickets": [[three[1].number, "complaint_refund", False]], "more": False}
    assert as_charlie.get("/tickets/numbers/").json()["tickets"] == []


def test_a_failed_run_can_be_started_again(as_alice: Client, alice: User, three: list[Ticket], phone: Phone) -> None:
    story.fail(story.start(three[0], alice), phone)
    assert outcome(send(as_alice, three[:1])) == (1, 0)


def test_each_line_says_which_flow_fits_and_whether_a_person_should_handle_it(
    as_alice: Client, department: Department, refund_flow: FlowVersion, code_flow: FlowVersion
) -> None:
    refund = story.new_ticket(department)
    code = story.new_ticket(department, "手机号13800138000收不到验证码,请重发。", subject="收不到短信验证码")
    angry = story.new_ticket(department, "骗子!!!订单202405218876退款,我找律师起诉!", subject="投诉")
    html = as_alice.get("/tickets/").content.decode()
    kinds = dict(re.findall(r'data-number="(\w+)"\s+data-kind="(\w*)"', html))
    assert kinds == {refund.number: "complaint_refund", code.number: "resend_code", angry.number: "complaint_refund"}
    assert re.findall(r'data-number="(\w+)"[^>]* data-human', html) == [angry.number]


def test_the_pause_is_told_on_the_queue_with_who_and_why(as_alice: Client, sara: User, three: list[Ticket]) -> None:
    assert "主管已暂停" not in as_alice.get("/tickets/").content.decode()
    switches.pause_all(sara, "系统升级")
    html = as_alice.get("/tickets/").content.decode()
    assert "主管已暂停全部智能处理" in html
    assert "系统升级" in html
    assert "sara" in html
