"""The compliance CSV: audit events streamed piece by piece, safe to open in a spreadsheet, and a signed manifest.

Rule: UTF-8 with BOM, RFC 4180, memory flat; how cells are written is in `audit_csv`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from django.core import signing
from django.db.models import Max, QuerySet
from django.utils import timezone

from tickets import seals
from tickets.models import AuditEvent
from tickets.permissions import Permission, require
from tickets.services import access, audit, audit_csv, audit_rows
from tickets.services.audit_csv import Column, neutral, restore

__all__ = ["chain_range", "check_manifest", "export_csv", "lines", "neutral", "restore", "write"]

BOM = "\ufeff"
_BATCH = 200  # rows in one piece: some 80 kB
_SALT = "cs_agent.audit_export"
# Column of the file → column of AuditEvent; `object` joins two.
FIELDS: tuple[tuple[str, str], ...] = (
    ("event_id", "seq"), ("time_utc", "at"), ("user_id", "user_name"), ("user_role", "user_role"),
    ("on_behalf_of", "on_behalf_of"), ("action_type", "type"), ("object", "object_type"),
    ("ticket_no", "ticket_no"), ("run_id", "run_id"), ("step_no", "step_no"), ("device_id", "device_id"),
    ("flow_version", "flow_version"), ("instruction", "instruction"), ("confidence", "confidence"),
    ("result", "result"), ("data_accessed", "data_accessed"), ("data_subject", "data_subject"),
    ("purpose", "purpose"), ("legal_basis", "legal_basis"), ("confirmation_id", "confirmation_id"),
    ("decided_by", "decided_by"), ("recording_sha256", "recording_sha256"),
    ("retention_until", "retention_until"), ("ip", "ip"), ("request_id", "request_id"),
    ("prev_hash", "prev_hash"), ("hash", "hash"), ("model", "model"), ("prompt_version", "prompt_version"),
    ("details", "details"),
)  # fmt: skip
COLUMNS = tuple(name for name, _source in FIELDS)
_SOURCES = (*(source for _name, source in FIELDS), "object_id", "sealed")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds; `chain` is the first and last event's sequence number and hash."""

    file: str
    rows: int
    sha256: str
    chain: tuple[tuple[int, str], ...]
    filters: str
    made_by: str
    made_at: str


def export_csv(*, user: Any, filters: Mapping[str, Any] | None = None) -> Iterator[str]:
    """The events the user may see, as pieces of CSV. `filters`: look-ups on AuditEvent. The export is audited."""
    require(user, Permission.EXPORT_AUDIT)
    wanted = dict(filters or {})
    events = access.visible_audit(user).filter(**wanted)
    audit.record("audit.exported", user=user, result="success", details={"filters": _words(wanted)})
    return lines(events)


def lines(events: QuerySet[AuditEvent]) -> Iterator[str]:
    """A header and the events as CSV, oldest first, in pieces of some hundred whole lines."""
    yield BOM + audit_csv.lines([[name] for name in COLUMNS])
    for rows in audit_rows.batches(events, _SOURCES, _BATCH):
        yield _written(rows)


def write(folder: Path, *, user: Any, filters: Mapping[str, Any] | None = None, name: str = "") -> Path:
    """Write the CSV and `<name>.manifest.json` into the folder; the CSV appears under its name when whole.

    `user` None: the system's own scheduled export of everything.
    """
    wanted = dict(filters or {})
    path = folder / (name or f"audit-{timezone.now().astimezone(UTC):%Y%m%dT%H%M%S%fZ}.csv")
    folder.mkdir(parents=True, exist_ok=True)
    visible = AuditEvent.objects.all() if user is None else access.visible_audit(user)
    newest = visible.aggregate(seq=Max("seq"))["seq"] or 0  # what is written meanwhile belongs to the next export
    events = visible.filter(**wanted).filter(seq__lte=newest)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        digest = _pour(lines(events), file.write)
    part.replace(path)
    made_by = user.get_username() if user is not None else audit.SYSTEM
    now, rows = timezone.now().astimezone(UTC).isoformat(timespec="seconds"), events.count()
    manifest = Manifest(path.name, rows, digest, _ends(events), json.dumps(_words(wanted)), made_by, now)
    _manifest_path(path).write_text(json.dumps(_signed(manifest), indent=2), encoding="utf-8")
    audit.record("audit.exported", user=user, result="success", details={"filters": _words(wanted), "rows": rows})
    return path


