"""Reads only what changed since the last picture of the same phone, and keeps the rest of the last reading.

Rule: correctness first. A line is kept only while every pixel of its rows is the same as when it was read; what
changed is read again in whole rows, cut where no text is, together with every line it touches.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.engine.run.protocols import TextReader
from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine, as_rgb
from cs_agent.vision.order import reading_order

Pixels = NDArray[np.uint8]
Band = tuple[int, int]  # rows from, to (exclusive)

_MARGIN = 12  # px around a change: letters reach beyond the pixels that differ
_JOIN = 48  # px; bands closer than this are cheaper to read as one
_QUIET_REACH = 40  # px a band may grow to end between lines instead of through one
_INK_STEP = 24  # levels between neighbouring pixels that count as ink
_MOST_CHANGED = 0.5  # of the rows; above it one look at the whole page is cheaper
_KEPT_PAGES = 8


class Reuse(StrEnum):
    NONE = "none"  # read afresh
    PART = "part"  # only the changed rows were read
    WHOLE = "whole"  # the picture, or one equal to it, had been read


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read and how much of it was new; `regions` are those that were really read."""

    lines: tuple[TextLine, ...]
    reuse: Reuse
    regions: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    pixels: Pixels
    lines: tuple[TextLine, ...]
    thorough: bool


class IncrementalReader:
    """A TextReader around another one; keep one for each phone. Safe to share between threads."""

    def __init__(self, reader: TextReader, *, kept_pages: int = _KEPT_PAGES) -> None:
        self._reader = reader
        self._kept_pages = kept_pages
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[TextLine, ...]] = OrderedDict()
        self._page: _Page | None = None
        self.last_reuse = Reuse.NONE

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        return self.reading(image, region, thorough=thorough).lines

    def reading(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> Reading:
        """As `read`, and says what was reused. A thorough reading also serves the later cheap ones."""
        with self._lock:
            pixels = _pixels(image, region)  # of all its rows only where all may be compared
            name = _name(pixels, region)
            reading = self._recall(name, pixels, region, thorough)
            if reading is None:
                reading = self._read(image, pixels, region, thorough)
                self._remember(f"{name}{thorough}", reading.lines)
            self.last_reuse = reading.reuse
            return reading

    def _recall(self, name: str, pixels: Pixels, region: Box | None, thorough: bool) -> Reading | None:
        for quality in (True,) if thorough else (True, False):
            lines = self._known.get(f"{name}{quality}")
            if lines is not None:
                self._known.move_to_end(f"{name}{quality}")
                if region is None:
                    self._page = _Page(pixels, lines, quality)
                return Reading(lines, Reuse.WHOLE)
        return None

    def _remember(self, name: str, lines: tuple[TextLine, ...]) -> None:
        self._known[name] = lines
        while len(self._known) > self._kept_pages:
            self._known.popitem(last=False)

    def _read(self, image: Image.Image, pixels: Pixels, region: Box | None, thorough: bool) -> Reading:
        if region is not None:
            lines = self._reader.read(image, region, thorough=thorough)
            return Reading(lines, Reuse.NONE, (region,))
        bands = self._changed_bands(pixels, thorough)
        if bands is None or self._page is None:
            reading = self._read_whole(image, thorough)
        else:
            reading = self._read_bands(image, bands, self._page, thorough)
        self._page = _Page(pixels, reading.lines, thorough)
        return reading

    def _changed_bands(self, pixels: Pixels, thorough: bool) -> list[Band] | None:
        """Rows to read again; None where the last page is no help."""
        page = self._page
        if page is None or page.pixels.shape != pixels.shape or (thorough and not page.thorough):
            return None
        bands = changed_bands(page.pixels, pixels, [line.box for line in page.lines])
        rows = sum(end - start for start, end in bands)
        return bands if rows <= _MOST_CHANGED * len(pixels) else None

    def _read_whole(self, image: Image.Image, thorough: bool) -> Reading:
        lines = self._reader.read(image, thorough=thorough)
        return Reading(lines, Reuse.NONE, (Box(0, 0, *image.size),))

    def _read_bands(self, image: Image.Image, bands: list[Band], page: _Page, thorough: bool) -> Reading:
        regions = tuple(Box(0, start, image.width, end) for start, end in bands)
        kept = [line for line in page.lines if not any(line.box.intersects(region) for region in regions)]
        fresh = [line for region in regions for line in self._reader.read(image, region, thorough=thorough)]
        return Reading(reading_order([*kept, *fresh]), Reuse.PART, regions)


def changed_bands(before: Pixels, after: Pixels, line_boxes: list[Box]) -> list[Band]:
    """The rows to read again, top to bottom, none through a line that is in `line_boxes`.

    1. rows in which any pixel differs, with a margin; 2. grown over every known line they touch, until none is
    cut; 3. grown a little further to a row without ink, for text that was not known; 4. near ones joined.
    """
    height = len(after)
    rows = (before != after).reshape(height, -1).any(axis=1)
    bands = [_grown(start, end, line_boxes, height) for start, end in _runs(rows)]
    ink = _ink(after)
    bands = _joined([(_quiet(ink, start, -1), _quiet(ink, end, +1)) for start, end in bands])
    return _joined([_over_lines(band, line_boxes) for band in bands])


def _runs(rows: NDArray[np.bool_]) -> list[Band]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], rows, [False])).astype(np.int8)))
    return _joined([(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)])


def _grown(start: int, end: int, line_boxes: list[Box], height: int) -> Band:
    start, end = _over_lines((max(0, start - _MARGIN), min(height, end + _MARGIN)), line_boxes)
    return start, min(end, height)


def _over_lines(band: Band, line_boxes: list[Box]) -> Band:
    start, end = band
    for _ in range(len(line_boxes) + 1):
        touched = [box for box in line_boxes if box.top < end and start < box.bottom]
        wider = min([start, *(box.top for box in touched)]), max([end, *(box.bottom for box in touched)])
        if wider == (start, end):
            break
        start, end = wider
    return start, end


def _ink(pixels: Pixels) -> NDArray[np.intp]:
    """For every row, how many neighbouring pixels differ strongly: 0 between lines of text."""
    green = pixels[:, :, 1].astype(np.int16)
    return np.count_nonzero(np.abs(np.diff(green, axis=1)) > _INK_STEP, axis=1)


def _quiet(ink: NDArray[np.intp], edge: int, step: int) -> int:
    """The nearest edge outwards whose row has the least ink within reach."""
    last = len(ink)
    reach = [edge + step * n for n in range(_QUIET_REACH) if 0 < edge + step * n < last]
    if not reach:
        return min(max(edge, 0), last)
    return min(reach, key=lambda row: int(ink[row if step > 0 else row - 1]))


def _joined(bands: list[Band]) -> list[Band]:
    joined: list[Band] = []
    for start, end in sorted(bands):
        if joined and start - joined[-1][1] < _JOIN:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _pixels(image: Image.Image, region: Box | None) -> Pixels:
    if region is not None:
        box = region.clipped(Size(*image.size))
        image = image.crop((box.left, box.top, box.right, box.bottom))
    return np.asarray(as_rgb(image))


def _name(pixels: Pixels, region: Box | None) -> str:
    content = hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16).hexdigest()
    return f"{pixels.shape}{region}{content}"
