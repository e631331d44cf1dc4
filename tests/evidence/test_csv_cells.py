"""Lines of the compliance file read back as what they were made of, whatever stands in them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.services.evidence.exports import csv_cells

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.lists(st.tuples(TEXT, TEXT, st.integers() | st.none()), min_size=1, max_size=20))
def test_every_row_reads_back_as_it_was(rows: list[tuple[str, str, int | None]]) -> None:
    first, second, numbers = zip(*rows, strict=True)
    text = csv_cells.lines([csv_cells.texts(first), csv_cells.texts(second), csv_cells.plain(numbers)])
    found = [[csv_cells.restore(a), csv_cells.restore(b), n] for a, b, n in read(text)]
    assert found == [[a, b, "" if n is None else str(n)] for a, b, n in rows]


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_the_lines_are_those_of_a_strict_writer(values: list[str]) -> None:
    cells = [csv_cells.escape_formula(value) for value in values]
    expected = io.StringIO(newline="")
    csv.writer(expected, lineterminator="\r\n").writerow(["x", *cells])
    assert read(csv_cells.lines([["x"], *([cell] for cell in map(csv_cells._quoted, cells))])) == read(
        expected.getvalue()
    )


SAID = TEXT.filter(lambda text: csv_cells.SEPARATOR not in text)


@given(st.lists(st.tuples(SAID, SAID, SAID), min_size=1, max_size=20))
def test_cells_read_as_one_text_are_written_like_those_that_come_alone(rows: list[tuple[str, str, str]]) -> None:
    written = csv_cells.side_by_side([csv_cells.SEPARATOR.join(row) for row in rows], 3)
    alone = [csv_cells.texts(column) for column in zip(*rows, strict=True)]
    assert csv_cells.lines([written]) == csv_cells.lines(alone)


@pytest.mark.parametrize(
    "cell", ["=1+1", "'x", '"', "a,b", "a\rb", "\n", "\na", "1" * 16, "１" * 16, "\0", "＝1", "007", "3-4", "1E5"]
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_row_that_needs_care_gets_it_wherever_it_stands(cell: str, place: int) -> None:
    rows = [["a", "", "b"] for _ in range(3)]
    rows[place][place] = cell
    written = csv_cells.side_by_side([csv_cells.SEPARATOR.join(row) for row in rows], 3)
    assert [[csv_cells.restore(found) for found in read(line)[0]] for line in written] == rows
    assert csv_cells.cell(cell) in written[place]


def test_cells_that_nobody_can_tell_apart_are_not_guessed_at() -> None:
    one = csv_cells.SEPARATOR.join(["a", "b"])
    assert csv_cells.side_by_side([one, one + csv_cells.SEPARATOR, one], 2) == ["a,b", "", "a,b"]


@given(st.lists(st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=3), min_size=1, max_size=5))
def test_objects_read_back_as_they_were(values: list[dict[str, object]]) -> None:
    written = csv_cells.objects([json.dumps(value, ensure_ascii=False) for value in values])
    assert [json.loads(read(line)[0][0]) for line in written] == values


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
    assert csv_cells.times([value]) == [text]


def test_numbers_and_days_are_written_as_they_are() -> None:
    assert csv_cells.plain([7, 0.93, None, date(2024, 5, 21), ""]) == ["7", "0.93", "", "2024-05-21", ""]


def test_no_rows_are_no_lines() -> None:
    assert csv_cells.lines([[], []]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "0012345678",
        "007",
        "00",
        "1E5",
        "12E3",
        "1e-5",
        "3-4",
        "1/2",
        "3 1/2",
        "202405218876",
        "2024-05-31",
        "5月20日",
        "2024年5月20日",
        "12:30",
        "5 pm",
        "50.00",
        "1.",
        ".5",
        "1,000",
        "(5)",
        "5%",
        "¥399.00",
        " 12",
        "12 ",
        "５０",
        "5-Mar",
        "Mar 5",
        "SEPT2",
        "2024 May",
        "true",
        "False",
        "1.2345678901234",
        "192.168.001",
    ],
)
def test_what_a_spreadsheet_would_take_for_something_else_is_marked_and_comes_back(text: str) -> None:
    assert csv_cells.escape_formula(text) == "'" + text
    assert csv_cells.restore(csv_cells.escape_formula(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "7",
        "12345678901",
        "3.5",
        "0.94",
        "127.0.0.1",
        "127.0.0.1:5600",
        "质量问题",
        "AS20240522001",
        "E5",
        "T240522000001",
        "complaint_refund v3",
        "May",
        "Mary 5x",
        "march past",
        "truely",
        "run.started",
        "Pixel 7",
        "6f1c2e9a-1111-4222-8333-444455556666",
        "a1b2",
        "订单 5",
    ],
)
def test_what_a_spreadsheet_leaves_alone_is_written_as_it_is(text: str) -> None:
    assert csv_cells.escape_formula(text) == text


@given(st.text("0123456789.-/:+ ,%", max_size=14))
def test_digits_that_are_left_alone_are_numbers_that_read_back_the_same(text: str) -> None:
    kept = csv_cells.escape_formula(text) == text and any(char.isdigit() for char in text)
    if kept and text.count(".") < 3:
        assert f"{float(text):.11g}" == text
