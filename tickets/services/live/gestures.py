"""Gestures of a human who took a phone over, on their way from the browser to the phone's host.

Rule: a gesture names the takeover it belongs to and when it was made; the phone host checks that the takeover
still holds the phone's lease before it acts, and drops gestures that waited too long.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

import redis
import redis.asyncio
from django.conf import settings

LATE = "gesture.late"  # the event of a gesture that waited too long
MAX_AGE_S = 5.0  # a late tap would land on another screen than the human saw
MAX_SECONDS = 10.0
_MAX_TEXT = 2000
_LARGEST = 100_000  # pixels; no screen has more
log = logging.getLogger(__name__)


class GestureKind(StrEnum):
    TAP = "tap"
    LONG_PRESS = "long_press"
    SWIPE = "swipe"
    TYPE = "type"
    KEY = "key"
    COMMIT = "commit"  # of a lesson: what is there commits; on a phone for rehearsals it is not touched


_POINTS = {GestureKind.TAP: 2, GestureKind.LONG_PRESS: 2, GestureKind.COMMIT: 2, GestureKind.SWIPE: 4}


@dataclass(frozen=True, slots=True)
class Gesture:
    """`points`: device pixels, (x, y) or (x1, y1, x2, y2). `text`: what to type. `key`: back, home, recent, enter.
    `slot`: in a lesson, whose value the text is."""

    takeover: str
    user_id: int
    kind: GestureKind
    points: tuple[int, ...] = ()
    text: str = ""
    key: str = ""
    seconds: float = 0.3
    made_at: float = 0.0  # seconds since the epoch
    slot: str = ""
    sure: bool = False  # in a lesson: the teacher declares that the touched control is no commit

    def __post_init__(self) -> None:
        """Raises ValueError for an impossible gesture."""
        wanted = _POINTS.get(self.kind, 0)
        if len(self.points) != wanted or not all(_is_place(value) for value in self.points):
            raise ValueError(f"{self.kind} takes {wanted} coordinates")
        if not 0 < self.seconds <= MAX_SECONDS:  # also false for NaN
            raise ValueError(f"a gesture lasts up to {MAX_SECONDS:g} seconds")
        if self.kind is GestureKind.TYPE and not (0 < len(self.text) <= _MAX_TEXT and _is_text(self.text)):
            raise ValueError(f"text must have 1 to {_MAX_TEXT} characters")
        if self.kind is GestureKind.KEY and self.key not in {"back", "home", "recent", "enter"}:
            raise ValueError("key must be back, home, recent or enter")

    def pack(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Gesture:
        fields = json.loads(data)
        return cls(**{**fields, "kind": GestureKind(fields["kind"]), "points": tuple(fields["points"])})


async def send(phone_id: int, gesture: Gesture) -> None:
    """Hand the gesture to the phone's host."""
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    try:
        async with client.pipeline(transaction=False) as pipe:
            pipe.rpush(_key(phone_id), gesture.pack())
            pipe.expire(_key(phone_id), int(MAX_AGE_S) + 1)
            await pipe.execute()
    finally:
        await client.aclose()


def receive(
    client: redis.Redis, phone_id: int, timeout_s: float, *, late: Callable[[Gesture], None] = lambda _gesture: None
) -> Gesture | None:
    """The next gesture for this phone that is not too old; None on time-out, and for one that `late` is told of."""
    answer = client.blpop([_key(phone_id)], timeout=timeout_s)
    if not isinstance(answer, (list, tuple)):
        return None
    try:
        gesture = Gesture.unpack(answer[1])
    except (ValueError, TypeError, KeyError) as error:  # of another release, or not ours
        log.warning("gesture for phone %s cannot be read and was dropped: %s", phone_id, error)
        return None
    if time.time() - gesture.made_at <= MAX_AGE_S:
        return gesture
    late(gesture)
    return None


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _is_text(text: str) -> bool:
    """Whether it can be sent at all: half a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _key(phone_id: int) -> str:
    return f"cs_agent:gestures:{phone_id}"
