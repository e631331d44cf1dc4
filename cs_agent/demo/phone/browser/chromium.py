"""Finds Chromium and keeps one running for the phones of this process.

Rule: whoever holds a browser from here may lose it at any moment; asking again starts a new one.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.async_api import Browser, Error, Playwright, async_playwright

PATH_VARIABLE = "CS_AGENT_CHROMIUM"
_NAMES_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_LAUNCH_TRIES = 4
_FIRST_PAUSE_S = 0.25  # doubled after each failed launch

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=zh-CN",
    # Phones of this class isolate no sites either; one process per page keeps frames within one session.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,Translate,OverscrollHistoryNavigation",
)

log = logging.getLogger(__name__)


class ChromiumMissing(Exception):
    """No Chromium on this machine; the message says how to provide one."""


def find_chromium(playwright_own: str = "") -> str:
    """The path of a Chromium: the environment's, then Playwright's own, then the first one on PATH."""
    named = os.environ.get(PATH_VARIABLE, "")
    if named:
        if not Path(named).is_file():
            raise ChromiumMissing(f"{PATH_VARIABLE} names {named}, which is not a file")
        return named
    if playwright_own and Path(playwright_own).is_file():
        return playwright_own
    found = next(filter(None, map(shutil.which, _NAMES_ON_PATH)), None)
    if found is None:
        raise ChromiumMissing(
            f"no Chromium found: run `playwright install chromium`, install one, or set {PATH_VARIABLE}"
        )
    return found


class Chromium:
    """One headless Chromium with a fixed device scale, started on demand and again after it died."""

    def __init__(self, scale: float) -> None:
        """`scale` is device pixels per CSS pixel: native, so that captures need no resizing."""
        self.scale = scale
        self._driver: Playwright | None = None
        self._browser: Browser | None = None
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self.browser()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def browser(self) -> Browser:
        """The running browser, or a new one. Playwright's Error when none can be started."""
        async with self._lock:
            if self._browser is None or not self._browser.is_connected():
                self._browser = await self._launch()
            return self._browser

    async def close(self) -> None:
        async with self._lock:
            if self._browser is not None and self._browser.is_connected():
                await self._browser.close()
            self._browser = None
            await self._stop_driver()

    async def _launch(self) -> Browser:
        pause = _FIRST_PAUSE_S
        for left in reversed(range(_LAUNCH_TRIES)):
            try:
                return await self._launch_once()
            except Error as error:
                log.warning("Chromium did not start (%s tries left): %s", left, error.message)
                await self._stop_driver()
                if not left:
                    raise
                await asyncio.sleep(pause)
                pause *= 2
        raise AssertionError("the last try returns or raises")

    async def _launch_once(self) -> Browser:
        if self._driver is None:
            self._driver = await async_playwright().start()
        flags = [*_FLAGS, f"--force-device-scale-factor={self.scale}"]
        path = find_chromium(self._driver.chromium.executable_path)
        return await self._driver.chromium.launch(
            executable_path=path,
            args=flags,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )

    async def _stop_driver(self) -> None:
        driver, self._driver = self._driver, None
        if driver is None:
            return
        try:
            await driver.stop()
        except Error as error:
            log.info("the browser driver was gone already: %s", error.message)
