"""What audit events say about a customer is sealed, reads as before, and is gone for good once its key is destroyed."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tickets.models import AuditEvent, CustomerKey, Run, Ticket
from tickets.models.record import seals
from tickets.services.evidence import audit
from tickets.services.evidence.exports import audit_export

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_keys_in_mind() -> None:
    seals._keys.clear()


def stored(event: AuditEvent) -> dict[str, Any]:
    """The row as it lies in the database."""
    return AuditEvent.objects.filter(pk=event.pk).values().get()


def as_text(row: dict[str, Any]) -> str:
    return json.dumps(row, default=str, ensure_ascii=False)


def test_nothing_personal_lies_open_in_an_event_about_a_ticket(run: Run) -> None:
    event = audit.record("run.looked_at", run=run, details={"note": "客户王女士要求尽快", "n": 3, "code": "slow"})
    row = stored(event)
    assert "王女士" not in as_text(row)
    assert "202405218876" not in as_text(row)
    assert (row["on_behalf_of"], row["instruction"]) == ("", "")
    assert row["details"] == {"n": 3, "code": "slow"}
    assert row["sealed"]


def test_an_event_reads_as_if_nothing_had_been_sealed(run: Run) -> None:
    made = audit.record("run.looked_at", run=run, details={"note": "备注", "n": 3})
    read = AuditEvent.objects.get(pk=made.pk)
    for event in (made, read):
        assert event.on_behalf_of == "王女士"
        assert event.instruction == run.instruction
        assert event.details == {"note": "备注", "n": 3}


def test_events_about_no_ticket_are_not_sealed() -> None:
    event = audit.record("session.looked_at", details={"user_name": "lin"})
    assert stored(event)["details"] == {"user_name": "lin"}
    assert stored(event)["sealed"] == ""


def test_each_ticket_has_a_key_of_its_own(run: Run, department: Any) -> None:
    other = Ticket.objects.create(
        number="T-2",
        subject="s",
        text="t",
        customer_name="李先生",
        department=department,
        created_at=run.created_at,
        due_at=run.created_at,
    )
    event = audit.record("ticket.looked_at", ticket=other)
    keys = {bytes(row.key) for row in CustomerKey.objects.all()}
    assert len(keys) == 2
    seals.destroy(run.ticket.number)
    assert AuditEvent.objects.get(pk=event.pk).on_behalf_of == "李先生"


def test_the_chain_verifies_before_and_after_a_key_is_destroyed(run: Run) -> None:
    event = audit.record("run.looked_at", run=run, details={"note": "备注"})
    before = stored(event)
    assert audit.verify() == []
    assert seals.destroy(run.ticket.number)
    assert not seals.destroy(run.ticket.number)
    assert stored(event) == before
    assert audit.verify() == []


def test_without_its_key_an_event_says_only_that_it_was_erased(run: Run) -> None:
    made = audit.record("run.looked_at", run=run, details={"note": "备注", "n": 3})
    seals.destroy(run.ticket.number)
    event = AuditEvent.objects.get(pk=made.pk)
    assert (event.on_behalf_of, event.instruction) == (seals.ERASED, seals.ERASED)
    assert event.details == {"n": 3, "erased": True}
    assert (event.ticket_no, event.run_id) == (run.ticket.number, str(run.pk))


def test_after_an_erasure_nothing_personal_is_written_again(run: Run) -> None:
    seals.destroy(run.ticket.number)
    event = audit.record("run.looked_at", run=run, details={"note": "备注", "n": 3})
    row = stored(event)
    assert "备注" not in as_text(row)
    assert (row["sealed"], row["on_behalf_of"], row["instruction"]) == ("", "", "")
    assert row["details"] == {"n": 3}


def test_a_key_made_in_a_transaction_that_was_rolled_back_does_no_harm(ticket: Ticket) -> None:
    CustomerKey.objects.all().delete()
    with transaction.atomic():
        lost = audit.record("ticket.looked_at", ticket=ticket)
        assert AuditEvent.objects.get(pk=lost.pk).on_behalf_of == "王女士"  # the key is in mind now
        transaction.set_rollback(True)
    kept = audit.record("ticket.looked_at", ticket=ticket)
    assert AuditEvent.objects.get(pk=kept.pk).on_behalf_of == "王女士"


def test_a_sealed_text_moved_to_another_ticket_does_not_open(run: Run) -> None:
    event = audit.record("run.looked_at", run=run)
    row = stored(event)
    CustomerKey.objects.create(ticket_no="T-x", key=CustomerKey.objects.get(ticket_no=run.ticket.number).key)
    moved = seals.revealed({**row, "ticket_no": "T-x"})
    assert moved["on_behalf_of"] == seals.ERASED
    assert moved["details"]["unreadable"] is True


def test_many_events_are_read_with_one_look_for_their_keys(run: Run, django_assert_num_queries: Any) -> None:
    for n in range(5):
        audit.record("run.looked_at", run=run, details={"note": str(n)})
    seals._keys.clear()
    with django_assert_num_queries(2):
        assert all(event.on_behalf_of == "王女士" for event in AuditEvent.objects.filter(type="run.looked_at"))


def test_the_export_holds_what_the_events_say_until_it_is_erased(run: Run, ann: User) -> None:
    audit.record("run.looked_at", run=run, details={"note": "=备注", "n": 3})
    audit.record("run.looked_at", run=run, details={"note": "只有文字"})

    def rows() -> list[dict[str, str]]:
        text = "".join(audit_export.export_csv(user=ann, filters={"type": "run.looked_at"}))
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    first, second = rows()
    assert (first["on_behalf_of"], first["instruction"]) == ("王女士", run.instruction)
    assert json.loads(first["details"]) == {"n": 3, "note": "=备注"}
    assert json.loads(second["details"]) == {"note": "只有文字"}
    seals.destroy(run.ticket.number)
    first, _second = rows()
    assert (first["on_behalf_of"], first["instruction"]) == (seals.ERASED, seals.ERASED)
    assert json.loads(first["details"]) == {"n": 3, "erased": True}


def test_events_from_before_sealing_keep_their_hash_and_read_as_they_are(ticket: Ticket) -> None:
    from tickets.services.evidence.audit_chain import LATER, canonical

    row = AuditEvent.objects.values().get(type="ticket.created")
    without = {name: value for name, value in row.items() if name not in LATER}
    assert canonical({**row, "sealed": ""}) == canonical(without)


@given(
    details=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
        st.text(max_size=20) | st.integers(-9, 9) | st.booleans() | st.none() | st.lists(st.text(max_size=5)),
        max_size=5,
    ),
    instruction=st.text(max_size=60),
)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sealed_comes_back_as_it_was(ticket: Ticket, details: dict[str, Any], instruction: str) -> None:
    made = audit.record("ticket.looked_at", ticket=ticket, details=details, instruction=instruction)
    read = AuditEvent.objects.get(pk=made.pk)
    assert (read.details, read.instruction) == (made.details, made.instruction)
    assert audit.verify() == []


def test_the_sealed_column_is_what_the_database_keeps(run: Run) -> None:
    audit.record("run.looked_at", run=run, details={"note": "备注"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM tickets_auditevent WHERE type = 'run.looked_at'")
        [(sealed,)] = cursor.fetchall()
    content = seals.open_seal(run.ticket.number, sealed)
    assert json.loads(content.details) == {"note": "备注"}
