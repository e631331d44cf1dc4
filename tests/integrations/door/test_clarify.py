"""What a flow lacks is asked of the customer through his own channel; his answer comes back onto the same ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from integrations.connectors.protocol import Author, Person
from integrations.models import Connector
from integrations.writeback.words import WriteBack
from tests.integrations.conftest import Program
from tests.integrations.door.test_write_back import deliver
from tests.integrations.helpdesk import Desk, call, file_of, read
from tests.tickets.conftest import flow_file, publish
from tickets.errors import Conflict, Forbidden, Invalid, SlotsNeeded
from tickets.models import (
    AuditEvent,
    Clarification,
    ClarificationState,
    Comment,
    CustomerReply,
    Delivery,
    ExternalRef,
    FlowVersion,
    OutboxEvent,
    Run,
    Slot,
    SlotSource,
    Ticket,
    TicketStatus,
    TicketValue,
)
from tickets.services.clarify import answers, asking, draft, ending, language
from tickets.services.evidence import erasure
from tickets.services.runs import starts
from tickets.services.tickets import changes, doubles, edits, fitting, values

PNG = b"\x89PNG\r\n\x1a\n"
TEXT = "蓝牙耳机充不上电,要求退款100元"
ENGLISH = "My earphones are defective, please refund 100 yuan, thanks"
ORDER = "4471902386615024"


@pytest.fixture
def flow(db: None) -> FlowVersion:
    return with_slots()


def with_slots(**changes: dict[str, Any]) -> FlowVersion:
    """The refund, whose files nobody has to send, with changes by the slot's name."""
    slots = flow_file("complaint_refund")["definition"]["slots"]
    files = {each["name"]: {"required": False, "group": ""} for each in slots if each["kind"] == "attachment"}
    return publish(
        "complaint_refund", slots=[{**s, **files.get(s["name"], {}), **changes.get(s["name"], {})} for s in slots]
    )


@pytest.fixture
def ticket(connector: Connector, desk: Desk, flow: FlowVersion) -> Ticket:
    desk.put("7", text=TEXT, requester=Person("王芳", "fang@example.com"))
    call(connector, "7")
    read(connector)
    return Ticket.objects.get()


def asked(ticket: Ticket, flow: FlowVersion, user: User, send_by: str = "fake-1") -> Clarification:
    lacking = draft.lacking(ticket, flow)
    return asking.ask(ticket, flow, user, draft.text_of(ticket, lacking, "zh"), send_by=send_by)


def says(connector: Connector, desk: Desk, text: str, **more: Any) -> None:
    desk.say("7", text, Author.CUSTOMER, **more)
    call(connector, "7")
    read(connector)


def lacks(ticket: Ticket, flow: FlowVersion) -> list[str]:
    return [spec.name for spec, _found in values.reading_of(ticket, flow).asked]


