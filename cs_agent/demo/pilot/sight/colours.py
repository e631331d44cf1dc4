"""Pixels and their colours: what is common, what stands out, and a dark page seen in daylight.

Boxes are in the pixels of the picture that was given.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.geometry import Box
from cs_agent.observation import as_rgb

Pixels = NDArray[np.uint8]

_RIVALS = 4  # colours that may be one, split by where levels are cut
_WOBBLE = 10  # levels by which compression moves a flat colour
FAR = 40  # colour distance from which two colours are different to the eye
NIGHT = 80  # median brightness below which a page is a dark one


def pixels_of(image: Image.Image) -> Pixels:
    return np.asarray(as_rgb(image), dtype=np.uint8)


def daylight(pixels: Pixels) -> Pixels:
    """A dark page as it would look with dark ink on a light ground, hues kept; a light page as it is.

    Everything here but `find_dialog` takes light pages for granted.
    """
    if np.median(pixels[::4, ::4].max(axis=2)) > NIGHT:
        return pixels
    parts = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    parts[:, :, 0] = 255 - parts[:, :, 0]
    return np.asarray(cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB), dtype=np.uint8)


def common_colour(area: Pixels) -> tuple[int, int, int]:
    """The colour of most pixels; one that compression made wobble over a few levels counts as one."""
    flat = area.reshape(-1, 3)
    if not flat.size:
        return (255, 255, 255)
    coarse = (flat >> 3).astype(np.int32)
    keys = (coarse[:, 0] << 10) | (coarse[:, 1] << 5) | coarse[:, 2]
    counts = np.bincount(keys)
    values = np.flatnonzero(counts)
    counts = counts[values]
    most = np.argsort(counts)[::-1][: 1 if 2 * counts.max() > len(flat) else _RIVALS]
    means = [flat[keys == values[index]].mean(axis=0) for index in most]
    red, green, blue = max(means, key=lambda mean: _pixels_near(flat, mean)) if len(means) > 1 else means[0]
    return int(red), int(green), int(blue)


def _pixels_near(flat: Pixels, colour: NDArray[np.float64]) -> int:
    return int(np.count_nonzero(np.abs(flat - colour).max(axis=1) <= _WOBBLE))


def saturation(colour: tuple[int, int, int]) -> float:
    high, low = max(colour), min(colour)
    return (high - low) / high if high else 0.0


def accent(pixels: Pixels, box: Box) -> float:
    """How much colour or darkness a control carries, 0-1: what is chosen is painted stronger than its neighbours."""
    part = pixels[max(0, box.top) : box.bottom, max(0, box.left) : box.right].astype(np.float32)
    if not part.size:
        return 0.0
    high, low = part.max(axis=2), part.min(axis=2)
    colour = float(((high - low) / np.maximum(high, 1)).mean())
    dark = 1 - float(np.median(high)) / 255
    return colour + 0.5 * dark


def ink_is_loud(pixels: Pixels, box: Box) -> bool:
    """Light letters on a dark strip (a passing message) or red letters (an objection)."""
    part = pixels[max(0, box.top) : box.bottom, max(0, box.left) : box.right]
    if part.size < 300:
        return False
    ground = np.array(common_colour(part), np.int16)
    ink = part[np.abs(part.astype(np.int16) - ground).max(axis=2) > 90]
    if int(ground.max()) < 110:
        return bool(ink.size and float(np.median(ink)) > 150)
    red, green, blue = (float(value) for value in np.median(ink, axis=0)) if len(ink) else (0.0, 0.0, 0.0)
    return red > 150 and red - max(green, blue) > 70


def ground_differs(pixels: Pixels, one: Box, other: Box) -> bool:
    """Whether two areas have plainly different backgrounds."""
    colours = [common_colour(pixels[box.top : box.bottom, box.left : box.right]) for box in (one, other)]
    return max(abs(a - b) for a, b in zip(*colours, strict=True)) > 60
