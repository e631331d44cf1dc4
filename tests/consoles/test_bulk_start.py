"""Many tickets of one kind started at once, from the queue: what started, what did not, and why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from consoles.views.bulk import MOST
from tests.consoles import story
from tickets.models import Department, FlowVersion, Phone, Run, Ticket
from tickets.services.runs import switches

HTMX = {"HX-Request": "true"}


def send(client: Client, tickets: list[Ticket] | list[str], flow: str = "complaint_refund") -> Any:
    numbers = [ticket if isinstance(ticket, str) else ticket.number for ticket in tickets]
    return client.post("/tickets/start/", {"number": numbers, "flow": flow}, headers=HTMX)


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
    assert "已启动 2 个" in text(response)
    assert "没有启动" not in text(response)


def test_a_ticket_that_lacks_something_is_refused_with_the_reason_and_the_way_to_its_page(
    as_alice: Client, three: list[Ticket], department: Department
) -> None:
    lacking = story.new_ticket(department, "耳机充不上电,我要退款!")
    response = send(as_alice, [*three, lacking])
    assert Run.objects.count() == 3
    assert "已启动 3 个" in text(response)
    assert "1 个没有启动" in text(response)
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
    assert "2 个没有启动" in text(response)
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
    assert "已启动 0 个" in text(response)
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


def test_a_ticket_whose_run_goes_on_cannot_be_picked(as_alice: Client, alice: User, three: list[Ticket]) -> None:
    story.start(three[0], alice)
    html = as_alice.get("/tickets/").content.decode()
    assert set(re.findall(r'name="number" value="(\w+)"', html)) == {ticket.number for ticket in three[1:]}


def test_a_failed_run_can_be_started_again(as_alice: Client, alice: User, three: list[Ticket], phone: Phone) -> None:
    story.fail(story.start(three[0], alice), phone)
    assert "已启动 1 个" in text(send(as_alice, three[:1]))


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
