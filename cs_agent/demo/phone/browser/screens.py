"""The screens of one process's phones: one back office and one Chromium, a context per phone.

Rule: everything is stopped in reverse order of its start, whatever fails in between.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Self

from playwright.async_api import Error

from cs_agent.demo.phone.backoffice.server import DEFAULT_LATENCY_MS, BackOffice
from cs_agent.demo.phone.browser.chromium import Chromium, ChromiumMissing
from cs_agent.demo.phone.browser.screen import BrowserScreen
from cs_agent.demo.phone.browser.system_ui.layout import Layout
from cs_agent.demo.phone.device.faults import Faults
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.screen import Screen
from cs_agent.demo.phone.options import Options, StartFailed


class BrowserScreens:
    """Use as an async context manager; StartFailed when there is no browser or no port."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = AsyncExitStack()
        self._office = BackOffice(
            options.host, options.backoffice_port, latency_ms=options.latency_ms or DEFAULT_LATENCY_MS
        )
        self._chromium = Chromium(Layout.of(options.width, options.height, options.density).scale)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as starting:
            try:
                await starting.enter_async_context(self._office)
                await starting.enter_async_context(self._chromium)
            except OSError as error:
                port = self._options.backoffice_port
                raise StartFailed(f"cannot open the back office on port {port}: {error.strerror}") from error
            except (ChromiumMissing, Error) as error:
                raise StartFailed(str(error)) from error
            self._stack = starting.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    @property
    def facts(self) -> str:
        return f" backoffice={self._office.url}"

    async def make(self, key: str, files: PhoneFiles, faults: Faults) -> Screen:
        self._office.add_phone(key, faults)
        size = self._options
        screen = BrowserScreen(
            size.width,
            size.height,
            size.density,
            self._office.url,
            files,
            faults,
            phone_key=key,
            chromium=self._chromium,
            time_zone=size.time_zone,
        )
        try:
            return await self._stack.enter_async_context(screen)
        except Error as error:
            raise StartFailed(f"the screen of {key} did not start: {error.message}") from error
