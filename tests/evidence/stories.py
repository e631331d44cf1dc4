"""Runs that ended some time ago, with everything that is stored of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from PIL import Image

from tickets.models import AuditEvent, AuditHead, Recording, RecordingState, Run, RunStatus, Step
from tickets.models.record import audit_triggers
from tickets.services.evidence import anchors, audit, pictures
from tickets.services.evidence.audit_chain import COLUMNS, GENESIS, LATER, link_hash


def ended_run(run: Run, days_ago: int = 0) -> Run:
    """The run as it is after its end so many days ago: steps with pictures, a recording, a checkpoint."""
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.SUCCEEDED, ended_at=timezone.now() - timedelta(days=days_ago), checkpoint={"memory": "x"}
    )
    picture = pictures.store(Image.new("RGB", (20, 40)), run.pk, "before")
    Step.objects.create(
        run=run,
        number=1,
        status="done",
        thought="想法",
        action_text='do(action="Type", text="13800138000")',
        control="王女士",
        before=picture,
        started_at=timezone.now(),
    )
    video, captions = file("replays/x.mp4"), file("replays/x.vtt")
    Recording.objects.create(
        run=run,
        state=RecordingState.READY,
        directory="recordings/x",
        video=video,
        captions=captions,
        sha256="ab" * 32,
        chapters=[{"step": 1, "title": "输入 13800138000"}],
    )
    run.refresh_from_db()
    return run


def file(name: str) -> str:
    """A file below MEDIA_ROOT."""
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"data")
    return name


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def age_the_chain(days: int) -> None:
    """Rewrite the whole chain as if it had been written so many days earlier: time travel behind the ORM's back."""
    shift = timedelta(days=days)
    prev, rows = GENESIS, list(AuditEvent.objects.order_by("seq").values("id", *COLUMNS, *LATER))
    connection.check_constraints()
    audit_triggers.remove(connection)
    for row in rows:
        row |= {"at": row["at"] - shift, "retention_until": row["retention_until"] - shift, "prev_hash": prev}
        prev = link_hash(row)
        changes = {"at": row["at"], "retention_until": row["retention_until"], "prev_hash": row["prev_hash"]}
        AuditEvent.objects.filter(pk=row["id"]).update(**changes, hash=prev)
    AuditHead.objects.filter(pk=1).update(hash=prev)
    audit_triggers.install(connection)


def anchor_as_of(days_ago: int) -> anchors.Anchor:
    """Anchor the newest event as it would have been done so many days ago."""
    head = AuditHead.objects.get(pk=1)
    return anchors.write(head.seq, head.hash, timezone.now() - timedelta(days=days_ago))


def write(count: int, **columns: Any) -> None:
    for number in range(count):
        audit.record("test.written", details={"n": number}, **columns)


def midnight(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