def test_the_question_goes_out_after_a_yes_and_the_answer_fills_the_slot_so_that_a_run_can_start(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    assert lacks(ticket, flow) == ["order_number"]
    with pytest.raises(SlotsNeeded):
        starts.start_run(ticket=ticket, flow_version=flow, user=lin)
    assert not desk.notes, "a draft is no message"
    asked(ticket, flow, lin)
    deliver()
    [(_number, text, internal)] = desk.notes
    assert "订单号" in text
    assert not internal
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.PENDING
    says(connector, desk, f"<p>{ORDER}</p>", html=True, person=Person("王芳", "FANG@example.com"))
    ticket.refresh_from_db()
    assert (Clarification.objects.get().state, ticket.status) == (ClarificationState.ANSWERED, TicketStatus.OPEN)
    assert any(ORDER in each.text for each in Comment.objects.all())
    run = starts.start_run(ticket=ticket, flow_version=flow, user=lin)
    slot = Slot.objects.get(run=run, name="order_number")
    assert (slot.value, slot.source) == (ORDER, SlotSource.CUSTOMER)
    events = list(AuditEvent.objects.filter(type__startswith="clarification.").order_by("seq"))
    assert [event.type for event in events] == ["clarification.asked", "clarification.answered"]
    assert events[1].details["filled"] == ["order_number"]
    assert "ticket.clarification_answered" in set(OutboxEvent.objects.values_list("type", flat=True))


def test_it_is_asked_in_the_customers_language_and_with_the_flows_own_words(db: None, lin: User) -> None:
    version = with_slots(order_number={"question": {"zh": "请把订单号发给我们", "en": "Which order is it?"}})
    english = changes.create_ticket(user=lin, subject="", text=ENGLISH)
    assert language.of_ticket(english) == "en"
    text = draft.text_of(english, draft.lacking(english, version), "en")
    assert "Which order is it?" in text
    assert not any("一" <= char <= "鿿" for char in text), text
    chinese = changes.create_ticket(user=lin, subject="", text=TEXT)
    assert "请把订单号发给我们" in draft.text_of(chinese, draft.lacking(chinese, version), "zh")


@pytest.mark.parametrize(
    ("name", "hello"),
    [("王芳", "王芳,您好!"), ("fang@example.com", "您好!"), ("+86 138 0013 8000", "您好!"), ("", "您好!")],
)
def test_a_customer_is_greeted_by_a_name_only(db: None, flow: FlowVersion, lin: User, name: str, hello: str) -> None:
    ticket = changes.create_ticket(user=lin, subject="", text=TEXT, customer_name=name)
    assert draft.text_of(ticket, draft.lacking(ticket, flow), "zh").splitlines()[0] == hello


def test_the_ticket_is_called_as_the_customers_helpdesk_calls_it(ticket: Ticket, flow: FlowVersion) -> None:
    def said() -> str:
        return draft.text_of(ticket, draft.lacking(ticket, flow), "zh").splitlines()[1]

    assert "工单 7," in said()
    ExternalRef.objects.update(number="[service-7]")
    assert "工单 [service-7]," in said()
    ExternalRef.objects.update(number="wm" + "x" * 60)  # a key of a program
    assert ticket.number in said()
    ticket.refs.create(connector="other", external_id="9")
    assert ticket.number in said()


def test_values_of_our_records_are_never_shown_to_whoever_asks(lin: User, db: None) -> None:
    version = publish("resend_code")
    ticket = changes.create_ticket(
        user=lin, subject="", text="验证码收不到,换个手机号,我朋友的13911112222", customer_mobile="13800138000"
    )
    lacking = draft.lacking(ticket, version)
    assert lacking
    assert "13800138000" not in draft.text_of(ticket, lacking, "zh")


@pytest.mark.parametrize(("language", "words"), [("zh", "谢谢您的回复"), ("en", "Thank you for your answer")])
def test_a_second_question_says_that_the_answer_was_read(
    connector: Connector,
    desk: Desk,
    ticket: Ticket,
    flow: FlowVersion,
    lin: User,
    language: str,
    words: str,
) -> None:
    asked(ticket, flow, lin)
    assert words not in draft.text_of(ticket, draft.lacking(ticket, flow), language)
    says(connector, desk, "我不记得了")
    second = draft.text_of(ticket, draft.lacking(ticket, flow), language)
    assert (words in second, "7" in second) == (True, True)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh-hans", ("还可以问 2 次", "还可以问 1 次", "这是最后一次")),
        ("en", ("2 more times", "once more", "this is the last")),
    ],
)
def test_the_page_says_how_often_one_may_still_ask(
    connector: Connector,
    desk: Desk,
    ticket: Ticket,
    flow: FlowVersion,
    client: Client,
    language: str,
    told: tuple[str, ...],
) -> None:
    lin = User.objects.get(username="lin")
    client.force_login(lin)
    client.cookies["django_language"] = language
    for words in told:
        asked(ticket, flow, lin)
        page = client.get(f"/tickets/{ticket.number}/").content.decode()
        assert words in page.split('id="asking"')[1].split("</h2>")[0]
        says(connector, desk, "我不记得了")


