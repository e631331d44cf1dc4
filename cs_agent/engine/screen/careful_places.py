"""The places of a picture that are read with care: around a touch, and the rows of a value with its caption."""

from __future__ import annotations

from cs_agent.engine.screen.targets import control_box
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation

_BAND = 0.035  # of the screen's height, above and below a touch point, that is read with care
_NARROW = 0.28  # of the screen's width, to either side, where the tree knows the control
_ABOVE = 2.5  # heights of a value, up to its caption …
_HIGHEST_CAPTION = 0.06  # … but no more of the screen: a value may be a paragraph


def rows_of(box: Box, observation: Observation) -> Box:
    """The whole width, up to a caption that may stand above the value."""
    above = min(_ABOVE * box.height, _HIGHEST_CAPTION * observation.size.height)
    top, bottom = box.top - above, box.bottom + min(box.height // 2, int(above))
    return Box(0, int(top), observation.size.width, bottom).clipped(observation.size)


def joined(places: list[Box]) -> list[Box]:
    """Merge overlapping regions."""
    kept: list[Box] = []
    for place in sorted(places, key=lambda box: box.top):
        if kept and kept[-1].intersects(place):
            kept[-1] = Box.around([kept[-1], place])
        else:
            kept.append(place)
    return kept


def surroundings(observation: Observation, point: Point) -> Box:
    """What is read around a touch point, in screen pixels: the control with a little beside it, if the tree has it;
    otherwise the whole row."""
    band, control = band_around(observation, point), control_box(observation, point)
    if control is None:
        return band
    reach = int(_NARROW * observation.size.width)
    near = Box.around([control, Box(point.x - reach, point.y, point.x + reach, point.y + 1)])
    return Box(near.left, min(near.top, band.top), near.right, max(near.bottom, band.bottom)).clipped(observation.size)


def band_around(observation: Observation, point: Point) -> Box:
    """The row at a touch point, as wide as the screen."""
    reach = int(_BAND * observation.size.height)
    return Box(0, point.y - reach, observation.size.width, point.y + reach).clipped(observation.size)
