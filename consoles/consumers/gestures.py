"""A gesture as the browser sends it, made into one for the phone.

On the wire: {"kind": "tap", "at": [x, y]} with x and y as fractions of the screen (0-1); a swipe has four numbers and
`seconds`; `type` has `text`; `key` has `key`. What cannot be a gesture is Invalid.
"""

from __future__ import annotations

import time
from typing import Any

from tickets.errors import Invalid
from tickets.services.live.gestures import Gesture, GestureKind

_LONGEST_S = 5.0


def read_gesture(message: dict[str, Any], *, takeover: str, user_id: int, size: tuple[int, int]) -> Gesture:
    """`size`: the phone's screen in pixels, as in the frame the viewer was shown last."""
    try:
        return Gesture(
            takeover=takeover,
            user_id=user_id,
            kind=GestureKind(str(message.get("kind"))),
            points=_points(message.get("at", []), size),
            text=str(message.get("text", "")),
            key=str(message.get("key", "")),
            seconds=min(max(float(message.get("seconds", 0.3)), 0.05), _LONGEST_S),
            made_at=time.time(),
        )
    except (ValueError, TypeError) as error:
        raise Invalid(code="bad_gesture") from error


def _points(fractions: Any, size: tuple[int, int]) -> tuple[int, ...]:
    values = [float(value) for value in fractions]
    if values and not all(size):
        raise ValueError("no frame was shown yet")
    if not all(0 <= value <= 1 for value in values):
        raise ValueError("outside the screen")
    return tuple(min(int(value * size[i % 2]), size[i % 2] - 1) for i, value in enumerate(values))
