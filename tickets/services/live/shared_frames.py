"""One reader of a phone's frames for all viewers of this process.

Rule: only the newest frame is kept, never a queue; a slow viewer gets the newest and delays nobody. The reader starts
with the first viewer and ends with the last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from weakref import WeakKeyDictionary

from tickets.services.live.frames import TICK_WAIT_S, Frame, FrameReader

_Key = tuple[int, bool]


class SharedReader:
    """As FrameReader: `async with SharedReader(phone_id) as reader: async for frame in reader.frames()`."""

    def __init__(self, phone_id: int, *, covered: bool = False) -> None:
        self._key = (phone_id, covered)

    async def __aenter__(self) -> SharedReader:
        sources = _sources.setdefault(asyncio.get_running_loop(), {})
        source = sources.get(self._key)
        if source is None or source.has_ended:
            source = sources[self._key] = _Source(self._key)
        source.viewers += 1
        self._source = source
        return self

    async def __aexit__(self, *exc: object) -> None:
        source = self._source
        source.viewers -= 1
        if source.viewers:
            return
        sources = _sources[asyncio.get_running_loop()]
        if sources.get(self._key) is source:
            del sources[self._key]
        await source.end()

    async def current_at(self) -> float | None:
        """When the screen was last known to look like the newest frame; seconds since the epoch."""
        return await self._source.reader.current_at()

    async def frames(self) -> AsyncIterator[Frame | None]:
        """The newest frame at once, then each newer one when asked for; None about once a second without news."""
        last = -1.0
        while True:
            self._source.require_alive()
            frame = self._source.newest
            if frame is not None and frame.captured_at != last:
                last = frame.captured_at
                yield frame
            elif not await self._source.has_news(TICK_WAIT_S):
                yield None


class _Source:
    """Reads one stream from its creation until `end`."""

    def __init__(self, key: _Key) -> None:
        phone_id, covered = key
        self.reader = FrameReader(phone_id, covered=covered)
        self.viewers = 0
        self.newest: Frame | None = None
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._read())
        self._task.add_done_callback(lambda _: self._tell())

    @property
    def has_ended(self) -> bool:
        return self._task.done()

    def require_alive(self) -> None:
        """Raise what ended the reading."""
        if self._task.done():
            self._task.result()

    async def has_news(self, limit_s: float) -> bool:
        try:
            await asyncio.wait_for(self._news.wait(), limit_s)
        except TimeoutError:
            return False
        return True

    async def end(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([self._task])

    async def _read(self) -> None:
        async with self.reader as reader:
            async for frame in reader.frames():
                if frame is not None:
                    self.newest = frame
                    self._tell()

    def _tell(self) -> None:
        """Wake all current waiters."""
        told, self._news = self._news, asyncio.Event()
        told.set()


_sources: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, _Source]] = WeakKeyDictionary()
