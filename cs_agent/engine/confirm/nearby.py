"""Where a control without a name lies, so that a person who is asked about it knows which one is meant."""

from __future__ import annotations

from math import hypot

from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation

_REACH = 0.15  # of the screen's height: text further away names another part of the page
_FINGER = 0.03  # of the screen's height, to each side of a touch on nothing that has an outline
_MOST_CHARS = 30
_STRAY_CHARS = 1  # an icon that was read as a letter


def spot(point: Point, box: Box | None, seen: Observation) -> Box:
    """What is pointed out as touched: the control, else a finger's breadth around the touch."""
    return box or Box(point.x, point.y, point.x, point.y).grown(round(_FINGER * seen.size.height)).clipped(seen.size)


def text_near(place: Box, seen: Observation) -> str:
    """The text that stands nearest to that place of the screen, one in its own row first; empty where none is near."""
    texts = [(node.label, node.box) for node in seen.nodes or () if node.label]
    texts += [(line.text, line.box) for line in seen.lines]
    found = [(*_gaps(place, box), " ".join(text.split())) for text, box in texts if len(squash(text)) > _STRAY_CHARS]
    reach = _REACH * seen.size.height
    within = [each for each in found if not each[1] or hypot(*each[:2]) <= reach]
    near = [(apart > 0, hypot(aside, apart), text) for aside, apart, text in within]
    text = min(near, default=(False, 0.0, ""))[-1]
    return text if len(text) <= _MOST_CHARS else text[:_MOST_CHARS] + "…"


def _gaps(place: Box, other: Box) -> tuple[int, int]:
    """Pixels between two boxes, sideways and up or down."""
    aside = max(other.left - place.right, place.left - other.right, 0)
    apart = max(other.top - place.bottom, place.top - other.bottom, 0)
    return aside, apart
