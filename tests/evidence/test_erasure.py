"""A customer who asks for it is forgotten: rows, files and what audit events say; the chain stays whole."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.utils import timezone

from tests.evidence.stories import age_the_chain, ended_run, files_below
from tickets import models
from tickets.errors import Conflict, Invalid
from tickets.models import AuditEvent, CustomerKey, Run, Slot, Ticket
from tickets.services.evidence import audit, erasure, holds
from tickets.services.evidence.exports import daily_export
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db
REASON = "客户依法申请删除"


@pytest.fixture
def customer(run: Run) -> Ticket:
    """A handled ticket of 王女士, with a mobile number."""
    ended_run(run)
    Ticket.objects.filter(pk=run.ticket.pk).update(customer_mobile="13800138000", result="已退款给王女士")
    run.ticket.refresh_from_db()
    return run.ticket


def everything() -> str:
    """All rows of the product as text, audit events as they are stored."""
    kinds = [getattr(models, name) for name in models.__all__]
    tables = [kind for kind in kinds if hasattr(kind, "objects") and kind is not AuditEvent]
    rows = "".join(serialize("json", kind.objects.all(), ensure_ascii=False) for kind in tables)
    return rows + json.dumps(list(AuditEvent.objects.values()), default=str, ensure_ascii=False)


def erase(ticket: Ticket, **kwargs: Any) -> erasure.Erased:
    return erasure.erase(Ticket.objects.filter(pk=ticket.pk), REASON, **kwargs)


def test_no_row_names_the_customer_afterwards(customer: Ticket) -> None:
    secrets = ("王女士", "13800138000", "202405218876", "我昨天买的蓝牙耳机")
    assert all(secret in everything() for secret in secrets)
    erase(customer)
    left = everything()
    assert [secret for secret in secrets if secret in left] == []


def test_no_file_is_left(customer: Ticket, settings: Any) -> None:
    assert files_below(settings.MEDIA_ROOT)
    done = erase(customer)
    assert files_below(settings.MEDIA_ROOT) == []
    assert (done.tickets, done.files) == (1, 2)


def test_attachments_go_with_their_names(department: Any, settings: Any) -> None:
    photo = ContentFile((settings.BASE_DIR / "fixtures" / "media" / "unboxing.mp4").read_bytes(), "王女士.mp4")
    ticket = create_ticket(user=None, subject="s", text="t", department=department, files=[photo])
    erase(ticket)
    row = ticket.attachments.get()
    assert (row.name, row.sha256, bool(row.file)) == (erasure.GONE, "", False)
    assert files_below(settings.MEDIA_ROOT) == []
    assert "王女士.mp4" not in everything()


def test_the_chain_still_verifies_and_the_facts_that_name_nobody_stay(customer: Ticket, lin: Any) -> None:
    facts = ("type", "at", "user_name", "ticket_no", "run_id", "hash")
    before = list(AuditEvent.objects.values_list(*facts))
    erase(customer)
    assert list(AuditEvent.objects.values_list(*facts))[: len(before)] == before
    assert audit.verify() == []
    started = AuditEvent.objects.get(type="run.started")
    assert (started.user_name, started.on_behalf_of) == ("lin", erasure.GONE)


def test_the_erasure_is_an_event(customer: Ticket, ann: Any) -> None:
    erase(customer, user=ann)
    event = AuditEvent.objects.get(type="customer.erased")
    assert (event.user_name, event.ticket_no) == ("ann", customer.number)
    assert event.details == {"why": REASON, "files": 2}
    assert CustomerKey.objects.get(ticket_no=customer.number).destroyed_at is not None


def test_erasing_twice_does_no_harm(customer: Ticket) -> None:
    erase(customer)
    erase(customer)
    assert AuditEvent.objects.filter(type="customer.erased").count() == 2
    assert audit.verify() == []


def test_another_customer_is_not_touched(customer: Ticket, department: Any, settings: Any) -> None:
    other = create_ticket(user=None, subject="s", text="李先生的问题", customer_name="李先生", department=department)
    erase(customer)
    other.refresh_from_db()
    assert (other.text, other.customer_name) == ("李先生的问题", "李先生")
    assert AuditEvent.objects.get(type="ticket.created", ticket_no=other.number).on_behalf_of == "李先生"


def test_a_held_ticket_is_refused_and_nothing_changes(customer: Ticket, settings: Any) -> None:
    holds.place(customer, "诉讼保全")
    before, files = everything(), files_below(settings.MEDIA_ROOT)
    with pytest.raises(Conflict, match="诉讼保全"):
        erase(customer)
    assert (everything(), files_below(settings.MEDIA_ROOT)) == (before, files)


def test_a_ticket_that_is_being_handled_is_refused(run: Run) -> None:
    with pytest.raises(Conflict):
        erase(run.ticket)
    assert Slot.objects.filter(run=run).exclude(value=erasure.GONE).exists()


def test_a_reason_must_be_given(customer: Ticket) -> None:
    with pytest.raises(Invalid):
        erasure.erase(Ticket.objects.all(), " ")


def test_a_customer_is_found_by_mobile_name_or_ticket(customer: Ticket) -> None:
    for wanted in ({"mobile": "13800138000"}, {"name": "王女士"}, {"number": customer.number}):
        assert list(erasure.tickets_of(**wanted)) == [customer]
    assert list(erasure.tickets_of(name="王女士", mobile="13900000000")) == []
    with pytest.raises(Invalid):
        erasure.tickets_of()


def test_exports_that_still_name_the_customer_are_told(customer: Ticket, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIR = tmp_path / "exports"
    age_the_chain(1)
    [path] = daily_export.write_missing()
    assert "王女士" in path.read_text(encoding="utf-8")
    assert erase(customer).exports == (path.name,)


def test_an_export_made_afterwards_names_nobody(customer: Ticket, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIR = tmp_path / "exports"
    erase(customer)
    text = daily_export.write_day(timezone.localdate()).read_text(encoding="utf-8")
    assert "王女士" not in text
    assert erasure.GONE in text


def test_the_command_says_what_it_did(customer: Ticket, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evidence", "erase", "--mobile", "13800138000", "--reason", REASON, "--yes")
    assert "erased 1 ticket(s), 2 file(s)" in capsys.readouterr().out
    assert "王女士" not in everything()


def test_the_command_asks_first(customer: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: "n")
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("evidence", "erase", "--name", "王女士", "--reason", REASON)
    assert "王女士" in everything()


def test_the_command_knows_when_there_is_no_such_customer(db: None) -> None:
    with pytest.raises(CommandError, match="no ticket"):
        call_command("evidence", "erase", "--name", "无名氏", "--reason", REASON, "--yes")


def test_a_ticket_older_than_its_key_is_erased_as_well(customer: Ticket) -> None:
    CustomerKey.objects.all().delete()
    erase(customer)
    assert not audit.record("ticket.looked_at", ticket=customer, details={"note": "新备注"}).sealed
    assert timezone.now() - CustomerKey.objects.get().destroyed_at < timedelta(minutes=1)
