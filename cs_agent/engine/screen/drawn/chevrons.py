"""The mark that apps draw at the end of a row which opens: ›, found in the picture, since trees seldom tell it.

Pixels only, in device pixels. Rule: two strokes that meet in the middle at the right, the last thing drawn in the row.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from cs_agent.geometry import Box

_END = (0.86, 0.992)  # of the width: where the mark stands
_HIGH = (0.008, 0.022)  # of the screen's height
_STEP = 24  # grey levels from the paper
_RULE = 0.6  # of the strip: what is drawn further across is a line between rows
_SLIM = (0.35, 0.8)  # width of the mark, of its height
_EVEN = 0.18  # of its height: what its two arms may differ by


def ends_in_chevron(image: Image.Image, row: Box) -> bool:
    left, right = (int(share * image.width) for share in _END)
    part = Box(max(left, row.left), row.top, min(right, row.right), row.bottom)
    if part.left >= part.right or part.top >= part.bottom:
        return False
    strip = image.crop((part.left, part.top, part.right, part.bottom)).convert("L")
    grey = np.asarray(strip, dtype=np.int16)
    ink = np.abs(grey - np.median(grey)) > _STEP
    ink[ink.mean(axis=1) > _RULE] = False
    across = _runs(np.any(ink, axis=0))
    if not across:
        return False
    mark = ink[:, across[-1][0] : across[-1][1]]
    down = _runs(np.any(mark, axis=1))
    if len(down) != 1:
        return False
    top, bottom = down[0]
    high = bottom - top
    return _HIGH[0] * image.height <= high <= _HIGH[1] * image.height and _points_right(mark[top:bottom])


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _points_right(ink: np.ndarray) -> bool:
    """Each row of pixels is one stroke, further right towards the middle, alike above and below it."""
    high, wide = ink.shape
    if not _SLIM[0] * high <= wide <= _SLIM[1] * high or not ink.any(axis=1).all():
        return False
    if any(len(_runs(line)) != 1 for line in ink) or ink.sum(axis=1).max() > _SLIM[1] * wide:
        return False
    middles = (ink * np.arange(wide)).sum(axis=1) / ink.sum(axis=1)
    half = high // 2
    upper, lower = middles[:half], middles[::-1][:half]
    rising = bool((np.diff(upper) >= -0.5).all() and (np.diff(lower) >= -0.5).all())
    even = float(np.abs(upper - lower).max()) <= max(2.0, _EVEN * high)
    return rising and even and float(middles[half] - middles[0]) >= _SLIM[0] * wide
