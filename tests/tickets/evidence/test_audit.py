"""The audit trail: complete, chained, refused to every change, and any tampering is found and named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.middleware import RequestContextMiddleware
from tickets.models import AuditEvent, AuditHead, Run, Ticket
from tickets.models.flow.templates import ImmutableError
from tickets.models.record import audit_triggers
from tickets.services.evidence import audit
from tickets.services.evidence.audit_chain import plain
from tickets.web import request_context

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        audit.record("test.written", details={"n": number})


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def behind_the_orm(*statements: str) -> None:
    """What somebody with the database's own password can do: drop the triggers and change rows."""
    connection.check_constraints()  # PostgreSQL alters no table while a deferred check is pending
    audit_triggers.remove(connection)
    for statement in statements:
        sql(statement)
    audit_triggers.install(connection)


def kinds() -> list[tuple[str, int]]:
    return [(problem.kind, problem.seq) for problem in audit.verify()]


def test_an_untouched_chain_verifies() -> None:
    assert audit.verify() == []
    write(5)
    assert audit.verify() == []
    assert list(AuditEvent.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_auditevent SET user_name = 'x' WHERE seq = 2",
        "DELETE FROM tickets_auditevent WHERE seq = 2",
        "DELETE FROM tickets_auditevent",
        "DELETE FROM tickets_audithead",
        "UPDATE tickets_audithead SET seq = 1",
        "UPDATE tickets_audithead SET seq = seq + 2",
        "INSERT OR REPLACE INTO tickets_auditevent SELECT * FROM tickets_auditevent WHERE seq = 2",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_events(statement: str) -> None:
    write(3)
    if connection.vendor == "postgresql" and "REPLACE" in statement:
        connection.check_constraints()  # or else it refuses for another reason
        statement = "TRUNCATE tickets_auditevent"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert AuditEvent.objects.count() == 3
    assert audit.verify() == []


def test_bulk_changes_through_the_orm_are_refused_as_well() -> None:
    write(2)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(seq=1).update(user_name="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.all().delete()
    event = AuditEvent.objects.get(seq=1)
    with pytest.raises(ImmutableError):
        event.save()
    with pytest.raises(ImmutableError):
        event.delete()


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE tickets_auditevent SET user_name = 'x' WHERE seq = 3"], ("edited", 3)),
        (["UPDATE tickets_auditevent SET at = '2020-01-01 00:00:00' WHERE seq = 3"], ("edited", 3)),
        (["""UPDATE tickets_auditevent SET details = '{"n": 9}' WHERE seq = 3"""], ("edited", 3)),
        (["DELETE FROM tickets_auditevent WHERE seq = 3"], ("missing", 3)),
        (["DELETE FROM tickets_auditevent WHERE seq >= 4"], ("cut_tail", 4)),
        (["DELETE FROM tickets_auditevent"], ("cut_tail", 1)),
        (["DELETE FROM tickets_auditevent WHERE seq <= 2"], ("missing", 1)),
        (["UPDATE tickets_auditevent SET hash = 'x' WHERE seq = 5"], ("edited", 5)),
    ],
)
def test_tampering_behind_the_orms_back_is_found_and_named(statements: list[str], found: tuple[str, int]) -> None:
    write(5)
    behind_the_orm(*statements)
    assert found in kinds()


@pytest.mark.parametrize(
    "change", ["details = '{'", "at = 'yesterday'", "retention_until = 'never'", "confidence = 'x'"]
)
def test_a_value_no_reader_understands_is_named_as_an_edit(change: str) -> None:
    """PostgreSQL has types that keep such values out; SQLite takes anything."""
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = ON")
    write(5)
    broken = change if connection.vendor == "sqlite" else "details = '[]'"
    behind_the_orm(f"UPDATE tickets_auditevent SET {broken} WHERE seq = 3")
    assert kinds() == [("edited", 3)]


def test_truncate_and_append_is_found_by_the_anchor() -> None:
    write(5)
    audit.write_anchor()
    behind_the_orm("DELETE FROM tickets_auditevent WHERE seq >= 3", "DELETE FROM tickets_audithead")
    last = AuditEvent.objects.get(seq=2)
    AuditHead.objects.create(pk=1, seq=2, hash=last.hash)
    write(3)  # a chain that is whole in itself
    assert kinds() == [("rewritten", 5)]


def test_a_tail_cut_together_with_its_head_is_found_by_the_anchor() -> None:
    write(5)
    audit.write_anchor()
    behind_the_orm("DELETE FROM tickets_auditevent WHERE seq >= 3", "DELETE FROM tickets_audithead")
    AuditHead.objects.create(pk=1, seq=2, hash=AuditEvent.objects.get(seq=2).hash)
    assert kinds() == [("cut_tail", 5)]


def test_a_row_put_in_beside_the_product_is_found() -> None:
    write(2)
    names = [field.column for field in AuditEvent._meta.concrete_fields]
    values = [f"{name} + 100" if name in {"id", "seq"} else name for name in names]
    behind_the_orm(
        f"INSERT INTO tickets_auditevent ({', '.join(names)}) "
        f"SELECT {', '.join(values)} FROM tickets_auditevent WHERE seq = 2"
    )
    assert ("rewritten", 102) in kinds()