def test_half_an_answer_leads_to_the_next_turn_and_at_last_to_a_person(
    connector: Connector, desk: Desk, flow: FlowVersion, lin: User, settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_CLARIFY_TURNS": 2}
    desk.put("7", text="耳机要求退款")
    call(connector, "7")
    read(connector)
    ticket = Ticket.objects.get()
    first = asked(ticket, flow, lin)
    assert len(first.names) > 1
    says(connector, desk, f"订单号{ORDER}")
    first.refresh_from_db()
    assert first.state == ClarificationState.PARTLY
    second = asked(ticket, flow, lin)
    assert second.turn == 2
    assert "order_number" not in second.names
    says(connector, desk, "你猜")
    second.refresh_from_db()
    assert second.state == ClarificationState.UNCLEAR
    with pytest.raises(Conflict, match="人工"):
        asked(ticket, flow, lin)


@pytest.mark.parametrize(
    "text", [f"我朋友的订单{ORDER}", f"不是{ORDER}", f"好像是{ORDER}", f"{ORDER}还是4471902386615025"]
)
def test_what_is_not_certain_is_offered_on_the_page_and_not_filled_in(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User, client: Client, text: str
) -> None:
    asked(ticket, flow, lin)
    says(connector, desk, text)
    assert not TicketValue.objects.exists()
    assert Clarification.objects.get().state == ClarificationState.UNCLEAR
    client.force_login(lin)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert f'value="{ORDER}"' in page
    assert text in page


def test_an_answer_by_somebody_else_is_kept_and_not_read(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    asked(ticket, flow, lin)
    says(connector, desk, ORDER, person=Person("李雷", "lei@example.com"))
    assert not TicketValue.objects.exists()
    assert Clarification.objects.get().answer == ORDER


def test_what_an_operator_typed_is_never_overwritten(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    asked(ticket, flow, lin)
    values.give(ticket, flow, "order_number", "4471902386615999", lin)
    says(connector, desk, ORDER)
    found = {each.name: each for each in values.reading_of(Ticket.objects.get(), flow).found}
    assert (found["order_number"].value, found["order_number"].source) == ("4471902386615999", SlotSource.OPERATOR)


def test_an_operator_may_correct_what_the_customer_said(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    asked(ticket, flow, lin)
    says(connector, desk, ORDER)
    values.give(ticket, flow, "order_number", "4471902386615999", lin)
    assert TicketValue.objects.get().source == SlotSource.OPERATOR


def test_without_an_answer_the_ticket_comes_back_and_a_late_one_still_counts(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    row = asked(ticket, flow, lin)
    assert ending.expire_due() == 0
    Clarification.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert ending.expire_due() == 1
    assert ending.expire_due() == 0
    ticket.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, ticket.status) == (ClarificationState.EXPIRED, TicketStatus.OPEN)
    says(connector, desk, ORDER)
    row.refresh_from_db()
    assert (row.state, row.late, lacks(ticket, flow)) == (ClarificationState.ANSWERED, True, [])


def test_a_question_ends_with_its_ticket_and_an_answer_after_that_opens_it_again(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    row = asked(ticket, flow, lin)
    changes.set_status(Ticket.objects.get(), TicketStatus.CLOSED, lin)
    row.refresh_from_db()
    assert row.state == ClarificationState.WITHDRAWN
    with pytest.raises(Conflict):
        asked(ticket, flow, lin)
    says(connector, desk, ORDER)
    ticket.refresh_from_db()
    assert (ticket.status, lacks(ticket, flow)) == (TicketStatus.OPEN, [])


def test_an_answer_to_a_ticket_that_was_merged_counts_for_the_one_that_goes_on(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    asked(ticket, flow, lin)
    other = changes.create_ticket(user=lin, subject="", text=TEXT, customer_name="王芳")
    doubles.merge(Ticket.objects.get(pk=ticket.pk), other, lin)
    assert Clarification.objects.get().state == ClarificationState.WITHDRAWN
    says(connector, desk, ORDER)
    assert lacks(other, flow) == []
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.CLOSED


def test_a_run_that_started_meanwhile_is_not_disturbed_by_the_answer(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    row = asked(ticket, flow, lin)
    starts.start_run(ticket=ticket, flow_version=flow, user=lin, answers={"order_number": "4471902386615999"})
    says(connector, desk, ORDER)
    row.refresh_from_db()
    assert row.state == ClarificationState.WITHDRAWN
    assert Slot.objects.get(name="order_number").value == "4471902386615999"
    assert not TicketValue.objects.exists()
    assert Run.objects.count() == 1


def test_opening_it_there_by_our_own_question_does_not_end_the_waiting(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    desk.put("7", status="waiting")
    call(connector, "7")
    read(connector)
    asked(ticket, flow, lin)
    desk.put("7", status="open")
    call(connector, "7")
    read(connector)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.PENDING


def test_a_harmless_question_goes_out_by_itself_only_where_flow_and_connector_both_say_so(
    connector: Connector, desk: Desk, lin: User
) -> None:
    with_slots(order_number={"ask_freely": True})
    desk.put("1", text=TEXT)
    call(connector, "1")
    read(connector)
    assert not Clarification.objects.exists()
    connector.write_back = WriteBack(asks=True).model_dump(mode="json")
    connector.save()
    desk.put("2", text="耳机要求退款")  # its reason is lacking too, and that is not marked harmless
    desk.put("3", text=TEXT)
    call(connector, "2", "3")
    read(connector)
    row = Clarification.objects.get()
    assert (row.ticket.refs.get().external_id, row.by_policy) == ("3", True)
    assert CustomerReply.objects.get().send_by == "fake-1"
    call(connector, "3")
    read(connector)
    assert Clarification.objects.count() == 1, "one question is asked once"


def test_a_file_that_was_asked_for_answers_when_it_comes_in(connector: Connector, desk: Desk, lin: User) -> None:
    version = with_slots(photo={"required": True, "media": "document"})
    desk.put("7", text=f"{TEXT}。订单号{ORDER}")
    call(connector, "7")
    read(connector)
    ticket = Ticket.objects.get()
    row = asked(ticket, version, lin)
    assert row.names == ["photo"]
    desk.say("7", "见附件")
    desk.put("7", files=(file_of(b"%PDF-1.4\n" + b"x" * 200),))
    call(connector, "7")
    read(connector)
    row.refresh_from_db()
    assert row.state == ClarificationState.ANSWERED


def test_a_ticket_typed_by_hand_is_asked_by_copy_and_answered_by_hand(
    client: Client, lin: User, flow: FlowVersion
) -> None:
    ticket = changes.create_ticket(user=lin, subject="", text=TEXT)
    client.force_login(lin)
    address = f"/tickets/{ticket.number}/"
    assert "已用其他方式问过" in client.get(address).content.decode()
    sent = {"flow": "complaint_refund", "text": "请问订单号?", "send_by": ""}
    assert client.post(f"{address}ask/", sent).status_code == 200
    assert client.post(f"{address}ask/", sent).status_code == 409
    assert client.get("/tickets/?status=asked").content.decode().count(ticket.number)
    assert client.post(f"{address}ask/answered/", {"text": ORDER}).status_code == 200
    assert lacks(ticket, flow) == []
    assert "客户回复" in client.get(address).content.decode()
    assert client.post(f"{address}ask/answered/", {"text": "x"}).status_code == 409
    assert not Delivery.objects.filter(lane__startswith="connector:").exists()


def test_nobody_waits_any_longer_once_a_person_says_so(
    client: Client, lin: User, vera: User, ticket: Ticket, flow: FlowVersion
) -> None:
    asked(ticket, flow, lin)
    client.force_login(vera)
    assert client.post(f"/tickets/{ticket.number}/ask/end/").status_code == 403
    client.force_login(lin)
    assert client.post(f"/tickets/{ticket.number}/ask/end/").status_code == 200
    assert Clarification.objects.get().state == ClarificationState.WITHDRAWN
    assert client.post(f"/tickets/{ticket.number}/ask/end/").status_code == 409


def test_a_helpdesk_that_brings_nothing_to_customers_is_not_asked_to(
    ticket: Ticket, flow: FlowVersion, lin: User, vera: User
) -> None:
    ticket.refs.update(facts={"answers": ""})
    for place in ("fake-1", "another"):
        with pytest.raises(Invalid):
            asked(ticket, flow, lin, send_by=place)
    with pytest.raises(Forbidden):
        asked(ticket, flow, vera, send_by="")
    assert not CustomerReply.objects.exists()


def test_a_program_reads_the_question_and_brings_the_answer(
    program: Program, ticket: Ticket, flow: FlowVersion, lin: User
) -> None:
    asked(ticket, flow, lin, send_by="")
    path = f"/tickets/{ticket.number}"
    [question] = program.get(f"{path}/clarifications").json()["items"]
    assert (question["state"], question["fields"]) == ("asked", ["order_number"])
    assert program.post(f"{path}/comments", {"text": "internal"}).status_code == 201
    assert Clarification.objects.get().state == ClarificationState.ASKED
    assert program.post(f"{path}/comments", {"text": ORDER, "by_customer": True}).status_code == 201
    assert lacks(ticket, flow) == []


def test_what_an_operator_fills_in_ends_the_waiting_by_the_clock(ticket: Ticket, flow: FlowVersion, lin: User) -> None:
    row = asked(ticket, flow, lin)
    values.give(ticket, flow, "order_number", ORDER, lin)
    fitting.learn()
    answers.settle_filled()
    row.refresh_from_db()
    assert row.state == ClarificationState.WITHDRAWN


def test_erasure_leaves_neither_question_nor_answer(
    connector: Connector, desk: Desk, ticket: Ticket, flow: FlowVersion, lin: User, ann: User
) -> None:
    asked(ticket, flow, lin)
    says(connector, desk, ORDER)
    changes.set_status(Ticket.objects.get(), TicketStatus.CLOSED, lin)
    erasure.erase(Ticket.objects.all(), "request", user=ann)
    row = Clarification.objects.get()
    assert ORDER not in row.answer + row.text


def test_reopened_tickets_come_back_as_such(
    connector: Connector, desk: Desk, ticket: Ticket, lin: User, flow: FlowVersion
) -> None:
    edits.comment(ticket, "x", lin)
    changes.set_status(Ticket.objects.get(), TicketStatus.SOLVED, lin)
    desk.put("7", status="done")
    call(connector, "7")
    read(connector)
    says(connector, desk, "还是不行")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN
