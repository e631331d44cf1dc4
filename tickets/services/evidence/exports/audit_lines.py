"""Audit events as lines of the compliance CSV, oldest first.

Rule: UTF-8 with BOM, RFC 4180, constant memory; `csv_cells` writes the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import Expression, F, Func, QuerySet, TextField, Value

from tickets.models import AuditEvent
from tickets.models.record import seals
from tickets.services.evidence import audit_rows
from tickets.services.evidence.exports import csv_cells

BOM = "\ufeff"
_PAGE = 2000  # rows read at once
_PIECE = 250  # rows written at once: some 160 kB, which stay in the processor's own memory
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
