"""What operators do besides running: what waits, the next ticket, notes, replies, values, and a new log-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from consoles.desk import panel
from cs_agent.engine.run import wording
from tests.consoles import story
from tickets.models import Comment, Confirmation, Department, FlowVersion, Phone, Run, RunPurpose, RunStatus, Ticket
from tickets.services.runs import attention, decisions
from tickets.services.tickets import changes

HTMX = {"HX-Request": "true"}
Login = Callable[[User], Client]


def test_what_waits_is_the_readers_own_and_the_teams_beside_it(
    as_alice: Client, log_in: Login, bob: User, confirmation: Confirmation
) -> None:
    assert confirmation.run.ticket.number in story.markup(as_alice.get("/waiting/"))
    assert as_alice.get("/waiting/state/").json()["mine"] == 1
    as_bob = log_in(bob)
    assert confirmation.run.ticket.number not in story.markup(as_bob.get("/waiting/", headers=HTMX))
    assert confirmation.run.ticket.number in story.markup(as_bob.get("/waiting/?team=1", headers=HTMX))
    assert as_bob.get("/waiting/state/").json() == {"mine": 0, "team": 1, "calls": []}


def test_a_call_tells_the_amount_and_masks_the_customer_and_ends_with_the_answer(
    as_alice: Client, alice: User, confirmation: Confirmation
) -> None:
    order = {"name": "order_number", "label": "订单号", "screen_value": "202405218876"}
    confirmation.fields.insert(0, order)
    confirmation.save(update_fields=["fields"])
    [call] = as_alice.get("/waiting/state/").json()["calls"]
    assert call["url"] == f"/tickets/{confirmation.run.ticket.number}/"
    assert call["title"] == "待确认"
    assert call["text"] == "退款 ¥399.00 · 补偿 ¥50.00 · 王**"
    decisions.decide(confirmation=confirmation, user=alice, approve=True, version=0)
    assert as_alice.get("/waiting/state/").json()["calls"] == []


def test_a_call_names_the_customer_where_the_policy_hides_no_names(
    as_alice: Client, confirmation: Confirmation, settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_REDACT_VIEWERS": ("mobile",)}
    [call] = as_alice.get("/waiting/state/").json()["calls"]
    assert call["text"] == "退款 ¥399.00 · 补偿 ¥50.00 · 王女士"


def test_a_call_for_a_takeover_covers_what_the_subject_tells(
    as_alice: Client, alice: User, department: Department, refund_flow: FlowVersion, phone: Phone
) -> None:
    ticket = story.new_ticket(department, subject="13800138000 收不到验证码", customer_name="")
    story.ask_takeover(story.start(ticket, alice), phone)
    [call] = as_alice.get("/waiting/state/").json()["calls"]
    assert (call["title"], call["text"]) == ("待接管", "[手机号] 收不到验证码")


def test_the_queue_and_the_teams_list_agree_on_what_waits_for_people(
    as_alice: Client, alice: User, department: Department, refund_flow: FlowVersion
) -> None:
    phones = (story.new_phone(1, serial=f"phone-{n}") for n in range(9))

    def run() -> Run:
        return story.start(story.new_ticket(department), alice)

    story.ask_confirmation(run(), next(phones))
    story.ask_question(run(), next(phones))
    story.ask_takeover(run(), next(phones))
    story.take_over(run(), next(phones), alice)  # somebody is at it
    failed = story.fail(run(), next(phones))
    story.succeed(run(), next(phones), recorded=False)
    run()
    tried = Run.objects.create(ticket=failed.ticket, flow_version=refund_flow, purpose=RunPurpose.REHEARSAL)
    Run.objects.filter(pk=tried.pk).update(status=RunStatus.FAILED)  # a rehearsal is nobody's work
    person = story.new_ticket(department, "请问你们的门店几点开门?")
    Ticket.objects.filter(pk=person.pk).update(for_person=True)
    Run.objects.create(ticket=person, flow_version=refund_flow, purpose=RunPurpose.REHEARSAL)
    page = as_alice.get("/tickets/?status=waiting")
    listed = {line.ticket.pk for day in page.context["days"] for line in day.lines}
    team = {item.ticket.pk for item in attention.items(alice)}
    assert listed == team
    assert len(listed) == as_alice.get("/waiting/state/").json()["team"] == 5


def test_nobody_elsewhere_hears_of_it(as_charlie: Client, confirmation: Confirmation) -> None:
    assert as_charlie.get("/waiting/state/").json() == {"mine": 0, "team": 0, "calls": []}
    assert as_charlie.get(f"/waiting/{confirmation.run.ticket.number}/").status_code == 404


def test_what_is_asked_can_be_answered_in_place(as_alice: Client, confirmation: Confirmation) -> None:
    html = story.markup(as_alice.get(f"/waiting/{confirmation.run.ticket.number}/", headers=HTMX))
    assert f"/confirmations/{confirmation.pk}/decide/" in html


def test_the_next_is_what_waits_for_the_reader_else_the_next_of_the_queue(
    as_alice: Client, alice: User, confirmation: Confirmation, department: Department
) -> None:
    second, third = (story.new_ticket(department, subject=name) for name in ("second", "third"))
    waiting = confirmation.run.ticket.number
    assert as_alice.get("/next/", {"after": second.number})["Location"] == f"/tickets/{waiting}/"
    decisions.decide(confirmation=confirmation, user=alice, approve=True, version=0)
    assert as_alice.get("/next/", {"after": second.number})["Location"] == f"/tickets/{third.number}/"
    back = as_alice.get("/next/", {"after": third.number, "way": "back"})
    assert back["Location"] == f"/tickets/{second.number}/"
    assert as_alice.get("/next/", {"after": third.number, "way": "on"})["Location"] == "/tickets/"


def test_a_value_is_corrected_before_the_start_and_goes_into_the_run(
    as_alice: Client, ticket: Ticket, refund_flow: FlowVersion
) -> None:
    path = f"/tickets/{ticket.number}/values/"
    answer = as_alice.post(path, {"name": "compensation", "value": "三十", "was": "50.00"}, headers=HTMX)
    assert answer.status_code == 200
    html = story.markup(as_alice.get(f"/tickets/{ticket.number}/"))
    assert "30.00" in html
    assert "<s>50.00</s>" in html
    assert as_alice.post(path, {"name": "compensation", "value": "很多"}, headers=HTMX).status_code == 400
    as_alice.post(f"/tickets/{ticket.number}/runs/", headers=HTMX)
    assert ticket.runs.get().slots.get(name="compensation").value == "30.00"


def test_a_reset_brings_back_what_the_ticket_says(as_alice: Client, ticket: Ticket, refund_flow: FlowVersion) -> None:
    path = f"/tickets/{ticket.number}/values/"
    as_alice.post(path, {"name": "compensation", "value": "30"}, headers=HTMX)
    as_alice.post(path, {"name": "compensation", "value": "30", "reset": "1"}, headers=HTMX)
    assert not ticket.given_values.exists()


def test_notes_and_replies_stand_together_in_their_order(as_alice: Client, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}/notes/"
    assert as_alice.post(path, {"kind": "internal", "text": "请核对金额"}, headers=HTMX).status_code == 200
    assert as_alice.post(path, {"kind": "reply", "text": "已为您退款"}, headers=HTMX).status_code == 200
    html = story.markup(as_alice.get(f"/tickets/{ticket.number}/"))
    assert html.index("请核对金额") < html.index("已为您退款")
    assert as_alice.post(path, {"kind": "reply", "text": ""}, headers=HTMX).status_code == 400


@pytest.mark.parametrize("kind", ["internal", "reply"])
def test_a_form_that_was_sent_again_is_written_once(
    as_alice: Client, bob: User, log_in: Callable[[User], Client], ticket: Ticket, kind: str
) -> None:
    for client in (as_alice, as_alice, log_in(bob)):
        client.post(f"/tickets/{ticket.number}/notes/", {"kind": kind, "text": "已为您退款 ¥399"}, headers=HTMX)
    written = ticket.comments if kind == "internal" else ticket.replies
    assert [row.author.get_username() for row in written.order_by("pk")] == ["alice", "bob"]


def test_the_customers_other_tickets_are_seen_and_open_ones_pointed_out(
    as_alice: Client, department: Department, other_department: Department
) -> None:
    first, second = (story.new_ticket(department, customer_mobile="13800138000", subject=name) for name in "ab")
    hidden = story.new_ticket(other_department, customer_mobile="13800138000", subject="hidden")
    html = story.markup(as_alice.get(f"/tickets/{first.number}/"))
    assert "这位客户还有 1 个未完成的工单" in html
    assert second.number in html
    assert hidden.number not in html


def test_a_reply_is_filled_from_the_run(run: Run, phone: Phone) -> None:
    ended = story.succeed(run, phone, recorded=False)
    [reply] = panel.replies_to(ended.ticket, ended)
    assert "王女士" in reply.text
    assert ended.ticket.number in reply.text
    assert panel.case_number(ended.result) == "AS20240522001"
    assert not reply.open


def test_a_reply_says_what_the_page_showed_and_not_how_the_agent_came_there(run: Run, phone: Phone) -> None:
    ended = story.succeed(run, phone, recorded=False)
    ended.result = wording.say("route_shows", "zh", what="提交成功; 受理单号: SH26112800003")
    ended.save(update_fields=["result"])
    [reply] = panel.replies_to(ended.ticket, Run.objects.get(pk=ended.pk))
    assert reply.text.endswith("已处理:提交成功; 受理单号: SH26112800003")


@pytest.mark.parametrize(("status", "told"), [("open", "正在处理"), ("solved", "已处理完毕")])
def test_why_a_run_failed_is_not_told_to_the_customer(run: Run, phone: Phone, status: str, told: str) -> None:
    ended = story.fail(run, phone)
    ended.ticket.status = status
    [reply] = panel.replies_to(ended.ticket, ended)
    assert ended.result not in reply.text
    assert told in reply.text


def test_a_ticket_is_taken_and_passed_on(
    as_alice: Client, ticket: Ticket, alice: User, bob: User, charlie: User
) -> None:
    as_alice.post(f"/tickets/{ticket.number}/take/", headers=HTMX)
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status) == (alice, "open")
    as_alice.post(f"/tickets/{ticket.number}/assign/", {"to": bob.pk}, headers=HTMX)
    ticket.refresh_from_db()
    assert ticket.assignee == bob
    assert as_alice.post(f"/tickets/{ticket.number}/assign/", {"to": charlie.pk}, headers=HTMX).status_code == 400


@pytest.mark.parametrize("path", ["/tickets/", "/waiting/", "/waiting/state/"])
def test_a_page_whose_session_ended_is_told_so_and_stays(client: Client, ticket: Ticket, path: str) -> None:
    answer = client.get(path, headers=HTMX)
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer
    assert client.post(f"/tickets/{ticket.number}/runs/", headers=HTMX).status_code == 401
    assert client.get("/tickets/").status_code == 302


def test_a_new_ticket_knows_which_flow_fits_it(department: Department, refund_flow: FlowVersion) -> None:
    ticket = changes.create_ticket(user=None, subject="", text=story.REFERENCE, department=department)
    assert Ticket.objects.get(pk=ticket.pk).fitting == refund_flow.template


def test_after_a_ticket_that_was_searched_for_the_queue_goes_on(as_alice: Client, department: Department) -> None:
    first, second = (story.new_ticket(department) for _ in range(2))
    only = {"after": first.number, "list": f"q={first.number}"}
    assert as_alice.get("/next/", only)["Location"] == f"/tickets/{second.number}/"
    assert as_alice.get("/next/", only | {"way": "on"})["Location"] == "/tickets/"  # J stays in what was found


def test_solve_and_next_goes_on_in_the_list_one_came_from(as_alice: Client, department: Department) -> None:
    first, second, third = (story.new_ticket(department, subject=name, customer_name=name) for name in "cab")
    answer = as_alice.post(f"/tickets/{second.number}/resolve/", {"list": "sort=customer"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"/tickets/{third.number}/"
    assert Ticket.objects.get(pk=second.pk).status == "solved"
    last = as_alice.get("/next/", {"after": third.number, "way": "on", "list": "sort=customer"})
    assert last["Location"] == f"/tickets/{first.number}/"


@pytest.mark.parametrize(("listed", "way", "expected"), [
    ("", "on", "third"),
    ("", "back", "first"),
    ("sort=-due", "on", "first"),
    ("sort=customer", "on", "first"),
    ("sort=customer", "back", ""),
    ("sort=status", "on", "first"),
    ("status=solved", "on", ""),
])  # fmt: skip
def test_a_ticket_that_left_the_list_is_gone_on_from_by_its_place(
    as_alice: Client, department: Department, listed: str, way: str, expected: str
) -> None:
    people = {"first": "b", "second": "a", "third": "c"}
    made = {name: story.new_ticket(department, subject=name, customer_name=by) for name, by in people.items()}
    for hours, ticket in enumerate(made.values()):
        Ticket.objects.filter(pk=ticket.pk).update(due_at=timezone.now() + timedelta(hours=hours))
    Ticket.objects.filter(pk=made["second"].pk).update(status="solved", solved_at=timezone.now())
    answer = as_alice.get("/next/", {"after": made["second"].number, "way": way, "list": listed})
    assert answer["Location"] == (f"/tickets/{made[expected].number}/" if expected else "/tickets/")


def test_a_double_is_merged_and_parted_on_the_page(as_alice: Client, department: Department) -> None:
    into, double = (story.new_ticket(department, customer_mobile="13800138000", subject=name) for name in "ab")
    assert "合并到本工单" in story.markup(as_alice.get(f"/tickets/{into.number}/"))
    as_alice.post(f"/tickets/{into.number}/merge/", {"double": double.number}, headers=HTMX)
    assert "合并来的工单" in story.markup(as_alice.get(f"/tickets/{into.number}/"))
    assert "本工单已合并到" in story.markup(as_alice.get(f"/tickets/{double.number}/"))
    as_alice.post(f"/tickets/{double.number}/unmerge/", headers=HTMX)
    assert Ticket.objects.get(pk=double.pk).status == "new"


def test_a_mention_waits_on_the_page_of_what_waits_and_is_seen_to_there(
    as_alice: Client, log_in: Login, bob: User, ticket: Ticket
) -> None:
    as_alice.post(f"/tickets/{ticket.number}/notes/", {"kind": "internal", "text": "@bob 请看"}, headers=HTMX)
    as_bob = log_in(bob)
    assert "备注里提到我" in story.markup(as_bob.get("/waiting/"))
    as_bob.post(f"/tickets/{ticket.number}/mentions/", headers=HTMX)
    assert "备注里提到我" not in story.markup(as_bob.get("/waiting/"))


def test_supervisors_edit_the_texts_for_customers(
    log_in: Login, sara: User, as_alice: Client, run: Run, phone: Phone
) -> None:
    as_sara = log_in(sara)
    wrong = as_sara.post("/replies/new/", {"name": "退款", "text": "{nothing}", "flow": "complaint_refund"})
    assert wrong.status_code == 400
    assert "{nothing}" in story.markup(wrong), "what was typed stays"
    fields = {"name": "退款", "text": "单号 {case}", "flow": "complaint_refund", "active": "1"}
    assert as_sara.post("/replies/new/", fields).status_code == 302
    story.succeed(run, phone, recorded=False)
    assert "单号 AS20240522001" in story.markup(as_alice.get(f"/tickets/{run.ticket.number}/"))
    assert as_alice.get("/replies/").status_code == 403


def test_the_page_shows_how_the_customers_other_tickets_were_handled(
    as_alice: Client, alice: User, department: Department, refund_flow: FlowVersion
) -> None:
    failed = story.fail(story.start(story.new_ticket(department), alice), story.new_phone(1, serial="past"))
    now = story.new_ticket(department)
    page = story.markup(as_alice.get(f"/tickets/{now.number}/"))
    assert failed.ticket.number in page
    past = page[page.index("past-run") :][:600]
    assert failed.get_status_display() in past
    assert "投诉退款" in past


def test_what_was_written_back_is_told_in_words_and_a_fault_as_it_came() -> None:
    from consoles.pages.elsewhere import _in_words

    assert _in_words("note 12 (was there); tags ai, vip; status solved") == "内部备注、标签 ai, vip、状态 solved"
    assert _in_words("reply 1") == "给客户的回复"
    assert _in_words("500 <html>; x") == "500 <html>、x"


@pytest.mark.parametrize("compared", ["unboxing_0001.mp4", ""])  # the field may be another slot's
def test_a_confirmation_calls_a_file_as_the_ticket_does_whatever_the_app_calls_its_field(
    as_alice: Client, alice: User, department: Department, refund_flow: FlowVersion, phone: Phone, compared: str
) -> None:
    run = story.start(story.new_ticket(department, video=True), alice)
    run.slots.filter(name="unboxing_video").update(value="unboxing_0001.mp4")
    confirmation = story.ask_confirmation(run, phone)
    on_screen = {"screen_value": "unboxing_0001.mp4", "ticket_value": compared, "differs": False}
    confirmation.fields.append({"name": "attachment", "label": "附件", **on_screen})
    confirmation.save(update_fields=["fields"])
    card = story.markup(as_alice.get(f"/tickets/{run.ticket.number}/"))
    assert re.search(r"附件</th>\s*<td>unboxing.mp4</td>\s*<td><b>unboxing_0001.mp4</b>", card)


def test_however_much_has_waited_the_newest_is_called_for(
    as_alice: Client, alice: User, confirmation: Confirmation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has more waiting than is told at a time would never hear of anything new."""
    item = attention.items(alice)[0]
    old = [replace(item, key=f"old-{n}", since=item.since - timedelta(hours=n + 1)) for n in range(60)]
    monkeypatch.setattr(attention, "items", lambda user: [*old, item])
    calls = as_alice.get("/waiting/state/").json()["calls"]
    assert calls[0]["key"] == item.key
    assert len(calls) < 61


def test_a_connectors_note_is_in_the_readers_words(as_alice: Client, ticket: Ticket) -> None:
    Comment.objects.create(ticket=ticket, text="【客户 王芳】\n还没好")
    as_alice.cookies["django_language"] = "en"
    assert "【Customer 王芳】\n还没好" in as_alice.get(f"/tickets/{ticket.number}/").content.decode()
