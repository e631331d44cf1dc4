"""Signs without words: those that a finger holds which begins to scroll, wheels of numbers, a search field's.

Pixels and boxes only, device coordinates.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from cs_agent.engine.screen.compare import grey_of
from cs_agent.engine.screen.drawn.pictured import even_column
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation

_REACH = 0.04  # of the width, around the finger's middle
_TIP = 0.02  # of the width: what is drawn further off is not held
_STEP = 40  # grey levels between a sign and its paper; the pages behind cards differ less
_PAPER = 0.5  # of the pixels: a photograph has no paper
_STROKE = 0.004  # of the width: a line between two entries is no thicker
_BOX = 0.6  # of the width: a search field is no narrower
_LOW = 2.5  # heights of its words: a field's edge is no further above or below
_BEGINS = 0.2  # of the width of the field, from its edge to its hint
_PALE = 160  # grey levels from the paper: a hint is paler than words are
_SHADE = 6  # grey levels between a field and the page
_EDGE = 0.02  # of the width: a mark of how far a page is scrolled stands so near its edge
_FAINT = 12  # grey levels: what is drawn, however faint
_NUMBER = re.compile(r"^(\d{1,4})\s*\D{0,3}$")
_LEAST_NUMBERS = 3


def is_on_wheel(seen: Observation, point: Point) -> bool:
    """Whether the point is on a number of an even column in which each number exceeds the one before it by the same
    amount."""
    line = next((each for each in seen.lines if each.box.grown(each.box.height).contains(point)), None)
    if line is None or not _NUMBER.match(line.text.strip()):
        return False
    column = even_column(seen, line.box, 0, _NUMBER)
    told = {each.box: found[1] for each in seen.lines if (found := _NUMBER.match(each.text.strip()))}
    steps = {int(told[two]) - int(told[one]) for one, two in pairwise(column)}
    return len(column) >= _LEAST_NUMBERS and len(steps) == 1 and steps != {0}


def is_on_sign(seen: Observation, point: Point) -> bool:
    """Whether a sign is drawn under the finger, and no word or photograph."""
    width = seen.size.width
    reach, tip = int(_REACH * width), int(_TIP * width)
    around = Box(point.x - reach, point.y - reach, point.x + reach + 1, point.y + reach + 1).clipped(seen.size)
    if not around.area:
        return False
    grey = grey_of(seen.screenshot.image, around)
    levels = np.bincount((grey // 8).ravel(), minlength=32)
    away = np.abs(grey - (int(levels.argmax()) * 8 + 4))
    if float((away <= _STEP // 2).mean()) < _PAPER:
        return False
    drawn = away > _STEP
    told = [line.box for line in seen.lines] + [node.box for node in seen.nodes or () if node.label.strip()]
    if any(box.grown(tip).contains(point) for box in told if box.height <= 2 * reach):
        return False
    y, x = point.y - around.top, point.x - around.left
    held = drawn[max(0, y - tip) : y + tip + 1, max(0, x - tip) : x + tip + 1]
    rows = held.mean(axis=1) > 0.5
    return bool(held.any()) and (float(rows.mean()) * held.shape[0] > _STROKE * width or not rows.any())


def is_blank_across(seen: Observation, point: Point) -> bool:
    """Whether nothing is drawn from edge to edge on the finger's way sideways, but for rules between entries."""
    tip = int(_TIP * seen.size.width)
    return is_blank(seen, Box(0, point.y - tip, seen.size.width, point.y + tip + 1))


def is_blank(seen: Observation, part: Box) -> bool:
    """Whether nothing is drawn in this part of the page but rules from edge to edge; the page's own edges aside."""
    edge = int(_EDGE * seen.size.width)
    way = Box(max(edge, part.left), part.top, min(part.right, seen.size.width - edge), part.bottom).clipped(seen.size)
    if not way.area:
        return False
    return int(np.ptp(grey_of(seen.screenshot.image, way), axis=1).max()) <= _FAINT


def is_hint_in_box(seen: Observation, words: Box) -> bool:
    """Whether pale words stand so: the empty field of a search."""
    if not is_in_search_box(seen, words):
        return False
    grey = grey_of(seen.screenshot.image, words)
    return int(np.abs(grey - np.median(grey)).max(initial=0)) <= _PALE


def is_in_search_box(seen: Observation, words: Box) -> bool:
    """Whether words stand behind a sign at the left of a wide low box of another shade than the page, alone in it."""
    image, size, high = seen.screenshot.image, seen.size, words.height
    x, y = words.right + high // 2, words.top - high // 5
    if not 0 <= y < size.height or not 0 <= words.left < words.right <= x < size.width:
        return False
    row = grey_of(image, Box(0, y, size.width, y + 1))[0]
    paper = int(np.median(row[words.left : words.right]))
    across = np.abs(row - paper) < _SHADE
    down = np.abs(grey_of(image, Box(x, 0, x + 1, size.height))[:, 0] - paper) < _SHADE
    left, right = _run(across, words.left)
    top, bottom = _run(down, words.center.y)
    if left <= 0 or right >= len(across) or right - left < _BOX * len(across):
        return False
    if words.top - top > _LOW * high or bottom - words.bottom > _LOW * high:
        return False
    if words.left - left > _BEGINS * (right - left) or any(
        line.box != words and left <= line.box.center.x < right and top <= line.box.center.y < bottom
        for line in seen.lines
    ):
        return False
    before = grey_of(image, Box(left + high // 2, words.top, words.left - high // 5, words.bottom))
    return bool((np.abs(before - paper) > _STEP).any())


def _run(same: np.ndarray, at: int) -> tuple[int, int]:
    """How far the run of marks that holds `at` reaches."""
    before, behind = np.flatnonzero(~same[:at][::-1]), np.flatnonzero(~same[at:])
    return at - int(before[0]) if len(before) else 0, at + int(behind[0]) if len(behind) else len(same)
