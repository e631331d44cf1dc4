"""Deletes expired recordings, pictures, exports and audit events, and records each deletion.

Rule: nothing of a ticket under a legal hold is deleted; a flow may set how long its own recordings and pictures are
kept. Files are deleted before the rows that name them, so that an interrupted deletion is finished the next night. Of
the audit trail only the beginning is deleted, up to an anchored event, so that the rest still verifies; the tombstone
is an event of the same chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tickets.models import AuditEvent, FlowVersion, LegalHold, Recording, RecordingState, Run
from tickets.services import file_lock
from tickets.services.evidence import anchors, audit, personal_data
from tickets.services.evidence.exports import daily_export
from tickets.services.evidence.keeping import Kind, made_before
from tickets.services.live import events as live
from tickets.services.runs import lifecycle as runs
from tickets.services.runs.transitions import ENDED

_RUNS_AT_ONCE = 500  # of one kind in one night's pass over the rows; the rest follows in the same night


@dataclass(frozen=True, slots=True)
class Deleted:
    """Counts of deleted recordings, runs without pictures now, export files and audit events."""

    recordings: int
    pictures: int
    exports: int
    events: int


def delete_due(now: datetime | None = None) -> dict[str, int]:
    """One night's work; safe to repeat."""
    now = now or timezone.now()
    done = Deleted(_due_recordings(now), _due_pictures(now), _due_exports(now), delete_expired_events(now))
    return asdict(done)


def delete_recording(row: Recording, why: str) -> None:
    """Delete the files, then blank their paths in the row. The SHA-256 stays in the row and in the audit trail.

    A recording that is being encoded stays deleted: the encoder checks the row and removes its output.
    """
    _unlink([row.video, row.captions])
    if row.directory:
        file_lock.delete_folder(Path(settings.MEDIA_ROOT) / row.directory)
    with transaction.atomic():
        runs.locked(row.run)
        blank: dict[str, Any] = {"video": "", "captions": "", "directory": "", "chapters": [], "waits": []}
        Recording.objects.filter(pk=row.pk).update(state=RecordingState.DELETED, **blank)
        live.publish_run(row.run, "recording.changed", {"state": RecordingState.DELETED.value})
        audit.record(
            "recording.deleted",
            run=row.run,
            obj=row,
            result="success",
            recording_sha256=row.sha256,
            details={"why": why},
        )


def delete_pictures(run: Run, why: str) -> int:
    """Delete an ended run's screenshots in steps, confirmations and questions, and its checkpoint."""
    paths = [path for held, column in personal_data.pictures() for path in _named(held, column, run)]
    _unlink(paths)
    with transaction.atomic():
        runs.locked(run)
        for held, column in personal_data.pictures():
            held.of_run(run).update(**{column: ""})
        Run.objects.filter(pk=run.pk).update(checkpoint={})
        audit.record("pictures.deleted", run=run, obj=run, result="success", details={"why": why, "files": len(paths)})
    return len(paths)


def delete_expired_events(now: datetime) -> int:
    """Delete the beginning of the chain, up to the newest anchor before which everything has expired."""
    first = AuditEvent.objects.order_by("seq").first()
    if first is None or _must_stay(first, now):
        return 0
    end = _newest_anchor_before(_first_to_stay(now), now)
    if end is None or end.seq < first.seq:
        return 0
    details = {"first_seq": first.seq, "last_seq": end.seq, "last_hash": end.hash}
    with transaction.atomic():
        count, _by_model = AuditEvent.objects.filter(seq__lte=end.seq).delete()
        audit.record(audit.DELETED, result="success", details=details)
    return count


def _due_recordings(now: datetime) -> int:
    due = Recording.objects.filter(_due(Kind.RECORDINGS, now, "run__")).exclude(state=RecordingState.DELETED)
    return _each(due.select_related("run__ticket", "run__flow_version__template", "run__phone"), delete_recording)


def _due_pictures(now: datetime) -> int:
    kept = Q()
    for held, column in personal_data.pictures():
        kept |= Q(pk__in=held.all_rows().filter(**{f"{column}__gt": ""}).values("run"))
    due = Run.objects.filter(_due(Kind.PICTURES, now), kept)
    return _each(due.select_related("ticket", "flow_version__template", "phone"), delete_pictures)


def _due_exports(now: datetime) -> int:
    oldest = made_before(Kind.EXPORTS, now).timestamp()
    due = [path for path in sorted(daily_export.folder().glob("audit-*.csv")) if path.stat().st_mtime < oldest]
    for path in due:
        path.with_name(path.name + ".manifest.json").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        audit.record("export.deleted", result="success", details={"file": path.name, "why": "retention"})
    return len(due)


def _each(rows: Any, delete: Any) -> int:
    """Delete row by row, each with its tombstone, so that an interruption loses nothing."""
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), _RUNS_AT_ONCE):
        for row in rows.filter(pk__in=keys[start : start + _RUNS_AT_ONCE]):
            delete(row, "retention")
    return len(keys)


def _due(kind: Kind, now: datetime, path: str = "") -> Q:
    """Runs whose data of this kind has expired, by the installation's setting or that of their flow version."""
    own: defaultdict[int, list[int]] = defaultdict(list)
    rows = FlowVersion.objects.filter(definition__has_key="keep_days")
    for pk, kept in rows.values_list("pk", "definition__keep_days"):
        if isinstance(kept, int):
            own[kept].append(pk)
    others = ~Q(**{f"{path}flow_version__in": [pk for pks in own.values() for pk in pks]})
    due = _ended_before(made_before(kind, now), path) & others
    for kept, pks in own.items():
        due |= _ended_before(now - timedelta(days=kept), path) & Q(**{f"{path}flow_version__in": pks})
    return due


def _ended_before(moment: datetime, path: str = "") -> Q:
    ended = {f"{path}status__in": ENDED, f"{path}ended_at__lt": moment, f"{path}ticket__legal_hold": None}
    return Q(**ended)


def _must_stay(event: AuditEvent, now: datetime) -> bool:
    return event.retention_until is None or event.retention_until >= now.date()


def _first_to_stay(now: datetime) -> int:
    """The sequence number of the oldest event that has not expired, or whose ticket is under a legal hold."""
    held = list(LegalHold.objects.values_list("ticket__number", flat=True))
    young = AuditEvent.objects.filter(Q(retention_until=None) | Q(retention_until__gte=now.date()))
    found = [
        rows.order_by("seq").values_list("seq", flat=True).first()
        for rows in (young, AuditEvent.objects.filter(ticket_no__in=held))
    ]
    return min((seq for seq in found if seq is not None), default=0)


def _newest_anchor_before(seq: int, now: datetime) -> anchors.Anchor | None:
    """An anchor of an existing event that is old enough for the verification to accept its deletion."""
    stored = [anchor for anchor in anchors.read_all() if anchor.seq < seq and anchors.is_old(anchor, now)]
    for anchor in sorted(stored, key=lambda each: -each.seq):
        if AuditEvent.objects.filter(seq=anchor.seq, hash=anchor.hash).exists():
            return anchor
    return None


def _named(held: personal_data.Held, column: str, run: Run) -> list[str]:
    return list(held.of_run(run).exclude(**{column: ""}).values_list(column, flat=True))


def _unlink(paths: Iterable[str]) -> None:
    root = Path(settings.MEDIA_ROOT)
    for path in paths:
        if path:
            file_lock.delete(root / path)