def check_manifest(path: Path) -> str:
    """ "" when the CSV is the one its manifest was signed for; else what is wrong, in words."""
    kept = json.loads(_manifest_path(path).read_text(encoding="utf-8"))
    signature = kept.pop("signature", "")
    if signing.Signer(salt=_SALT).signature(_canonical(kept)) != signature:
        return "the manifest was changed after it was signed"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return "" if digest == kept["sha256"] else "the file is not the one that was exported"


def chain_range(path: Path) -> tuple[int, int]:
    """The first and last event in an exported file, as its manifest says; (0, 0) for an empty one."""
    chain = json.loads(_manifest_path(path).read_text(encoding="utf-8"))["chain"]
    return (chain[0][0], chain[-1][0]) if chain else (0, 0)


def _written(rows: list[tuple[Any, ...]]) -> str:
    columns: dict[str, Column] = dict(zip(_SOURCES, zip(*rows, strict=True), strict=True))
    _unseal(columns)
    objects = zip(columns["object_type"], columns.pop("object_id"), strict=True)
    columns["object_type"] = [f"{kind}:{id}" if id else kind for kind, id in objects]
    return audit_csv.lines([_WRITERS.get(source, audit_csv.texts)(values) for source, values in columns.items()])


def _unseal(columns: dict[str, Column]) -> None:
    """Put back what is sealed, and take the sealed column away; JSON objects are joined as text, being disjoint."""
    seals.load_keys(set(columns["ticket_no"]))
    sealed = zip(columns["ticket_no"], columns.pop("sealed"), strict=True)
    contents = [seals.open_seal(number, text) if text else None for number, text in sealed]
    stored = zip(columns["on_behalf_of"], columns["instruction"], columns["details"], contents, strict=True)
    told = [
        (content.on_behalf_of, content.instruction, _joined(details, content.details)) if content else (*texts, details)
        for *texts, details, content in stored
    ]
    columns["on_behalf_of"], columns["instruction"], columns["details"] = zip(*told, strict=True)


def _joined(details: str, more: str) -> str:
    if not more or details == "{}":
        return more or details
    return f"{details[:-1]},{more[1:]}"


_WRITERS: dict[str, Callable[[Column], Sequence[str]]] = {
    "at": audit_csv.times,
    **dict.fromkeys(("seq", "step_no", "confidence", "retention_until"), audit_csv.plain),
    **dict.fromkeys(("prev_hash", "hash", "recording_sha256", "run_id"), audit_csv.as_they_are),
}


def _pour(pieces: Iterable[str], write: Callable[[str], Any]) -> str:
    """Write the pieces; their SHA-256."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece.encode())
        write(piece)
    return digest.hexdigest()


def _ends(events: QuerySet[AuditEvent]) -> tuple[tuple[int, str], ...]:
    ordered = events.values_list("seq", "hash")
    ends = (ordered.order_by("seq").first(), ordered.order_by("-seq").first())
    return tuple(end for end in ends if end is not None)


def _signed(manifest: Manifest) -> dict[str, Any]:
    kept = json.loads(json.dumps(asdict(manifest)))
    return {**kept, "signature": signing.Signer(salt=_SALT).signature(_canonical(kept))}


def _canonical(kept: Mapping[str, Any]) -> str:
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _manifest_path(path: Path) -> Path:
    return path.with_name(path.name + ".manifest.json")


def _words(filters: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in filters.items()}
