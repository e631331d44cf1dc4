"""The night's work: the chain is anchored outside the database, yesterday is exported, the trail verifies itself."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from celery import current_app
from django.conf import settings as project
from django.utils import timezone

from tests.evidence.stories import age_the_chain, write
from tests.runner.conftest import real_redis, redis_url  # noqa: F401 - fixtures
from tickets import nightly
from tickets.models import AuditEvent, Ticket
from tickets.models.record import audit_triggers
from tickets.services.evidence import anchors, audit
from tickets.services.evidence.exports import daily_export, manifests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_redis")]


NIGHTLY = tuple(f"tickets.nightly.{name}" for name in ("anchor", "export", "retain", "verify"))


@pytest.fixture(autouse=True)
def exports(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORT_DIR = tmp_path / "exports"
    return settings.EXPORT_DIR


def test_every_nightly_task_is_scheduled_and_known_to_celery() -> None:
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in project.CELERY_BEAT_SCHEDULE.values()}
    tasks = {f"tickets.nightly.{name}" for name in ("anchor", "export", "retain", "verify")}
    assert tasks <= scheduled
    assert tasks <= set(current_app.tasks)


def test_the_anchor_of_the_night_names_the_newest_event() -> None:
    write(3)
    nightly.anchor()
    [anchor] = anchors.read_all()
    assert (anchor.seq, anchor.hash) == (3, AuditEvent.objects.get(seq=3).hash)


def test_a_night_without_any_event_anchors_nothing() -> None:
    nightly.anchor()
    assert anchors.read_all() == []


class Memory:
    """A store of one's own: another place than a directory."""

    kept: ClassVar[list[anchors.Anchor]] = []

    def add(self, anchor: anchors.Anchor) -> None:
        self.kept.append(anchor)

    def all(self) -> list[anchors.Anchor]:
        return list(self.kept)


def test_anchors_go_to_the_store_that_is_set(settings: Any) -> None:
    Memory.kept.clear()
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_ANCHOR_STORE": f"{__name__}.Memory"}
    write(2)
    nightly.anchor()
    assert [anchor.seq for anchor in Memory.kept] == [2]
    assert audit.verify() == []
    Memory.kept[:] = [anchors.Anchor(2, "0" * 64, Memory.kept[0].at)]
    assert [(problem.kind, problem.seq) for problem in audit.verify()] == [("rewritten", 2)]


def test_a_day_that_is_over_is_exported_once(ticket: Ticket, exports: Path) -> None:
    write(2)
    age_the_chain(1)
    write(1)  # today: not over yet
    nightly.export()
    yesterday = timezone.localdate() - timedelta(days=1)
    path = exports / f"audit-{yesterday}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["action_type"] for row in rows] == ["ticket.created", "test.written", "test.written"]
    assert manifests.check(path) == ""
    written = path.stat().st_mtime_ns
    nightly.export()
    assert path.stat().st_mtime_ns == written


def test_days_that_were_missed_are_made_up_for(exports: Path) -> None:
    write(1)
    age_the_chain(3)
    nightly.export()
    assert len(list(exports.glob("audit-*.csv"))) == 3
    assert AuditEvent.objects.filter(type="audit.exported", user_name="system").count() == 3


def test_a_new_installation_exports_nothing(exports: Path) -> None:
    assert daily_export.write_missing() == []
    assert not exports.exists()


def test_the_manifest_names_the_rows_and_their_place_in_the_chain() -> None:
    write(4)
    path = daily_export.write_day(timezone.localdate())
    manifest = json.loads(path.with_name(path.name + ".manifest.json").read_text(encoding="utf-8"))
    assert manifest["rows"] == 4
    assert [seq for seq, _hash in manifest["chain"]] == [1, 4]
    assert manifests.chain_range(path) == (1, 4)


def test_a_sound_chain_is_said_to_be_sound() -> None:
    write(2)
    nightly.verify()
    event = AuditEvent.objects.get(type="audit.verified")
    assert (event.result, event.details) == ("success", {"faults": [], "last_seq": 2})


def test_a_broken_chain_is_on_the_record_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    from django.db import connection

    write(3)
    connection.check_constraints()
    audit_triggers.remove(connection)
    AuditEvent.objects.filter(seq=2).update(user_name="x")
    audit_triggers.install(connection)
    nightly.verify()
    event = AuditEvent.objects.get(type="audit.verified")
    assert (event.result, event.details) == ("failure", {"faults": [{"kind": "edited", "seq": 2}], "last_seq": 3})
    assert "event 2" in caplog.text


def test_the_night_deletes_what_is_due(run: Any) -> None:
    from tests.evidence.stories import ended_run

    ended_run(run, days_ago=200)
    nightly.retain()
    assert AuditEvent.objects.filter(type="recording.deleted").count() == 1


def test_a_night_whose_work_is_still_going_on_is_not_begun_a_second_time(lin: Any, ticket: Ticket) -> None:
    with nightly.once("tickets.nightly.verify") as mine:
        assert mine
        nightly.verify()
    assert not AuditEvent.objects.filter(type="audit.verified").exists()
    nightly.verify()
    assert AuditEvent.objects.filter(type="audit.verified").count() == 1


def test_a_night_longer_than_the_broker_waits_is_not_sent_again() -> None:
    assert {name: current_app.tasks[name].acks_late for name in NIGHTLY} == dict.fromkeys(NIGHTLY, False)
