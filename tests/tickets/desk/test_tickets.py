"""Tickets are created whole or not at all, and seen by their own department only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.files.uploadedfile import SimpleUploadedFile

from tickets.errors import Conflict, FileRefused, Forbidden, Invalid, NotFound
from tickets.models import AuditEvent, Department, Priority, Run, Ticket, TicketStatus
from tickets.services.people import access
from tickets.services.tickets.changes import create_ticket, set_status


def test_a_new_ticket_has_a_number_a_due_time_and_an_event(lin: User) -> None:
    ticket = create_ticket(user=lin, subject="退款", text="要退款", customer_mobile="138-1234-5678")
    assert ticket.number.startswith("T")
    assert Ticket.objects.get(number=ticket.number).status == TicketStatus.NEW
    assert ticket.due_at - ticket.created_at == timedelta(hours=24)
    assert ticket.customer_mobile == "13812345678"
    assert AuditEvent.objects.get(type="ticket.created").ticket_no == ticket.number


def test_urgent_tickets_are_due_sooner(lin: User) -> None:
    ticket = create_ticket(user=lin, subject="急", text="急", priority=Priority.URGENT)
    assert ticket.due_at - ticket.created_at == timedelta(hours=1)


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\x00\x01"])
def test_an_empty_ticket_is_refused(lin: User, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_ticket(user=lin, subject="空", text=text)
    assert refused.value.code == "empty_text"
    assert not Ticket.objects.exists()


def test_more_than_100_kb_of_text_is_refused_with_the_limit_in_the_message(lin: User) -> None:
    with pytest.raises(Invalid) as refused:
        create_ticket(user=lin, subject="长", text="长" * 35_000)
    assert refused.value.code == "text_too_long"
    assert "100 kB" in refused.value.message
    assert create_ticket(user=lin, subject="长", text="长" * 34_000)


def test_a_ticket_without_a_subject_takes_the_beginning_of_its_text(lin: User) -> None:
    assert create_ticket(user=lin, subject=" ", text="耳机坏了\n要退款").subject == "耳机坏了 要退款"


def test_control_characters_and_lone_surrogates_never_reach_the_database(lin: User) -> None:
    ticket = create_ticket(user=lin, subject="a\x00b", text="退\x00款\ud800\r\n谢谢")
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.text) == ("ab", "退款\n谢谢")


@pytest.mark.parametrize("values", [{"priority": 9}, {"subject": "长" * 201}])
def test_other_bad_values_are_refused(lin: User, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        create_ticket(**{"user": lin, "subject": "s", "text": "t", **values})


def test_the_same_external_ticket_is_created_once(lin: User, otto: User) -> None:
    first = create_ticket(user=lin, subject="s", text="t", connector="api", external_id="Z-1")
    assert create_ticket(user=lin, subject="s", text="t", connector="api", external_id="Z-1") == first
    assert create_ticket(user=lin, subject="s", text="t", connector="mail", external_id="Z-1") != first
    with pytest.raises(Conflict):
        create_ticket(user=otto, subject="s", text="t", connector="api", external_id="Z-1")


def test_a_viewer_may_not_create_tickets(vera: User) -> None:
    with pytest.raises(Forbidden):
        create_ticket(user=vera, subject="s", text="t")
    assert AuditEvent.objects.get(type="permission.refused").details == {"permission": "create_tickets"}


def test_nobody_creates_tickets_for_another_department(lin: User, other_department: Department) -> None:
    with pytest.raises(Invalid):
        create_ticket(user=lin, subject="s", text="t", department=other_department)


def test_another_departments_ticket_is_not_there(ticket: Ticket, lin: User, otto: User, ann: User) -> None:
    assert access.get_ticket(lin, ticket.number) == ticket
    assert access.get_ticket(ann, ticket.number) == ticket
    with pytest.raises(NotFound):
        access.get_ticket(otto, ticket.number)
    assert list(access.visible_tickets(otto)) == []


@pytest.mark.parametrize("wrong", ["nothing", "", "0", "é" * 40])
def test_an_id_that_is_none_is_not_found_either(lin: User, wrong: str) -> None:
    for get in (
        access.get_run,
        access.get_confirmation,
        access.get_question,
        access.get_takeover,
        access.get_attachment,
    ):
        with pytest.raises(NotFound):
            get(lin, wrong)


def test_nobody_is_nobody(ticket: Ticket) -> None:
    with pytest.raises(Forbidden):
        access.get_ticket(AnonymousUser(), ticket.number)


def test_a_ticket_that_is_being_handled_cannot_be_closed(run: Run, lin: User) -> None:
    with pytest.raises(Conflict, match="still_running"):
        set_status(run.ticket, TicketStatus.CLOSED, lin)


def test_a_change_of_status_is_on_the_record(ticket: Ticket, lin: User) -> None:
    set_status(ticket, TicketStatus.SOLVED, lin)
    ticket.refresh_from_db()
    assert ticket.solved_at is not None
    assert AuditEvent.objects.get(type="ticket.status_changed").details == {"from": "new", "to": "solved"}
    with pytest.raises(Invalid):
        set_status(ticket, "lost", lin)


def test_a_file_that_cannot_be_written_leaves_no_ticket(lin: User, settings: Any, tmp_path: Any) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    settings.MEDIA_ROOT = blocked
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n" + b"x" * 64)
    with pytest.raises((OSError, FileRefused)):
        create_ticket(user=lin, subject="s", text="t", files=[upload])
    assert not Ticket.objects.exists()
