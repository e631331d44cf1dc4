"""One page of the phone's browser as something that can be looked at and touched.

Rule: coordinates are CSS pixels of the page's viewport; touches are real touch events, so that the page scrolls,
clicks and focuses by itself. A page that is being replaced answers no script until the next one has come, so
nothing that others wait for may wait for a page longer than PATIENCE_S; pictures and touches never wait for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, TypeVar

from playwright.async_api import CDPSession, Page

from cs_agent.demo.phone.browser.camera import Camera

PATIENCE_S = 1.5
_MOVE_INTERVAL_S = 0.016
_TOUCH_TIMEOUT_S = 2.0
_TOUCH_CHECK_S = 0.05
_THEME = "(document.querySelector('meta[name=theme-color]') || {}).content || ''"

Place = tuple[float, float]
T = TypeVar("T")


async def within_patience(work: Awaitable[T]) -> T | None:
    """None when the page did not answer in time; what was asked of it still happens when it can."""
    try:
        return await asyncio.wait_for(work, PATIENCE_S)
    except TimeoutError:
        return None


class Surface:
    """A page with its DevTools session, its camera, and what the phone knows about it."""

    def __init__(self, page: Page, session: CDPSession, camera: Camera) -> None:
        self.page = page
        self.session = session
        self.camera = camera
        self.text_focus = False  # a text field was given the focus by a touch
        self.keyboard_hidden = False  # by Back, until the field is touched again
        self.touched_at = 0.0  # when a finger was last lifted
        self.theme = ""  # the colour the page wants for the status bar
        self._viewport: tuple[int, int] | None = None

    @classmethod
    async def of(cls, page: Page, background: str = "#ffffffff", *, follow_motion: bool = True) -> Surface:
        """`background`, as #rrggbbaa, shows where the page paints nothing."""
        session = await page.context.new_cdp_session(page)
        surface = cls(page, session, Camera(page, session, follow_motion=follow_motion))
        color = dict(zip("rgba", bytes.fromhex(background[1:]), strict=True))
        await session.send("Emulation.setDefaultBackgroundColorOverride", {"color": color})
        await surface.camera.watch()
        return surface

    @property
    def blocked(self) -> bool:
        """A JavaScript dialog is open: the page can neither draw nor be asked."""
        return self.camera.frozen

    @blocked.setter
    def blocked(self, value: bool) -> None:
        self.camera.frozen = value

    async def read_theme(self) -> None:
        self.theme = await within_patience(self.page.evaluate(_THEME)) or ""

    async def set_identity(self, user_agent: str, languages: str) -> None:
        """What servers and scripts see: the browser's name and the preferred languages, best first."""
        identity = {"userAgent": user_agent, "acceptLanguage": languages}
        await within_patience(self.session.send("Emulation.setUserAgentOverride", identity))
        locale = {"locale": languages.partition(",")[0]}
        await within_patience(self.session.send("Emulation.setLocaleOverride", locale))

    async def fit(self, viewport: tuple[int, int]) -> None:
        """Give the page this CSS size, if it has another."""
        if self._viewport == viewport:
            return
        self._viewport = viewport
        width, height = viewport
        await within_patience(self.page.set_viewport_size({"width": width, "height": height}))
        await self.camera.watch()

    async def press(self, place: Place, hold_s: float) -> None:
        """A finger down and up again."""
        await self._touch("touchStart", place)
        await asyncio.sleep(hold_s)
        await self._touch("touchEnd")

    async def stroke(self, start: Place, end: Place, seconds: float, hold_s: float) -> None:
        """A finger down, held, moved in a straight line, and up."""
        await self._touch("touchStart", start)
        await asyncio.sleep(hold_s)
        began = time.monotonic()
        share = 0.0
        while share < 1.0:
            await asyncio.sleep(_MOVE_INTERVAL_S)
            share = min(1.0, (time.monotonic() - began) / seconds) if seconds > 0 else 1.0
            place = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
            await self._touch("touchMove", place)
        await self._touch("touchEnd")

    async def _touch(self, kind: str, place: Place | None = None) -> None:
        if kind == "touchMove":
            self.camera.expect_motion()
        points = [{"x": place[0], "y": place[1]}] if place else []
        event = {"type": kind, "touchPoints": points}
        sending = asyncio.ensure_future(self.session.send("Input.dispatchTouchEvent", event))
        try:
            await self._delivered(sending)
        finally:
            if kind == "touchEnd":  # until then the page's own damage events tell
                self.touched_at = time.monotonic()
                self.camera.mark_changed()

    async def _delivered(self, sending: asyncio.Future[Any]) -> None:
        """Not longer than a page can hold it up: one that hangs, or asks something, takes the touch when it can."""
        deadline = time.monotonic() + _TOUCH_TIMEOUT_S
        while not sending.done() and not self.blocked and time.monotonic() < deadline:
            await asyncio.wait({sending}, timeout=_TOUCH_CHECK_S)
        if sending.done():
            sending.result()
        else:
            sending.add_done_callback(_take_notice)


def _take_notice(sending: asyncio.Future[Any]) -> None:
    """The page may be gone by the time it could have taken the touch: nobody waits for that any more."""
    if not sending.cancelled():
        sending.exception()
