"""How audit events are chained: canonical JSON, hash, and the check of a whole chain. Pure, no database.

Rule: `canonical` must give the same text for a row before it is stored and after it is read back from any
database; values that could differ (floats in JSON, NUL characters, lone surrogates) are converted by `plain` first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

GENESIS = "0" * 64
# Everything of an event but its hash, in the order of the model. A new column goes to the end.
COLUMNS = (
    "seq",
    "at",
    "type",
    "user_id",
    "user_name",
    "user_role",
    "on_behalf_of",
    "object_type",
    "object_id",
    "ticket_no",
    "department_id",
    "run_id",
    "step_no",
    "device_id",
    "flow_version",
    "instruction",
    "model",
    "prompt_version",
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
    "details",
    "prev_hash",
)
LATER = ("sealed",)  # columns that came later: hashed where they hold something, so that older events keep their hash
_AT, _UNTIL = COLUMNS.index("at"), COLUMNS.index("retention_until")
_values_of = itemgetter(*COLUMNS)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of the chain. `kind`: edited, missing, cut_tail, rewritten, out_of_order."""

    kind: str
    seq: int
    text: str


def plain(value: Any) -> Any:
    """The value as any database gives it back: no floats inside JSON, no NUL, no lone surrogates."""
    match value:
        case str():
            return value.replace("\x00", "").encode("utf-8", "replace").decode()
        case bool() | int() | None:
            return value
        case Mapping():
            return {plain(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return plain(str(value))


def iso_utc(value: datetime | str) -> str:
    """The time with microseconds, `…Z`. A string is a time as SQLite stores it: UTC, without a zero fraction."""
    if isinstance(value, str):
        if len(value) == 26:
            return f"{value[:10]}T{value[11:]}Z"
        fraction = value[20:] if len(value) > 19 else ""
        return f"{value[:10]}T{value[11:19]}.{fraction:0<6}Z"
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def canonical(row: Mapping[str, Any]) -> str:
    """The event as one JSON text; times may be datetimes or strings from a database."""
    values = list(_values_of(row))
    values[_AT] = iso_utc(values[_AT])
    values[_UNTIL] = values[_UNTIL] and str(values[_UNTIL])
    values += [row[name] for name in LATER if row.get(name)]
    return _encode(values)


def link_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the event's columns, of which `prev_hash` is one."""
    return hashlib.sha256(canonical(row).encode()).hexdigest()


def check(
    rows: Iterable[Mapping[str, Any]], head_seq: int, head_hash: str, base: tuple[int, str] = (0, GENESIS)
) -> Iterator[Problem]:
    """Faults of the chain, in the order of `seq`; `head_*`: the recorded end of the chain; `base`: the last event
    deleted from its beginning by retention."""
    seq, last = base
    for row in rows:
        yield from _check_link(row, seq, last)
        seq, last = row["seq"], row["hash"]
    if seq < head_seq:
        yield Problem("cut_tail", seq + 1, f"events {seq + 1} to {head_seq} are gone from the end")
    elif (seq, last) != (head_seq, head_hash or GENESIS):
        yield Problem("rewritten", seq, f"event {seq} is not the one the chain ended with")


def _check_link(row: Mapping[str, Any], seq: int, last: str) -> Iterator[Problem]:
    if row["seq"] > seq + 1:
        yield Problem("missing", seq + 1, f"events {seq + 1} to {row['seq'] - 1} are missing")
    elif row["prev_hash"] != last:
        yield Problem("rewritten", row["seq"], f"event {row['seq']} does not follow from the one before it")
    if link_hash(row) != row["hash"]:
        yield Problem("edited", row["seq"], f"event {row['seq']} ({row['type']}) was changed after it was written")
