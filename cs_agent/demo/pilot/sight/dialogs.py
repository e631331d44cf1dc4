"""Whether the card of a dialog or of a bottom sheet covers the page. Takes pictures as they are, dark ones too."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cs_agent.demo.pilot.sight.colours import NIGHT, Pixels
from cs_agent.geometry import Box

_PLAIN_INK = 190  # brightness of the dimmest writing in plain view
_WRITING = 9  # at a working width of 324: wider than any stroke, narrower than a card
_MOSTLY = 0.5  # of a row or column: enough to be the card's own
_BRIGHT = 225  # a dialog's card on a dimmed light page
_BAR_ABOVE, _BAR_BELOW = 0.04, 0.065  # parts of the height that may be the system's own bars


def find_dialog(pixels: Pixels) -> Box | None:
    """The card of a dialog or bottom sheet: a bright block on a page that was dimmed around it.

    On a dark page the card is a dark grey, brighter than all that lies in plain view around it.
    """
    size = (108, max(1, round(pixels.shape[0] * 108 / pixels.shape[1])))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    light = np.asarray(small.max(axis=2), dtype=np.uint8)
    ground = float(np.median(light))
    if ground > NIGHT:
        bright = _Block.above(light, _BRIGHT)
        return bright.box(pixels.shape[1]) if bright and bright.is_card and bright.dimmed_around(light) else None
    peaks, flat = _peaks(pixels, light), _flat(pixels, light)
    levels = [*range(int(ground) + 4, NIGHT + 40, 4), _BRIGHT]
    blocks = (_Block.above(flat, level, join=3) for level in levels)
    cards = [block for block in blocks if block and block.is_card and block.dimmed_around_dark(peaks)]
    tightest = min(cards, key=lambda block: block.width * block.height, default=None)
    return tightest.box(pixels.shape[1]) if tightest else None


def _peaks(pixels: Pixels, light: Pixels) -> Pixels:
    """The brightest that lies under each pixel of the small picture: writing, which is thin, is lost in an average."""
    reach = max(1, pixels.shape[1] // light.shape[1])
    grown = cv2.dilate(np.ascontiguousarray(pixels.max(axis=2)), np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.resize(grown, light.shape[::-1], interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _flat(pixels: Pixels, light: Pixels) -> Pixels:
    """The small picture without writing: dimmed words around a card would join it otherwise, each as bright as it."""
    width, height = 3 * light.shape[1], 3 * light.shape[0]
    grey = cv2.resize(np.ascontiguousarray(pixels.max(axis=2)), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.medianBlur(grey, _WRITING)[1::3, 1::3], dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Block:
    """The greatest connected part of a picture that is brighter than a level; at `find_dialog`'s working size."""

    within: NDArray[np.bool_]
    x: int
    y: int
    width: int
    height: int
    area: int

    @classmethod
    def above(cls, light: Pixels, level: int, join: int = 9) -> _Block | None:
        """`join`: what lies so near to each other is one."""
        kernel = np.ones((join, join), np.uint8)
        bright = cv2.morphologyEx((light > level).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
        if count < 2:
            return None
        index = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        return cls(labels == index, *(int(value) for value in stats[index]))

    @property
    def is_card(self) -> bool:
        rows, columns = self.within.shape
        solid = self.area >= 0.75 * self.width * self.height
        below_the_edge = self.y > 0  # what begins at the picture's edge is the page's own heading
        return solid and below_the_edge and self.width >= 0.45 * columns and 0.05 * rows <= self.height <= 0.88 * rows

    def box(self, picture_width: int) -> Box:
        """Without what sticks out of it: a word behind the card that touches its edge."""
        scale = picture_width / self.within.shape[1]
        columns = np.flatnonzero(self.within.sum(axis=0) > _MOSTLY * self.height)
        rows = np.flatnonzero(self.within.sum(axis=1) > _MOSTLY * self.width)
        sides = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        return Box(*(round(side * scale) for side in sides))

    def dimmed_around(self, light: Pixels) -> bool:
        outside = self._outside(light)
        return outside.size > 0 and float(np.percentile(outside, 90)) < 175 and _scrim(light, self.y, self.height)

    def dimmed_around_dark(self, peaks: Pixels) -> bool:
        """Writing shines through around it, and none of it is as bright as writing in plain view."""
        outside = self._outside(peaks)
        if not outside.size or float(outside.max()) < float(np.median(outside)) + 25:
            return False
        return float(np.percentile(outside, 99.5)) < _PLAIN_INK

    def _outside(self, light: Pixels) -> Pixels:
        """Empty where the block leaves hardly anything free. The system's own bars may stay bright."""
        rows = light.shape[0]
        page = slice(round(_BAR_ABOVE * rows), round((1 - _BAR_BELOW) * rows))
        outside = light[page][~self.within[page]]
        return outside if outside.size > 0.1 * light.size else outside[:0]


def _scrim(light: Pixels, top: int, card_height: int) -> bool:
    """The page behind shows through: its margin is neither bright nor black."""
    rows = np.r_[0:top] if top > 0.06 * light.shape[0] else np.r_[top + card_height : light.shape[0]]
    if not rows.size:
        return False
    middle = float(np.median(light[rows]))
    return 25 < middle < 185
