"""The compliance CSV: every field, every row the person may see, safe to open, provably unchanged."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from tickets.errors import Forbidden
from tickets.models import AuditEvent, Run, Ticket
from tickets.services.evidence import audit
from tickets.services.evidence.exports import audit_export, audit_lines, csv_cells, manifests

REQUIRED = [
    "event_id",
    "time_utc",
    "user_id",
    "user_role",
    "on_behalf_of",
    "action_type",
    "object",
    "ticket_no",
    "run_id",
    "step_no",
    "device_id",
    "flow_version",
    "instruction",
    "confidence",
    "result",
    "data_accessed",
    "data_subject",
    "purpose",
    "legal_basis",
    "confirmation_id",
    "decided_by",
    "recording_sha256",
    "retention_until",
    "ip",
    "request_id",
    "prev_hash",
    "hash",
]


def parse(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_file_has_every_field_a_bom_and_crlf(run: Run, sun: User) -> None:
    text = "".join(audit_export.export_csv(user=sun))
    assert text.startswith("\ufeffevent_id,")
    assert text.count("\r\n") == len(text.splitlines())
    rows = parse(text)
    assert list(rows[0])[: len(REQUIRED)] == REQUIRED
    started = next(row for row in rows if row["action_type"] == "run.started")
    event = AuditEvent.objects.get(type="run.started")
    assert (started["event_id"], started["hash"]) == (str(event.seq), event.hash)
    assert started["object"] == f"run:{run.pk}"
    assert started["instruction"] == run.instruction
    assert started["time_utc"].endswith("Z")


def test_only_whoever_may_export_exports_and_the_export_is_an_event(run: Run, sun: User, lin: User) -> None:
    with pytest.raises(Forbidden):
        audit_export.export_csv(user=lin)
    list(audit_export.export_csv(user=sun, filters={"ticket_no": run.ticket.number}))
    event = AuditEvent.objects.get(type="audit.exported")
    assert event.user_name == "sun"
    assert event.details == {"filters": {"ticket_no": run.ticket.number}}


def test_another_departments_events_are_not_in_it(run: Run, sun: User, other_department: object) -> None:
    foreign = Ticket.objects.create(
        number="T-other",
        subject="s",
        text="t",
        department=other_department,
        created_at=run.created_at,
        due_at=run.created_at,
    )
    audit.record("ticket.created", ticket=foreign)
    numbers = {row["ticket_no"] for row in parse("".join(audit_export.export_csv(user=sun)))}
    assert numbers - {""} == {run.ticket.number}  # and what became of flows


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "'quoted",
        "=cmd|'/C calc'!A0",
    ],
)
def test_no_cell_can_start_a_formula(value: str) -> None:
    cell = csv_cells.escape_formula(value)
    assert cell.startswith("'")
    assert csv_cells.restore(cell) == value


@pytest.mark.parametrize("value", ["202405218876123456", "110105194912310021"])
def test_a_number_too_long_for_a_spreadsheet_stays_text(value: str) -> None:
    assert csv_cells.escape_formula(value) == "'" + value


@given(st.text())
def test_no_text_starts_a_formula_and_each_can_be_restored(value: str) -> None:
    cell = csv_cells.escape_formula(value)
    assert csv_cells.restore(cell) == value
    assert not cell or cell[0] not in "=+-@\t\r\n\0＝＋－＠"


def test_newlines_quotes_and_commas_survive_the_file(ticket: Ticket, ann: User) -> None:
    text = '第一行\n第二行,"引号"\r\n=危险'
    audit.record("test.written", ticket=ticket, instruction=text)
    rows = parse("".join(audit_export.export_csv(user=ann, filters={"type": "test.written"})))
    assert [row["instruction"] for row in rows] == [text]


@pytest.mark.parametrize("odd", ["a\x1fb", "a\x1eb", "\x1f", "\x1e\x1f\x1e", "=a\x1f", 'a"\x1e,b'])
@pytest.mark.parametrize("column", ["decided_by", "device_id", "object_id"])
def test_a_cell_may_hold_the_characters_that_part_cells_while_they_are_read(
    ticket: Ticket, ann: User, odd: str, column: str
) -> None:
    audit.record("test.written", ticket=ticket, object_type="thing", decided_by="before")
    audit.record("test.written", ticket=ticket, **{"object_type": "thing", "decided_by": "x", column: odd})
    audit.record("test.written", ticket=ticket, object_type="thing", decided_by="after")
    rows = parse("".join(audit_export.export_csv(user=ann, filters={"type": "test.written"})))
    told = rows[1]["object" if column == "object_id" else column]
    assert csv_cells.restore(told) == ("thing:" + odd if column == "object_id" else odd)
    assert [rows[0]["decided_by"], rows[2]["decided_by"]] == ["before", "after"]
    assert [row["on_behalf_of"] for row in rows] == ["王女士"] * 3
    assert {row["hash"] for row in rows} == set(
        AuditEvent.objects.filter(type="test.written").values_list("hash", flat=True)
    )


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_many_pages_are_one_file_without_gap_or_repeat(
    ticket: Ticket, ann: User, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(audit_lines, "_PAGE", 3)
    monkeypatch.setattr(audit_lines, "_PIECE", 2)
    for number in range(count):
        audit.record("test.written", ticket=ticket, details={"number": number})
        audit.record("test.other", ticket=ticket)
    found = parse("".join(audit_export.export_csv(user=ann, filters={"type": "test.written"})))
    assert [json.loads(row["details"])["number"] for row in found] == list(range(count))
    everything = parse("".join(audit_lines.lines(AuditEvent.objects.all())))
    assert [int(row["event_id"]) for row in everything] == list(range(1, AuditEvent.objects.count() + 1))


def test_what_is_written_after_an_export_began_is_not_in_it(ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_lines, "_PAGE", 1)
    pieces = audit_lines.lines(AuditEvent.objects.all())
    text, there = next(pieces) + next(pieces), AuditEvent.objects.count()
    audit.record("test.written", ticket=ticket)
    assert len(parse(text + "".join(pieces))) == there


def test_the_manifest_tells_a_changed_file(ticket: Ticket, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "export", str(tmp_path))
    path = Path(capsys.readouterr().out.strip())
    manifest = json.loads(path.with_name(path.name + ".manifest.json").read_text(encoding="utf-8"))
    assert manifest["rows"] == len(parse(path.read_text(encoding="utf-8")))
    assert manifest["chain"][0][0] == 1
    assert manifests.check(path) == ""
    call_command("audit", "export", str(path), "--check")
    path.write_bytes(path.read_bytes().replace(b"ticket.created", b"ticket.deleted"))
    assert "not the one" in manifests.check(path)
    with pytest.raises(CommandError):
        call_command("audit", "export", str(path), "--check")


def test_a_changed_manifest_is_told_as_well(ticket: Ticket, tmp_path: Path) -> None:
    path = audit_export.write(tmp_path, user=None)
    kept = path.with_name(path.name + ".manifest.json")
    kept.write_text(kept.read_text(encoding="utf-8").replace('"rows": 1', '"rows": 0'), encoding="utf-8")
    assert "manifest was changed" in manifests.check(path)


def test_a_range_of_days_and_a_ticket_can_be_asked_for(ticket: Ticket, tmp_path: Path) -> None:
    call_command("audit", "export", str(tmp_path), "--yesterday", "--ticket", ticket.number)
    [path] = tmp_path.glob("*.csv")
    assert parse(path.read_text(encoding="utf-8")) == []
    with pytest.raises(CommandError, match="not a date"):
        call_command("audit", "export", str(tmp_path), "--since", "tomorrow")
