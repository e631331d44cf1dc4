"""Puts the picture of the system's own parts (bars, keyboard, dialogs) over the picture of the app.

Rule: pictures are NumPy arrays of RGBA rows; only rows that really mix the two are blended.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_OPAQUE = 255
_PNG_FILTER, _NO_FILTER = 19, 8  # cv2.IMWRITE_PNG_FILTER, which older releases neither name nor heed
_FAST_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1, _PNG_FILTER, _NO_FILTER)


def decode(picture: bytes) -> Pixels:
    """RGBA rows of a PNG or JPEG; ValueError when it is neither."""
    raw = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_UNCHANGED)
    if raw is None:
        raise ValueError("the browser's capture is not a picture")
    code = cv2.COLOR_BGRA2RGBA if raw.ndim == 3 and raw.shape[2] == 4 else cv2.COLOR_BGR2RGBA
    return np.asarray(cv2.cvtColor(raw, code), np.uint8)


def encode_png(pixels: Pixels) -> bytes:
    """Opaque PNG; level 1 since a phone's is large too, and unfiltered: speed is what matters, and flat pages pack as
    small."""
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGR), _FAST_PNG)
    if not done:
        raise ValueError("the picture could not be written as PNG")
    return data.tobytes()


def thumbnail_jpeg(pixels: Pixels, width: int) -> bytes:
    height = max(1, pixels.shape[0] * width // pixels.shape[1])
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGBA2BGR))[1].tobytes()


@dataclass(frozen=True, slots=True)
class _Band:
    """Neighbouring rows of an overlay that are all opaque, or all to be blended."""

    top: int
    bottom: int
    opaque: bool


@dataclass(frozen=True, slots=True)
class Overlay:
    """The system's picture, with what is needed to lay it over another quickly."""

    pixels: Pixels
    bands: tuple[_Band, ...]

    @classmethod
    def of(cls, pixels: Pixels) -> Overlay:
        alpha = pixels[:, :, 3]
        kinds = np.where(alpha.min(axis=1) == _OPAQUE, 2, np.where(alpha.max(axis=1) > 0, 1, 0))
        edges = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)]
        bands = (
            _Band(top, bottom, bool(kinds[top] == 2))
            for top, bottom in itertools.pairwise(edges)
            if top < bottom and kinds[top]
        )
        return cls(pixels, tuple(bands))

    def lay_over(self, canvas: Pixels) -> None:
        """What sticks out of the canvas is cut off."""
        height, width = (min(a, b) for a, b in zip(canvas.shape[:2], self.pixels.shape[:2], strict=True))
        for band in self.bands:
            rows = slice(min(band.top, height), min(band.bottom, height))
            above = self.pixels[rows, :width]
            if band.opaque:
                canvas[rows, :width] = above
            else:
                _blend(canvas[rows, :width], above)


def compose(app: Pixels | None, app_top: int, app_bottom: int, overlay: Overlay, size: tuple[int, int]) -> Pixels:
    """A whole screen of (width, height); rows no picture reaches are white."""
    width, height = size
    canvas = np.empty((height, width, 4), np.uint8)
    reached = app_top
    if app is not None:
        reached = min(app_bottom, app_top + app.shape[0])
        columns = min(width, app.shape[1])
        canvas[app_top:reached, :columns] = app[: reached - app_top, :columns]
        canvas[app_top:reached, columns:] = _OPAQUE
    canvas[:app_top] = _OPAQUE
    canvas[reached:] = _OPAQUE
    overlay.lay_over(canvas)
    return canvas


def _blend(below: Pixels, above: Pixels) -> None:
    if not below.size:  # OpenCV gives nothing for it
        return
    alpha = above[:, :, 3].astype(np.float32)
    below[:] = cv2.blendLinear(above, below, alpha, _OPAQUE - alpha)
    below[:, :, 3] = _OPAQUE
