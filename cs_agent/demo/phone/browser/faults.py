"""Carries out the faults that are drawn: on the shell, on the pages' appearance and on their network.

Rule: `Faults` is the only record; what is here follows it, and a fault that is switched off leaves no trace.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from html import escape
from typing import Any, Literal

from playwright.async_api import Error, Page, Request, Route

from cs_agent.demo.phone.browser.session import Session
from cs_agent.demo.phone.browser.surface import within_patience
from cs_agent.demo.phone.browser.system_ui.shell import Dialog
from cs_agent.demo.phone.browser.system_ui.words import words
from cs_agent.demo.phone.device.faults import Faults, FaultValue

BANNER_SHOWN_S = 6.0  # as long as a heads-up notification stays
BANNER_EVERY_S = 20.0
_EVERYTHING = "**/*"
_LOADS = ("document", "xhr", "fetch")
_LARGE_TEXT_PERCENT = 130
_LANGUAGES = ("zh-CN,zh", "en-US,en")

_ERROR_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>
<style>body{{margin:0;height:100vh;display:grid;place-content:center;justify-items:center;gap:14px;
font:16px/1.5 "Noto Sans CJK SC","Noto Sans SC",sans-serif;color:#333;background:#f6f7f9}}
svg{{width:88px;stroke:#b4bac4;fill:none;stroke-width:1.5;stroke-linecap:round}}p{{margin:0;color:#888}}
h1{{font-size:18px;margin:0}}button{{font:inherit;padding:10px 34px;border:1px solid #c8ccd4;border-radius:22px;
background:#fff;color:#1565d8}}@media(prefers-color-scheme:dark){{body{{background:#17191d;color:#e6e8ec}}
button{{background:#2a2c31;border-color:#44474e;color:#7fb0ff}}}}</style>
<svg viewBox="0 0 24 24"><path d="M3 9a13 13 0 0 1 18 0M6.5 13a8 8 0 0 1 11 0M10 16.5a3 3 0 0 1 4 0M4 3l16 18"/></svg>
<h1>{title}</h1><p>{text}</p><button onclick="location.reload()">{retry}</button></html>"""


