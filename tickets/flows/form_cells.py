"""Cells of the flow form: lists as lines, alternatives between bars, numbers, stored values checked for their type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Posted = Mapping[str, Sequence[str]]  # name → values in the order of the page


def table(posted: Posted, name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of parallel lists `name.column`; a column that is too short counts as empty in the last rows."""
    lists = {column: list(posted.get(f"{name}.{column}", ())) for column in columns}
    length = len(lists[columns[0]])
    return [
        {column: values[number] if number < len(values) else "" for column, values in lists.items()}
        for number in range(length)
    ]


def identified(rows: Sequence[Mapping[str, str]], *said: str, otherwise: str) -> list[dict[str, str]]:
    """The rows in which anything is `said`, each with a name: one without gets one from that of another column, so that
    no row is lost for want of an identifier."""
    kept = [{**row, "name": row["name"].strip()} for row in rows if any(row[key].strip() for key in ("name", *said))]
    taken = {row["name"] for row in kept}
    for row in kept:
        if not row["name"]:
            stem = row[otherwise] or "field"
            names = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(kept) + 2))
            row["name"] = next(name for name in names if name not in taken)
            taken.add(row["name"])
    return kept


def set_number(target: Row, key: str, value: float | None, older: str) -> None:
    """Store a number under its current name; the key of earlier releases is removed."""
    target.pop(older, None)
    target.pop(key, None)
    if value is not None:
        target[key] = value


def set_flag(target: Row, key: str, value: bool, base: Mapping[str, Any], *, usual: bool = False) -> None:
    if value != usual or key in base:
        target[key] = value


def number(text: str, otherwise: float | None = None) -> Any:
    """A number as JSON writes it (whole ones without a point); what is none stays text, for the check to name."""
    text = text.strip()
    if not text:
        return otherwise
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def rest(text: str) -> Row:
    try:
        return as_dict(json.loads(text or "{}"))
    except ValueError:
        return {}


def one(posted: Posted, name: str) -> str:
    return next(iter(posted.get(name, ())), "").replace("\r\n", "\n")


def raw(posted: Posted, name: str) -> str:
    return next(iter(posted.get(name, ())), "")


def split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def alternatives(line: str) -> list[str]:
    return [part.strip() for part in line.split("|") if part.strip()]


def bars(values: Any) -> str:
    return " | ".join(str(value) for value in values or ())


def lines(values: Any) -> str:
    return "\n".join(str(value) for value in values or ()) if isinstance(values, list | tuple) else ""


def as_dict(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


def as_dicts(value: Any) -> list[Row]:
    return of_type(dict, value)


def of_type(kind: type, value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, kind)] if isinstance(value, list | tuple) else []
