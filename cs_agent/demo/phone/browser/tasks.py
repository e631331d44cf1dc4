"""A running app: its stack of pages, and what Back does in it.

Rule: an app keeps its pages as they are while it is in the background. Back goes through the page's own history
down to the page the app was opened at, then closes pages that were opened on top, then leaves the app.
"""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Error, Page

from cs_agent.demo.phone.browser.surface import Surface
from cs_agent.demo.phone.device.installed import PhoneApp
from cs_agent.demo.phone.device.screen import Component

_OPEN_PATIENCE_S = 1.5  # `am start` returns when the window is there, not when the page has loaded

_BLANK = "about:blank"


class AppTask:
    """One app that was started and not yet stopped."""

    def __init__(self, app: PhoneApp, root: Surface) -> None:
        self.app = app
        self.stack = [root]
        self.thumbnail = ""  # data URL, taken when it was left
        self._base = 0  # history entry Back does not go below
        self._opening: asyncio.Task[None] | None = None

    @property
    def surface(self) -> Surface:
        return self.stack[-1]

    @property
    def component(self) -> Component:
        return self.app.component

    def holds(self, page: Page) -> bool:
        return any(surface.page is page for surface in self.stack)

    async def open(self, url: str) -> None:
        """Load a page, and make it the one that Back leaves the app from."""
        await self._close_above_root()
        if self._opening is not None:
            self._opening.cancel()
        self._opening = asyncio.ensure_future(self._load(url))
        await asyncio.wait({self._opening}, timeout=_OPEN_PATIENCE_S)

    async def back(self) -> bool:
        """False when there is nothing left to go back to."""
        history = await self.surface.session.send("Page.getNavigationHistory")
        at = int(history["currentIndex"])
        floor = self._base if len(self.stack) == 1 else 0
        if at > floor and history["entries"][at - 1]["url"] != _BLANK:
            await self._go_to(history["entries"][at - 1])
            return True
        if len(self.stack) > 1:
            await self.surface.page.close()
            return True
        return False

    def forget(self, page: Page) -> None:
        self.stack = [surface for surface in self.stack if surface.page is not page or surface is self.stack[0]]

    async def close(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
        for surface in reversed(self.stack):
            if not surface.page.is_closed():
                await surface.page.close()

    async def _close_above_root(self) -> None:
        for surface in self.stack[:0:-1]:
            await surface.page.close()
        del self.stack[1:]

    async def _load(self, url: str) -> None:
        root = self.stack[0]
        try:
            await root.page.goto(url, wait_until="commit", timeout=0)
        except Error:
            if root.page.is_closed():
                return  # otherwise the browser's own page says what is wrong with the address
        root.camera.mark_changed()
        try:
            self._base = int((await root.session.send("Page.getNavigationHistory"))["currentIndex"])
        except Error:
            return  # stopped meanwhile

    async def _go_to(self, entry: dict[str, Any]) -> None:
        self.surface.camera.mark_changed()
        await self.surface.session.send("Page.navigateToHistoryEntry", {"entryId": entry["id"]})