class DrawnFaults:
    """One session's faults."""

    def __init__(self, session: Session, faults: Faults) -> None:
        self.session = session
        self.faults = faults
        self._routed = False
        self._held: set[Page] = set()
        self._banner: asyncio.Task[None] | None = None
        session.prepare = self.prepare
        session.on_front_changed = self.app_came_to_front

    async def start(self) -> None:
        """What was switched on before the screen was there. Before the first app is opened."""
        await self._set_appearance()
        await self._route()
        await self.changed("notification", self.faults.notification)

    async def changed(self, name: str, value: FaultValue) -> None:
        state = self.session.shell.state
        if name in ("dark_mode", "large_font", "english"):
            await self._set_appearance()
            if name == "english":
                await self._reload_apps()
        elif name in ("slow_page_s", "network_error"):
            await self._route()
        elif name == "notification":
            self._repeat_banner(bool(value))
        elif name in _DIALOG_FAULTS and not value:
            state.dialogs.pop(_DIALOG_FAULTS[name], None)
        elif name in _DIALOG_FAULTS:
            self.app_came_to_front()
        await self.session.arrange()

    def app_came_to_front(self) -> None:
        """Advertisements, questions for permission and hanging meet whoever opens an app."""
        if self.session.at_home:
            return
        state = self.session.shell.state
        if self.faults.advertisement:
            state.dialogs[Dialog.ADVERTISEMENT] = {}
        if self.faults.not_responding:
            name = self.session.front.app.name(state.english)
            state.dialogs[Dialog.NOT_RESPONDING] = {"message": words(state.english)["hangs"].format(app=name)}
        if self.faults.permission_dialog:
            name = self.session.front.app.name(state.english)
            state.dialogs[Dialog.PERMISSION] = {"message": words(state.english)["permission"].format(app=name)}

    def close(self) -> None:
        self._repeat_banner(False)

    # --- appearance

    async def _set_appearance(self) -> None:
        state = self.session.shell.state
        state.dark, state.large, state.english = (
            self.faults.dark_mode,
            self.faults.large_font,
            self.faults.english,
        )
        for page in self.session.context.pages:
            await self.prepare(page)

    async def prepare(self, page: Page) -> None:
        """Give a page the appearance and language that apply now."""
        surface = self.session.surface_of(page)
        try:
            if surface is not None:
                await surface.set_identity(self.session.user_agent, _LANGUAGES[self.faults.english])
            scheme: Literal["dark", "light"] = "dark" if self.faults.dark_mode else "light"
            await within_patience(page.emulate_media(color_scheme=scheme))
            percent = _LARGE_TEXT_PERCENT if self.faults.large_font else 100
            await within_patience(page.evaluate(_TEXT_SIZE, percent))
        except Error:
            return  # closing
        if surface is not None:
            surface.camera.mark_changed()

    async def _reload_apps(self) -> None:
        """Changing the language restarts what is on the screen, as on a phone."""
        for task in self.session.tasks:
            with contextlib.suppress(Error):
                await task.surface.page.reload(wait_until="commit")

    # --- notification

    def _repeat_banner(self, on: bool) -> None:
        if self._banner is not None:
            self._banner.cancel()
            self._banner = None
        self.session.shell.state.banner = False
        if on:
            self._banner = asyncio.ensure_future(self._banner_comes_and_goes())

    async def _banner_comes_and_goes(self) -> None:
        with contextlib.suppress(Error):
            while True:
                await self._show_banner(True)
                await asyncio.sleep(BANNER_SHOWN_S)
                await self._show_banner(False)
                await asyncio.sleep(BANNER_EVERY_S - BANNER_SHOWN_S)

    async def _show_banner(self, shown: bool) -> None:
        self.session.shell.state.banner = shown
        await self.session.arrange()

    # --- network

    async def _route(self) -> None:
        """Requests are held up only while they have to be: an interception costs time even when it does nothing."""
        wanted = self.faults.slow_page_s > 0 or self.faults.network_error > 0
        if wanted == self._routed:
            return
        self._routed = wanted
        if wanted:
            await self.session.context.route(_EVERYTHING, self._on_request)
        else:
            await self.session.context.unroute(_EVERYTHING, self._on_request)

    async def _on_request(self, route: Route) -> None:
        with contextlib.suppress(Error):  # the page, or the phone, is being closed
            await self._hold_up(route)

    async def _hold_up(self, route: Route) -> None:
        request = route.request
        if request.resource_type not in _LOADS:
            await route.continue_()
            return
        is_page = request.is_navigation_request()
        async with self._loading(_page_of(request) if is_page else None):
            await asyncio.sleep(self.faults.slow_page_s)
        if not self.faults.due("network_error"):
            await route.continue_()
        elif is_page:
            await route.fulfill(status=503, content_type="text/html; charset=utf-8", body=self._error_page())
        else:
            await route.abort("internetdisconnected")

    @contextlib.asynccontextmanager
    async def _loading(self, page: Page | None) -> AsyncIterator[None]:
        if page is None or not self.faults.slow_page_s:
            yield
            return
        self._held.add(page)
        await self.show_loading()
        try:
            yield
        finally:
            self._held.discard(page)
            await self.show_loading()

    async def show_loading(self) -> None:
        self.session.shell.state.loading = self.session.surface.page in self._held
        await self.session.arrange()

    def _error_page(self) -> str:
        text: dict[str, Any] = words(self.faults.english)
        return _ERROR_PAGE.format(
            title=escape(text["network_title"]),
            text=escape(text["network_text"]),
            retry=escape(text["network_retry"]),
        )


def _page_of(request: Request) -> Page | None:
    try:
        return request.frame.page
    except Error:
        return None  # a window that is only just opening


_DIALOG_FAULTS = {
    "advertisement": Dialog.ADVERTISEMENT,
    "not_responding": Dialog.NOT_RESPONDING,
    "permission_dialog": Dialog.PERMISSION,
}
_TEXT_SIZE = """percent => {
  document.documentElement.style.webkitTextSizeAdjust = percent === 100 ? "" : percent + "%";
}"""
