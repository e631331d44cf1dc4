"""Columns of values as lines of CSV: RFC 4180, safe to open in a spreadsheet, and fast enough for millions of rows.

Rule: no cell can start a formula, and no text can be taken for a number, a date or a truth value: such a cell gets a
leading apostrophe, and so does one that begins with an apostrophe, so that `restore` always returns the original. This
includes dates: a spreadsheet would read 2026-11-27 as a date and save it in its own format. A time with T and Z needs
no apostrophe.

Adjacent cells are processed as one text of many rows; only rows that need escaping are split. Separate columns have few
distinct values, each of which is escaped once.
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
# A spreadsheet reads these as numbers, dates, times or truth values and shows or keeps something else: zeros in front
# and behind are gone, 12 digits become 2.02E+11, 3-4 a day in March, SEPT2 a day in September, true becomes TRUE.
_SIGNS = r" .,:/\-+%¥¥$€£()年月日时分秒"
# What looks for a number or a month must fail fast: hashes and ids are full of digits. Hence the possessive `*+` and
# the look at three letters before twelve names are tried.
_THREE = "(?-i:(?=[adfjmnosADFJMNOS][aceopuACEOPU][bcglnprtvyBCGLNPRTVY]))"
_MONTH = rf"{_THREE}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}"
_NUMBER = rf"[{_SIGNS}]*+\d[\d{_SIGNS}eE]*+(?:[aApP][mM]?)?"
_DAY_FIRST = rf"\d{{1,4}}+[-/ .]{{0,2}}+{_MONTH}(?:[-/ .,]{{0,2}}\d{{1,4}})?"
_WORD = rf"(?:{_MONTH}[-/ .,]{{0,2}}\d[\d ,/:-]{{0,12}}|{_DAY_FIRST}|true|false)"
# These it leaves as they are: numbers of at most 11 characters that lead and end with a digit that counts, addresses.
_KEPT = (
    r"(?:(?:0|[1-9]\d{0,10})|(?=[\d.]{3,11}(?:[^\d.]|\Z))(?:0|[1-9]\d*)\.\d*[1-9]|\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?)"
)
_TO_QUOTE = re.compile(r'[",\r\n]')
_FIRST = re.escape("".join(sorted(_DANGEROUS - {"\n"})))  # a line break in a cell is found by counting
_END_OF_CELL = rf"(?=[{SEPARATOR}\n]|\Z)"
_CHANGED = re.compile(rf"(?!(?a:{_KEPT})\Z)(?:{_NUMBER}|(?i:{_WORD}))\Z")
_TO_ESCAPE = re.compile(
    rf"{SEPARATOR}(?:[{_FIRST}]|(?=[\d{_SIGNS}])(?={_NUMBER}{_END_OF_CELL})(?!(?a:{_KEPT}){_END_OF_CELL})"
    rf"|(?=[\dadfjmnostADFJMNOST])(?i:{_WORD}){_END_OF_CELL})"
)


def escape_formula(value: str) -> str:
    """The text, escaped so that no spreadsheet takes it for a formula or another value; see `restore`."""
    if not value:
        return value
    if value[0] in _DANGEROUS or _CHANGED.match(value):
        return "'" + value
    return value


def restore(cell: str) -> str:
    """Inverse of `escape_formula`."""
    return cell[1:] if cell.startswith("'") else cell


def lines(columns: Sequence[Sequence[str]]) -> str:
    """CSV lines, one per row, from columns of written cells."""
    rows = map(",".join, zip(*columns, strict=True))
    return _END.join([*rows, ""])


@lru_cache(maxsize=10_000)
def cell(value: str) -> str:
    """One cell, whatever people or apps may have written."""
    return _quoted(escape_formula(value))


def texts(values: Column) -> list[str]:
    """Cells of a column with few distinct values."""
    written = {value: cell(value) for value in set(values)}
    return [written[value] for value in values]


def side_by_side(rows: Sequence[str], count: int) -> list[str]:
    """Split each row at SEPARATOR into `count` cells and escape them. "" for a row whose cells contain the
    separator."""
    block = SEPARATOR + f"\n{SEPARATOR}".join(rows)
    if (
        '"' in block
        or "," in block
        or "\r" in block
        or block.count("\n") != len(rows) - 1
        or block.count(SEPARATOR) != len(rows) * count
        or _TO_ESCAPE.search(block)
    ):
        return [_one_by_one(row.split(SEPARATOR), count) for row in rows]
    return [*block.replace(SEPARATOR, ",")[1:].split("\n,")]


def _one_by_one(cells: Sequence[str], count: int) -> str:
    return ",".join(map(cell, cells)) if len(cells) == count else ""


def objects(values: Column) -> list[str]:
    """JSON objects as text; nearly all distinct."""
    return [
        '"' + value.replace('"', '""') + '"' if value[:1] == "{" and '"' in value else cell(value) for value in values
    ]


def plain(values: Column) -> list[str]:
    """Numbers, and what is escaped by `texts` afterwards."""
    return ["" if value is None else str(value) for value in values]


def times(values: Column) -> list[str]:
    """ISO 8601 in UTC with microseconds."""
    return list(map(iso_utc, values))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text