def test_an_anchor_is_never_written_twice_or_changed(settings: Any) -> None:
    assert audit.write_anchor() is None
    write(1)
    audit.write_anchor()
    audit.write_anchor()
    [path] = settings.ANCHOR_DIR.iterdir()
    assert path.stat().st_mode & 0o222 == 0


def test_the_command_says_what_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    write(3)
    call_command("audit", "verify")
    assert "3 events, unbroken" in capsys.readouterr().out
    call_command("audit", "anchor")
    behind_the_orm("UPDATE tickets_auditevent SET user_name = 'x' WHERE seq = 2")
    with pytest.raises(CommandError):
        call_command("audit", "verify")
    assert "event 2 (test.written) was changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("UPDATE tickets_auditevent SET user_name = 'x' WHERE seq = 2", "edited: event 2 (test.written) was changed"),
        ("DELETE FROM tickets_auditevent WHERE seq = 2", "missing: events 2 to 2 are missing"),
        ("DELETE FROM tickets_auditevent WHERE seq >= 3", "cut_tail: events 3 to 4 are gone from the end"),
    ],
)
def test_the_command_names_each_kind_of_fault(statement: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(4)
    behind_the_orm(statement)
    with pytest.raises(CommandError, match="broken"):
        call_command("audit", "verify")
    assert word in capsys.readouterr().err


def test_missing_triggers_are_a_fault_too() -> None:
    audit_triggers.remove(connection)
    with pytest.raises(CommandError, match="not protected"):
        call_command("audit", "verify")
    audit_triggers.install(connection)
    call_command("audit", "verify")


def test_an_event_knows_who_when_what_and_from_where(run: Run, lin: User) -> None:
    with request_context.use(ip="10.0.0.7", request_id="req-12345", user=lin):
        event = audit.record(
            "run.looked_at", run=run, obj=run, step=3, result="success", data_accessed={"order", "address"}
        )
    assert (event.user_name, event.user_role, event.ip, event.request_id) == (
        "lin",
        "operator",
        "10.0.0.7",
        "req-12345",
    )
    assert (event.ticket_no, event.run_id, event.step_no) == (run.ticket.number, str(run.pk), 3)
    assert (event.object_type, event.object_id, event.on_behalf_of) == ("run", str(run.pk), "王女士")
    assert (event.data_accessed, event.data_subject) == ("address,order", "customer")
    assert (event.purpose, event.legal_basis) == ("ticket_handling", "contract")
    assert event.retention_until is not None
    assert event.retention_until >= (event.at + timedelta(days=3 * 365)).date()
    assert event.at.utcoffset() == timedelta(0)


def test_without_a_user_the_system_is_named(ticket: Ticket) -> None:
    event = audit.record("ticket.looked_at", ticket=ticket)
    assert (event.user, event.user_name, event.user_role) == (None, "system", "system")


@pytest.mark.parametrize("type", ["", "started", "Run.Started", "run started", "run."])
def test_a_type_is_a_thing_and_what_happened_to_it(type: str) -> None:
    with pytest.raises(ValueError, match="event type"):
        audit.record(type)


def test_the_event_goes_with_the_change_it_tells_of() -> None:
    write(1)
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == 1
    write(1)
    assert audit.verify() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    details=st.dictionaries(st.text(max_size=8), JSON, max_size=4),
    text=st.text(max_size=300),
    confidence=st.floats(0, 1),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_recorded_reads_back_as_it_was_hashed(
    details: dict[str, Any], text: str, confidence: float
) -> None:
    audit.record("test.written", details=details, instruction=text, result=text, confidence=confidence)
    assert audit.verify() == []


@given(JSON)
def test_made_plain_twice_is_made_plain_once(value: Any) -> None:
    assert plain(plain(value)) == plain(value)


def test_log_ins_failed_log_ins_and_log_outs_are_events(lin: User) -> None:
    client = Client()
    assert client.login(request=HttpRequest(), username="lin", password="not-a-real-password")
    client.logout()
    assert not client.login(request=HttpRequest(), username="lin", password="wrong")
    events = AuditEvent.objects.filter(type__startswith="session.").values_list("type", "user_name", "result")
    assert list(events) == [
        ("session.opened", "lin", "success"),
        ("session.closed", "lin", "success"),
        ("session.refused", "system", "failure"),
    ]
    assert AuditEvent.objects.get(type="session.refused").details == {"user_name": "lin"}


@pytest.mark.parametrize(("given_id", "kept"), [("abcdef-12345", True), ("x", False), ("a b;DROP TABLE", False)])
def test_a_request_carries_its_id_and_address_to_its_events(given_id: str, kept: bool) -> None:
    def view(request: Any) -> Any:
        from django.http import HttpResponse

        audit.record("page.opened")
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3", headers={"X-Request-ID": given_id})
    response = RequestContextMiddleware(view)(request)
    event = AuditEvent.objects.get(type="page.opened")
    assert event.ip == "10.1.2.3"
    assert (event.request_id == given_id) is kept
    assert response["X-Request-ID"] == event.request_id
    assert request_context.current().request_id == ""
