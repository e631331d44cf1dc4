"""What has been kept long enough goes at night, and says so; what is held or young stays; the chain still verifies."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.evidence.stories import age_the_chain, anchor_as_of, ended_run, files_below, write
from tickets.errors import Conflict, Invalid
from tickets.models import AuditEvent, FlowVersion, LegalHold, Recording, Run, Step
from tickets.services.evidence import audit, holds, retention
from tickets.services.evidence.exports import daily_export
from tickets.services.evidence.keeping import Kind, days, until

pytestmark = pytest.mark.django_db
DUE = 1097  # days; one more than audit events are kept


def test_each_kind_of_data_has_its_time(settings: Any) -> None:
    assert {kind.value: days(kind) for kind in Kind} == {
        "audit": 1096,
        "recordings": 180,
        "pictures": 90,
        "exports": 1096,
    }
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_KEEP_AUDIT_DAYS": 400}
    now = timezone.now()
    event = audit.record("test.written")
    assert event.retention_until == until(Kind.AUDIT, event.at) == (now + timedelta(days=400)).date()


@pytest.mark.parametrize(("age", "gone"), [(89, False), (91, True)])
def test_pictures_go_after_ninety_days(run: Run, settings: Any, age: int, gone: bool) -> None:
    ended_run(run, days_ago=age)
    done = retention.delete_due()
    step = Step.objects.get(run=run)
    assert done["pictures"] == int(gone)
    assert (step.before == "") is gone
    assert any(name.startswith("runs/") for name in files_below(settings.MEDIA_ROOT)) is not gone
    assert step.thought == "想法"  # the word of what was done stays


@pytest.mark.parametrize(("age", "gone"), [(179, False), (181, True)])
def test_recordings_go_after_a_hundred_and_eighty_days(run: Run, settings: Any, age: int, gone: bool) -> None:
    ended_run(run, days_ago=age)
    assert retention.delete_due()["recordings"] == int(gone)
    recording = Recording.objects.get(run=run)
    assert (recording.state == "deleted") is gone
    assert ("replays/x.mp4" in files_below(settings.MEDIA_ROOT)) is not gone
    assert recording.sha256 == "ab" * 32


@pytest.mark.parametrize(
    ("kept", "age", "gone"),
    [
        (30, 29, (0, 0)),
        (30, 31, (1, 1)),
        (400, 399, (0, 0)),
        (400, 401, (1, 1)),
        (None, 181, (1, 1)),
    ],
)
def test_a_flow_may_keep_what_its_runs_leave_for_a_time_of_its_own(
    run: Run, kept: object, age: int, gone: tuple[int, int]
) -> None:
    assert run.flow_version is not None
    FlowVersion.objects.filter(pk=run.flow_version_id).update(
        definition={**run.flow_version.definition, **({} if kept is None else {"keep_days": kept})}
    )
    ended_run(run, days_ago=age)
    done = retention.delete_due()
    assert (done["recordings"], done["pictures"]) == gone


def test_a_deletion_leaves_a_tombstone(run: Run) -> None:
    ended_run(run, days_ago=200)
    retention.delete_due()
    stone = AuditEvent.objects.get(type="recording.deleted")
    assert (stone.run_id, stone.recording_sha256, stone.details) == (str(run.pk), "ab" * 32, {"why": "retention"})
    assert AuditEvent.objects.get(type="pictures.deleted").details == {"why": "retention", "files": 1}
    assert audit.verify() == []


def test_a_second_night_finds_nothing_more_to_do(run: Run) -> None:
    ended_run(run, days_ago=200)
    retention.delete_due()
    count = AuditEvent.objects.count()
    assert retention.delete_due() == {"recordings": 0, "pictures": 0, "exports": 0, "events": 0}
    assert AuditEvent.objects.count() == count


def test_a_deletion_that_was_cut_off_after_the_files_is_finished(run: Run, settings: Any) -> None:
    ended_run(run, days_ago=200)
    for name in files_below(settings.MEDIA_ROOT):
        (Path(settings.MEDIA_ROOT) / name).unlink()
    done = retention.delete_due()
    assert (done["recordings"], done["pictures"]) == (1, 1)


def test_nothing_of_a_held_ticket_goes(run: Run, settings: Any, lin: Any) -> None:
    ended_run(run, days_ago=2000)
    before = files_below(settings.MEDIA_ROOT)
    holds.place(run.ticket, "诉讼保全", user=lin)
    assert retention.delete_due() == {"recordings": 0, "pictures": 0, "exports": 0, "events": 0}
    assert files_below(settings.MEDIA_ROOT) == before
    holds.lift(run.ticket, user=lin)
    assert retention.delete_due()["recordings"] == 1
    types = AuditEvent.objects.filter(type__startswith="hold.").values_list("type", "user_name")
    assert list(types) == [("hold.placed", "lin"), ("hold.lifted", "lin")]


def test_a_hold_needs_a_reason_and_stands_once(run: Run) -> None:
    with pytest.raises(Invalid):
        holds.place(run.ticket, "  ")
    holds.place(run.ticket, "诉讼保全")
    with pytest.raises(Conflict):
        holds.place(run.ticket, "再来一次")
    holds.lift(run.ticket)
    with pytest.raises(Conflict):
        holds.lift(run.ticket)
    assert not LegalHold.objects.exists()


def test_holds_are_placed_listed_and_lifted_from_the_command_line(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    number = run.ticket.number
    call_command("evidence", "hold", "place", number, "--reason", "诉讼保全")
    call_command("evidence", "hold", "list")
    assert "诉讼保全" in capsys.readouterr().out
    call_command("evidence", "hold", "lift", number)
    with pytest.raises(CommandError):
        call_command("evidence", "hold", "lift", number)
    with pytest.raises(CommandError, match="no ticket"):
        call_command("evidence", "hold", "place", "T-none", "--reason", "x")


def test_the_database_lets_an_event_go_only_after_its_time() -> None:
    write(2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(seq=1).delete()
    age_the_chain(DUE - 1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(seq=1).delete()
    age_the_chain(1)
    assert AuditEvent.objects.filter(seq=1).delete()[0] == 1


def old_chain(count: int = 5, days: int = DUE) -> None:
    """Events whose time is over, anchored in their days, and three young ones."""
    write(count)
    age_the_chain(days)
    anchor_as_of(days)
    write(3)


def test_the_beginning_of_the_chain_goes_and_the_rest_still_verifies() -> None:
    old_chain()
    assert retention.delete_due()["events"] == 5
    assert AuditEvent.objects.order_by("seq").first().seq == 6
    stone = AuditEvent.objects.get(type=audit.DELETED)
    assert (stone.details["first_seq"], stone.details["last_seq"]) == (1, 5)
    assert audit.verify() == []
    write(2)
    assert audit.verify() == []


def test_the_next_night_goes_on_where_the_last_one_stopped() -> None:
    old_chain()
    retention.delete_due()
    age_the_chain(DUE)
    anchor_as_of(DUE)
    write(1)
    assert retention.delete_due()["events"] == 4  # three that were young then, and the tombstone
    assert audit.verify() == []


def test_without_an_anchor_of_that_time_nothing_is_deleted() -> None:
    write(5)
    age_the_chain(DUE)
    write(1)
    assert retention.delete_due()["events"] == 0
    anchor_as_of(10)  # an anchor that is young vouches for nothing
    assert retention.delete_due()["events"] == 0


def test_a_young_event_before_an_old_one_keeps_both(settings: Any) -> None:
    write(2)
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_KEEP_AUDIT_DAYS": 180}
    write(2)
    age_the_chain(200)
    anchor_as_of(200)
    write(1)
    assert retention.delete_due()["events"] == 0


def test_a_held_ticket_keeps_its_events_and_all_that_follow(run: Run) -> None:
    write(2)
    audit.record("ticket.looked_at", ticket=run.ticket)
    holds.place(run.ticket, "诉讼保全")
    age_the_chain(DUE)
    anchor_as_of(DUE)
    write(1)
    first = AuditEvent.objects.filter(ticket_no=run.ticket.number).order_by("seq").first()
    assert retention.delete_due()["events"] == 0
    assert first is not None
    assert AuditEvent.objects.filter(seq=first.seq).exists()


def test_a_beginning_that_was_cut_off_without_a_tombstone_is_found() -> None:
    old_chain()
    AuditEvent.objects.filter(seq__lte=3).delete()  # the triggers allow it: their time is over
    assert ("missing", 1) in [(problem.kind, problem.seq) for problem in audit.verify()]


def test_a_tombstone_that_no_old_anchor_vouches_for_is_found() -> None:
    write(5)
    anchor_as_of(1)
    last = AuditEvent.objects.get(seq=5)
    age_the_chain(0)
    from tickets.models.record import audit_triggers

    connection.check_constraints()
    audit_triggers.remove(connection)
    AuditEvent.objects.filter(seq__lte=5).delete()
    audit_triggers.install(connection)
    audit.record(audit.DELETED, details={"first_seq": 1, "last_seq": 5, "last_hash": last.hash})
    [problem] = audit.verify()
    assert problem.kind == "missing"
    assert "no anchor" in problem.text


def test_old_export_files_go_with_their_manifests(run: Run, settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIR = tmp_path / "exports"
    old = daily_export.write_day(timezone.localdate() - timedelta(days=1))
    new = daily_export.write_day(timezone.localdate())
    os.utime(old, (0, 0))
    assert retention.delete_due()["exports"] == 1
    assert sorted(path.name for path in settings.EXPORT_DIR.iterdir()) == [new.name, new.name + ".manifest.json"]
    assert AuditEvent.objects.get(type="export.deleted").details["file"] == old.name


def test_retention_can_be_run_by_hand(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    ended_run(run, days_ago=200)
    call_command("evidence", "retain")
    assert "recordings: 1" in capsys.readouterr().out
