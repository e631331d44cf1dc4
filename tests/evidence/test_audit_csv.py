"""Lines of the compliance file read back as what they were made of, whatever stands in them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.services import audit_csv

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.lists(st.tuples(TEXT, TEXT, st.integers() | st.none()), min_size=1, max_size=20))
def test_every_row_reads_back_as_it_was(rows: list[tuple[str, str, int | None]]) -> None:
    first, second, numbers = zip(*rows, strict=True)
    text = audit_csv.lines([audit_csv.texts(first), audit_csv.texts(second), audit_csv.plain(numbers)])
    found = [[audit_csv.restore(a), audit_csv.restore(b), n] for a, b, n in read(text)]
    assert found == [[a, b, "" if n is None else str(n)] for a, b, n in rows]


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_the_lines_are_those_of_a_strict_writer(values: list[str]) -> None:
    cells = [audit_csv.neutral(value) for value in values]
    expected = io.StringIO(newline="")
    csv.writer(expected, lineterminator="\r\n").writerow(["x", *cells])
    assert read(audit_csv.lines([["x"], *([cell] for cell in map(audit_csv._quoted, cells))])) == read(
        expected.getvalue()
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2024-05-21 14:03:22", "2024-05-21T14:03:22.000000Z"),
        ("2024-05-21 14:03:22.120000", "2024-05-21T14:03:22.120000Z"),
        (datetime(2024, 5, 21, 14, 3, 22, tzinfo=UTC), "2024-05-21T14:03:22.000000Z"),
        (datetime.fromisoformat("2024-05-21T22:03:22.000001+08:00"), "2024-05-21T14:03:22.000001Z"),
    ],
)
def test_times_are_written_in_utc_with_microseconds(value: datetime | str, text: str) -> None:
    assert audit_csv.times([value]) == [text]


def test_numbers_and_days_are_written_as_they_are() -> None:
    assert audit_csv.plain([7, 0.93, None, date(2024, 5, 21), ""]) == ["7", "0.93", "", "2024-05-21", ""]


def test_no_rows_are_no_lines() -> None:
    assert audit_csv.lines([[], []]) == ""
