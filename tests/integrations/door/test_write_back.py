"""What became of a run is written back once, in the words that were set up, whatever fails on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation
from pydantic import ValidationError

from integrations.connectors.errors import BadAnswer, Gone, NotAllowed, RateLimited, Unreachable
from integrations.connectors.protocol import Person
from integrations.models import Connector, LinkedTicket
from integrations.writeback.words import Outcome, Part, WriteBack, text_of
from tests.integrations.helpdesk import Desk, call, read
from tests.tickets.conftest import REFERENCE
from tickets.errors import Invalid
from tickets.models import (
    CustomerReply,
    Delivery,
    DeliveryLane,
    DeliveryState,
    FlowTemplate,
    FlowVersion,
    Run,
    Ticket,
    TicketStatus,
)
from tickets.said import said
from tickets.services.outbox import drain
from tickets.services.outbox.spread import spread
from tickets.services.runs import lifecycle, starts
from tickets.services.tickets import changes
from tickets.services.tickets import desk as desk_service


@pytest.fixture
def ended(connector: Connector, desk: Desk, lin: User, refund_flow: FlowVersion) -> Run:
    """A run on a ticket of the helpdesk that was stopped by hand: an end without a phone."""
    desk.put("7", text=REFERENCE)
    call(connector, "7")
    read(connector)
    write(connector, cancelled=Part(note=True, status="done", tags=["ai"]))
    run = starts.start_run(ticket=Ticket.objects.get(), flow_version=refund_flow, user=lin)
    lifecycle.stop_run(run, lin)
    return Run.objects.get()


def write(row: Connector, **parts: Part) -> None:
    row.write_back = WriteBack(site="https://agent.example.com/", **parts).model_dump(mode="json")
    row.save()


def deliver() -> Delivery:
    spread()
    Delivery.objects.update(next_at=timezone.now())
    DeliveryLane.objects.update(rest_until=None)
    drain.drain(DeliveryLane.objects.filter(name__startswith="connector:").get().name)
    return Delivery.objects.filter(lane__startswith="connector:").latest("event_id")


def test_the_end_is_noted_internally_with_status_tags_and_a_link(ended: Run, desk: Desk) -> None:
    assert deliver().state == DeliveryState.DELIVERED
    [(ticket, text, internal)] = desk.notes
    assert (ticket, internal) == ("7", True)
    assert text.endswith(f"cs-agent run={ended.pk}")
    assert f"https://agent.example.com/tickets/{ended.ticket.number}/" in text
    assert desk.tickets["7"].status == "done"
    assert desk.tickets["7"].tags == ("ai",)


def test_a_note_that_is_there_already_is_not_posted_again(ended: Run, desk: Desk) -> None:
    desk.notes.append(("7", f"… cs-agent run={ended.pk}", True))
    assert "已在那里" in deliver().last_answer
    assert len(desk.notes) == 1


@pytest.mark.parametrize("trouble", [Unreachable("down"), RateLimited("later", 60.0), BadAnswer("nonsense")])
@pytest.mark.parametrize("before", [0, 1, 2])
def test_what_broke_off_goes_on_and_posts_nothing_twice(
    ended: Run,
    desk: Desk,
    trouble: Any,
    before: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = iter([None] * before + [trouble])

    def called(self: Desk) -> None:
        error = next(calls, None)
        if error is not None:
            raise error

    monkeypatch.setattr(Desk, "called", called)
    assert deliver().state == DeliveryState.WAITING
    assert deliver().state == DeliveryState.DELIVERED
    assert len(desk.notes) == 1
    assert desk.tickets["7"].status == "done"


def test_a_ticket_that_is_gone_there_ends_the_write_back(ended: Run, desk: Desk) -> None:
    desk.troubles.append(Gone("deleted"))
    assert deliver().state == DeliveryState.GIVEN_UP


def test_our_own_change_of_status_comes_back_as_nothing(ended: Run, desk: Desk, connector: Connector) -> None:
    deliver()
    assert LinkedTicket.objects.get().state == "solved"
    changes.set_status(Ticket.objects.get(), TicketStatus.OPEN, User.objects.get(username="lin"))
    call(connector, "7")
    read(connector)
    assert Ticket.objects.get().status == TicketStatus.OPEN


def test_nothing_is_written_where_nothing_was_asked_for(connector: Connector, ended: Run, desk: Desk) -> None:
    write(connector)
    spread()
    assert not Delivery.objects.filter(lane__startswith="connector:").exists()


def test_a_customer_is_written_to_only_when_a_person_released_the_words(
    connector: Connector,
    desk: Desk,
    lin: User,
) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    ticket = Ticket.objects.get()
    desk_service.reply(ticket, lin, "told by phone")
    deliver()
    assert desk.notes == []
    desk_service.reply(ticket, lin, "您的退款已到账。", send_by="fake-1")
    deliver()
    deliver()
    [(_ticket, text, internal)] = desk.notes
    assert (text.split("\n")[0], internal) == ("您的退款已到账。", False)
    with pytest.raises(Invalid):
        desk_service.reply(ticket, lin, "x", send_by="another")
    assert CustomerReply.objects.count() == 2


def test_what_became_of_a_run_is_written_in_the_language_that_was_set_up() -> None:
    values = {"result": said("run.stopped", who="小林")}
    words = Part(note=True, words="{result}")
    assert text_of(words, Outcome.CANCELLED, values, "zh-hans") == "小林 已停止"
    assert text_of(words, Outcome.CANCELLED, values, "en") == "Stopped by 小林"


def test_the_note_calls_the_flow_as_its_language_does(ended: Run, desk: Desk, connector: Connector) -> None:
    FlowTemplate.objects.update(name_en="Complaint refund")
    connector.write_back = {**connector.write_back, "language": "en"}
    connector.save()
    deliver()
    [(_ticket, text, _internal)] = desk.notes
    assert text.startswith("cs_agent was stopped (Complaint refund)")


@pytest.mark.parametrize(
    ("language", "told", "nothing"),
    [
        ("zh-hans", "内部备注、标签 ai、状态 done", "没有要写的"),
        ("en", "Internal note, tags ai, status done", "nothing to write"),
    ],
)
def test_what_was_done_there_is_told_in_the_readers_language(
    ended: Run, desk: Desk, connector: Connector, language: str, told: str, nothing: str, client: Client
) -> None:
    row = deliver()
    client.force_login(User.objects.get(username="lin"))
    client.cookies["django_language"] = language
    assert told in client.get(f"/tickets/{ended.ticket.number}/").content.decode()
    write(connector, cancelled=Part())
    Delivery.objects.update(state=DeliveryState.WAITING)
    with translation.override(language):
        deliver()
        assert Delivery.objects.get(pk=row.pk).last_answer == nothing


@pytest.mark.parametrize(
    ("before", "zh", "en"),
    [
        (0, "内部备注:no right 请对方的管理员给我们的账号所缺的权限", "Internal note: no right Ask its administrator"),
        (3, "已写:内部备注、标签 ai。没有写:状态:no right", "Written: Internal note, tags ai. Not written: Status: no"),
    ],
)
def test_a_right_that_the_account_lacks_is_told_with_what_was_not_written_and_what_to_do(
    ended: Run, desk: Desk, monkeypatch: pytest.MonkeyPatch, before: int, zh: str, en: str
) -> None:
    calls = iter([None] * before + [NotAllowed("no right", here=True)])

    def called(self: Desk) -> None:
        error = next(calls, None)
        if error is not None:
            raise error

    monkeypatch.setattr(Desk, "called", called)
    row = deliver()
    for language, words in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert Delivery.objects.get(pk=row.pk).last_answer.startswith(words)
    assert "权限" in Connector.objects.get().fault


def test_words_with_an_unknown_place_are_refused() -> None:
    with pytest.raises(ValidationError, match="password"):
        Part(note=True, words="{result} {password}")


def test_a_helpdesk_that_asks_for_a_pause_gets_it_here_too(ended: Run, desk: Desk) -> None:
    desk.troubles.append(RateLimited("later", 3600.0))
    assert deliver().next_at > timezone.now() + timedelta(minutes=59)


def test_the_tickets_page_shows_what_the_helpdesk_knows_and_what_was_written_back(
    ended: Run, desk: Desk, client: Client, lin: User
) -> None:
    deliver()
    desk.put("7", url="https://help.example.com/7", number="#7", requester=Person("王芳", "fang@example.com"))
    call(Connector.objects.get(), "7")
    read(Connector.objects.get())
    client.force_login(lin)
    page = client.get(f"/tickets/{ended.ticket.number}/").content.decode()
    for words in (
        "客服系统",
        "#7",
        "fang@example.com",
        'href="https://help.example.com/7"',
        "状态 done",
        "通过 客服系统 发给客户",
    ):
        assert words in page


def test_a_reply_is_sent_by_the_button_on_the_page(connector: Connector, desk: Desk, client: Client, lin: User) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    client.force_login(lin)
    number = Ticket.objects.get().number
    client.post(f"/tickets/{number}/notes/", {"kind": "reply", "text": "好的", "send_by": "fake-1"})
    deliver()
    assert [(text.split("\n")[0], internal) for _ticket, text, internal in desk.notes] == [("好的", False)]


def test_a_reply_waits_for_a_connector_that_is_switched_off(
    connector: Connector, desk: Desk, client: Client, lin: User
) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    Connector.objects.update(enabled=False)
    client.force_login(lin)
    number = Ticket.objects.get().number
    client.post(f"/tickets/{number}/notes/", {"kind": "reply", "text": "好的", "send_by": "fake-1"})
    waiting = deliver()
    assert (waiting.state, waiting.last_answer) == (DeliveryState.WAITING, "这个连接器已停用。")
    assert desk.notes == []
    Connector.objects.update(enabled=True)
    assert deliver().state == DeliveryState.DELIVERED
    assert len(desk.notes) == 1
