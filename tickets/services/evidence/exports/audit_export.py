"""The compliance CSV: audit events as a stream, safe to open in a spreadsheet, and a signed manifest.

Rule: UTF-8 with BOM, RFC 4180, constant memory; `csv_cells` writes the cells.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from django.core import signing
from django.db.models import Expression, F, Func, Max, QuerySet, TextField, Value
from django.utils import timezone

from tickets.errors import NotFound
from tickets.models import AuditEvent
from tickets.models.record import seals
from tickets.permissions import Permission, require
from tickets.services.evidence import audit, audit_rows
from tickets.services.evidence.audit_rows import Way
from tickets.services.evidence.exports import csv_cells
from tickets.services.evidence.exports.csv_cells import escape_formula, restore
from tickets.services.people import access
from tickets.web import request_context

__all__ = ["chain_range", "check_manifest", "escape_formula", "export_csv", "lines", "restore", "write"]

BOM = "\ufeff"
_PAGE = 2000  # rows read at once
_PIECE = 250  # rows written at once: some 160 kB, which stay in the processor's own memory
_EXPORT, _DELIVERED = "export", "audit.delivered"
_SALT = "cs_agent.audit_export"
# Column of the file → column of AuditEvent; `object` joins two.
FIELDS: tuple[tuple[str, str], ...] = (
    ("event_id", "seq"),
    ("time_utc", "at"),
    ("user_id", "user_name"),
    ("user_role", "user_role"),
    ("on_behalf_of", "on_behalf_of"),
    ("action_type", "type"),
    ("object", "object_type"),
    ("ticket_no", "ticket_no"),
    ("run_id", "run_id"),
    ("step_no", "step_no"),
    ("device_id", "device_id"),
    ("flow_version", "flow_version"),
    ("instruction", "instruction"),
    ("confidence", "confidence"),
    ("result", "result"),
    ("data_accessed", "data_accessed"),
    ("data_subject", "data_subject"),
    ("purpose", "purpose"),
    ("legal_basis", "legal_basis"),
    ("confirmation_id", "confirmation_id"),
    ("decided_by", "decided_by"),
    ("recording_sha256", "recording_sha256"),
    ("retention_until", "retention_until"),
    ("ip", "ip"),
    ("request_id", "request_id"),
    ("prev_hash", "prev_hash"),
    ("hash", "hash"),
    ("model", "model"),
    ("prompt_version", "prompt_version"),
    ("details", "details"),
)
COLUMNS = tuple(name for name, _source in FIELDS)


class _Object(Func):
    """`kind:id`, or the kind alone."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        kind, id = (compiler.compile(expression)[0] for expression in self.source_expressions)
        return f"CASE WHEN {id} = '' THEN {kind} ELSE {kind} || ':' || {id} END", ()


_GAP = "\x1e"  # placeholder of a cell that is escaped separately
# Cells that need escaping; confidence follows the instruction. A date needs an apostrophe in every row, so every row
# would be processed cell by cell if it were among the others.
_CAREFUL = ("on_behalf_of", "instruction", "retention_until")
_PLAIN: tuple[Expression | F, ...] = tuple(
    {"object_type": _Object(F("object_type"), F("object_id")), **dict.fromkeys(_CAREFUL, Value(_GAP))}.get(source)
    or F(source)
    for _name, source in FIELDS
    if source not in ("seq", "at", "confidence", "details")
)
_READ = (
    "seq",
    "at",
    audit_rows.Beside(*_PLAIN),
    *_CAREFUL,
    "confidence",
    "details",
    "ticket_no",
    "sealed",
)
_TICKET = 1 + _READ.index("ticket_no")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Describes an export; `chain`: sequence number and hash of the first and last event."""

    file: str
    rows: int
    sha256: str
    chain: tuple[tuple[int, str], ...]
    filters: str
    made_by: str
    made_at: str


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
    return _signed(Manifest(name_of(export), told["rows"], told["sha256"], chain, filters, event.user_name, made_at))


def name_of(export: str) -> str:
    return f"audit-{export}.csv"


def lines(events: QuerySet[AuditEvent], seen: Callable[[audit_rows.Rows], None] | None = None) -> Iterator[str]:
    """A header and the events as CSV, oldest first, in chunks of a few hundred lines. `seen` is called with each page
    of rows, whose second value is `seq`."""
    yield BOM + csv_cells.lines([[name] for name in COLUMNS])
    whole = not events.query.has_filters()

    def first(rows: audit_rows.Rows) -> None:
        seals.load_keys({row[_TICKET] for row in rows})
        if seen is not None:
            seen(rows)

    for rows in audit_rows.pages(events, _READ, _PAGE, "id" if whole else "seq", first):
        yield from (_written(rows[start : start + _PIECE]) for start in range(0, len(rows), _PIECE))


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


def _written(rows: audit_rows.Rows) -> str:
    """The rows as CSV lines; see `_READ` for their columns."""
    _places, seqs, times, plain, behalf, instructions, days, confidences, details, numbers, sealed = zip(
        *rows, strict=True
    )
    contents = seals.open_seals(numbers, sealed)
    if any(contents):
        stored = zip(behalf, instructions, details, contents, strict=True)
        told = [(of[0], of[1], _joined(more, of[2])) if of else (who, what, more) for who, what, more, of in stored]
        behalf, instructions, details = zip(*told, strict=True)
    cells = zip(
        seqs,
        csv_cells.times(times),
        _sides(plain, seqs),
        csv_cells.texts(behalf),
        csv_cells.texts(instructions),
        csv_cells.texts(csv_cells.plain(days)),
        csv_cells.plain(confidences),
        csv_cells.objects(details),
        strict=True,
    )
    return "".join(
        [
            f"{seq},{at},{who}{name}{what}{instruction},{confidence}{proof}{day}{rest},{more}\r\n"
            for seq, at, (who, what, proof, rest), name, instruction, day, confidence, more in cells
        ]
    )


def _sides(rows: Sequence[str], seqs: Sequence[int]) -> list[list[str]]:
    """The texts before, between and after the placeholders of each row."""
    sides = [row.split(_GAP) for row in csv_cells.side_by_side(rows, len(_PLAIN))]
    gaps = len(_CAREFUL)
    return [side if len(side) == gaps + 1 else _asked_again(seq) for side, seq in zip(sides, seqs, strict=True)]


def _asked_again(seq: int) -> list[str]:
    """Read the cells of one event separately, because one of them contains the separator."""
    named = {f"cell_{number}": expression for number, expression in enumerate(_PLAIN)}
    [values] = AuditEvent.objects.filter(seq=seq).annotate(**named).values_list(*named)
    gaps = [number for number, cell in enumerate(_PLAIN) if isinstance(cell, Value)]
    cells = [csv_cells.cell("" if value is None else str(value)) for value in values]
    before, *between, after = (
        cells[start:end] for start, end in zip([0, *(n + 1 for n in gaps)], [*gaps, len(cells)], strict=True)
    )
    return [",".join([*before, ""]), *(",".join(["", *part, ""]) for part in between), ",".join(["", *after])]


def _joined(details: str, more: str) -> str:
    if not more or details == "{}":
        return more or details
    return f"{details[:-1]},{more[1:]}"


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


def _signed(manifest: Manifest) -> dict[str, Any]:
    kept = json.loads(json.dumps(asdict(manifest)))
    return {**kept, "signature": signing.Signer(salt=_SALT).signature(_canonical(kept))}


def _canonical(kept: Mapping[str, Any]) -> str:
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _manifest_path(path: Path) -> Path:
    return path.with_name(path.name + ".manifest.json")


def _words(filters: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in filters.items()}
