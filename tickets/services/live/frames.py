"""The newest picture of each phone, in Redis: written by the screen feed, read by live views.

Rule: frames never queue. One slot per phone holds the newest JPEG; a tick on a pub/sub channel says "frame n is
there". A slow reader skips to the newest; nobody waits for a reader.

Every phone has two such streams: the unredacted screen, for those who decide on what it shows, and the *covered* one,
in which personal data is redacted, for all other viewers.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass

import redis
import redis.asyncio
from django.conf import settings

from tickets.services.live.store import store

_HEADER = struct.Struct("<QdII")  # sequence, captured_at, width, height; the JPEG follows
_SLOT_TTL_S = 3600
_VIEWER_TTL_S = 5
TICK_WAIT_S = 1.0
_COVERED = ":covered"


@dataclass(frozen=True, slots=True)
class Frame:
    """One JPEG of a phone's screen. `width`, `height` are the phone's pixels, not the JPEG's."""

    sequence: int
    captured_at: float  # seconds since the epoch
    width: int
    height: int
    jpeg: bytes

    def pack(self) -> bytes:
        return _HEADER.pack(self.sequence, self.captured_at, self.width, self.height) + self.jpeg

    @classmethod
    def unpack(cls, data: bytes) -> Frame:
        sequence, captured_at, width, height = _HEADER.unpack_from(data)
        return cls(sequence, captured_at, width, height, data[_HEADER.size :])


def publish(phone_id: int, frame: Frame, *, covered: bool = False) -> None:
    """Store the frame as the phone's newest and notify readers; raises redis.RedisError."""
    with store().pipeline(transaction=False) as pipe:
        pipe.set(_slot(phone_id, covered), frame.pack(), ex=_SLOT_TTL_S)
        if not covered:
            pipe.set(_confirmed(phone_id), repr(frame.captured_at), ex=_SLOT_TTL_S)
        pipe.publish(_channel(phone_id, covered), frame.sequence)
        pipe.execute()


def newest(phone_id: int) -> Frame | None:
    data = store().get(_slot(phone_id))
    return Frame.unpack(data) if isinstance(data, bytes) else None


def confirm(phone_id: int, at: float) -> None:
    """Record that the screen still showed the newest frame at that time (seconds since the epoch)."""
    store().set(_confirmed(phone_id), repr(at), ex=_SLOT_TTL_S)


def watched(phone_id: int, *, covered: bool = False) -> bool:
    """Whether this phone's stream has had a viewer within the last seconds."""
    return bool(store().exists(_viewers(phone_id, covered)))


class FrameReader:
    """One viewer's connection: `async with FrameReader(phone_id) as reader: async for frame in reader.frames()`.

    `covered`: with personal data redacted; such frames exist only while a run holds the phone.
    """

    def __init__(self, phone_id: int, *, covered: bool = False) -> None:
        self._phone_id = phone_id
        self._covered = covered
        self._redis = redis.asyncio.Redis.from_url(settings.REDIS_URL)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)

    async def __aenter__(self) -> FrameReader:
        await self._pubsub.subscribe(_channel(self._phone_id, self._covered))
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._pubsub.aclose()
        await self._redis.aclose()

    async def newest(self) -> Frame | None:
        data = await self._redis.get(_slot(self._phone_id, self._covered))
        return Frame.unpack(data) if isinstance(data, bytes) else None

    async def current_at(self) -> float | None:
        """When the screen was last known to look like the newest frame; seconds since the epoch."""
        value = await self._redis.get(_confirmed(self._phone_id))
        return float(value) if value is not None else None

    async def frames(self) -> AsyncIterator[Frame | None]:
        """The newest frame at once, then each newer one when asked for; None about once a second without news.

        Between two `anext` calls any number of frames may pass: only the newest is read.
        """
        last = -1.0
        while True:
            await self._redis.set(_viewers(self._phone_id, self._covered), 1, ex=_VIEWER_TTL_S)
            frame = await self.newest()
            if frame is not None and frame.captured_at != last:
                last = frame.captured_at
                yield frame
                continue
            message = await self._pubsub.get_message(timeout=TICK_WAIT_S)
            if message is None:
                yield None


def _slot(phone_id: int, covered: bool = False) -> str:
    return f"cs_agent:frame:{phone_id}{_COVERED if covered else ''}"


def _confirmed(phone_id: int) -> str:
    return f"cs_agent:confirmed:{phone_id}"


def _channel(phone_id: int, covered: bool = False) -> str:
    return f"cs_agent:tick:{phone_id}{_COVERED if covered else ''}"


def _viewers(phone_id: int, covered: bool = False) -> str:
    return f"cs_agent:viewers:{phone_id}{_COVERED if covered else ''}"
