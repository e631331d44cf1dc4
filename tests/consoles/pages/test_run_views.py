"""Start, stop, decide, answer, take over: each a POST that calls one service and answers with the page's new state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.consoles import story
from tickets.models import (
    AuditEvent,
    Confirmation,
    ConfirmationState,
    Department,
    FlowVersion,
    Phone,
    Question,
    Run,
    RunStatus,
    Takeover,
    Ticket,
)
from tickets.services.runs import decisions

HTMX = {"HX-Request": "true", "X-Parts": ""}  # of a ticket page


def post(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, fields, headers=HTMX)


def decide(client: Client, confirmation: Confirmation, answer: str, **fields: Any) -> Any:
    fields = {"version": "0", "answer": answer, **fields}
    return post(client, f"/confirmations/{confirmation.pk}/decide/", **fields)


def test_alice_starts_a_run(as_alice: Client, alice: User, ticket: Ticket, refund_flow: FlowVersion) -> None:
    response = post(as_alice, f"/tickets/{ticket.number}/runs/")
    run = Run.objects.get()
    assert response.status_code == 200
    assert run.started_by == alice
    assert run.status == RunStatus.QUEUED
    assert "排队中" in response.content.decode()


def test_a_second_click_starts_nothing_and_says_why(as_alice: Client, run: Run) -> None:
    response = post(as_alice, f"/tickets/{run.ticket.number}/runs/")
    assert response.status_code == 409
    assert "已经在处理中" in response.content.decode()
    assert response["HX-Retarget"] == "#notices"
    assert response["HX-Trigger"] == "live:refresh"
    assert Run.objects.count() == 1


def test_what_is_missing_is_asked_on_the_page_and_the_answer_starts_the_run(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    ticket = story.new_ticket(department, "耳机充不上电,我要全额退款!")
    asked = post(as_alice, f"/tickets/{ticket.number}/runs/").content.decode()
    assert "缺少:订单号" in asked
    assert not Run.objects.exists()
    post(as_alice, f"/tickets/{ticket.number}/runs/", **{"slot.order_number": "202405218876"})
    slot = Run.objects.get().slots.get(name="order_number")
    assert (slot.value, slot.source) == ("202405218876", "operator")


def test_an_answer_that_fits_no_order_number_is_refused_and_kept_in_the_field(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    ticket = story.new_ticket(department, "耳机充不上电,我要全额退款!")
    html = post(as_alice, f"/tickets/{ticket.number}/runs/", **{"slot.order_number": "不知道"}).content.decode()
    assert "不能用作" in html
    assert 'value="不知道"' in html
    assert not Run.objects.exists()


def test_a_typed_value_is_shown_with_what_is_odd_about_it_and_beside_the_original_where_they_differ(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    ticket = story.new_ticket(department, "订单202405218876充不上电,要求全额退款")
    values = f"/tickets/{ticket.number}/values/"

    def page_after(name: str, value: str) -> str:
        assert post(as_alice, values, flow=refund_flow.pk, name=name, value=value).status_code == 200
        return story.markup(as_alice.get(f"/tickets/{ticket.number}/"))

    assert "slot-original" not in page_after("refund", "全额")
    assert "slot-original" in page_after("refund", "100")
    assert "写法少见" not in page_after("order_number", "202405218877")
    assert "写法少见" in page_after("order_number", "A-12")


def test_what_was_typed_counts_more_than_what_was_chosen(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    ticket = story.new_ticket(department, "订单202405218876质量问题,我要退款")
    post(as_alice, f"/tickets/{ticket.number}/runs/", **{"slot.refund": ["全额", "120元"]})
    assert Run.objects.get().slots.get(name="refund").value.startswith("120")


def test_an_empty_text_field_leaves_the_choice_beside_it(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    ticket = story.new_ticket(department, "订单202405218876质量问题,我要退款")
    post(as_alice, f"/tickets/{ticket.number}/runs/", **{"slot.refund": ["全额", ""]})
    assert Run.objects.get().slots.get(name="refund").value == "全额"


def test_another_flow_can_be_picked_for_the_start(
    as_alice: Client, department: Department, refund_flow: FlowVersion, code_flow: FlowVersion
) -> None:
    ticket = story.new_ticket(department, "手机号13800138000收不到验证码,请重发")
    post(as_alice, f"/tickets/{ticket.number}/runs/", flow="resend_code")
    assert Run.objects.get().flow_version == code_flow
    assert post(as_alice, f"/tickets/{ticket.number}/runs/", flow="unheard-of").status_code == 400


def test_a_run_speaks_the_language_of_who_starts_it(as_alice: Client, ticket: Ticket, refund_flow: FlowVersion) -> None:
    as_alice.cookies["django_language"] = "en"
    post(as_alice, f"/tickets/{ticket.number}/runs/")
    assert Run.objects.get().lang == "en"


def test_alice_stops_a_queued_run_at_once(as_alice: Client, run: Run) -> None:
    response = post(as_alice, f"/runs/{run.pk}/stop/")
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert "已停止" in response.content.decode()


def test_alice_stops_a_driven_run_at_once(as_alice: Client, run: Run, phone: Phone) -> None:
    story.drive(run, phone)
    response = post(as_alice, f"/runs/{run.pk}/stop/")
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert "已停止" in response.content.decode()


def test_y_approves_what_was_shown_and_the_run_goes_on(
    as_alice: Client, alice: User, confirmation: Confirmation
) -> None:
    response = decide(as_alice, confirmation, "yes")
    confirmation.refresh_from_db()
    assert response.status_code == 200
    assert confirmation.state == ConfirmationState.APPROVED
    assert confirmation.decided_by == alice
    assert Run.objects.get().status == RunStatus.QUEUED


def test_the_same_y_twice_is_one_answer(as_alice: Client, confirmation: Confirmation) -> None:
    first, second = decide(as_alice, confirmation, "yes"), decide(as_alice, confirmation, "yes")
    assert (first.status_code, second.status_code) == (200, 200)
    assert AuditEvent.objects.filter(type="confirmation.approved").count() == 1


def test_a_client_may_bring_its_own_idempotency_key(as_alice: Client, confirmation: Confirmation) -> None:
    path = f"/confirmations/{confirmation.pk}/decide/"
    for _ in range(2):
        response = as_alice.post(path, {"version": "0", "answer": "yes"}, headers={"Idempotency-Key": "k1"})
        assert response.status_code == 200
    confirmation.refresh_from_db()
    assert confirmation.idempotency_key == "k1"


def test_the_slower_of_two_reads_who_was_faster_and_when(
    as_alice: Client, bob: User, confirmation: Confirmation
) -> None:
    decisions.decide(confirmation=confirmation, user=bob, approve=True, version=0)
    response = decide(as_alice, confirmation, "no")
    assert response.status_code == 409
    assert "bob 已在" in response.content.decode()
    assert Confirmation.objects.get().state == ConfirmationState.APPROVED


def test_a_y_for_an_older_version_of_the_confirmation_does_nothing(
    as_alice: Client, confirmation: Confirmation
) -> None:
    Confirmation.objects.filter(pk=confirmation.pk).update(version=3)
    assert decide(as_alice, confirmation, "yes").status_code == 409
    assert Confirmation.objects.get().state == ConfirmationState.PENDING


def test_a_y_for_a_run_that_does_not_wait_does_nothing(as_alice: Client, run: Run) -> None:
    ended = Confirmation.objects.create(
        run=run,
        step_number=1,
        summary="x",
        action_text="",
        action_digest="",
        fingerprint="",
        due_at=timezone.now() + timedelta(hours=1),
        state=ConfirmationState.VOIDED,
    )
    assert decide(as_alice, ended, "yes").status_code == 409


def test_an_expired_confirmation_cannot_be_approved(as_alice: Client, confirmation: Confirmation) -> None:
    Confirmation.objects.filter(pk=confirmation.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    response = decide(as_alice, confirmation, "yes")
    assert response.status_code == 409
    assert "超时" in response.content.decode()


def test_where_fields_differ_y_needs_a_reason(as_alice: Client, run: Run, phone: Phone) -> None:
    confirmation = story.ask_confirmation(run, phone, differs=True)
    assert decide(as_alice, confirmation, "yes").status_code == 422
    assert decide(as_alice, confirmation, "yes", note="客户同意 30 元").status_code == 200
    confirmation.refresh_from_db()
    assert confirmation.note == "客户同意 30 元"


def test_n_ends_the_run(as_alice: Client, confirmation: Confirmation) -> None:
    decide(as_alice, confirmation, "no", then="end", note="金额不对")
    assert Run.objects.get().status == RunStatus.CANCELLED
    assert Confirmation.objects.get().note == "金额不对"


def test_n_with_a_note_lets_the_agent_go_on(as_alice: Client, confirmation: Confirmation) -> None:
    decide(as_alice, confirmation, "no", then="go_on", note="补偿应为30元")
    assert Run.objects.get().status == RunStatus.QUEUED
    assert Confirmation.objects.get().state == ConfirmationState.REJECTED


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "maybe"},
        {"answer": "yes", "version": "x"},
        {"answer": "yes", "version": "-1"},
        {"answer": "no", "then": "?"},
    ],
)
def test_an_answer_that_is_none_decides_nothing(
    as_alice: Client, confirmation: Confirmation, fields: dict[str, str]
) -> None:
    assert decide(as_alice, confirmation, **fields).status_code == 400
    assert Confirmation.objects.get().state == ConfirmationState.PENDING


def test_a_viewer_decides_nothing(as_victor: Client, confirmation: Confirmation) -> None:
    assert decide(as_victor, confirmation, "yes").status_code == 403
    assert Confirmation.objects.get().state == ConfirmationState.PENDING


def test_an_operator_of_another_department_does_not_even_see_it(as_charlie: Client, confirmation: Confirmation) -> None:
    assert decide(as_charlie, confirmation, "yes").status_code == 404
    assert Confirmation.objects.get().state == ConfirmationState.PENDING


def test_one_field_can_be_corrected_by_the_agent_and_a_yes_to_the_old_value_does_nothing(
    as_alice: Client, bob: User, log_in: Callable[[User], Client], confirmation: Confirmation
) -> None:
    path = f"/confirmations/{confirmation.pk}/correct/"
    post(as_alice, path, version="0", field="compensation", value="30.00")
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.CORRECTED
    assert Run.objects.get().status == RunStatus.QUEUED
    late = decide(log_in(bob), confirmation, "yes")
    assert (late.status_code, "alice" in story.markup(late)) == (409, True)
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.CORRECTED


@pytest.mark.parametrize(
    ("fields", "answer"), [({"choice": "5月20日的订单"}, "5月20日的订单"), ({"text": "都不是"}, "都不是")]
)
def test_a_question_is_answered_by_choice_or_in_words(
    as_alice: Client, run: Run, phone: Phone, fields: dict[str, str], answer: str
) -> None:
    story.ask_question(run, phone)
    question = Question.objects.get()
    post(as_alice, f"/questions/{question.pk}/answer/", **fields)
    question.refresh_from_db()
    assert question.answer == answer
    assert Run.objects.get().status == RunStatus.QUEUED


def test_an_empty_answer_is_refused(as_alice: Client, run: Run, phone: Phone) -> None:
    story.ask_question(run, phone)
    assert post(as_alice, f"/questions/{Question.objects.get().pk}/answer/", text=" ").status_code == 400


def test_alice_takes_over_drives_and_hands_back(as_alice: Client, alice: User, run: Run, phone: Phone) -> None:
    story.ask_takeover(run, phone)
    assert "data-phone-key" in post(as_alice, f"/runs/{run.pk}/takeover/").content.decode()
    takeover = Takeover.objects.get()
    assert takeover.user == alice
    post(as_alice, f"/takeovers/{takeover.pk}/hand-back/", note="已登录")
    takeover.refresh_from_db()
    assert takeover.ended_at is not None
    assert "已登录" in takeover.summary
    assert Run.objects.get().status == RunStatus.QUEUED


def test_what_another_operator_drives_is_not_taken_from_them(
    as_alice: Client, bob: User, run: Run, phone: Phone
) -> None:
    takeover = story.take_over(run, phone, bob)
    assert post(as_alice, f"/runs/{run.pk}/takeover/").status_code == 409
    assert post(as_alice, f"/takeovers/{takeover.pk}/hand-back/").status_code == 409


def test_a_takeover_can_end_the_automation_for_good(as_alice: Client, alice: User, run: Run, phone: Phone) -> None:
    takeover = story.take_over(run, phone, alice)
    post(as_alice, f"/takeovers/{takeover.pk}/finish/", note="已手工退款")
    assert Run.objects.get().status == RunStatus.HANDED_OFF
    assert Ticket.objects.get().result == "已手工退款"
