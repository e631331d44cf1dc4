"""Simple picture analysis: outlined and filled panels, small marks, and whether a dialog covers the page.

Rule: only shapes and colours are looked at here, never words. Boxes are in the pixels of the picture that was given.
Panels are found at a fixed working width, marks in the picture itself, so that a thin ring is still a ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.geometry import Box, Size

Pixels = NDArray[np.uint8]

WORKING_WIDTH = 540  # px; a hairline of a 1080 px screen is still one pixel here
_EDGE_LOW, _EDGE_HIGH = 12, 36  # light grey hairlines on white are meant to count
_SIDE_COVER = 0.62  # part of a straight side that must be edge for an outline to be a panel
_BULGE, _BULGING = 6, 40  # px at the working width: how far corners may bulge, and of boxes how high
_STEPS = (18, 60)  # levels from the background: the second where compression joined what lies apart
_RIVALS = 4  # colours that may be one, split by where levels are cut
_WOBBLE = 10  # levels by which compression moves a flat colour
_FAR = 40  # colour distance from which two colours are different to the eye
_LIGHT = 200  # of the darkest channel of a light ground
_PLAIN_INK = 190  # brightness of the dimmest writing in plain view
_BRIGHT = 225  # a dialog's card on a dimmed light page
_NIGHT = 80  # median brightness below which a page is a dark one
_BAR_ABOVE, _BAR_BELOW = 0.04, 0.065  # parts of the height that may be the system's own bars


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


class MarkState(StrEnum):
    CHOSEN = "chosen"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Mark:
    """A radio button, tick box or switch."""

    box: Box
    state: MarkState


class IconKind(StrEnum):
    MAGNIFIER = "magnifier"
    CLOSE = "close"
    PLUS = "plus"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Icon:
    kind: IconKind
    box: Box


def pixels_of(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def daylight(pixels: Pixels) -> Pixels:
    """A dark page as it would look with dark ink on a light ground, hues kept; a light page as it is.

    Everything here but `find_dialog` takes light pages for granted.
    """
    if np.median(pixels[::4, ::4].max(axis=2)) > _NIGHT:
        return pixels
    parts = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    parts[:, :, 0] = 255 - parts[:, :, 0]
    return np.asarray(cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB), dtype=np.uint8)


def find_panels(pixels: Pixels, seen: Pixels | None = None) -> tuple[Panel, ...]:
    """Rectangles (rounded too) of a control's size, outer before inner.

    `seen`: the picture before `daylight`; what is light there, a white box on a dark page, is painted as it is there.
    """
    scale = pixels.shape[1] / WORKING_WIDTH
    small = _at_working_width(pixels)
    edges = _edges(small)
    contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = _distinct([box for contour in contours if (box := _rectangle(contour, edges))])
    panels = [_panel(box, small, scale) for box in boxes]
    if seen is not None and seen is not pixels:
        as_seen = _at_working_width(seen)
        painted = [_panel(box, as_seen, scale) for box in boxes]
        panels = [own if min(own.fill) > _LIGHT else panel for panel, own in zip(panels, painted, strict=True)]
    return tuple(sorted(panels, key=lambda panel: (-panel.box.area, panel.box.top)))


def _at_working_width(pixels: Pixels) -> Pixels:
    height = max(1, round(pixels.shape[0] * WORKING_WIDTH / pixels.shape[1]))
    return np.asarray(cv2.resize(pixels, (WORKING_WIDTH, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _edges(small: Pixels) -> Pixels:
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
    fill = _common_colour(small[box.top + 3 : box.bottom - 3, box.left + 3 : box.right - 3])
    around = _common_colour(_ring(small, box))
    real = Box(*(round(side * scale) for side in (box.left, box.top, box.right, box.bottom)))
    return Panel(real, _look(fill, around), fill)


def _ring(small: Pixels, box: Box) -> Pixels:
    """A thin band just outside the box."""
    height = small.shape[0]
    above = small[max(0, box.top - 6) : max(0, box.top - 2), box.left : box.right]
    below = small[min(height, box.bottom + 2) : min(height, box.bottom + 6), box.left : box.right]
    both = np.concatenate([above.reshape(-1, 3), below.reshape(-1, 3)])
    return both if both.size else small[:1, :1].reshape(-1, 3)


def _common_colour(area: Pixels) -> tuple[int, int, int]:
    """The colour of most pixels; one that compression made wobble over a few levels counts as one."""
    flat = area.reshape(-1, 3)
    if not flat.size:
        return (255, 255, 255)
    coarse = (flat >> 3).astype(np.int32)
    keys = (coarse[:, 0] << 10) | (coarse[:, 1] << 5) | coarse[:, 2]
    values, counts = np.unique(keys, return_counts=True)
    most = np.argsort(counts)[::-1][: 1 if 2 * counts.max() > len(flat) else _RIVALS]
    means = [flat[keys == values[index]].mean(axis=0) for index in most]
    red, green, blue = max(means, key=lambda mean: _pixels_near(flat, mean)) if len(means) > 1 else means[0]
    return int(red), int(green), int(blue)


def _pixels_near(flat: Pixels, colour: NDArray[np.float64]) -> int:
    return int(np.count_nonzero(np.abs(flat - colour).max(axis=1) <= _WOBBLE))


def _look(fill: tuple[int, int, int], around: tuple[int, int, int]) -> Look:
    distance = max(abs(a - b) for a, b in zip(fill, around, strict=True))
    if distance <= 3:
        return Look.OUTLINED
    strong = (saturation(fill) > 0.35 or distance > 90) and min(fill) < 235  # white on a coloured bar is a box
    return Look.FILLED if strong and distance > _FAR else Look.TINTED


def saturation(colour: tuple[int, int, int]) -> float:
    high, low = max(colour), min(colour)
    return (high - low) / high if high else 0.0


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
    background = np.array(_common_colour(crop), np.int16)
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
    common = _common_colour(inner)
    spread = float(np.mean(np.abs(inner.astype(np.int16) - np.array(common, np.int16)).max(axis=2) > _FAR))
    plain = spread < 0.06
    quiet = saturation(common) < 0.25 and (_near(common, _common_colour(crop)) or min(common) > 200)
    return MarkState.EMPTY if plain and quiet else MarkState.CHOSEN


def _outline_cover(crop: Pixels, box: Box) -> float:
    """How much of the box's circumference is drawn: icons are ragged, marks are closed circles or squares."""
    part = crop[box.top : box.bottom, box.left : box.right]
    background = np.array(_common_colour(crop), np.int16)
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
    colours = [_common_colour(side) for side in (left, right, part)]
    return MarkState.CHOSEN if max(saturation(colour) for colour in colours) > 0.35 else MarkState.EMPTY


