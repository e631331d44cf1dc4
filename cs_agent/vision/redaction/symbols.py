"""Finds QR codes, bar codes and their like on a picture.

Rule: what looks like one counts, whether or not it can be decoded; digits written below a bar code count with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import zxingcpp
from PIL import Image

from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine

_Format = zxingcpp.BarcodeFormat
_FORMATS = _Format.LinearCodes | _Format.MatrixCodes
_MATRIX = frozenset(
    {
        _Format.QRCode,
        _Format.MicroQRCode,
        _Format.RMQRCode,
        _Format.DataMatrix,
        _Format.Aztec,
        _Format.PDF417,
        _Format.MaxiCode,
    }
)
_QUIET = 0.06  # of the symbol's longer side: a reader needs the margin too
_THIN = 0.2  # of the width; a bar code may be found by one row of it
_LINEAR_HEIGHT = 0.25  # of the width, covered above and below a bar code that was found by few rows
_LEAST_BROKEN = 60  # px wide, of a matrix that could not be decoded
_MIN_ALIKE = 6  # letters and digits that a caption shares with its symbol


def symbols(image: Image.Image, lines: Sequence[TextLine] = ()) -> tuple[Box, ...]:
    """Boxes in the picture's pixels; `lines` in the same."""
    grey = np.asarray(image.convert("L"))
    size = Size(*image.size)
    return tuple(box.clipped(size) for found in _read(grey) for box in _boxes(found, lines))


def _read(grey: np.ndarray) -> Iterator[zxingcpp.Barcode]:
    """What could not be decoded counts only as a matrix of a size that people scan: elsewhere noise looks like bars."""
    for found in zxingcpp.read_barcodes(grey, formats=_FORMATS, return_errors=True):
        if found.valid or (found.format in _MATRIX and _box_of(found).width >= _LEAST_BROKEN):
            yield found


def _boxes(found: zxingcpp.Barcode, lines: Sequence[TextLine]) -> Iterator[Box]:
    box = _box_of(found)
    if box.height < _THIN * box.width and found.format not in _MATRIX:
        box = Box(
            box.left,
            box.top - round(_LINEAR_HEIGHT * box.width),
            box.right,
            box.bottom + round(_LINEAR_HEIGHT * box.width),
        )
    yield box.grown(max(4, round(_QUIET * max(box.width, box.height))))
    told = _alphanumeric(found.text)
    for line in lines:
        if len(said := _alphanumeric(line.text)) >= _MIN_ALIKE and (said in told or told in said) and told:
            yield line.box


def _box_of(found: zxingcpp.Barcode) -> Box:
    place = found.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return Box(
        min(corner.x for corner in corners),
        min(corner.y for corner in corners),
        max(corner.x for corner in corners) + 1,
        max(corner.y for corner in corners) + 1,
    )


def _alphanumeric(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
