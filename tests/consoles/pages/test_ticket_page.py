"""The ticket page as the server renders it, in every state of a run."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.consoles import story
from tickets.models import (
    Confirmation,
    ConfirmationState,
    Department,
    FlowVersion,
    Phone,
    Run,
    RunStatus,
    Step,
    Ticket,
    TicketStatus,
)
from tickets.services.flows import fall_backs
from tickets.services.runs import decisions, switches, takeovers
from tickets.services.runs import lifecycle as runs


def page(client: Client, ticket: Ticket, query: str = "") -> str:
    response = client.get(f"/tickets/{ticket.number}/{query}")
    assert response.status_code == 200
    return story.markup(response)


def part(html: str, name: str) -> str:
    """The inner text of one live part."""
    found = re.search(
        rf'<div id="part-{name}"[^>]*>(.*?)(?=<div id="part-|<section class="pane|<phone-stage|</live-ticket)',
        html,
        re.S,
    )
    assert found, name
    return found[1]


def test_the_slots_are_marked_in_the_customers_own_words(
    as_alice: Client, ticket: Ticket, refund_flow: FlowVersion
) -> None:
    html = page(as_alice, ticket)
    assert '<mark data-slot="order_number" title="订单号">202405218876</mark>' in html
    assert '<mark data-slot="refund" title="退款">全额</mark>' in html
    text = re.search(r'id="ticket-text"[^>]*>(.*?)</div>', html, re.S)
    assert text
    assert re.sub("<[^>]+>", "", text[1]) == ticket.text


def test_the_recommended_flow_is_named_with_its_fit_and_its_reasons(
    as_alice: Client, ticket: Ticket, refund_flow: FlowVersion
) -> None:
    html = page(as_alice, ticket)
    assert "推荐流程" in html
    assert re.search(r"(很|可能)符合", html)
    assert "工单提到" in html
    assert 'id="start"' in html


def test_each_found_value_says_where_it_came_from(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    html = page(as_alice, story.new_ticket(department, video=True))
    assert re.search(
        r"开箱视频</dt><dd><span class=\"slot-value\">unboxing.mp4</span><span class=\"slot-source\">工单附件", html
    )
    assert re.search(
        r"订单号</dt><dd><span class=\"slot-value\">202405218876</span><span class=\"slot-source\">工单原文", html
    )


def test_a_missing_value_is_asked_before_the_start(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    html = page(as_alice, story.new_ticket(department, "耳机充不上电,我要全额退款!"))
    assert 'data-asked="order_number"' in html
    assert 'name="slot.order_number"' in html
    assert 'data-asked="refund"' not in html


def test_of_two_order_numbers_the_operator_chooses_one(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    text = "订单202405218876和订单202405218877都有质量问题,全额退款。"
    html = page(as_alice, story.new_ticket(department, text))
    assert "有多个,请选择" in html
    for number in ("202405218876", "202405218877"):
        assert f'type="radio" name="slot.order_number" value="{number}"' in html


def test_an_angry_customer_is_recommended_to_a_person_with_the_reason(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    html = page(as_alice, story.new_ticket(department, "骗子!订单202405218876全额退款,质量问题,不然我找律师!"))
    assert "建议由人工处理" in html
    assert "律师" in html


def test_where_no_flow_fits_none_is_started_unless_one_is_picked(
    as_alice: Client, department: Department, refund_flow: FlowVersion
) -> None:
    ticket = story.new_ticket(department, "请问你们几点开门?", subject="营业时间")
    assert re.search(r'id="start" disabled', page(as_alice, ticket))
    assert not re.search(r'id="start" disabled', page(as_alice, ticket, "?flow=complaint_refund"))


def test_a_viewer_sees_the_plan_but_no_button(as_victor: Client, ticket: Ticket, refund_flow: FlowVersion) -> None:
    html = page(as_victor, ticket)
    assert 'id="start"' not in html
    assert "您的角色可以查看,不能启动处理" in html
    assert "添加附件" not in html


def test_while_everything_is_paused_nothing_can_be_started(
    as_alice: Client, ticket: Ticket, refund_flow: FlowVersion, sara: User
) -> None:
    switches.pause_all(sara)
    html = page(as_alice, ticket)
    assert "主管已暂停全部智能处理" in html
    assert re.search(r'id="start" disabled', html)


def test_a_queued_run_says_that_it_waits_for_a_phone(as_alice: Client, run: Run, phone: Phone) -> None:
    html = page(as_alice, run.ticket)
    assert "排队中,正在分配手机" in html
    assert "排到手机后开始" in html
    assert 'data-mode="queued"' in html
    assert 'id="start"' not in html


def test_a_queued_run_names_who_is_waited_for_where_every_phone_waits_for_people(
    as_alice: Client, as_charlie: Client, confirmation: Confirmation, alice: User, department: Department
) -> None:
    waiting = story.start(story.new_ticket(department, subject="second"), alice)
    html = page(as_alice, waiting.ticket)
    assert f"手机被工单 {confirmation.run.ticket.number} 占用,正在等人确认" in html
    assert f'href="/tickets/{confirmation.run.ticket.number}/"' in html
    assert as_alice.post(f"/runs/{confirmation.run_id}/nudge/").status_code == 204
    assert as_alice.post(f"/runs/{confirmation.run_id}/nudge/").status_code == 409
    assert as_charlie.post(f"/runs/{confirmation.run_id}/nudge/").status_code == 404


def test_a_running_run_lists_its_steps_in_words(as_alice: Client, run: Run, phone: Phone) -> None:
    story.take_steps(story.drive(run, phone))
    html = page(as_alice, run.ticket)
    assert "打开应用“售后系统”" in html
    assert "输入“202405218876”" in html
    assert "点击“质量问题”" in html
    assert "置信度 99%" in html
    assert re.search(r'class="confidence unsure"[^>]*>置信度 71%', html)
    assert f'data-phone-socket="/ws/runs/{run.pk}/phone/"' in html
    assert html.count('class="step ') == len(story.ACTIONS)


def test_the_confirmation_shows_the_summary_and_both_values_of_each_field(
    as_alice: Client, confirmation: Confirmation
) -> None:
    card = part(page(as_alice, confirmation.run.ticket), "pause")
    assert story.SUMMARY in card
    assert re.search(r"退款</th><td>全额</td><td><b>¥399.00</b>", card)
    assert "同意并执行" in card
    assert "“提交审核”可能无法撤销" in card
    assert "data-reason" not in card
    assert 'data-version="0"' in card


def test_a_differing_field_is_marked_and_a_reason_is_asked(as_alice: Client, run: Run, phone: Phone) -> None:
    story.ask_confirmation(run, phone, differs=True)
    card = part(page(as_alice, run.ticket), "pause")
    assert card.count('class="differs"') == 1
    assert "不一致" in card
    assert "data-reason" in card


def test_an_act_that_is_only_not_proven_harmless_is_not_said_to_be_the_refund(
    as_alice: Client, as_victor: Client, confirmation: Confirmation
) -> None:
    words = "[确认] 点击“换一种看法” | 退款:¥399.00"
    Confirmation.objects.filter(pk=confirmation.pk).update(commits=False, summary=words)
    card = part(page(as_alice, confirmation.run.ticket), "pause")
    assert "这一步可能无法撤销" in card
    assert "此操作无法撤销" not in card
    assert "[确认] 点击“换一种看法”" in card
    assert "等待坐席确认,这一步可能无法撤销" in part(page(as_victor, confirmation.run.ticket), "pause")


def test_a_viewer_sees_the_confirmation_without_buttons(as_victor: Client, confirmation: Confirmation) -> None:
    card = part(page(as_victor, confirmation.run.ticket), "pause")
    assert story.SUMMARY in card
    assert "data-answer" not in card


def test_who_started_a_four_eyes_run_reads_that_another_must_confirm(
    as_alice: Client, alice: User, ticket: Ticket, phone: Phone
) -> None:
    story.publish("complaint_refund", four_eyes=True)
    story.ask_confirmation(story.start(ticket, alice), phone)
    card = part(page(as_alice, ticket), "pause")
    assert "该流程需要启动者以外的同事确认" in card
    assert re.search(r'data-answer="yes"[^>]*disabled', card)


def test_the_first_of_two_yeses_is_shown_with_its_name(
    as_alice: Client, bob: User, alice: User, ticket: Ticket, phone: Phone
) -> None:
    story.publish("complaint_refund", second_approval_above=100)
    confirmation = story.ask_confirmation(story.start(ticket, alice), phone)
    decisions.decide(confirmation=confirmation, user=bob, approve=True, version=0)
    card = part(page(as_alice, ticket), "pause")
    assert "bob 已同意,还需要第二位同事确认" in card
    assert not re.search(r'data-answer="yes"[^>]*disabled', card)


def test_d_goes_on_from_a_ticket_that_the_run_itself_solved(as_alice: Client, run: Run, phone: Phone) -> None:
    story.succeed(run, phone)
    Ticket.objects.filter(pk=run.ticket.pk).update(status="solved")
    html = page(as_alice, run.ticket)
    assert re.search(r'<a[^>]*data-next[^>]*data-key="d"', html)
    assert "data-resolve" not in html


@pytest.mark.parametrize(("alone", "told"), [(False, "另一位可以是:bob"), (True, "部门里没有其他人可以确认")])
def test_before_the_first_of_two_yeses_it_is_said_who_can_give_the_other(
    as_alice: Client, bob: User, alice: User, ticket: Ticket, phone: Phone, alone: bool, told: str
) -> None:
    if alone:
        ticket.department.members.set([alice])
    story.publish("complaint_refund", second_approval_above=100)
    story.ask_confirmation(story.start(ticket, alice), phone)
    card = part(page(as_alice, ticket), "pause")
    assert told in card
    assert "同意(还需一位同事)" in card
    assert "同意并执行" not in card


def test_a_question_is_shown_with_its_choices(as_alice: Client, run: Run, phone: Phone) -> None:
    story.ask_question(run, phone)
    card = part(page(as_alice, run.ticket), "pause")
    assert "应该处理哪一个" in card
    assert 'name="choice" value="5月20日的订单"' in card


def test_a_takeover_that_is_asked_for_says_why_and_until_when(as_alice: Client, run: Run, phone: Phone) -> None:
    due = story.ask_takeover(run, phone).asked_at + timedelta(minutes=15)
    card = part(page(as_alice, run.ticket), "pause")
    assert "短信验证码" in card
    assert "接管手机" in card
    assert f'datetime="{due.isoformat()}"' in card
    assert "到时没有人接管" in card


def test_who_drives_the_phone_has_its_keys_and_everybody_else_reads_who(
    as_alice: Client, run: Run, phone: Phone, alice: User, as_victor: Client
) -> None:
    story.take_over(run, phone, alice)
    mine = page(as_alice, run.ticket)
    assert 'data-mode="mine"' in mine
    assert "data-phone-key" in mine
    theirs = page(as_victor, run.ticket)
    assert "爱丽丝 正在操作手机" in theirs
    assert "data-phone-key" not in theirs


def test_while_the_agent_lets_go_the_page_says_so(as_alice: Client, run: Run, phone: Phone, alice: User) -> None:
    takeovers.begin(story.drive(run, phone), alice)
    html = page(as_alice, run.ticket)
    assert "正在请智能体停手" in html
    assert "takeover/" not in part(html, "head")


def test_after_the_run_the_result_and_the_replay_are_there(as_alice: Client, run: Run, phone: Phone) -> None:
    story.succeed(run, phone)
    html = page(as_alice, run.ticket)
    assert "申请单号 AS20240522001" in html
    assert f"/runs/{run.pk}/replay/" in html
    assert 'data-mode="ended"' in html
    assert re.search(r'data-still="/files/steps/[^"]+"', html)


def test_a_failed_run_says_why_and_can_be_started_again(as_alice: Client, run: Run, phone: Phone) -> None:
    story.fail(run, phone)
    html = page(as_alice, run.ticket)
    assert "手机断开连接" in html
    assert "重新启动智能处理" in html


def test_an_earlier_run_can_be_looked_at(as_alice: Client, alice: User, run: Run, phone: Phone, ticket: Ticket) -> None:
    story.fail(run, phone)
    story.start(ticket, alice)
    html = page(as_alice, ticket, f"?run={run.pk}")
    assert f'data-run="{run.pk}"' in html
    assert "打开应用" in html


def test_a_decision_stays_on_the_timeline_with_who_and_why(
    as_alice: Client, confirmation: Confirmation, bob: User
) -> None:
    decisions.decide(confirmation=confirmation, user=bob, approve=False, version=0, note="金额不对", then_end=True)
    html = page(as_alice, confirmation.run.ticket)
    steps = part(html, "steps")
    assert re.search(r"已拒绝 · bob", steps)
    Step.objects.filter(run=confirmation.run, number=confirmation.step_number).update(status="intended")
    for state in (ConfirmationState.REJECTED, ConfirmationState.CORRECTED):
        Confirmation.objects.filter(pk=confirmation.pk).update(state=state)
        assert "进行中" not in part(page(as_alice, confirmation.run.ticket), "steps"), "nothing is under way any more"
    assert "金额不对" in steps
    assert '<span class="pill pill-quiet">已拒绝</span>' in part(html, "head"), "nobody stopped it"


def test_a_closed_ticket_offers_no_start(as_alice: Client, ticket: Ticket, refund_flow: FlowVersion) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status=TicketStatus.CLOSED)
    assert 'id="start"' not in page(as_alice, ticket)


def test_alice_sets_the_status_of_a_ticket(as_alice: Client, ticket: Ticket) -> None:
    as_alice.post(f"/tickets/{ticket.number}/status/", {"status": "pending"})
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.PENDING


@pytest.mark.parametrize(
    "text", ["<script>alert('x')</script> 订单号202405218876退款", '" onmouseover="alert(1)', "{{ 7*7 }}{% load x %}"]
)
def test_what_the_customer_wrote_is_never_markup(
    as_alice: Client, department: Department, refund_flow: FlowVersion, text: str
) -> None:
    html = page(as_alice, story.new_ticket(department, text, subject=text, customer_name=text[:40]))
    assert "<script>alert" not in html
    assert '" onmouseover="' not in html


def test_in_english_a_choice_is_said_in_the_flows_english_words_beside_what_the_app_calls_it(
    as_alice: Client, ticket: Ticket, department: Department, refund_flow: FlowVersion
) -> None:
    as_alice.cookies["django_language"] = "en"
    assert '<span class="slot-value">Defective (质量问题)</span>' in page(as_alice, ticket)
    asked = page(as_alice, story.new_ticket(department, "订单202405218876,全额退款!"))
    assert re.search(r'value="七天无理由"\s+data-choice> <span>Changed my mind \(七天无理由\)', asked)


def test_the_whole_page_can_be_had_in_english(as_alice: Client, confirmation: Confirmation) -> None:
    as_alice.cookies["django_language"] = "en"
    html = page(as_alice, confirmation.run.ticket)
    assert "Approve and do it" in html
    assert "Awaiting confirmation" in html
    assert "“提交审核” may not be undoable" in html


def test_after_a_failure_the_page_says_what_the_flow_had_done_about_it_and_why_a_person_has_it(
    as_alice: Client, run: Run, sara: User
) -> None:
    fall_backs.choose(run.flow_version.template, sara, run.flow_version)
    for _ in range(2):
        newest = Run.objects.latest("created_at")
        runs.move(runs.locked(newest), RunStatus.RUNNING, audit="run.driven")
        runs.end(runs.locked(newest), RunStatus.FAILED, result="页面打不开")
        fall_backs.take_all()
        html = page(as_alice, run.ticket)
        assert ("按流程的设定自动启动了这一次" in html) == (newest == run)
        assert ("失败之后:换一个版本再做一次 · 留给人处理:" in html) == (newest != run)
    assert "失败之后:换一个版本再做一次 · 已转交" in page(as_alice, run.ticket, f"?run={run.pk}")
