"""Radio buttons, tick boxes and switches, found in the picture itself: a thin ring is still a ring there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from cs_agent.demo.pilot.sight.colours import FAR, Pixels, common_colour, saturation
from cs_agent.geometry import Box, Size

_STEPS = (18, 60)  # levels from the background: the second where compression joined what lies apart


class MarkState(StrEnum):
    CHOSEN = "chosen"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Mark:
    """A radio button, tick box or switch."""

    box: Box
    state: MarkState


def find_mark(pixels: Pixels, region: Box, text_height: int) -> Mark | None:
    """The mark in a region beside a label: the shape of a mark's size that lies nearest the region's middle line."""
    region = region.clipped(Size(pixels.shape[1], pixels.shape[0]))
    if region.width < 6 or region.height < 6:
        return None
    crop = pixels[region.top : region.bottom, region.left : region.right]
    fits = ([box for box in _shapes(crop, step) if _mark_sized(box, text_height, crop.shape[0])] for step in _STEPS)
    shapes = next((boxes for boxes in fits if boxes), None)
    if shapes is None:
        return None
    box = min(shapes, key=lambda item: (abs(item.center.y - crop.shape[0] // 2), -item.area))
    state = _state(crop, box)
    moved = Box(box.left + region.left, box.top + region.top, box.right + region.left, box.bottom + region.top)
    return Mark(moved, state) if state else None


def _shapes(crop: Pixels, step: int) -> list[Box]:
    """Boxes of what differs from the crop's own background, touching the crop's edge excluded."""
    background = np.array(common_colour(crop), np.int16)
    different = (np.abs(crop.astype(np.int16) - background).max(axis=2) > step).astype(np.uint8)
    joined = cv2.morphologyEx(different, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    height, width = crop.shape[:2]
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in (cv2.boundingRect(contour) for contour in contours)]
    return [box for box in boxes if box.left > 0 and box.top > 0 and box.right < width and box.bottom < height]


def _mark_sized(box: Box, text_height: int, crop_height: int) -> bool:
    square = 0.8 <= box.width / max(1, box.height) <= 1.25
    switch = 1.5 <= box.width / max(1, box.height) <= 2.3
    size_fits = 0.45 * text_height <= box.height <= 1.9 * text_height
    central = abs(box.center.y - crop_height / 2) <= 0.45 * text_height
    return (square or switch) and size_fits and central


def _state(crop: Pixels, box: Box) -> MarkState | None:
    outline = _outline_cover(crop, box)
    if outline < 0.55:
        return None
    if box.width > 1.4 * box.height:
        return _switch_state(crop, box)
    inset_x, inset_y = round(box.width * 0.24), round(box.height * 0.24)
    inner = crop[box.top + inset_y : box.bottom - inset_y, box.left + inset_x : box.right - inset_x]
    common = common_colour(inner)
    spread = float(np.mean(np.abs(inner.astype(np.int16) - np.array(common, np.int16)).max(axis=2) > FAR))
    plain = spread < 0.06
    quiet = saturation(common) < 0.25 and (_near(common, common_colour(crop)) or min(common) > 200)
    return MarkState.EMPTY if plain and quiet else MarkState.CHOSEN


def _outline_cover(crop: Pixels, box: Box) -> float:
    """How much of the box's circumference is drawn: icons are ragged, marks are closed circles or squares."""
    part = crop[box.top : box.bottom, box.left : box.right]
    background = np.array(common_colour(crop), np.int16)
    drawn = np.abs(part.astype(np.int16) - background).max(axis=2) > 18
    height, width = drawn.shape
    reach = max(2, round(0.2 * min(height, width)))
    sides = [
        drawn[:reach].any(axis=0)[width // 4 : -(width // 4) or None],
        drawn[-reach:].any(axis=0)[width // 4 : -(width // 4) or None],
        drawn[:, :reach].any(axis=1)[height // 4 : -(height // 4) or None],
        drawn[:, -reach:].any(axis=1)[height // 4 : -(height // 4) or None],
    ]
    return min(float(side.mean()) if side.size else 0.0 for side in sides)


def _switch_state(crop: Pixels, box: Box) -> MarkState:
    part = crop[box.top : box.bottom, box.left : box.right]
    left, right = part[:, : part.shape[1] // 4], part[:, -(part.shape[1] // 4) :]
    colours = [common_colour(side) for side in (left, right, part)]
    return MarkState.CHOSEN if max(saturation(colour) for colour in colours) > 0.35 else MarkState.EMPTY


def _near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 14
