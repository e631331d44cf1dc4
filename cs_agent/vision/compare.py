"""Tells whether two screens differ and where, on small grey copies: a few milliseconds for a whole phone screen.

Rule: places go in and come out in device pixels; the small copy is nobody's business. What changes by itself
(the clock in the status bar, a text caret) is never a difference of screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.geometry import Box, Size
from cs_agent.observation import as_rgb

Grey = NDArray[np.uint8]
Mask = NDArray[np.uint8]

STATUS_BAR_SHARE = 0.04  # of the screen's longer side; 24-40 dp on current phones
_SMALL_SIDE = 270  # px of the copy's shorter side: text is still told apart, carets are still seen
_TOLERANCE = 12  # grey levels; above compression noise, below the faintest hint text
_JOIN = 4  # px of the copy: changes this close together are one region
_CARET_WIDTH_SHARE = 0.012  # of the screen's width
_CARET_HEIGHT_SHARE = 0.05  # of the screen's longer side


@dataclass(frozen=True, slots=True)
class SmallScreen:
    """The grey copy of a screen that comparisons work on; keep it to compare one picture with many."""

    grey: Grey
    factor: int
    size: Size

    @classmethod
    def of(cls, image: Image.Image) -> SmallScreen:
        factor = max(1, min(image.size) // _SMALL_SIDE)
        return cls(np.asarray(as_rgb(image).reduce(factor).convert("L")), factor, Size(*image.size))

    def changes_to(self, other: SmallScreen) -> tuple[Box, ...]:
        """The regions that differ, top to bottom; the whole other screen where the size changed."""
        if self.size != other.size:
            return (Box(0, 0, other.size.width, other.size.height),)
        return tuple(_device_box(box, self.factor, self.size) for box in _regions(self.difference(other)))

    def difference(self, other: SmallScreen) -> Mask:
        """1 where the grey copies differ beyond tolerance, else 0."""
        mask: Mask = (cv2.absdiff(self.grey, other.grey) > _TOLERANCE).astype(np.uint8)
        return mask


def without_incidental(regions: Iterable[Box], size: Size, ignore: Sequence[Box] = ()) -> tuple[Box, ...]:
    """The regions that are more than a caret and lie neither in the status bar nor within an ignored box."""
    bar = status_bar(size)
    return tuple(
        region
        for region in regions
        if not _is_caret(region, size) and not any(_within(region, box) for box in (bar, *ignore))
    )


def status_bar(size: Size) -> Box:
    """The strip along the top where clock, signal and battery change by themselves."""
    return Box(0, 0, size.width, round(max(size.width, size.height) * STATUS_BAR_SHARE))


def _regions(mask: Mask) -> list[Box]:
    """Bounding boxes of the changes, in pixels of the copy; those a hand's breadth apart are one."""
    if not mask.any():
        return []
    joined = cv2.dilate(mask, np.ones((2 * _JOIN + 1, 2 * _JOIN + 1), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    rows, columns = np.nonzero(mask)
    groups = labels[rows, columns]
    return sorted(
        (_extent(rows[groups == n], columns[groups == n]) for n in range(1, count)),
        key=lambda box: (box.top, box.left),
    )


def _extent(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Box:
    return Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def _device_box(box: Box, factor: int, size: Size) -> Box:
    return Box(box.left * factor, box.top * factor, box.right * factor, box.bottom * factor).clipped(size)


def _is_caret(region: Box, size: Size) -> bool:
    longer = max(size.width, size.height)
    return (
        region.width <= _CARET_WIDTH_SHARE * min(size.width, size.height)
        and region.height <= _CARET_HEIGHT_SHARE * longer
        and region.height >= 3 * region.width
    )


def _within(inner: Box, outer: Box) -> bool:
    return (
        inner.left >= outer.left
        and inner.top >= outer.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )
