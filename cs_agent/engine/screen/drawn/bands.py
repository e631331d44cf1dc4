"""Parts a picture's page into the bands that it is stacked of: rows between rules, cards on a ground, bars.

Pixels and boxes only, in device pixels. Rule: a band ends where the page's colour changes from edge to edge; where it
does not, as in a photograph, several bands are told as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

from cs_agent.engine.screen.drawn.once import once_a_picture
from cs_agent.geometry import Box
from cs_agent.observation import Observation, TextLine

_ACROSS = (0.2, 0.94)  # of the width: rules between rows may begin where their words do
_EVEN = 8  # grey levels within a row of pixels where nothing is drawn
_SAMPLE = 8  # pixels: one of so many tells the paper of a row
_CHANGE = 5  # grey levels from one paper to the next


@dataclass(frozen=True, slots=True)
class Band:
    """Part of a page from edge to edge, and the lines of words in it from top to bottom, left to right."""

    top: int
    bottom: int
    lines: tuple[TextLine, ...]

    def box(self, width: int) -> Box:
        return Box(0, self.top, width, self.bottom)


def find_bands(seen: Observation) -> tuple[Band, ...]:
    """Those with words, from top to bottom."""
    found = []
    for top, bottom in _papers(seen.screenshot.image):
        lines = [line for line in seen.lines if top <= line.box.center.y < bottom]
        if lines:
            found.append(Band(top, bottom, tuple(sorted(lines, key=lambda line: (line.box.center.y, line.box.left)))))
    return tuple(found)


@once_a_picture
def _papers(image: Image.Image) -> tuple[tuple[int, int], ...]:
    """Top and bottom of each run of rows on one paper; what is drawn on it belongs to the run."""
    return tuple(_runs(image))


def _runs(image: Image.Image) -> Iterator[tuple[int, int]]:
    left, right = (int(share * image.width) for share in _ACROSS)
    grey = np.asarray(image.crop((left, 0, right, image.height)).convert("L"))
    blank = np.flatnonzero(grey.max(axis=1) - grey.min(axis=1) <= _EVEN)
    paper = np.median(grey[:, ::_SAMPLE], axis=1)
    top, own = 0, paper[blank[0]] if len(blank) else 0.0
    for before, y in pairwise(blank.tolist()):
        if y == before + 1 and abs(paper[y] - own) > _CHANGE:
            yield top, y
            top, own = y, paper[y]
    yield top, image.height
