"""Going back to an older release: allowed only where that release runs on the database as it is, and told in words
otherwise."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.tickets.sealing import Seal
from tickets.errors import Invalid
from tickets.models import AuditEvent, Delivery, OutboxEvent, Phone, PhoneState, PhoneUse, Ticket
from tickets.services import secret_store
from tickets.services.installation import releases, rollback
from tickets.services.people import api_tokens
from tickets.services.tickets import uploads

MIGRATIONS = (
    "0001_initial",
    "0002_audit_triggers",
    "0003_evidence",
    "0004_runner_durability",
    "0005_audit_base_manager",
    "0006_audit_by_type_and_department",
    "0007_api_tokens",
    "0008_confirmation_control",
    "0009_step_control",
    "0010_phone_fault_en",
)
CONF = (
    'SETTINGS = (\n    Setting("CS_AGENT_PORT", 8000),\n    Setting(\n        "CS_AGENT_MODE",\n        "demo"),\n)\n'
)
Make = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """The source folder of a release with these migrations beside those of 0.1, and with these other files."""

    def made(*migrations: str, files: tuple[str, ...] = ()) -> Path:
        root = tmp_path / "older"
        contents = {f"tickets/migrations/{name}.py": "" for name in (*MIGRATIONS, *migrations)}
        contents |= {"cs_agent/project/conf.py": CONF, "pyproject.toml": '[project]\nversion = "0.1.0"\n'}
        for name, content in {**contents, **dict.fromkeys(files, "")}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)
        return root

    return made


@pytest.fixture
def older(made: Make, db: None, monkeypatch: pytest.MonkeyPatch) -> releases.Release:
    monkeypatch.setenv("CS_AGENT_MODE", "test")
    return releases.read(made())


def test_a_wheel_tells_the_same_as_its_source_folder(made: Make, tmp_path: Path) -> None:
    root = made()
    wheel = tmp_path / "cs_agent-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in root.rglob("*.py"):
            archive.write(path, path.relative_to(root))
        archive.writestr("cs_agent-0.1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: cs-agent\nVersion: 0.1.0\n")
    release = releases.read(wheel)
    assert release == releases.read(root)
    assert (release.version, release.settings) == ("0.1.0", frozenset({"CS_AGENT_PORT", "CS_AGENT_MODE"}))
    assert {name for _app, name in release.migrations} == set(MIGRATIONS)


def test_what_is_no_release_is_refused_by_its_name(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no wheel")
    empty = tmp_path / "empty"
    empty.mkdir()
    for path in (text, empty, tmp_path / "missing"):
        with pytest.raises(Invalid, match=path.name):
            releases.read(path)


def test_the_release_before_can_be_gone_back_to(older: releases.Release) -> None:
    found = rollback.look(older)
    assert found.refusals == ()
    assert any("表" in note for note in found.notes)


def test_a_newer_release_is_no_way_back(made: Make, db: None) -> None:
    [refusal] = rollback.look(releases.read(made("9999_of_a_newer_release"))).refusals
    assert "tickets.9999_of_a_newer_release" in refusal


def test_settings_that_the_older_release_would_not_start_with_are_named(
    older: releases.Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CS_AGENT_SECRETS_KEYS", "never shown")
    told = " ".join(rollback.look(older).first)
    assert "CS_AGENT_SECRETS_KEYS" in told
    assert "CS_AGENT_MODE" not in told
    assert "never shown" not in told


def test_a_column_that_is_gone_or_must_be_given_stands_in_the_way(older: releases.Release) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_question RENAME COLUMN text TO words")
    gone, needed = rollback.look(older).refusals
    assert "tickets_question.text" in gone
    assert "tickets_question.words" in needed


def test_a_table_that_is_gone_stands_in_the_way(older: releases.Release) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_switch RENAME TO tickets_lever")
    [refusal] = rollback.look(older).refusals
    assert "tickets_switch" in refusal


def test_a_run_that_has_not_ended_is_ended_first(older: releases.Release, run: Any) -> None:
    [refusal] = rollback.look(older).refusals
    assert run.ticket.number in refusal


def test_a_token_that_would_open_more_there_is_revoked_first(older: releases.Release, lin: Any) -> None:
    api_tokens.make(lin, "whole export")
    assert rollback.look(older).refusals == ()
    api_tokens.make(lin, "shop", scopes=["view_tickets"])
    api_tokens.make(lin, "head office", networks=["10.0.0.0/8"])
    [refusal] = rollback.look(older).refusals
    assert "shop" in refusal
    assert "head office" in refusal
    assert "whole export" not in refusal


def test_a_phone_for_practice_is_not_left_to_customers(older: releases.Release) -> None:
    Phone.objects.create(name="练习机", serial="p", use=PhoneUse.PRACTICE)
    [refusal] = rollback.look(older).refusals
    assert "练习机" in refusal
    Phone.objects.update(state=PhoneState.RETIRED)
    assert rollback.look(older).refusals == ()


def test_encrypted_files_are_opened_first(made: Make, older: releases.Release, ticket: Ticket, seal: Seal) -> None:
    seal(secret_store.new_key())
    with uploads.staged([SimpleUploadedFile("a.pdf", b"%PDF-1.7\n")]) as [row]:
        uploads.keep(row, ticket)
    [refusal] = rollback.look(older).refusals
    assert "secrets open-files" in refusal
    knows = releases.read(made(files=("tickets/services/sealed_files.py",)))
    assert rollback.look(knows).refusals == ()
    call_command("secrets", "open-files", stdout=io.StringIO())
    assert rollback.look(older).refusals == ()


def test_what_was_not_sent_yet_is_told(older: releases.Release) -> None:
    now = timezone.now()
    event = OutboxEvent.objects.create(audit_seq=10**6, type="ticket.created", at=now)
    Delivery.objects.create(event=event, lane="webhook:1", next_at=now + timedelta(days=1))
    assert any("1 个事件" in note for note in rollback.look(older).notes)


def test_the_command_says_how_and_refuses_with_nothing_changed(
    made: Make, older: releases.Release, lin: Any, tmp_path: Path
) -> None:
    said = io.StringIO()
    call_command("rollback", "check", str(made()), stdout=said)
    assert "never migrate" in said.getvalue()
    api_tokens.make(lin, "shop", scopes=["view_tickets"])
    events, copy = AuditEvent.objects.count(), tmp_path / "copy"
    with pytest.raises(CommandError, match="--backup"):
        call_command("rollback", "prepare", str(made()), stdout=said)
    with pytest.raises(CommandError, match=r"0\.1\.0"):
        call_command("rollback", "prepare", str(made()), "--backup", str(copy), stdout=said)
    assert "NO: " in said.getvalue()
    assert (AuditEvent.objects.count(), copy.exists()) == (events, False)
