"""Reads a screen, and of a screen that changed little only what changed.

Rule: what is kept from an earlier reading lies on rows whose pixels are the same now; the rest is read anew. The pages
kept are a cache: without them every answer is the same, only later.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from cs_agent.demo.pilot import sight
from cs_agent.demo.pilot.reading.looking import Reader, look
from cs_agent.demo.pilot.reading.page import Page
from cs_agent.demo.pilot.sight import Pixels, pixels_of
from cs_agent.geometry import Box
from cs_agent.observation import TextLine

KEPT = 4  # screens: forms are left and come back to
_SAME = 12  # per channel; compression wobbles less than this where nothing changed
_MARGIN = 36  # px around a changed row, so that no line is cut through
_WORTH_IT = 0.7  # of the height: beyond this a whole reading is about as cheap
_AROUND_DIALOG = 12  # px


@dataclass(frozen=True, slots=True)
class Glance:
    """A screen as it was read."""

    pixels: Pixels
    thorough: bool
    lines: tuple[TextLine, ...]
    page: Page


class Gaze:
    """Safe to share between threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._glances: deque[Glance] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def page(self, picture: Image.Image, *, thorough: bool = False) -> Page:
        pixels = pixels_of(picture)
        with self._lock:
            known = [glance for glance in self._glances if _comparable(glance, pixels, thorough)]
        bands = [(changed_bands(glance.pixels, pixels), glance) for glance in reversed(known)]
        for changed, glance in bands:
            if not changed:
                return glance.page
        lines = self._lines(picture, pixels, bands, thorough)
        page = look(picture, _Already(lines), thorough=thorough)
        with self._lock:
            self._glances.append(Glance(pixels, thorough, lines, page))
        return page

    def _lines(
        self, picture: Image.Image, pixels: Pixels, bands: list[tuple[list[tuple[int, int]], Glance]], thorough: bool
    ) -> tuple[TextLine, ...]:
        dialog = sight.find_dialog(pixels)
        if dialog and (lines := self._reader.read(picture, dialog.grown(_AROUND_DIALOG), thorough=thorough)):
            return lines  # nothing behind it can be acted on
        least = min(bands, key=lambda pair: _height(pair[0]), default=None)
        if least is None or _height(least[0]) > _WORTH_IT * picture.height:
            return self._reader.read(picture, thorough=thorough)
        kept, strips = _split(least[1].lines, least[0])
        if _height(strips) > _WORTH_IT * picture.height:
            return self._reader.read(picture, thorough=thorough)
        fresh = [
            line
            for top, bottom in strips
            for line in self._reader.read(picture, Box(0, top, picture.width, bottom), thorough=thorough)
        ]
        return tuple(sorted((*kept, *fresh), key=lambda line: (line.box.center.y, line.box.left)))


class _Already:
    """Hands lines that were read before to the page's analysis."""

    def __init__(self, lines: tuple[TextLine, ...]) -> None:
        self._lines = lines

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        return self._lines


def _comparable(glance: Glance, pixels: Pixels, thorough: bool) -> bool:
    return glance.thorough is thorough and glance.pixels.shape == pixels.shape


def changed_bands(before: Pixels, after: Pixels) -> list[tuple[int, int]]:
    """Rows from top to bottom (exclusive) in which anything differs, near ones joined, with a margin."""
    difference = cv2.absdiff(np.ascontiguousarray(before[:, ::3]), np.ascontiguousarray(after[:, ::3]))
    rows = np.flatnonzero(difference.reshape(len(after), -1).max(axis=1) > _SAME)
    bands: list[tuple[int, int]] = []
    for row in rows.tolist():
        top, bottom = max(0, row - _MARGIN), min(len(after), row + 1 + _MARGIN)
        if bands and top <= bands[-1][1]:
            bands[-1] = (bands[-1][0], bottom)
        else:
            bands.append((top, bottom))
    return bands


def _split(lines: tuple[TextLine, ...], bands: list[tuple[int, int]]) -> tuple[list[TextLine], list[tuple[int, int]]]:
    """The lines clear of the bands, and the bands widened to hold every line they touch whole."""
    wide = list(bands)
    for line in lines:
        for number, (top, bottom) in enumerate(wide):
            if line.box.top < bottom and line.box.bottom > top:
                wide[number] = (min(top, line.box.top), max(bottom, line.box.bottom))
    wide = _joined(wide)
    kept = [line for line in lines if not any(line.box.top < bottom and line.box.bottom > top for top, bottom in wide)]
    return kept, wide


def _joined(bands: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for top, bottom in sorted(bands):
        if joined and top <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], bottom))
        else:
            joined.append((top, bottom))
    return joined


def _height(bands: list[tuple[int, int]]) -> int:
    return sum(bottom - top for top, bottom in bands)
