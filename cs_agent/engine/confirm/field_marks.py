"""Tells chosen marks (radio buttons, ticks) from empty ones on a picture, where no accessibility tree does.

Rule: None where it is uncertain. The options of a row are compared with each other: exactly one mark must differ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.geometry import Box, Size

_MARK_REACH = 2.2  # heights of a line, to the left of its text
_INK = 48  # grey levels away from the ground
_OUTLINE = 0.06  # share of ink that an empty mark's outline has at least
_STANDS_OUT = 1.5  # times the ink of every other mark
_FILLED = 0.42  # share of ink of a lone mark that is certainly filled


def marked(image: Image.Image, labels: list[Box]) -> list[bool | None]:
    """For each label's box, whether the mark left of it is chosen; None where that cannot be told."""
    inks = [_ink(image, box) for box in labels]
    present = [ink for ink in inks if ink >= _OUTLINE]
    if len(present) < 2:
        return [True if ink >= _FILLED else None for ink in inks]
    most = max(present)
    others = sorted(present)[:-1]
    if most < _STANDS_OUT * max(others):
        return [None for _ in inks]
    return [ink == most if ink >= _OUTLINE else None for ink in inks]


def has_mark(image: Image.Image, label: Box) -> bool:
    """Whether something like a radio button or a tick box stands left of the label."""
    return _ink(image, label) >= _OUTLINE


def _ink(image: Image.Image, label: Box) -> float:
    """The share of non-background pixels left of a label, measured in the smallest square around them."""
    height = label.height
    place = Box(
        label.left - int(_MARK_REACH * height),
        label.top - height // 4,
        label.left - height // 6,
        label.bottom + height // 4,
    )
    box = place.clipped(Size(*image.size))
    if box.width < 6 or box.height < 6:
        return 0.0
    pixels = np.asarray(image.crop((box.left, box.top, box.right, box.bottom)).convert("RGB"), dtype=np.int16)
    ground = np.median(pixels.reshape(-1, 3), axis=0)
    away = np.abs(pixels - ground).max(axis=2) > _INK
    return _density(away)


def _density(ink: NDArray[np.bool_]) -> float:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size < 4 or columns.size < 4:
        return 0.0
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return float(tight.mean())
