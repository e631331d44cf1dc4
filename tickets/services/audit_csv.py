"""Columns of values as lines of CSV: RFC 4180, safe to open in a spreadsheet, and fast enough for millions of rows.

Rule: no cell can start a formula, and no number is rounded: a text that might is led by an apostrophe, and so is one
that has an apostrophe itself, so that `restore` always gives the original back.

The work is done column by column: most columns hold few different values, and each is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tickets.services.audit_chain import iso_utc

Column = Sequence[Any]  # the values of one column in a batch of rows
_DANGEROUS = frozenset("=+-@\t\r\n\0'" + "\uff1d\uff0b\uff0d\uff20")  # what may start a formula, and the mark
_LONG_NUMBER = 15  # a spreadsheet keeps 15 digits; longer numbers must stay text
_TO_QUOTE = re.compile(r'[",\r\n]')
_END = "\r\n"


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


def texts(values: Column) -> list[str]:
    """Anything people or apps may have written."""
    written = {value: _quoted(neutral(value)) for value in set(values)}
    if len(written) == 1:
        return [*written.values()] * len(values)
    return [written[value] for value in values]


def as_they_are(values: Column) -> Sequence[str]:
    """Texts that the product itself makes of hexadecimal digits: nothing in them needs care."""
    return values


def plain(values: Column) -> list[str]:
    """Numbers and dates."""
    return ["" if value is None else str(value) for value in values]


def times(values: Column) -> list[str]:
    """ISO 8601 in UTC with microseconds."""
    return list(map(iso_utc, values))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text
