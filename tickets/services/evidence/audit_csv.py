"""Columns of values as lines of CSV: RFC 4180, safe to open in a spreadsheet, and fast enough for millions of rows.

Rule: no cell can start a formula, and no number is rounded: a text that might is led by an apostrophe, and so is one
that has an apostrophe itself, so that `restore` always gives the original back.

Cells that stand side by side come as one text of many rows and are looked at together: only rows in which something
needs care are taken apart. Columns that stand alone hold few different values, and each is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from tickets.services.evidence.audit_chain import iso_utc
from tickets.services.evidence.audit_rows import SEPARATOR

Column = Sequence[Any]  # the values of one column in a batch of rows
_END = "\r\n"
_DANGEROUS = frozenset("=+-@\t\r\n\0'" + "\uff1d\uff0b\uff0d\uff20")  # what may start a formula, and the mark
_LONG_NUMBER = 15  # a spreadsheet keeps 15 digits; longer numbers must stay text
_TO_QUOTE = re.compile(r'[",\r\n]')
_FIRST = re.escape("".join(sorted(_DANGEROUS - {"\n"})))  # a line break in a cell is found by counting
_TO_NEUTRALISE = re.compile(rf"{SEPARATOR}(?:[{_FIRST}]|\d{{{_LONG_NUMBER + 1},}}(?=[{SEPARATOR}\n]|\Z))")


def neutral(value: str) -> str:
    """The text so that no spreadsheet takes it for a formula or rounds it; see `restore`."""
    if not value:
        return value
    if value[0] in _DANGEROUS or (len(value) > _LONG_NUMBER and value.isdecimal()):
        return "'" + value
    return value


def restore(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if cell.startswith("'") else cell


def lines(columns: Sequence[Sequence[str]]) -> str:
    """The written columns side by side, one line for each row."""
    rows = map(",".join, zip(*columns, strict=True))
    return _END.join([*rows, ""])


@lru_cache(maxsize=10_000)
def cell(value: str) -> str:
    """One cell, whatever people or apps may have written."""
    return _quoted(neutral(value))


def texts(values: Column) -> list[str]:
    """Cells of which many are the same."""
    written = {value: cell(value) for value in set(values)}
    return [written[value] for value in values]


def side_by_side(rows: Sequence[str], count: int) -> list[str]:
    """For each row its so many cells; they come parted by SEPARATOR. "" where the separator stands in a cell, so that
    nobody can tell them apart."""
    block = SEPARATOR + f"\n{SEPARATOR}".join(rows)
    if (
        '"' in block
        or "," in block
        or "\r" in block
        or block.count("\n") != len(rows) - 1
        or block.count(SEPARATOR) != len(rows) * count
        or _TO_NEUTRALISE.search(block)
    ):
        return [_one_by_one(row.split(SEPARATOR), count) for row in rows]
    return [*block.replace(SEPARATOR, ",")[1:].split("\n,")]


def _one_by_one(cells: Sequence[str], count: int) -> str:
    return ",".join(map(cell, cells)) if len(cells) == count else ""


def objects(values: Column) -> list[str]:
    """JSON objects as text, hardly two alike."""
    return [
        '"' + value.replace('"', '""') + '"' if value[:1] == "{" and '"' in value else cell(value) for value in values
    ]


def plain(values: Column) -> list[str]:
    """Numbers and dates."""
    return ["" if value is None else str(value) for value in values]


def times(values: Column) -> list[str]:
    """ISO 8601 in UTC with microseconds."""
    return list(map(iso_utc, values))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text
