"""A customer is asked in the language of his own newest words; a helpdesk is written to in the one set up for it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from integrations.connectors.fields.mapping import Line, Mapping
from integrations.connectors.protocol import Author, Message, Person
from integrations.models import Connector
from integrations.writeback.words import WriteBack
from tests.integrations.conftest import Program
from tests.integrations.door.test_clarify import ENGLISH, ORDER, TEXT, asked, says, with_slots
from tests.integrations.helpdesk import Desk, call, read
from tickets.models import Clarification, FlowVersion, Ticket
from tickets.services.clarify import language
from tickets.services.tickets import changes


@pytest.fixture
def flow(db: None) -> FlowVersion:
    return with_slots(order_number={"ask_freely": True})


@pytest.mark.parametrize(
    ("before", "newest", "lang"),
    [
        (TEXT, "Sorry, I do not read Chinese. What do you need?", "en"),
        (ENGLISH, "你好,请问还需要什么?", "zh"),
        (TEXT, "Sent it, thanks.\n\n在 2026年11月27日,客服 写道:\n> 请告诉我们订单号。", "en"),
        (
            ENGLISH,
            "收到\n\nOn Fri, Nov 27, 2026 at 1:02 PM Support <help@example.com> wrote:\n> Which order is it?",
            "zh",
        ),
        (TEXT, ORDER, "zh"),
        (ENGLISH, f"#{ORDER}", "en"),
        (TEXT, "OK", "zh"),
        (ENGLISH, "👍", "en"),
        (TEXT, "AirPods Pro Max", "zh"),
        (TEXT, "订单是 AirPods Pro Max Lightning Case", "zh"),
        (ENGLISH, "It is the order for 苹果手机 that I want to return", "en"),
        (TEXT, "注文番号は分かりません。どうすればいいですか", "en"),
        (TEXT, "https://shop.example.com/en/my/order/of/the/day?with=this", "zh"),
    ],
)
def test_the_newest_words_of_the_customer_decide(
    connector: Connector, desk: Desk, flow: FlowVersion, before: str, newest: str, lang: str
) -> None:
    desk.put("7", subject="", text=before, requester=Person("Wang", "wang@example.com", external_id="5"))
    call(connector, "7")
    read(connector)
    says(connector, desk, newest, person=Person("Wang", external_id="5"))
    assert language.of_ticket(Ticket.objects.get()) == lang


def test_what_colleagues_and_others_in_copy_say_changes_nothing(
    connector: Connector, desk: Desk, flow: FlowVersion
) -> None:
    desk.put("7", text=TEXT, requester=Person("王芳", external_id="5"))
    call(connector, "7")
    read(connector)
    desk.say("7", "Could you please send us the order number?", Author.COLLEAGUE)
    says(connector, desk, "I am only in copy of this", person=Person("Lei", external_id="6"))
    assert language.of_ticket(Ticket.objects.get()) == "zh"


def test_labels_that_the_set_up_adds_are_not_the_customers_words(
    connector: Connector, desk: Desk, flow: FlowVersion
) -> None:
    labels = [Line(label=f"会员等级和积分的来源{n}", path="queue") for n in range(9)]
    connector.mapping = Mapping(lines=labels).model_dump(mode="json")
    connector.save()
    desk.put("7", subject="Refund", text=ENGLISH, queue="退款和售后")
    call(connector, "7")
    read(connector)
    ticket = Ticket.objects.get()
    assert "会员等级和积分的来源8:退款和售后" in ticket.text
    assert language.of_ticket(ticket) == "en"


def test_of_a_history_that_comes_with_its_ticket_the_newest_words_of_the_customer_count(
    connector: Connector, desk: Desk, flow: FlowVersion
) -> None:
    said = [
        Message("1", "您好,请说明订单", Author.COLLEAGUE),
        Message("2", "<p>I don't understand, please write to me in English</p>", Author.CUSTOMER, html=True),
        Message("3", "客户要英文", Author.COLLEAGUE, internal=True),
    ]
    desk.put("7", text=TEXT, messages=tuple(said))
    call(connector, "7")
    read(connector)
    assert language.of_ticket(Ticket.objects.get()) == "en"


def test_a_question_by_policy_is_in_the_language_of_the_newest_words(
    connector: Connector, desk: Desk, flow: FlowVersion
) -> None:
    connector.write_back = WriteBack(asks=True).model_dump(mode="json")
    connector.save()
    said = Message("2", "Please answer me in English, I do not speak Chinese", Author.CUSTOMER)
    desk.put("7", text=TEXT, requester=Person("Ann"), messages=(said,))
    call(connector, "7")
    read(connector)
    row = Clarification.objects.get()
    assert (row.lang, row.text.splitlines()[0]) == ("en", "Hello Ann,")


def test_a_second_question_follows_the_customer_into_the_other_language(
    connector: Connector, desk: Desk, flow: FlowVersion, lin: User
) -> None:
    desk.put("7", text=TEXT)
    call(connector, "7")
    read(connector)
    ticket = Ticket.objects.get()
    asked(ticket, flow, lin)
    says(connector, desk, "Which number do you mean? I have no idea where to find it.")
    assert language.of_ticket(Ticket.objects.get()) == "en"


def test_what_a_program_brings_counts_too(program: Program, lin: User, flow: FlowVersion) -> None:
    ticket = changes.create_ticket(user=lin, subject="", text=TEXT)
    path = f"/tickets/{ticket.number}/comments"
    assert program.post(path, {"text": "The customer wants an answer in English"}).status_code == 201
    assert language.of_ticket(Ticket.objects.get()) == "zh"
    assert program.post(path, {"text": "Please tell me what you need", "by_customer": True}).status_code == 201
    assert language.of_ticket(Ticket.objects.get()) == "en"
