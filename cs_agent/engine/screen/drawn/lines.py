"""The lines of text that a picture shows at and around a point.

Rule: what is read from an icon comes back as a letter or two of low score, or as a lone letter, and is no text.
"""

from __future__ import annotations

import re

from cs_agent.engine.screen.text import looks_same, squash
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import Observation, TextLine, UiNode

NEAR = 0.03  # of the screen's height: a finger's breadth
_STRAY_CHARS = 2  # an icon read by OCR comes back as a letter or two
_STRAY_SCORE = 0.8
_SIGN_CHARS = 1  # that OCR reads an icon as, in one line with the words beside it
SIDES = (0.14, 0.8)  # of the screen's width: icons stand further out, the words of a row in between
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ROW_TEXTS = 2  # a row with more is a grid


def agrees(text: str, labels: tuple[str, ...]) -> bool:
    tight = squash(text)
    return any(
        looks_same(text, label) or (squash(label) and squash(label) in tight) or (tight and tight in squash(label))
        for label in labels
    )


def is_stray(line: TextLine) -> bool:
    return len(squash(line.text)) <= _STRAY_CHARS and line.score < _STRAY_SCORE


def is_glyph(line: TextLine) -> bool:
    """Whether OCR may have read it from a control's icon, however certain it is: a lone letter or sign. Digits are
    keys."""
    text = line.text.strip()
    return is_stray(line) or (len(text) == 1 and not text.isdigit() and not _HAN.match(text))


def is_told_beside(line: TextLine, box: Box, nodes: tuple[UiNode, ...]) -> bool:
    """OCR read the control's icon and the words beside it as one line: the tree tells those words outside the
    control, and no more than a sign is left of the line."""
    read = squash(line.text)
    if box.contains(line.box.center):
        return False
    beside = (node for node in nodes if node.box.intersects(line.box) and not box.contains(node.box.center))
    told = (squash(node.label) for node in beside if not node.box.contains(box.center))
    return any(text and read.endswith(text) and len(read) - len(text) <= _SIGN_CHARS for text in told)


def lines_under(lines: tuple[TextLine, ...], point: Point) -> list[TextLine]:
    held = [line for line in lines if line.box.grown(line.box.height // 2).contains(point) and not is_stray(line)]
    return sorted(held, key=lambda line: distance(line.box, point))


def lines_near(lines: tuple[TextLine, ...], point: Point, size: Size) -> list[TextLine]:
    reach = int(NEAR * size.height)
    near = [line for line in lines if distance(line.box, point) <= reach and not is_stray(line)]
    return sorted(near, key=lambda line: distance(line.box, point))


def lines_of_row(lines: tuple[TextLine, ...], point: Point, size: Size) -> list[TextLine]:
    """The text of a row whose blank middle is touched; never for its ends, where icons are."""
    if not SIDES[0] * size.width <= point.x <= SIDES[1] * size.width:
        return []
    row = [line for line in lines if not is_stray(line) and _spans(line.box, point)]
    return sorted(row, key=lambda line: distance(line.box, point)) if len(row) <= _ROW_TEXTS else []


def _spans(box: Box, point: Point) -> bool:
    """Whether the point is at the height of the box, half a line more or less."""
    half = box.height // 2
    return box.top - half <= point.y < box.bottom + half


def lines_in(observation: Observation, box: Box) -> list[TextLine]:
    return [line for line in observation.lines if box.contains(line.box.center)]


def distance(box: Box, point: Point) -> int:
    """From the point to the box's edge; 0 inside."""
    dx = max(box.left - point.x, 0, point.x - box.right)
    dy = max(box.top - point.y, 0, point.y - box.bottom)
    return max(dx, dy)


def labels_near(observation: Observation, point: Point) -> tuple[str, ...]:
    """What stands within half that distance, of the tree's controls as well, nearest first."""
    reach = int(NEAR * observation.size.height)
    nodes = [(node.label, node.box) for node in observation.nodes or () if node.clickable and node.label]
    lines = [(line.text, line.box) for line in observation.lines if not is_stray(line)]
    near = [(distance(box, point), text) for text, box in nodes + lines if distance(box, point) <= reach // 2]
    return tuple(dict.fromkeys(text for _, text in sorted(near)))
