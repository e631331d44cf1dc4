"""Removes personal data from text and pictures for good, according to who is going to see them.

Rule: what is hidden is overwritten, never covered by something that can be lifted; what an operator must confirm
(`keep`) is never hidden. Rows of OCR lines are read together, so that a label left of a value still explains it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Self

from PIL import Image

from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine, UiNode
from cs_agent.vision.personal_data import DataKind, find

FILL = (52, 58, 64)  # a quiet dark grey, plainly not part of any app
_WORD_GAP = 1.2  # line heights; pieces of one row nearer than this may be one number
_BELOW = 2.5  # line heights between a heading and the value under it
_BLEED = 3  # px around a hidden text: letters reach beyond their box
_HARD_GAP = "\t"  # stands between pieces of a row too far apart to be one number


class Audience(StrEnum):
    MODEL = "model"  # a model that is not on the company's own machines
    VIEWER = "viewer"  # the live view of people who do not work the ticket
    STORED = "stored"  # screenshots, recordings and texts at rest


_ALL = frozenset(DataKind)
_SECRETS = frozenset({DataKind.PASSWORD, DataKind.CODE})
_WORDS = {
    DataKind.ID_CARD: "[身份证号]",
    DataKind.BANK_CARD: "[银行卡号]",
    DataKind.MOBILE: "[手机号]",
    DataKind.EMAIL: "[邮箱]",
    DataKind.PASSWORD: "[密码]",
    DataKind.CODE: "[验证码]",
}


@dataclass(frozen=True, slots=True)
class RedactionPolicy:
    """Which kinds are hidden from whom. The default hides all from viewers and at rest, and leaves a model
    what it needs to find a customer: everything but secrets, identity and card numbers is shown to it."""

    model: frozenset[DataKind] = _SECRETS | {DataKind.ID_CARD, DataKind.BANK_CARD}
    viewer: frozenset[DataKind] = _ALL
    stored: frozenset[DataKind] = _ALL

    def hidden_from(self, audience: Audience) -> frozenset[DataKind]:
        return {
            Audience.MODEL: self.model,
            Audience.VIEWER: self.viewer,
            Audience.STORED: self.stored,
        }[audience]

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]]) -> Self:
        """`{"model": ["password", …], …}`; an audience left out keeps its default. ValueError names the fault."""
        unknown = set(data) - {audience.value for audience in Audience}
        if unknown:
            raise ValueError(f"redaction policy: unknown audience {min(unknown)!r}")
        return cls(**{name: frozenset(DataKind(kind) for kind in kinds) for name, kinds in data.items()})

    @classmethod
    def nothing(cls) -> Self:
        """Hides nothing from anybody."""
        return cls(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data in one OCR line: `line.text[start:end]`, drawn in `box`."""

    kind: DataKind
    line: int
    start: int
    end: int
    box: Box


def redact_text(text: str, policy: RedactionPolicy, audience: Audience) -> str:
    """The text with every hidden value replaced by the name of its kind."""
    hidden = policy.hidden_from(audience)
    parts, place = [], 0
    for span in find(text):
        if span.kind in hidden:
            parts += [text[place : span.start], _WORDS[span.kind]]
            place = span.end
    return "".join([*parts, text[place:]])


def redact_lines(lines: Sequence[TextLine], policy: RedactionPolicy, audience: Audience) -> tuple[TextLine, ...]:
    """The lines with hidden values replaced in their texts; boxes and scores stay."""
    hidden = policy.hidden_from(audience)
    texts = [line.text for line in lines]
    for finding in sorted(find_in_lines(lines), key=lambda item: -item.start):
        if finding.kind in hidden:
            text = texts[finding.line]
            texts[finding.line] = text[: finding.start] + _WORDS[finding.kind] + text[finding.end :]
    return tuple(TextLine(text, line.box, line.score) for text, line in zip(texts, lines, strict=True))


def redact_image(
    image: Image.Image,
    lines: Sequence[TextLine],
    policy: RedactionPolicy,
    audience: Audience,
    *,
    keep: Iterable[Box] = (),
    nodes: Iterable[UiNode] = (),
) -> Image.Image:
    """A copy with every hidden value, and the tree's password fields, filled solid; `keep` boxes are untouched."""
    hidden = policy.hidden_from(audience)
    boxes = [finding.box.grown(_BLEED) for finding in find_in_lines(lines) if finding.kind in hidden]
    if DataKind.PASSWORD in hidden:
        boxes += [node.box for node in nodes if node.password]
    covered = image.copy()
    size = Size(*image.size)
    for box in (box.clipped(size) for box in boxes):
        covered.paste(FILL, _corners(box))
    for box in (box.clipped(size) for box in keep):
        covered.paste(image.crop(_corners(box)), _corners(box))
    return covered


def find_in_lines(lines: Sequence[TextLine]) -> tuple[Finding, ...]:
    """Personal data in what OCR read, also where a row came in several pieces or the label stands above."""
    found: dict[tuple[int, int, int], Finding] = {}
    for row in _rows(lines):
        for finding in _in_row(lines, row):
            found.setdefault((finding.line, finding.start, finding.end), finding)
    for finding in _under_headings(lines):
        found.setdefault((finding.line, finding.start, finding.end), finding)
    return tuple(found.values())


def _in_row(lines: Sequence[TextLine], row: list[int]) -> Iterator[Finding]:
    """Findings in the row's pieces read as one text, each given back to its pieces."""
    text, starts = _joined([lines[index] for index in row])
    for span in find(text):
        for index, offset in zip(row, starts, strict=True):
            start, end = max(span.start - offset, 0), min(span.end - offset, len(lines[index].text))
            if start < end:
                yield _finding(lines, index, span.kind, start, end)


def _under_headings(lines: Sequence[TextLine]) -> Iterator[Finding]:
    """Values whose label is the line above them: read as if the label stood in front."""
    for index, line in enumerate(lines):
        heading = _heading(lines, line)
        if heading is None:
            continue
        offset = len(heading.text) + 1
        for span in find(f"{heading.text} {line.text}"):
            if span.start >= offset:
                yield _finding(lines, index, span.kind, span.start - offset, span.end - offset)


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
    """Where line.text[start:end] is drawn, from the usual widths of its characters, half a character wider."""
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


def _corners(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right, box.bottom
