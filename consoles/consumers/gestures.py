"""Converts a gesture sent by the browser to one for the phone.

On the wire: {"kind": "tap", "at": [x, y]} with x and y as fractions of the screen (0-1); a swipe has four numbers and
`seconds`; `type` has `text`; `key` has `key`. What cannot be a gesture is Invalid. `after`: the milliseconds from the
opening of the socket to the gesture by the browser's own count, which no clock that is off disturbs.
"""

from __future__ import annotations

import time
from typing import Any

from django.utils.translation import gettext as _

from tickets.errors import Invalid
from tickets.services.live.gestures import MAX_AGE_S, Gesture, GestureKind

_LONGEST_S = 5.0
_LARGEST = 1e6


def read_gesture(
    message: dict[str, Any], *, takeover: str, user_id: int, size: tuple[int, int], lesson: bool = False
) -> Gesture:
    """`size`: the phone's screen in pixels, as in the frame the viewer was shown last. `lesson`: a slot may be named,
    and a place that commits."""
    try:
        if message.get("kind") == GestureKind.COMMIT and not lesson:
            raise ValueError("only a lesson marks what commits")
        return Gesture(
            takeover=takeover,
            user_id=user_id,
            kind=GestureKind(_text(message, "kind")),
            points=_points(message.get("at", []), size),
            text=_text(message, "text"),
            key=_text(message, "key"),
            seconds=min(max(_number(message.get("seconds", 0.3)), 0.05), _LONGEST_S),
            made_at=time.time(),
            slot=_text(message, "slot") if lesson else "",
            sure=lesson and message.get("sure") is True,
        )
    except ValueError as error:
        raise Invalid(_("无法识别的手势,没有执行。"), code="bad_gesture") from error


def refuse_late(message: dict[str, Any], open_for_s: float) -> None:
    """Invalid for a gesture that a stalled line held back: the screen it was meant for is long another.

    `open_for_s`: how long the socket has been open here.
    """
    after = message.get("after")
    if isinstance(after, (int, float)) and open_for_s - after / 1000 > MAX_AGE_S:
        raise Invalid(_("连接曾中断,这个操作到得太晚,没有执行。"), code="late_gesture")


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError(f"{name} holds what no keyboard has")
    return value


def _number(value: Any) -> float:
    """A finite number; JSON also permits NaN, infinities and integers of any length."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_LARGEST < value < _LARGEST:
        raise ValueError("not a number that can be used")
    return float(value)


def _points(fractions: Any, size: tuple[int, int]) -> tuple[int, ...]:
    if not isinstance(fractions, list) or len(fractions) > 4:
        raise ValueError("two or four numbers")
    values = [_number(value) for value in fractions]
    if values and not all(size):
        raise ValueError("no frame was shown yet")
    if not all(0 <= value <= 1 for value in values):
        raise ValueError("outside the screen")
    return tuple(min(int(value * size[i % 2]), size[i % 2] - 1) for i, value in enumerate(values))
