"""Outlined and filled rectangles of a control's size, found at a fixed working width."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cs_agent.demo.pilot.sight.colours import FAR, Pixels, common_colour, saturation
from cs_agent.geometry import Box

WORKING_WIDTH = 540  # px; a hairline of a 1080 px screen is still one pixel here
_EDGE_LOW, _EDGE_HIGH = 12, 36  # light grey hairlines on white are meant to count
_SIDE_COVER = 0.62  # part of a straight side that must be edge for an outline to be a panel
_BULGE, _BULGING = 6, 40  # px at the working width: how far corners may bulge, and of boxes how high
_LIGHT = 200  # of the darkest channel of a light ground


class Look(StrEnum):
    """What a panel is painted like."""

    FILLED = "filled"  # a strong colour: a button
    OUTLINED = "outlined"  # the page's colour within a line
    TINTED = "tinted"  # a light fill that differs a little from what is around it


@dataclass(frozen=True, slots=True)
class Panel:
    box: Box
    look: Look
    fill: tuple[int, int, int]  # RGB


def find_panels(pixels: Pixels, seen: Pixels | None = None) -> tuple[Panel, ...]:
    """Rectangles (rounded too) of a control's size, outer before inner.

    `seen`: the picture before `daylight`; what is light there, a white box on a dark page, is painted as it is there.
    """
    scale = pixels.shape[1] / WORKING_WIDTH
    small = at_working_width(pixels)
    edges = edges_of(small)
    contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = _distinct([box for contour in contours if (box := _rectangle(contour, edges))])
    panels = [_panel(box, small, scale) for box in boxes]
    if seen is not None and seen is not pixels:
        as_seen = at_working_width(seen)
        painted = [_panel(box, as_seen, scale) for box in boxes]
        panels = [own if min(own.fill) > _LIGHT else panel for panel, own in zip(panels, painted, strict=True)]
    return tuple(sorted(panels, key=lambda panel: (-panel.box.area, panel.box.top)))


def at_working_width(pixels: Pixels) -> Pixels:
    height = max(1, round(pixels.shape[0] * WORKING_WIDTH / pixels.shape[1]))
    return np.asarray(cv2.resize(pixels, (WORKING_WIDTH, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def edges_of(small: Pixels) -> Pixels:
    """Edges in any channel: a coloured line of the page's own brightness counts too."""
    found = np.zeros(small.shape[:2], np.uint8)
    for channel in range(3):
        plane = np.ascontiguousarray(small[:, :, channel])
        found |= np.asarray(cv2.Canny(plane, _EDGE_LOW, _EDGE_HIGH), dtype=np.uint8)
    return np.asarray(cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), dtype=np.uint8)


def _rectangle(contour: NDArray[Any], edges: Pixels) -> Box | None:
    """The contour's box where edges run along all four sides of it.

    Compression makes round corners bulge beyond the straight sides, so those are looked for a little further in.
    """
    x, y, width, height = cv2.boundingRect(contour)
    if width < 24 or height < 14 or width > 1.02 * WORKING_WIDTH or height > 0.6 * edges.shape[0]:
        return None
    round_x, round_y = min(height // 2, width // 4), min(height // 3, 14)
    across, along = slice(x + round_x, x + width - round_x), slice(y + round_y, y + height - round_y)
    bulge = min(_BULGE, height // 10) if height >= _BULGING else 0
    top, from_top = _side(edges[:, across].T, y, 1, bulge)
    bottom, from_bottom = _side(edges[:, across].T, y + height - 1, -1, bulge)
    left, from_left = _side(edges[along], x, 1, bulge)
    right, from_right = _side(edges[along], x + width - 1, -1, bulge)
    if min(top, bottom) < _SIDE_COVER or min(left, right) < 0.4:
        return None
    return Box(x + from_left, y + from_top, x + width - from_right, y + height - from_bottom)


def _side(edges: Pixels, at: int, inward: int, bulge: int) -> tuple[float, int]:
    """How much of a side is edge, and how far inward from `at` it lies. `edges`: one row for each place along it."""
    found = [(_cover(edges, at + step * inward, inward), -step) for step in range(bulge + 1)]
    cover, step = max(found)
    return cover, -step


def _cover(edges: Pixels, at: int, inward: int) -> float:
    """Within one pixel outside of a side and two inside."""
    first, last = sorted((at - inward, at + 2 * inward))
    strip = edges[:, max(0, first) : last + 1]
    return float(np.mean(strip.any(axis=1))) if strip.size else 0.0


def _distinct(boxes: list[Box]) -> list[Box]:
    """An outline has an inner and an outer contour: one of the two is enough."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda item: -item.area):
        if not any(_nearly_equal(box, other) for other in kept):
            kept.append(box)
    return kept


def _nearly_equal(one: Box, other: Box) -> bool:
    sides = zip(
        (one.left, one.top, one.right, one.bottom), (other.left, other.top, other.right, other.bottom), strict=True
    )
    return all(abs(a - b) <= 5 for a, b in sides)


def _panel(box: Box, small: Pixels, scale: float) -> Panel:
    fill = common_colour(small[box.top + 3 : box.bottom - 3, box.left + 3 : box.right - 3])
    around = common_colour(_ring(small, box))
    real = Box(*(round(side * scale) for side in (box.left, box.top, box.right, box.bottom)))
    return Panel(real, _look(fill, around), fill)


def _ring(small: Pixels, box: Box) -> Pixels:
    """A thin band just outside the box."""
    height = small.shape[0]
    above = small[max(0, box.top - 6) : max(0, box.top - 2), box.left : box.right]
    below = small[min(height, box.bottom + 2) : min(height, box.bottom + 6), box.left : box.right]
    both = np.concatenate([above.reshape(-1, 3), below.reshape(-1, 3)])
    return both if both.size else small[:1, :1].reshape(-1, 3)


def _look(fill: tuple[int, int, int], around: tuple[int, int, int]) -> Look:
    distance = max(abs(a - b) for a, b in zip(fill, around, strict=True))
    if distance <= 3:
        return Look.OUTLINED
    strong = (saturation(fill) > 0.35 or distance > 90) and min(fill) < 235  # white on a coloured bar is a box
    return Look.FILLED if strong and distance > FAR else Look.TINTED
