"""Finds personal data in what OCR read of a screen.

Rule: rows are read together, so that a label left of a value explains it; a value is also read below its heading,
unless that one has its value beside it, and above a caption of codes; an address that breaks at the end of its line
goes on in the next, and the name of whose it is stands above it; a field's caret is no part of the number before it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from cs_agent.geometry import Box
from cs_agent.observation import TextLine
from cs_agent.vision.personal_data.addresses import goes_on
from cs_agent.vision.personal_data.codes import is_a_caption_of_codes
from cs_agent.vision.personal_data.kinds import SECRETS, DataKind
from cs_agent.vision.personal_data.labels import begins_with_an_order, names_an_order
from cs_agent.vision.personal_data.names.beside import is_an_addressee
from cs_agent.vision.personal_data.numbers.grouped import ends_in_public_number
from cs_agent.vision.personal_data.search import find

_WORD_GAP = 1.2  # line heights; pieces of one row nearer than this may be one number
_BELOW = 2.5  # line heights between a heading and the value under it
_NEXT_LINE = 1.3  # line heights between the lines of one paragraph
_MOST_LINES = 3  # that an address goes on for
_HARD_GAP = "\t"  # stands between pieces of a row too far apart to be one number
_CARETS = "1lI|!丨xXoO"  # what a field's caret, and the sign that empties it, are read as
_MOST_CARETS = 2  # of them behind one number
_EXCUSABLE = frozenset({DataKind.MOBILE, DataKind.BANK_CARD, DataKind.PHONE, DataKind.PASSPORT})


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data in one OCR line: `line.text[start:end]`, drawn in `box`."""

    kind: DataKind
    line: int
    start: int
    end: int
    box: Box


def find_in_lines(lines: Sequence[TextLine]) -> tuple[Finding, ...]:
    """Personal data in what OCR read, also where a row came in several pieces or the label stands above."""
    lines = [_without_caret(line) for line in lines]
    found: dict[tuple[int, int, int], Finding] = {}
    headings = [_heading(lines, line) for line in lines]
    rows = _rows(lines)
    for row in rows:
        for finding in _in_row(lines, row):
            if not _excused_above(finding, headings[finding.line]):
                found.setdefault((finding.line, finding.start, finding.end), finding)
    answered = _with_their_values(lines, rows, {finding.line for finding in found.values()})
    for finding in _under_headings(lines, [None if heading in answered else heading for heading in headings]):
        found.setdefault((finding.line, finding.start, finding.end), finding)
    for finding in _over_captions(lines, headings):
        found.setdefault((finding.line, finding.start, finding.end), finding)
    for finding in (*_going_on(lines, list(found.values())), *_over_addresses(lines, list(found.values()))):
        found.setdefault((finding.line, finding.start, finding.end), finding)
    return tuple(found.values())


def _without_caret(line: TextLine) -> TextLine:
    """The line up to the number it ends with, where only that makes it one: 13800138000l is a field being typed into.

    The box stays: what is cut off is narrower than the slack that a hidden text is given.
    """
    text = line.text.rstrip()
    if any(span.end == len(text) for span in find(line.text)) or ends_in_public_number(text):
        return line
    text = line.text
    for _ in range(_MOST_CARETS):
        text = text.rstrip()
        if not text or text[-1] not in _CARETS:
            break
        text = text[:-1].rstrip()
        if any(span.end == len(text) and text[span.end - 1].isalnum() for span in find(text)):
            return replace(line, text=text)
    return line


def _in_row(lines: Sequence[TextLine], row: list[int]) -> Iterator[Finding]:
    """Findings in the row's pieces read as one text, each given back to its pieces."""
    text, starts = _joined([lines[index] for index in row])
    for span in find(text):
        for index, offset in zip(row, starts, strict=True):
            start, end = max(span.start - offset, 0), min(span.end - offset, len(lines[index].text))
            if start < end:
                yield _finding(lines, index, span.kind, start, end)


def _excused_above(finding: Finding, heading: TextLine | None) -> bool:
    """Whether the line above says that the number with which this line begins is an order's."""
    return (
        heading is not None
        and finding.start == 0
        and finding.kind in _EXCUSABLE
        and names_an_order(heading.text.rstrip() + " ")
    )


def _under_headings(lines: Sequence[TextLine], headings: Sequence[TextLine | None]) -> Iterator[Finding]:
    """Values whose label is the line above them: read as if the label stood in front."""
    for index, (line, heading) in enumerate(zip(lines, headings, strict=True)):
        if heading is None:
            continue
        offset = len(heading.text) + 1
        for span in find(f"{heading.text}{_HARD_GAP}{line.text}"):
            if span.start >= offset:
                yield _finding(lines, index, span.kind, span.start - offset, span.end - offset)


def _with_their_values(lines: Sequence[TextLine], rows: Sequence[list[int]], found: set[int]) -> list[TextLine]:
    """The pieces beside which, in their own row, stands what was found: they say nothing of what is below them."""
    return [lines[left] for row in rows for left, right in pairwise(row) if right in found and left not in found]


