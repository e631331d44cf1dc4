"""Takes apart neighbouring labels that OCR returned as one line ("质量问题七天无理由物流破损").

Rule: a line is split only where the gap is wide for its type size *and* unlike the other gaps of the line,
so that widely spaced words ("登 录") and numbers in groups stay whole.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from cs_agent.geometry import Box

_BOX_TO_EM = 1.15  # a closely detected box is this much taller than the type size; after a coarse look, more
_WIDE_GAP_EM = 0.85  # three ordinary spaces; less is spacing between words
_LONE_GAP_EM = 1.6  # two characters offer no other gap to compare with
_UNLIKE = 2.5  # times the line's median gap
_NARROW_EM = 0.55  # width of a digit or Latin letter


@dataclass(frozen=True, slots=True)
class Glyph:
    """One recognised character and the horizontal place of its centre."""

    text: str
    x: float


def split_merged_labels(text: str, box: Box, glyphs: tuple[Glyph, ...]) -> list[tuple[str, Box]]:
    """The labels with their boxes, left to right; the whole line where there is nothing to split."""
    em = _type_size(box, glyphs)
    cuts = _cuts(em, glyphs) if _describe(text, glyphs) else []
    if not cuts:
        return [(text.strip(), box)]
    edges = [box.left, *(round((glyphs[i - 1].x + glyphs[i].x) / 2) for i in cuts), box.right]
    starts = [0, *cuts]
    return [
        (part, _part_box(box, glyphs[first : _after(starts, place, glyphs)], edges[place : place + 2], em))
        for place, (first, part) in enumerate(zip(starts, _parts(text, cuts), strict=True))
    ]


def _describe(text: str, glyphs: tuple[Glyph, ...]) -> bool:
    """Whether the glyphs are the text's characters, spaces left out: else their places say nothing."""
    return "".join(glyph.text for glyph in glyphs).replace(" ", "") == text.replace(" ", "") and all(
        len(glyph.text) == 1 and glyph.text != " " for glyph in glyphs
    )


def _type_size(box: Box, glyphs: tuple[Glyph, ...]) -> float:
    """From the usual distance of neighbours; between a half and the whole of what the box allows."""
    most = box.height / _BOX_TO_EM
    pitches = [(b.x - a.x) / (_width(a, 1.0) + _width(b, 1.0)) * 2 for a, b in pairwise(glyphs)]
    return min(most, max(most / 2, median(pitches))) if pitches else most


def _cuts(em: float, glyphs: tuple[Glyph, ...]) -> list[int]:
    """Indices of the glyphs that begin a new label."""
    gaps = [right.x - left.x - (_width(left, em) + _width(right, em)) / 2 for left, right in pairwise(glyphs)]
    if len(gaps) == 1:
        limit = _LONE_GAP_EM * em
    elif gaps:
        limit = max(_WIDE_GAP_EM * em, _UNLIKE * median(gaps))
    return [index + 1 for index, gap in enumerate(gaps) if gap > limit]


def _width(glyph: Glyph, em: float) -> float:
    return em if unicodedata.east_asian_width(glyph.text) in "WF" else _NARROW_EM * em


def _parts(text: str, cuts: list[int]) -> list[str]:
    """The text cut before its n-th non-space characters."""
    places = [index for index, char in enumerate(text) if char != " "]
    edges = [0, *(places[cut] for cut in cuts), len(text)]
    return [text[start:end].strip() for start, end in pairwise(edges)]


def _after(starts: list[int], place: int, glyphs: tuple[Glyph, ...]) -> int:
    return starts[place + 1] if place + 1 < len(starts) else len(glyphs)


def _part_box(box: Box, glyphs: tuple[Glyph, ...], edges: list[int], em: float) -> Box:
    """The line's box narrowed to the label's own characters, inside the middles of the gaps beside it."""
    left = round(glyphs[0].x - _width(glyphs[0], em) / 2)
    right = round(glyphs[-1].x + _width(glyphs[-1], em) / 2)
    return Box(max(edges[0], left - 2), box.top, min(edges[1], right + 2), box.bottom)
