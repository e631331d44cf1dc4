"""Takes the pictures of one page, quickly and truthfully.

Rule: a picture is reused only while the page's damage events say that nothing changed since it was taken, and for
MAX_AGE_S at most (hardly at all while a finger moves things). Chromium sends a frame for every damage; one equal to
the last comes from our own capture and is no news. While a page keeps moving its damage frames are the pictures;
they may be a moment old, so a page counts as changed until a capture was taken after it came to rest, and that
capture is exact. After a touch the next picture is always captured.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections import deque
from typing import Any

from playwright.async_api import CDPSession, Error, Frame, Page

from cs_agent.demo.phone.browser.system_ui.compose import Pixels, decode

MAX_AGE_S = 1.0
_CAPTURE_TIMEOUT_S = 4.0  # a page that hangs keeps showing its last picture, as on a phone
_TRIES = 4  # a page that is just being replaced refuses captures for a moment
_RETRY_PAUSE_S = 0.05
_CAPTURE = {"format": "png", "optimizeForSpeed": True}
_STREAM = {"format": "jpeg", "quality": 92}
_MOVING_FRAMES = 2  # different frames within _MOVING_S make a movement
_MOVING_S = 0.4
_NEXT_FRAME_S = 0.08
_FLING_S = 0.6  # how long a page may go on moving after a finger moved
_MOVING_AGE_S = 0.08  # a picture of something that moves is not reused for longer


class Camera:
    """Pictures are RGBA rows; the same array is answered again while nothing changed."""

    def __init__(self, page: Page, session: CDPSession, *, follow_motion: bool = True) -> None:
        """Without `follow_motion` every picture is captured exactly, with its transparency."""
        self.frozen = False  # the page can draw nothing, its last picture stays
        self.last: Pixels | None = None
        self._page = page
        self._session = session
        self._follow_motion = follow_motion
        self._captured = ""  # base64 of the capture `last` was decoded from
        self._taken_at = 0.0
        self._changed = True
        self._must_capture = True
        self._moving_until = 0.0
        self._frame = ""  # the newest damage frame, base64
        self._frame_times: deque[float] = deque(maxlen=_MOVING_FRAMES)
        self._arrived = asyncio.Event()
        self._replaced = asyncio.Event()
        self._unanswered: list[int] = []
        self._answers: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()
        session.on("Page.screencastFrame", self._on_damage)
        page.on("framenavigated", self._on_navigated)

    async def watch(self) -> None:
        """Begin, or begin again after the page got another size."""
        self.mark_changed()
        await self._session.send("Page.stopScreencast")
        self._unanswered.clear()
        await self._session.send("Page.startScreencast", _STREAM)

    def mark_changed(self) -> None:
        self._changed = self._must_capture = True

    def expect_motion(self) -> None:
        """A finger moved. A busy machine drops damage frames, so for a while their absence proves nothing."""
        self._moving_until = time.monotonic() + _FLING_S

    async def picture(self) -> Pixels:
        """What is shown now; Playwright's Error when the page is gone."""
        async with self._lock:
            if self.frozen:
                await self._fall_back()
            elif self._is_outdated() and not (self._is_moving() and await self._follow()):
                await self._take()
            if self.last is None:
                raise Error("the page never drew anything")
            return self.last

    def _is_outdated(self) -> bool:
        if self.last is None:
            return True
        now = time.monotonic()
        allowed = _MOVING_AGE_S if now < self._moving_until else MAX_AGE_S
        too_old = self._follow_motion and now - self._taken_at > allowed
        return self._changed or too_old

    def _is_moving(self) -> bool:
        times = self._frame_times
        lately = len(times) == _MOVING_FRAMES and time.monotonic() - times[0] < _MOVING_S
        return self._follow_motion and lately and not self._must_capture

    async def _follow(self) -> bool:
        """Take the next damage frame; False when none comes, as the page is at rest."""
        self._arrived.clear()
        self._answer()
        try:
            await asyncio.wait_for(self._arrived.wait(), _NEXT_FRAME_S)
        except TimeoutError:
            return False
        await self._use_frame()
        return True

    async def _fall_back(self) -> None:
        """What the page drew last, when it cannot be captured."""
        if self._frame_times and self._frame_times[-1] > self._taken_at:
            await self._use_frame()

    async def _use_frame(self) -> None:
        self._taken_at = time.monotonic()
        self._captured = ""
        self.last = await asyncio.to_thread(_decoded, self._frame)

    async def _take(self) -> None:
        self._changed = self._must_capture = False
        self._answer()
        started = time.monotonic()
        try:
            data = await asyncio.wait_for(self._capture(), _CAPTURE_TIMEOUT_S)
        except TimeoutError:
            self._changed = True
            await self._fall_back()
            return
        except (Error, asyncio.CancelledError):  # the page refused or went, or nobody waits any more
            self.mark_changed()
            raise
        self._taken_at = started
        if data != self._captured:
            self.last = await asyncio.to_thread(_decoded, data)
            self._captured = data

    async def _capture(self) -> str:
        for left in reversed(range(_TRIES)):
            try:
                return await self._ask()
            except Error:
                if self._page.is_closed() or not left:
                    raise
                await asyncio.sleep(_RETRY_PAUSE_S)
        raise AssertionError("the last try returns or raises")

    async def _ask(self) -> str:
        """One capture. What a page was asked just before another took its place is never answered: it is asked anew."""
        while True:
            self._replaced.clear()
            answer = asyncio.ensure_future(self._session.send("Page.captureScreenshot", _CAPTURE))
            replaced = asyncio.ensure_future(self._replaced.wait())
            try:
                await asyncio.wait({answer, replaced}, return_when=asyncio.FIRST_COMPLETED)
                if answer.done():
                    return str(answer.result()["data"])
            finally:
                answer.cancel()
                replaced.cancel()

    def _on_navigated(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            self._replaced.set()

    def _on_damage(self, frame: dict[str, Any]) -> None:
        """While a change waits to be captured its frames stay unanswered, so that Chromium sends no more."""
        self._unanswered.append(frame["sessionId"])
        if frame["data"] != self._frame:
            self._frame = frame["data"]
            self._frame_times.append(time.monotonic())
            self._changed = True
            self._arrived.set()
        elif not self._changed:
            self._answer()

    def _answer(self) -> None:
        waiting, self._unanswered = self._unanswered, []
        for number in waiting:
            task = asyncio.ensure_future(self._acknowledge(number))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _acknowledge(self, number: int) -> None:
        try:
            await self._session.send("Page.screencastFrameAck", {"sessionId": number})
        except Error:
            self._changed = True  # the page is going; its next capture will say so


def _decoded(data: str) -> Pixels:
    return decode(base64.b64decode(data))