def _over_captions(lines: Sequence[TextLine], headings: Sequence[TextLine | None]) -> Iterator[Finding]:
    """A large code with its caption below: read as if the caption stood in front."""
    for index, line in enumerate(lines):
        below = _next_line(lines, line, line.box.left)
        caption = lines[below].text.strip() if below is not None else ""
        heading = headings[index]
        if heading is not None and find(f"{heading.text}{_HARD_GAP}{line.text}"):
            continue
        if caption and is_a_caption_of_codes(caption):
            offset = len(caption) + 1
            for span in find(f"{caption}{_HARD_GAP}{line.text}"):
                if span.start == offset and span.kind in SECRETS:
                    yield _finding(lines, index, span.kind, 0, span.end - offset)


def _over_addresses(lines: Sequence[TextLine], found: Sequence[Finding]) -> Iterator[Finding]:
    """The name that stands by itself directly above an address."""
    for finding in found:
        if finding.kind is not DataKind.ADDRESS or finding.start:
            continue
        box = lines[finding.line].box
        for index, other in enumerate(lines):
            gap = box.center.y - other.box.center.y
            near = (
                box.height // 2 < gap <= (1 + _NEXT_LINE) * box.height and abs(other.box.left - box.left) <= box.height
            )
            if near and is_an_addressee(other.text.strip()):
                yield _finding(lines, index, DataKind.NAME, 0, len(other.text))


def _heading(lines: Sequence[TextLine], line: TextLine) -> TextLine | None:
    """The nearest line above that begins over this one and holds no digits of its own."""
    above = [
        other
        for other in lines
        if other.box.bottom <= line.box.top + line.box.height // 2
        and line.box.top - other.box.bottom <= _BELOW * line.box.height
        and other.box.left < line.box.right
        and line.box.left < other.box.right
        and not any(char.isdigit() for char in other.text)
    ]
    return max(above, key=lambda other: other.box.bottom, default=None)


def _going_on(lines: Sequence[TextLine], found: Sequence[Finding]) -> Iterator[Finding]:
    """The further lines of an address that reaches the end of its line."""
    for finding in found:
        last = lines[finding.line]
        if finding.kind is not DataKind.ADDRESS or len(last.text.rstrip()) > finding.end:
            continue
        left = finding.box.left if finding.start else last.box.left
        for _ in range(_MOST_LINES):
            index = _next_line(lines, last, left)
            if index is None or not goes_on(lines[index].text) or begins_with_an_order(lines[index].text):
                break
            last = lines[index]
            yield _finding(lines, index, DataKind.ADDRESS, 0, len(last.text))


def _next_line(lines: Sequence[TextLine], line: TextLine, left: int) -> int | None:
    """The line directly below that begins where the paragraph does."""
    slack = 2 * line.box.height
    for index, other in enumerate(lines):
        gap = other.box.center.y - line.box.center.y
        if line.box.height // 2 < gap <= (1 + _NEXT_LINE) * line.box.height and (
            abs(other.box.left - left) <= slack or abs(other.box.left - line.box.left) <= slack
        ):
            return index
    return None


def _rows(lines: Sequence[TextLine]) -> list[list[int]]:
    """Indices of lines that stand side by side, left to right."""
    rows: list[list[int]] = []
    for index in sorted(range(len(lines)), key=lambda i: lines[i].box.center.y):
        last = lines[rows[-1][0]].box if rows else None
        if last and abs(lines[index].box.center.y - last.center.y) <= last.height / 2:
            rows[-1].append(index)
        else:
            rows.append([index])
    return [sorted(row, key=lambda i: lines[i].box.left) for row in rows]


def _joined(row: list[TextLine]) -> tuple[str, list[int]]:
    """The row as one text, and where in it each piece starts."""
    text, starts = "", []
    for place, line in enumerate(row):
        if place:
            before = row[place - 1].box
            near = line.box.left - before.right <= _WORD_GAP * before.height
            text += " " if near else _HARD_GAP
        starts.append(len(text))
        text += line.text
    return text, starts


def _finding(lines: Sequence[TextLine], index: int, kind: DataKind, start: int, end: int) -> Finding:
    return Finding(kind, index, start, end, text_box(lines[index], start, end))


def text_box(line: TextLine, start: int, end: int) -> Box:
    """Where line.text[start:end] is drawn, from the usual widths of its characters, half a character wider. A line
    that stands upright (read from below or above) is covered as a whole."""
    if line.box.height > 1.5 * line.box.width and len(line.text) > 1:
        return line.box
    ends = list(accumulate((_width(char) for char in line.text), initial=0.0))
    unit = line.box.width / max(ends[-1], 1e-6)
    slack = unit / 2
    left = line.box.left + ends[start] * unit - (slack if start else 0)
    right = line.box.left + ends[end] * unit + (slack if end < len(line.text) else 0)
    return Box(max(line.box.left, int(left)), line.box.top, min(line.box.right, round(right) + 1), line.box.bottom)


def _width(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    return 0.3 if char in " .,:;|!'ilI1()[]" and char != "1" else 0.56
