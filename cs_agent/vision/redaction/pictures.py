"""Covers personal data in pictures.

Rule: what is hidden is overwritten, never covered by something that can be lifted; what an operator must confirm
(`keep`) is never hidden. What a picture holds is found once (`marks_of`) and may be covered many times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image

from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine, UiNode
from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.redaction.lines import find_in_lines
from cs_agent.vision.redaction.photographs import documents
from cs_agent.vision.redaction.policy import Audience, RedactionPolicy
from cs_agent.vision.redaction.symbols import symbols

FILL = (52, 58, 64)  # a quiet dark grey, plainly not part of any app
_BLEED = 3  # px around a hidden text: letters reach beyond their box


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to hide in a picture, by its kind; `box` in the picture's pixels."""

    kind: DataKind
    box: Box


def marks_of(image: Image.Image, lines: Sequence[TextLine]) -> tuple[Mark, ...]:
    """All personal data on the picture: in the text that was read, as symbols, and as photographed documents."""
    return (
        *marks_in_lines(lines),
        *(Mark(DataKind.BARCODE, box) for box in symbols(image, lines)),
        *(Mark(DataKind.ID_PHOTO, box) for box in documents(image, lines)),
    )


def marks_in_lines(lines: Sequence[TextLine]) -> tuple[Mark, ...]:
    return tuple(Mark(finding.kind, finding.box.grown(_BLEED)) for finding in find_in_lines(lines))


def cover(
    image: Image.Image,
    marks: Iterable[Mark],
    policy: RedactionPolicy,
    audience: Audience,
    *,
    keep: Iterable[Box] = (),
) -> Image.Image:
    """A copy with every mark of a hidden kind filled solid; `keep` boxes are untouched."""
    hidden = policy.hidden_from(audience)
    covered = image.copy()
    size = Size(*image.size)
    for box in (mark.box.clipped(size) for mark in marks if mark.kind in hidden):
        covered.paste(FILL, _corners(box))
    for box in (box.clipped(size) for box in keep):
        covered.paste(image.crop(_corners(box)), _corners(box))
    return covered


def redact_image(
    image: Image.Image,
    lines: Sequence[TextLine],
    policy: RedactionPolicy,
    audience: Audience,
    *,
    keep: Iterable[Box] = (),
    nodes: Iterable[UiNode] = (),
) -> Image.Image:
    """A copy with every hidden value, and the tree's password fields, filled solid; `lines` are its own."""
    fields = (Mark(DataKind.PASSWORD, node.box) for node in nodes if node.password)
    return cover(image, (*marks_of(image, lines), *fields), policy, audience, keep=keep)


def _corners(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right, box.bottom