def _near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 14


def find_icons(pixels: Pixels, texts: tuple[Box, ...]) -> tuple[Icon, ...]:
    """Magnifiers, closing crosses, plus signs and back arrows that stand clear of text."""
    scale = pixels.shape[1] / WORKING_WIDTH
    small = _at_working_width(pixels)
    edges = cv2.dilate(_edges(small), np.ones((3, 3), np.uint8))
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
    background = np.array(_common_colour(border), np.int16)
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


def find_dialog(pixels: Pixels) -> Box | None:
    """The card of a dialog or bottom sheet: a bright block on a page that was dimmed around it.

    On a dark page the card is a dark grey, brighter than all that lies in plain view around it.
    """
    size = (108, max(1, round(pixels.shape[0] * 108 / pixels.shape[1])))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    light = np.asarray(small.max(axis=2), dtype=np.uint8)
    ground = float(np.median(light))
    if ground > _NIGHT:
        bright = _Block.above(light, _BRIGHT)
        return bright.box(pixels.shape[1]) if bright and bright.is_card and bright.dimmed_around(light) else None
    peaks = _peaks(pixels, light)
    levels = [*range(int(ground) + 4, _NIGHT + 40, 4), _BRIGHT]  # the dimmest at which one block stands out decides
    blocks = (_Block.above(light, level) for level in levels)
    found = next((block for block in blocks if block and block.is_card and block.dimmed_around_dark(peaks)), None)
    return found.box(pixels.shape[1]) if found else None


