"""Where an action meets the screen, in device pixels."""

from __future__ import annotations

from cs_agent.engine.actions.values import Action, DoubleTap, LongPress, Swipe, Tap
from cs_agent.geometry import NormPoint, Point, Size

TOUCHES = (Tap, DoubleTap, LongPress)


def touch_points(action: Action, size: Size) -> tuple[Point, ...]:
    """Where the action meets the screen: one point, two for a swipe, none for the rest."""
    places: tuple[NormPoint, ...] = ()
    if isinstance(action, TOUCHES):
        places = (action.element,)
    elif isinstance(action, Swipe):
        places = (action.start, action.end)
    return tuple(place.to_point(size) for place in places)


def touch_of(action: Action, size: Size) -> tuple[int, ...]:
    """The same as plain numbers: x, y or x1, y1, x2, y2."""
    return tuple(number for point in touch_points(action, size) for number in (point.x, point.y))
