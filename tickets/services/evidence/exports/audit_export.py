"""The compliance CSV as a stream or a file, with its signed manifest.

Rule: only events that the user may see; every export is an audit event itself.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from tickets.errors import NotFound
from tickets.models import AuditEvent
from tickets.permissions import Permission, require
from tickets.services.evidence import audit, audit_rows
from tickets.services.evidence.audit_rows import Way
from tickets.services.evidence.exports.audit_lines import lines
from tickets.services.evidence.exports.manifests import Manifest, path_of, signed
from tickets.services.people import access
from tickets.web import request_context

_EXPORT, _DELIVERED = "export", "audit.delivered"


def export_csv(
    *, user: Any, filters: Mapping[str, Any] | None = None, ways: Sequence[Way] = audit_rows.EVERY
) -> Iterator[str]:
    """The events the user may see, as chunks of CSV. `filters`: look-ups on AuditEvent; one of `ways` must hold too.
    The export is audited."""
    return lines(_exported(user, filters, ways))


def export_signed(
    *, user: Any, filters: Mapping[str, Any] | None = None, ways: Sequence[Way] = audit_rows.EVERY
) -> tuple[str, Iterator[str]]:
    """(export id, chunks as of `export_csv`). After the last chunk, `manifest_of` returns the manifest for that id."""
    export = uuid.uuid4().hex
    events = _exported(user, filters, ways, object_type=_EXPORT, object_id=export)
    return export, _witnessed(events, user, _told(filters or {}, ways), export)


def manifest_of(export: str, *, user: Any) -> dict[str, Any]:
    """The signed manifest of the user's own completed export; NotFound for any other."""
    require(user, Permission.EXPORT_AUDIT)
    events = AuditEvent.objects.filter(type=_DELIVERED, object_type=_EXPORT, object_id=export, user=user)
    event = events.first()
    if event is None:
        raise NotFound
    told = event.details
    chain = tuple((seq, hash) for seq, hash in told["chain"])
    made_at, filters = event.at.astimezone(UTC).isoformat(timespec="seconds"), json.dumps(told["filters"])
    return signed(Manifest(name_of(export), told["rows"], told["sha256"], chain, filters, event.user_name, made_at))


def name_of(export: str) -> str:
    return f"audit-{export}.csv"


def write(folder: Path, *, user: Any, filters: Mapping[str, Any] | None = None, name: str = "") -> Path:
    """Write the CSV and `<name>.manifest.json` into the folder; the CSV gets its name when it is complete.

    `user` None: the system's own scheduled export of everything.
    """
    wanted = dict(filters or {})
    path = folder / (name or f"audit-{timezone.now().astimezone(UTC):%Y%m%dT%H%M%S%fZ}.csv")
    folder.mkdir(parents=True, exist_ok=True)
    visible = AuditEvent.objects.all() if user is None else access.visible_audit(user)
    newest = visible.aggregate(seq=Max("seq"))["seq"] or 0  # later events belong to the next export
    events = visible.filter(**wanted, **audit_rows.between(wanted)).filter(seq__lte=newest)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        digest = _pour(lines(events), file.write)
    part.replace(path)
    made_by = user.get_username() if user is not None else audit.SYSTEM
    now, rows = timezone.now().astimezone(UTC).isoformat(timespec="seconds"), events.count()
    manifest = Manifest(path.name, rows, digest, _ends(events), json.dumps(_words(wanted)), made_by, now)
    path_of(path).write_text(json.dumps(signed(manifest), indent=2), encoding="utf-8")
    audit.record("audit.exported", user=user, result="success", details={"filters": _words(wanted), "rows": rows})
    return path


def _exported(
    user: Any, filters: Mapping[str, Any] | None, ways: Sequence[Way], **columns: Any
) -> QuerySet[AuditEvent]:
    """The filtered events that the user may see; records the export."""
    require(user, Permission.EXPORT_AUDIT)
    wanted = dict(filters or {})
    events = access.visible_audit(user).filter(**wanted, **audit_rows.between(wanted))
    audit.record("audit.exported", user=user, result="success", details=_told(wanted, ways), **columns)
    return audit_rows.by_ways(events, ways)


def _told(filters: Mapping[str, Any], ways: Sequence[Way]) -> dict[str, Any]:
    """The recorded description of an export, without search words, which may be a customer's data."""
    told: dict[str, Any] = {"filters": _words(filters)}
    return told if all(not way for way in ways) and ways else {**told, "ways": [_words(way) for way in ways]}


def _witnessed(
    events: QuerySet[AuditEvent], user: Any, details: Mapping[str, Any], export: str
) -> Generator[str, None, None]:
    """Yield the lines; afterwards record an event with rows and SHA-256, from which the manifest is made."""
    origin, digest = request_context.current(), hashlib.sha256()  # by the end, the request may be over
    count, ends = 0, list[int]()

    def seen(rows: audit_rows.Rows) -> None:
        nonlocal count, ends
        count, ends = count + len(rows), [ends[0] if ends else rows[0][1], rows[-1][1]]

    for piece in lines(events, seen):
        digest.update(piece.encode())
        yield piece
    hashes = dict(AuditEvent.objects.filter(seq__in=ends).values_list("seq", "hash"))
    told = {"rows": count, "sha256": digest.hexdigest(), "chain": [(seq, hashes[seq]) for seq in ends]}
    with request_context.use(origin.ip, origin.request_id, origin.user):
        audit.record(
            _DELIVERED,
            user=user,
            result="success",
            object_type=_EXPORT,
            object_id=export,
            details={**details, **told},
        )


def _pour(pieces: Iterable[str], write: Callable[[str], Any]) -> str:
    """Write the chunks; returns their SHA-256 (hex)."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece.encode())
        write(piece)
    return digest.hexdigest()


def _ends(events: QuerySet[AuditEvent]) -> tuple[tuple[int, str], ...]:
    ordered = events.values_list("seq", "hash")
    ends = (ordered.order_by("seq").first(), ordered.order_by("-seq").first())
    return tuple(end for end in ends if end is not None)


def _words(filters: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in filters.items()}
