"""Small drawings that stand clear of text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from cs_agent.demo.pilot.sight.colours import Pixels, common_colour
from cs_agent.demo.pilot.sight.panels import WORKING_WIDTH, at_working_width, edges_of
from cs_agent.geometry import Box


class IconKind(StrEnum):
    MAGNIFIER = "magnifier"
    CLOSE = "close"
    PLUS = "plus"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Icon:
    kind: IconKind
    box: Box


def find_icons(pixels: Pixels, texts: tuple[Box, ...]) -> tuple[Icon, ...]:
    """Magnifiers, closing crosses, plus signs and back arrows that stand clear of text."""
    scale = pixels.shape[1] / WORKING_WIDTH
    small = at_working_width(pixels)
    edges = cv2.dilate(edges_of(small), np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    icons = []
    for x, y, width, height, _area in stats[1 : min(count, 1500)]:
        if not (9 <= width <= 46 and 9 <= height <= 46 and 0.55 <= width / height <= 1.8):
            continue
        box = Box(*(round(side * scale) for side in (x, y, x + width, y + height)))
        if not any(text.contains(box.center) and text.width > 1.4 * box.width for text in texts) and (
            kind := icon_kind(pixels, box)
        ):
            icons.append(Icon(kind, box))
    return tuple(icons)


def icon_kind(pixels: Pixels, box: Box) -> IconKind | None:
    """What a small drawing is, from where its ink lies."""
    crop = pixels[max(0, box.top) : box.bottom, max(0, box.left) : box.right]
    ink = _ink(crop)
    if ink is None:
        return None
    grid = np.asarray(cv2.resize(ink.astype(np.float32), (9, 9), interpolation=cv2.INTER_AREA), dtype=np.float32)
    if _is_plus(grid):
        return IconKind.PLUS
    if _is_cross(grid):
        return IconKind.CLOSE
    if _is_arrow(grid):
        return IconKind.BACK
    return IconKind.MAGNIFIER if _is_magnifier(ink) else None


def _ink(crop: Pixels) -> NDArray[np.bool_] | None:
    """What differs from the background, cut to its own extent; None where that is nearly nothing or everything."""
    if min(crop.shape[:2]) < 8:
        return None
    border = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    background = np.array(common_colour(border), np.int16)
    ink = np.abs(crop.astype(np.int16) - background).max(axis=2) > 50
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size < 8 or columns.size < 8:
        return None
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ratio = cut.shape[1] / cut.shape[0]
    return cut if 0.4 <= ratio <= 1.6 and 0.03 < cut.mean() < 0.7 else None


def _is_plus(grid: NDArray[np.float32]) -> bool:
    arms = min(grid[4, :].min(), grid[:, 4].min())
    corners = max(grid[:3, :3].max(), grid[:3, 6:].max(), grid[6:, :3].max(), grid[6:, 6:].max())
    return bool(arms > 0.15 and corners < 0.08)


def _is_cross(grid: NDArray[np.float32]) -> bool:
    both = min(min(grid[i, i], grid[i, 8 - i]) for i in (0, 1, 2, 4, 6, 7, 8))
    sides = max(grid[3:6, :2].max(), grid[3:6, 7:].max(), grid[:2, 3:6].max(), grid[7:, 3:6].max())
    return bool(both > 0.12 and sides < 0.12)


def _is_arrow(grid: NDArray[np.float32]) -> bool:
    """`‹` or `←`: ink meets in the middle of the left side and opens to the right."""
    tip = grid[3:6, :2].max() > 0.2 and grid[:2, :2].max() < 0.08 and grid[7:, :2].max() < 0.08
    return bool(tip and grid[:3, 3:].max() > 0.15 and grid[6:, 3:].max() > 0.15)


def _is_magnifier(ink: NDArray[np.bool_]) -> bool:
    """A ring with a hole, to one upper side, and a handle towards the opposite lower corner."""
    return _ring_and_handle(ink) or _ring_and_handle(ink[:, ::-1])


def _ring_and_handle(ink: NDArray[np.bool_]) -> bool:
    contours, tree = cv2.findContours(np.pad(ink.astype(np.uint8), 2), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return False
    holes = [contour for contour, node in zip(contours, tree[0], strict=True) if node[3] >= 0]
    if not holes:
        return False
    x, y, width, height = cv2.boundingRect(max(holes, key=cv2.contourArea))
    rows, columns = ink.shape
    round_hole = 0.75 <= width / max(1, height) <= 1.33 and 0.3 * columns <= width <= 0.85 * columns
    upper_left = x + width / 2 < 0.53 * columns + 2 and y + height / 2 < 0.53 * rows + 2
    third_r, third_c = max(1, rows // 5), max(1, columns // 5)
    handle = ink[-third_r:, -third_c:].mean() > 0.12
    clear = ink[-third_r:, :third_c].mean() < 0.1 and ink[:third_r, -third_c:].mean() < 0.1
    return bool(round_hole and upper_left and handle and clear)
