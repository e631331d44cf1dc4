"""The screen of a virtual phone, made of a headless Chromium: the `Screen` protocol over a browser session.

Rule: a call either acts on the screen that is there or raises ScreenGone; when the browser dies a new session is
begun by itself, on the home screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Error

from cs_agent.demo.phone.browser.bridge import Bridge
from cs_agent.demo.phone.browser.chromium import Chromium, ChromiumMissing
from cs_agent.demo.phone.browser.dump import dump_screen
from cs_agent.demo.phone.browser.faults import DrawnFaults
from cs_agent.demo.phone.browser.gestures import Gestures
from cs_agent.demo.phone.browser.session import Session
from cs_agent.demo.phone.browser.system_ui.actions import SYSTEM_KEYS, ShellActions
from cs_agent.demo.phone.browser.system_ui.compose import encode_png
from cs_agent.demo.phone.browser.system_ui.keys import page_key, short_name
from cs_agent.demo.phone.browser.system_ui.layout import Keyboard, Layout
from cs_agent.demo.phone.browser.system_ui.shell import FOLDER, Dialog
from cs_agent.demo.phone.browser.text import TextEntry
from cs_agent.demo.phone.device.faults import Faults, FaultValue
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.installed import APPS, BROWSER, BY_PACKAGE, HOME
from cs_agent.demo.phone.device.screen import Component, DumpNode, InstalledApp, ScreenGone

PHONE_COOKIE = "phone"
_ADB_KEYBOARD = "com.android.adbkeyboard"
_RESTART_PAUSE_S = 0.2  # between attempts when no browser can be started
_USER_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Virtual phone) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{version} Mobile Safari/537.36"
)

log = logging.getLogger(__name__)


class BrowserScreen:
    """Use as an async context manager. Phones that are given one `Chromium` share it, with a context each."""

    def __init__(
        self,
        width: int,
        height: int,
        density: int,
        backoffice_url: str,
        files: PhoneFiles,
        faults: Faults,
        *,
        phone_key: str = "phone-1",
        chromium: Chromium | None = None,
        time_zone: str = "",
    ) -> None:
        self.phone_key = phone_key
        self._time_zone = time_zone
        self._upright = Layout.of(width, height, density)
        self._backoffice_url = backoffice_url.rstrip("/")
        self._files = files
        self._faults = faults
        self._own_chromium = chromium is None
        self._chromium = chromium or Chromium(self._upright.scale)
        self._keyboard = Keyboard.OWN
        self._session: Session | None = None
        self._bridge: Bridge
        self._drawn_faults: DrawnFaults
        self._unsubscribe = lambda: None
        self._restart: asyncio.Task[None] | None = None
        self._clock: asyncio.Task[None] | None = None
        self._changes: set[asyncio.Task[None]] = set()
        self._png: tuple[object, bytes] = (None, b"")
        self._rgba: tuple[object, bytes] = (None, b"")
        self._closed = False

    async def __aenter__(self) -> Self:
        await self._begin()
        self._unsubscribe = self._faults.subscribe(self._on_fault)
        self._clock = asyncio.create_task(self._keep_the_clock())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        self._unsubscribe()
        for task in (self._restart, self._clock, *self._changes):
            if task is not None:
                task.cancel()
        session, self._session = self._session, None
        if session is not None:
            self._end(session)
            with contextlib.suppress(Error):
                await session.context.close()
        if self._own_chromium:
            await self._chromium.close()

    # --- size

    @property
    def width(self) -> int:
        return self._layout.width

    @property
    def height(self) -> int:
        return self._layout.height

    @property
    def rotation(self) -> int:
        return int(self._faults.rotation)

    @property
    def _layout(self) -> Layout:
        panel = self._upright.folded() if self._faults.folded else self._upright
        return panel.rotated() if self.rotation % 2 else panel

    # --- pictures

    async def screenshot_rgba(self) -> bytes:
        async with self._living() as session:
            picture = await session.picture()
        if self._rgba[0] is not picture:
            self._rgba = (picture, await asyncio.to_thread(picture.tobytes))
        return self._rgba[1]

    async def screenshot_png(self) -> bytes:
        async with self._living() as session:
            picture = await session.picture()
        if self._png[0] is not picture:
            self._png = (picture, await asyncio.to_thread(encode_png, picture))
        return self._png[1]

    # --- gestures

    async def tap(self, x: int, y: int) -> None:
        async with self._living() as session:
            await Gestures(session).tap(x, y)

    async def swipe(self, x1: int, y1: int, x2: int, y2: int, duration_ms: int) -> None:
        async with self._living() as session:
            await Gestures(session).swipe((x1, y1), (x2, y2), duration_ms / 1000)

    # --- keys and text

    async def key(self, keycode: str) -> None:
        name = short_name(keycode)
        async with self._living() as session:
            if name in SYSTEM_KEYS:
                await SYSTEM_KEYS[name](session)
            elif page_key(keycode):
                await TextEntry(session).press(page_key(keycode))

    async def insert_text(self, text: str) -> bool:
        async with self._living() as session:
            return await TextEntry(session).insert(text)

    async def clear_text(self) -> bool:
        async with self._living() as session:
            return await TextEntry(session).clear()

    async def delete_chars(self, count: int) -> bool:
        async with self._living() as session:
            return await TextEntry(session).delete(count)

    def keyboard_shown(self) -> bool:
        return self._session is not None and self._session.layout.keyboard is not Keyboard.NONE

    async def use_keyboard(self, input_method: str) -> None:
        adb = input_method.startswith(_ADB_KEYBOARD)
        self._keyboard = Keyboard.ADB if adb else Keyboard.OWN
        async with self._living() as session:
            session.keyboard = self._keyboard
            await session.arrange()

    # --- apps

    def apps(self) -> tuple[InstalledApp, ...]:
        return tuple(app.installed(self._faults.english) for app in (*APPS, HOME))

    async def start(self, component: Component) -> bool:
        """LookupError for an app that is not there."""
        app = BY_PACKAGE[component.package]
        async with self._living() as session:
            if app is HOME:
                await session.go_home()
                return True
            return await session.start(app)

    async def view_url(self, url: str) -> Component:
        browser = BY_PACKAGE[BROWSER]
        async with self._living() as session:
            await session.start(browser, url)
        return browser.component

    async def force_stop(self, package: str) -> None:
        async with self._living() as session:
            await session.stop(package)

    def foreground(self) -> Component:
        return self._session.foreground if self._session is not None else HOME.component

    def system_window(self) -> str:
        """Of the "app is not responding" dialog; the other dialogs are activities and have a component."""
        session = self._session
        if session is None or session.shell.state.dialog is not Dialog.NOT_RESPONDING:
            return ""
        return f"Application Not Responding: {session.front.component.package}"

    def running(self) -> tuple[Component, ...]:
        if self._session is None:
            return (HOME.component,)
        tasks = [task.component for task in self._session.tasks]
        return (HOME.component, *tasks) if self._session.at_home else (*tasks, HOME.component)

    async def dump(self) -> tuple[DumpNode, ...]:
        async with self._living() as session:
            return await dump_screen(session)

    # --- life

    @contextlib.asynccontextmanager
    async def _living(self) -> AsyncIterator[Session]:
        session = self._session
        if session is None:
            raise ScreenGone("the screen is being restarted")
        try:
            yield session
        except Error as error:
            browser = session.context.browser
            if browser is not None and browser.is_connected() and self._session is session:
                raise ScreenGone(f"the page went away: {error.message}") from error
            raise ScreenGone("the browser behind the screen died") from error

    async def _begin(self) -> None:
        browser = await self._chromium.browser()
        context = await self._new_context(browser)
        agent = _USER_AGENT.format(version=browser.version)
        session = Session(context, self._layout, self._backoffice_url, agent)
        session.keyboard = self._keyboard
        self._bridge = Bridge(session, self._files)
        self._bridge.on_action = self._on_action
        self._drawn_faults = DrawnFaults(session, self._faults)
        await self._bridge.attach()
        await session.open()
        await self._drawn_faults.start()
        self._session = session
        context.on("close", lambda _: self._on_gone(session))
        if not browser.is_connected():
            self._on_gone(session)

    async def _new_context(self, browser: Browser) -> BrowserContext:
        width, height = self._layout.app_viewport
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=self._upright.scale,
            is_mobile=True,
            has_touch=True,
            user_agent=_USER_AGENT.format(version=browser.version),
            ignore_https_errors=True,
            timezone_id=self._time_zone or None,
        )
        context.set_default_timeout(5000)
        await context.add_init_script(path=FOLDER / "page.js")
        await context.add_cookies([{"name": PHONE_COOKIE, "value": self.phone_key, "url": self._backoffice_url}])
        return context

    def _on_gone(self, session: Session) -> None:
        if self._closed or self._session is not session:
            return
        log.warning("the browser of phone %s is gone; starting another", self.phone_key)
        self._session = None
        self._end(session)
        self._restart = asyncio.ensure_future(self._begin_again())

    def _end(self, session: Session) -> None:
        self._drawn_faults.close()
        self._bridge.close()

    async def _begin_again(self) -> None:
        while not self._closed:
            try:
                await self._begin()
            except (Error, ChromiumMissing) as error:
                log.warning("no screen for phone %s yet: %s", self.phone_key, error)
                await asyncio.sleep(_RESTART_PAUSE_S)
            else:
                return

    async def _keep_the_clock(self) -> None:
        while True:
            await asyncio.sleep(60 - datetime.now().second)
            await self._quietly(self._redraw())

    async def _redraw(self) -> None:
        async with self._living() as session:
            await session.arrange()

    @staticmethod
    async def _quietly(work: Coroutine[Any, Any, None]) -> None:
        with contextlib.suppress(ScreenGone):
            await work

    async def _on_action(self, name: str, value: Any) -> None:
        async with self._living() as session:
            await ShellActions(session, self._bridge).act(name, value)

    def _on_fault(self, name: str, value: FaultValue) -> None:
        task = asyncio.ensure_future(self._quietly(self._follow_fault(name, value)))
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)

    async def _follow_fault(self, name: str, value: FaultValue) -> None:
        async with self._living() as session:
            if name in ("rotation", "folded"):
                session.layout = self._layout.with_keyboard(session.layout.keyboard)
                await session.arrange()
            else:
                await self._drawn_faults.changed(name, value)
