"""Tickets come in from a helpdesk exactly as they are there, whatever is doubled, late, forged, broken or missing."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from integrations.connectors import health
from integrations.connectors.build import secret_name
from integrations.connectors.errors import BadAnswer, Gone, NotAllowed, RateLimited, Unreachable
from integrations.connectors.protocol import Author, Message
from integrations.intake import polling, reading
from integrations.models import Connector, IncomingDelivery, IntakeRule, LinkedTicket
from tests.integrations import helpdesk
from tests.integrations.helpdesk import DESKS, NOON, WORD, Desk, call, file_of, later, make_connector, read, send
from tickets.models import AuditEvent, Comment, Department, ExternalRef, Priority, Run, Ticket, TicketStatus
from tickets.said import gettext_said
from tickets.services import secret_store
from tickets.services.evidence import erasure
from tickets.services.tickets import changes

PDF = b"%PDF-1.4\n" + b"x" * 200


def test_a_call_brings_the_ticket_with_its_history_and_files(connector: Connector, desk: Desk) -> None:
    desk.put("7", number="#7", url="https://help.example.com/7", priority="high", tags=("vip",), files=(file_of(PDF),))
    desk.say("7", "<p>订单 <b>2024</b></p><script>x()</script>", html=True)
    desk.say("7", "看一下", Author.COLLEAGUE, internal=True)
    assert call(connector, "7").status_code == 200
    read(connector)
    [ticket] = Ticket.objects.all()
    assert (ticket.subject, ticket.text, ticket.customer_name) == ("退款", "请退款", "王芳")
    assert ticket.priority == Priority.HIGH
    texts = [row.text for row in Comment.objects.all()]
    assert texts[0].endswith("】\n订单 2024")
    assert texts[0].startswith("【客户")
    assert texts[1].startswith("【同事(内部)")
    assert [row.name for row in ticket.attachments.all()] == ["a.pdf"]
    [ref] = ExternalRef.objects.all()
    assert (ref.connector, ref.external_id, ref.number, ref.url) == ("fake-1", "7", "#7", "https://help.example.com/7")
    assert ref.facts["tags"] == "vip"
    event = AuditEvent.objects.get(type="ticket.created")
    assert (event.user_name, event.user_role) == ("lin", "api,operator")


def test_a_call_is_answered_before_anything_is_read(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    assert desk.fetched == []
    assert LinkedTicket.objects.get().wanted == 1


def test_the_same_call_again_is_counted_and_does_nothing(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    for _ in range(4):
        assert call(connector, "7", delivery="one").status_code == 200
    assert IncomingDelivery.objects.get().repeats == 3
    assert LinkedTicket.objects.get().wanted == 1


def test_a_call_whose_tickets_only_the_helpdesk_knows_is_read_all_the_same(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    desk.troubles.append(Unreachable("down"))
    call(connector, hints={"who": "7"})
    read(connector)
    assert Ticket.objects.count() == 0
    later(connector)
    assert Ticket.objects.count() == 1


HOSTILE = (
    *("", "nonsense", "[]", "null", "1", '{"id": 1}', '{"id": ""}', '{"id":"a","tickets":[""]}'),
    *('{"id":"a","tickets":["' + "9" * 200 + '"]}', '{"id":"a","tickets":["a\\u0000b"]}', '{"id":"a","tickets":[7]}'),
    *('{"id":"' + "x" * 300 + '"}', "[" * 100_000),
)


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_body_that_is_none_is_refused_and_changes_nothing(connector: Connector, body: str) -> None:
    assert send(connector, body).status_code == 401
    assert not IncomingDelivery.objects.exists()
    assert not LinkedTicket.objects.exists()
    connector.refresh_from_db()
    assert connector.refused == 1


def test_a_forged_call_is_refused_and_the_connectors_page_will_say_so(connector: Connector, desk: Desk) -> None:
    answer = call(connector, "7", word="guess")
    assert (answer.status_code, answer.json()["code"]) == (401, "refused")
    connector.refresh_from_db()
    assert connector.refusal == "the word is wrong"
    assert not LinkedTicket.objects.exists()


def test_nobody_learns_anything_at_an_address_that_is_none(connector: Connector) -> None:
    assert Client().post("/hooks/guess/", b"{}", content_type="application/json").status_code == 404
    assert Client().get(f"/hooks/{connector.hook}/").status_code == 405


def test_a_huge_call_is_refused_unread(connector: Connector) -> None:
    assert send(connector, b"x" * (1024 * 1024 + 1)).status_code == 413


def test_a_hook_takes_so_many_calls_a_minute_and_says_when_to_come_again(connector: Connector, settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_HOOK_CALLS_PER_MINUTE": 2}
    answers = [call(connector, "7", word=word) for word in ("guess", WORD, WORD)]  # forged ones count as well
    assert [answer.status_code for answer in answers] == [401, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert send(connector, b"x" * (1024 * 1024 + 1)).status_code == 413  # bounded before anything else
    assert IncomingDelivery.objects.count() == 1


def test_a_connector_that_is_switched_off_takes_nothing(connector: Connector) -> None:
    Connector.objects.update(enabled=False)
    assert call(connector, "7").status_code == 403


def test_without_its_secret_a_connector_asks_for_the_call_again_later(connector: Connector) -> None:
    secret_store.forget(secret_name(connector.key, "word"))
    answer = call(connector, "7")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    connector.refresh_from_db()
    assert "Word" in connector.fault


def test_later_changes_are_carried_over_once(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    desk.say("7", "还没到账")
    for _ in range(3):
        call(connector, "7")
        read(connector)
    assert [row.text.split("\n")[-1] for row in Comment.objects.all()] == ["还没到账"]


def test_our_own_notes_come_back_as_nothing(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    desk.say("7", "done\ncs-agent run=1", Author.OURS)
    desk.say("7", "done\ncs-agent run=1", Author.COLLEAGUE)
    call(connector, "7")
    read(connector)
    assert not Comment.objects.exists()


def test_solved_there_is_solved_here_and_an_answer_of_the_customer_reopens(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    desk.put("7", status="done")
    call(connector, "7")
    read(connector)
    assert Ticket.objects.get().status == TicketStatus.SOLVED
    desk.say("7", "又坏了")
    desk.put("7", status="open")
    call(connector, "7")
    read(connector)
    assert Ticket.objects.get().status == TicketStatus.OPEN


def test_what_we_solved_stays_solved_while_nothing_changes_there(connector: Connector, desk: Desk, lin: User) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    changes.set_status(Ticket.objects.get(), TicketStatus.SOLVED, User.objects.get(username="lin"))
    desk.put("7", tags=("x",))
    call(connector, "7")
    read(connector)
    assert Ticket.objects.get().status == TicketStatus.SOLVED


def test_a_run_at_work_is_not_closed_under(connector: Connector, desk: Desk, run: Run, ticket: Ticket) -> None:
    ExternalRef.objects.create(ticket=ticket, connector=connector.key, external_id="7")
    desk.put("7")
    call(connector, "7")
    read(connector)
    desk.put("7", status="closed")
    call(connector, "7")
    read(connector)
    ticket.refresh_from_db()
    assert ticket.status != TicketStatus.CLOSED
    assert LinkedTicket.objects.get().state == "open"  # still to be carried over


def test_a_ticket_that_is_over_there_does_not_come_in_until_it_is_reopened(connector: Connector, desk: Desk) -> None:
    desk.put("7", status="closed")
    call(connector, "7")
    read(connector)
    assert not Ticket.objects.exists()
    desk.put("7", status="open")
    call(connector, "7")
    read(connector)
    assert Ticket.objects.count() == 1


def test_a_deleted_ticket_is_closed_with_a_word_why(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    del desk.tickets["7"]
    call(connector, "7")
    read(connector)
    call(connector, "7")
    read(connector)
    assert Ticket.objects.get().status == TicketStatus.CLOSED
    assert [row.text for row in Comment.objects.all()] == ["在 客服系统 已被删除。"]


def test_a_merged_ticket_is_closed_and_the_one_it_went_into_comes_in(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    desk.merged["7"] = "8"
    desk.put("8")
    call(connector, "7")
    read(connector)
    assert set(ExternalRef.objects.values_list("external_id", "ticket__status")) == {("7", "closed"), ("8", "new")}


@pytest.mark.parametrize(("language", "place"), [("zh-hans", 0), ("en", 1)])
def test_the_page_of_a_ticket_that_is_no_longer_there_says_so_in_the_readers_language(
    connector: Connector, desk: Desk, client: Client, lin: User, language: str, place: int
) -> None:
    told = {
        "1": ("在那里已被删除。", "It was deleted there."),
        "2": ("在那里已合并到 8。", "It was merged into 8 there."),
        "3": ("在那里已看不到", "It is out of sight there"),
        "4": ("在那里已移出接入范围", "It was moved there out of what comes in"),
    }
    IntakeRule.objects.create(connector=connector, place=1, queue="招聘")
    for number in (*told, "8"):
        desk.put(number, url=f"https://help.example.com/{number}")
    call(connector, *told)
    read(connector)
    del desk.tickets["1"]
    desk.merged["2"] = "8"
    desk.put("4", queue="招聘")
    call(connector, "1", "2", "4")
    read(connector)
    desk.troubles.append(Gone("hidden", hidden=True))
    call(connector, "3")
    read(connector)
    client.force_login(lin)
    client.cookies["django_language"] = language
    pages = {ref.external_id: client.get(f"/tickets/{ref.ticket.number}/") for ref in ExternalRef.objects.all()}
    for number, words in told.items():
        assert words[place] in pages[number].content.decode(), number
    assert "https://help.example.com/1" not in pages["1"].content.decode(), "there is nothing to be opened"
    desk.put("4", queue="售后")
    call(connector, "4")
    read(connector)
    again = client.get(f"/tickets/{Ticket.objects.get(refs__external_id='4').number}/").content.decode()
    assert told["4"][place] not in again


def test_rules_send_queues_to_departments_and_leave_others_out(
    connector: Connector, desk: Desk, other_department: Department, lin: User
) -> None:
    other_department.members.add(lin)
    IntakeRule.objects.create(connector=connector, place=1, tag="vip", department=other_department)
    IntakeRule.objects.create(connector=connector, place=2, queue="售*", department=connector.department)
    IntakeRule.objects.create(connector=connector, place=3)
    desk.put("1", tags=("VIP",))
    desk.put("2")
    desk.put("3", queue="招聘")
    call(connector, "1", "2", "3")
    read(connector)
    found = dict(ExternalRef.objects.values_list("external_id", "ticket__department"))
    assert found == {"1": other_department.pk, "2": connector.department_id}
    desk.put("2", queue="招聘")
    call(connector, "2")
    read(connector)
    assert Ticket.objects.get(refs__external_id="2").status == TicketStatus.CLOSED
    desk.put("2", queue="售后")
    call(connector, "2")
    read(connector)
    assert Ticket.objects.get(refs__external_id="2").status == TicketStatus.OPEN


def test_two_connectors_of_one_helpdesk_do_not_both_take_a_ticket(
    connector: Connector, desk: Desk, lin: User, department: Department
) -> None:
    second = make_connector(lin, department, "fake-2")
    desk.put("7")
    for row in (connector, second):
        call(row, "7")
        read(row)
    assert Ticket.objects.count() == 1
    refused = LinkedTicket.objects.get(connector=second)
    assert "客服系统" in refused.fault
    assert refused.ticket is None


def test_bad_files_are_told_of_and_good_ones_come_in(connector: Connector, desk: Desk) -> None:
    files = (
        file_of(b"MZ" + b"\0" * 100, "virus.pdf"),
        file_of(PDF, "huge.pdf", size=2 * 1024**3),
        file_of(PDF, "good.pdf"),
        file_of(PDF, "short.pdf", size=9999),
        file_of(b"", "gone.pdf", trouble=Gone("away")),
    )
    desk.put("7", files=files)
    for _ in range(2):
        call(connector, "7")
        read(connector)
    assert [row.name for row in Ticket.objects.get().attachments.all()] == ["good.pdf"]
    assert [row.text.split("没有取来")[0] for row in Comment.objects.all()] == [
        "附件“virus.pdf”",
        "附件“huge.pdf”",
        "附件“short.pdf”",
        "附件“gone.pdf”",
    ]


def test_a_file_whose_helpdesk_is_away_comes_with_the_next_reading(connector: Connector, desk: Desk) -> None:
    desk.put("7", files=(file_of(PDF, "a.pdf"), file_of(PDF + b"y", "b.pdf", trouble=Unreachable("down"))))
    call(connector, "7")
    read(connector)
    desk.put("7", files=(file_of(PDF, "a.pdf"), file_of(PDF + b"y", "b.pdf")))
    later(connector)
    assert [row.name for row in Ticket.objects.get().attachments.all()] == ["a.pdf", "b.pdf"]
    assert not Comment.objects.exists()


def test_a_file_that_never_comes_is_told_of_once_and_holds_up_nothing_else(connector: Connector, desk: Desk) -> None:
    broken = file_of(PDF, "a.pdf", trouble=Unreachable("broke off"))
    desk.put("7", files=(broken, file_of(PDF + b"y", "b.pdf")))
    call(connector, "7")
    for _turn in range(8):
        later(connector)
    ticket = Ticket.objects.get()
    assert [row.name for row in ticket.attachments.all()] == ["b.pdf"]
    [note] = Comment.objects.all()
    assert note.text == "附件“a.pdf”没有取来:broke off"
    linked = LinkedTicket.objects.get()
    assert (linked.fault, linked.given_up) == ("", False)
    desk.put("7", files=(file_of(PDF, "a.pdf"), file_of(PDF + b"y", "b.pdf")))
    call(connector, "7")
    later(connector)
    assert {row.name for row in ticket.attachments.all()} == {"a.pdf", "b.pdf"}
    assert Comment.objects.count() == 1


def test_a_file_that_lies_about_its_size_is_cut_off(connector: Connector, desk: Desk, settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_MAX_UPLOAD_MB": 1}
    read_so_far = []

    def load() -> Any:
        for _ in range(10_000):
            read_so_far.append(1)
            yield b"%PDF" + b"x" * 1024 * 100

    desk.put("7", files=(helpdesk.RemoteFile("1", "a.pdf", load, "application/pdf", 5),))
    call(connector, "7")
    read(connector)
    assert len(read_so_far) <= 12
    assert not Ticket.objects.get().attachments.exists()


def test_a_helpdesk_in_trouble_is_tried_again_until_it_answers(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    desk.troubles += [Unreachable("down"), BadAnswer("nonsense"), Unreachable("down")]
    call(connector, "7")
    for _ in range(3):
        later(connector)
        assert not Ticket.objects.exists()
        assert LinkedTicket.objects.get().fault
    later(connector)
    assert Ticket.objects.count() == 1
    linked = LinkedTicket.objects.get()
    assert (linked.fault, linked.tries) == ("", 0)


def test_a_helpdesk_that_asks_for_an_hour_gets_it_for_all_its_tickets(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    desk.put("8")
    desk.troubles.append(RateLimited("later", 3600.0))
    call(connector, "7", "8")
    read(connector)
    connector.refresh_from_db()
    assert connector.rest_until is not None
    assert connector.rest_until > timezone.now() + timedelta(minutes=59)
    assert desk.fetched == []
    assert LinkedTicket.objects.filter(tries=0).count() == 2
    later(connector)
    assert Ticket.objects.count() == 2


def test_an_account_without_the_right_there_is_named_on_the_connector(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    desk.troubles.append(NotAllowed("the account may not read tickets"))
    call(connector, "7")
    read(connector)
    connector.refresh_from_db()
    assert connector.fault == "the account may not read tickets"
    later(connector)
    connector.refresh_from_db()
    assert connector.fault == ""


def test_an_account_that_left_stops_the_intake_with_a_word_what_to_do(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    User.objects.filter(username="lin").update(is_active=False)
    call(connector, "7")
    read(connector)
    connector.refresh_from_db()
    assert "执行账号" in connector.fault
    assert not Ticket.objects.exists()


def test_a_reader_that_was_killed_leaves_its_ticket_to_the_next(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    dead = reading._claim(Connector.objects.get())
    assert dead is not None
    read(connector)
    assert not Ticket.objects.exists()
    LinkedTicket.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    read(connector)
    assert Ticket.objects.count() == 1
    with pytest.raises(reading.Superseded):
        reading._still_ours(dead)


def test_the_poller_finds_what_no_call_told_of(connector: Connector, desk: Desk) -> None:
    for n in range(5):
        desk.put(str(n))
    assert polling.due() == [connector.pk]
    polling.poll(connector.pk)
    read(connector)
    assert Ticket.objects.count() == 5
    assert polling.due() == []
    connector.refresh_from_db()
    assert connector.cursor == "5"


def test_a_poll_that_breaks_off_goes_on_where_it_stood(connector: Connector, desk: Desk) -> None:
    for n in range(5):
        desk.put(str(n))
    desk.page = 2
    polling._page(connector, helpdesk.FakeHelpdesk(_setup()), {})
    Connector.objects.update(poll_claimed_until=None)
    desk.troubles.append(Unreachable("down"))
    polling.poll(connector.pk)
    connector.refresh_from_db()
    assert (connector.cursor, connector.fault) == ("2", "down")
    Connector.objects.update(rest_until=None, polled_at=None)
    polling.poll(connector.pk)
    read(connector)
    assert Ticket.objects.count() == 5


def _setup() -> Any:
    return helpdesk.Setup("fake-1", helpdesk.Options(), lambda name: WORD)


def test_the_newest_messages_of_a_long_history_come_in(connector: Connector, desk: Desk) -> None:
    messages = tuple(Message(str(n), f"第{n}条", Author.CUSTOMER, NOON) for n in range(80))
    desk.put("7", messages=messages)
    call(connector, "7")
    read(connector)
    assert Comment.objects.count() == 50
    assert Comment.objects.last().text.endswith("第79条")  # type: ignore[union-attr]


def test_an_older_reading_changes_nothing(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    desk.put("7", status="closed", updated_at=NOON - timedelta(days=1))
    call(connector, "7")
    read(connector)
    assert Ticket.objects.get().status == TicketStatus.NEW


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:58-12:00"])
def test_a_time_by_which_a_helpdesk_says_that_it_knows_none_keeps_no_news_out(
    connector: Connector, desk: Desk, never: str
) -> None:
    unknown = datetime.fromisoformat(never)
    desk.put("7", updated_at=unknown, messages=(Message("1", "在吗", Author.CUSTOMER, unknown),))
    call(connector, "7")
    read(connector)
    assert "在吗" in Comment.objects.get().text
    desk.put("7", status="closed", updated_at=NOON)
    call(connector, "7")
    read(connector)
    assert Ticket.objects.get().status == TicketStatus.CLOSED


def test_what_was_erased_at_the_customers_wish_does_not_come_in_again(connector: Connector, desk: Desk) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    changes.set_status(Ticket.objects.get(), TicketStatus.CLOSED, User.objects.get(username="lin"))
    erasure.erase(Ticket.objects.all(), "request")
    desk.say("7", "secret")
    call(connector, "7")
    read(connector)
    assert not Comment.objects.exists()
    assert ExternalRef.objects.get().facts == {}


def test_good_news_ends_a_rest(connector: Connector) -> None:
    health.failed(connector, Unreachable("down"))
    health.good(connector)
    connector.refresh_from_db()
    assert (connector.rest_until, connector.fault, connector.failures_in_a_row) == (None, "", 0)


class AnyOrder(TestCase):
    """Whatever is doubled, lost, late or broken off: in the end one ticket for each, with all that was said."""

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.integers(0, 3), st.sampled_from(["call", "twice", "lost", "say", "trouble", "read"])),
            max_size=25,
        )
    )
    def test_the_tickets_are_exactly_those_there_are(self, acts: list[tuple[int, str]]) -> None:
        department = Department.objects.create(name="d")
        user = User.objects.create_superuser("root")
        row = make_connector(user, department)
        desk = DESKS.setdefault("a", Desk())
        for n, act in acts:
            if act == "trouble":
                desk.troubles.append(Unreachable("down"))
            elif act == "read":
                Connector.objects.update(rest_until=None)
                reading.read_due(row.pk)
            elif act == "say" and str(n) in desk.tickets:
                desk.say(str(n), f"word {len(desk.log)}")
            else:
                desk.put(str(n))
                name = uuid.uuid4().hex
                for _ in range({"twice": 2, "lost": 0}.get(act, 1)):
                    call(row, str(n), delivery=name)
        desk.troubles.clear()
        Connector.objects.update(rest_until=None, polled_at=None)
        polling.poll(row.pk)
        later(row)
        assert set(ExternalRef.objects.values_list("external_id", flat=True)) == set(desk.tickets)
        assert Ticket.objects.count() == len(desk.tickets)
        said = sorted(m.text for ticket in desk.tickets.values() for m in ticket.messages)
        assert sorted(row.text.split("\n")[1] for row in Comment.objects.all()) == said


def test_fields_that_are_mapped_to_nothing_stop_no_ticket_and_are_left_out(connector: Connector, desk: Desk) -> None:
    lines = [{"label": "订单号", "path": "fields.gone.order"}, {"label": "金额", "path": "length(fields.gone)"}]
    nothing = {"subject": "fields.none", "text": "fields.none", "customer_name": "requester.none", "lines": lines}
    Connector.objects.update(mapping=nothing | {"states": {"closed by nobody": "solved"}})
    desk.put("7", subject="退款", text="耳机坏了,请退款")
    call(connector, "7")
    read(connector)
    ticket = Ticket.objects.get()
    assert ticket.text
    assert "订单号" not in ticket.text
    assert LinkedTicket.objects.get().fault == ""


def test_what_is_wrong_at_a_helpdesk_is_told_in_the_readers_language(connector: Connector, desk: Desk) -> None:
    """Whatever language the worker spoke when it was written down."""
    health.failed(
        connector, NotAllowed(gettext_said("对方拒绝了我们的账号(%(status)d):%(said)s") % {"status": 403, "said": "no"})
    )
    for language, words in (("en", "refuses our account (403): no"), ("zh-hans", "对方拒绝了我们的账号(403):no")):
        with translation.override(language):
            connector.refresh_from_db()
            assert words in connector.fault