def _peaks(pixels: Pixels, light: Pixels) -> Pixels:
    """The brightest that lies under each pixel of the small picture: writing, which is thin, is lost in an average."""
    reach = max(1, pixels.shape[1] // light.shape[1])
    grown = cv2.dilate(np.ascontiguousarray(pixels.max(axis=2)), np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.resize(grown, light.shape[::-1], interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Block:
    """The greatest connected part of a picture that is brighter than a level; at `find_dialog`'s working size."""

    within: NDArray[np.bool_]
    x: int
    y: int
    width: int
    height: int
    area: int

    @classmethod
    def above(cls, light: Pixels, level: int) -> _Block | None:
        bright = cv2.morphologyEx((light > level).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
        if count < 2:
            return None
        index = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        return cls(labels == index, *(int(value) for value in stats[index]))

    @property
    def is_card(self) -> bool:
        rows, columns = self.within.shape
        solid = self.area >= 0.75 * self.width * self.height
        below_the_edge = self.y > 0  # what begins at the picture's edge is the page's own heading
        return solid and below_the_edge and self.width >= 0.45 * columns and 0.05 * rows <= self.height <= 0.88 * rows

    def box(self, picture_width: int) -> Box:
        scale = picture_width / self.within.shape[1]
        sides = (self.x, self.y, self.x + self.width, self.y + self.height)
        return Box(*(round(side * scale) for side in sides))

    def dimmed_around(self, light: Pixels) -> bool:
        outside = self._outside(light)
        return outside.size > 0 and float(np.percentile(outside, 90)) < 175 and _scrim(light, self.y, self.height)

    def dimmed_around_dark(self, peaks: Pixels) -> bool:
        """Writing shines through around it, and none of it is as bright as writing in plain view."""
        outside = self._outside(peaks)
        if not outside.size or float(outside.max()) < float(np.median(outside)) + 25:
            return False
        return float(np.percentile(outside, 99.5)) < _PLAIN_INK

    def _outside(self, light: Pixels) -> Pixels:
        """Empty where the block leaves hardly anything free. The system's own bars may stay bright."""
        rows = light.shape[0]
        page = slice(round(_BAR_ABOVE * rows), round((1 - _BAR_BELOW) * rows))
        outside = light[page][~self.within[page]]
        return outside if outside.size > 0.1 * light.size else outside[:0]


def _scrim(light: Pixels, top: int, card_height: int) -> bool:
    """The page behind shows through: its margin is neither bright nor black."""
    rows = np.r_[0:top] if top > 0.06 * light.shape[0] else np.r_[top + card_height : light.shape[0]]
    if not rows.size:
        return False
    middle = float(np.median(light[rows]))
    return 25 < middle < 185


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
    ground = np.array(_common_colour(part), np.int16)
    ink = part[np.abs(part.astype(np.int16) - ground).max(axis=2) > 90]
    if int(ground.max()) < 110:
        return bool(ink.size and float(np.median(ink)) > 150)
    red, green, blue = (float(value) for value in np.median(ink, axis=0)) if len(ink) else (0.0, 0.0, 0.0)
    return red > 150 and red - max(green, blue) > 70


def ground_differs(pixels: Pixels, one: Box, other: Box) -> bool:
    """Whether two areas have plainly different backgrounds."""
    colours = [_common_colour(pixels[box.top : box.bottom, box.left : box.right]) for box in (one, other)]
    return max(abs(a - b) for a, b in zip(*colours, strict=True)) > 60
