"""The living part of a phone's screen: one browser context with the shell, the home screen and the running apps.

Rule: a session ends as a whole when its browser goes; it keeps nothing that has to outlive it. What is in front
follows from the order of the tasks, what covers it from the shell's state.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from playwright.async_api import BrowserContext, Error, Page

from cs_agent.demo.phone.browser.surface import Surface, within_patience
from cs_agent.demo.phone.browser.system_ui.compose import Pixels, compose, thumbnail_jpeg
from cs_agent.demo.phone.browser.system_ui.layout import Keyboard, Layout
from cs_agent.demo.phone.browser.system_ui.shell import FOLDER, Dialog, Shell
from cs_agent.demo.phone.browser.system_ui.words import weekday, words
from cs_agent.demo.phone.browser.tasks import AppTask
from cs_agent.demo.phone.device.installed import APPS, HOME, PERMISSIONS, PICKER, PhoneApp
from cs_agent.demo.phone.device.screen import Component

_THUMBNAIL_WIDTH = 360

_SHOW_FIELD = """() => {
  const el = window.__phoneActive && window.__phoneActive();
  if (!el || el === document.body) return;
  const box = el.getBoundingClientRect();
  if (box.top < 64 || box.bottom > window.innerHeight - 64) el.scrollIntoView({ block: "center" });
}"""
# Dialogs that have the focus of the window system, so that no text field below keeps it.
_MODAL = (Dialog.RECENTS, Dialog.NOT_RESPONDING, Dialog.PERMISSION, Dialog.DIALOG, Dialog.PICKER)
_OWNERS = {Dialog.RECENTS: HOME, Dialog.PERMISSION: PERMISSIONS, Dialog.PICKER: PICKER}


class Session:
    """Everything that lives in one browser context. All methods may raise Playwright's Error when it is gone."""

    def __init__(self, context: BrowserContext, layout: Layout, backoffice_url: str, user_agent: str) -> None:
        self.context = context
        self.user_agent = user_agent
        self.layout = layout
        self.backoffice_url = backoffice_url
        self.keyboard = Keyboard.OWN
        self.tasks: list[AppTask] = []  # most recent first; the home screen is not among them
        self.at_home = True
        self.on_front_changed: Callable[[], None] = lambda: None
        self.on_dismissed: Callable[[Dialog], None] = lambda kind: None
        self.prepare: Callable[[Page], Awaitable[None]] = _leave_as_it_is
        self.shell: Shell
        self.questions: dict[Surface, dict[str, Any]] = {}  # that pages ask by JavaScript, until answered
        self._home: tuple[AppTask, ...] = ()  # one, once the session is open
        self._surfaces: dict[Page, Surface] = {}
        self._arranging = asyncio.Lock()
        self._composed: tuple[tuple[int, int, Layout], Pixels] | None = None
        self._kept: tuple[Pixels | None, object] = (None, None)

    async def open(self) -> None:
        self.shell = await Shell.open(self.context, self.layout)
        page = await self.context.new_page()
        await page.set_content((FOLDER / "home.html").read_text(encoding="utf-8"))
        self._home = (AppTask(HOME, await self.add_surface(page)),)
        await self.arrange()

    # --- what is in front

    @property
    def home(self) -> AppTask:
        return self._home[0]

    @property
    def front(self) -> AppTask:
        return self.home if self.at_home or not self.tasks else self.tasks[0]

    @property
    def surface(self) -> Surface:
        return self.front.surface

    @property
    def foreground(self) -> Component:
        dialog = self.shell.state.dialog
        owner = _OWNERS.get(dialog) if dialog else None
        return owner.component if owner else self.front.component

    @property
    def window_package(self) -> str:
        """Of the window in front: the word that an app hangs is the system's own, though the app stays in front."""
        hangs = self.shell.state.dialog is Dialog.NOT_RESPONDING
        return "android" if hangs else self.foreground.package

    def task_of(self, page: Page) -> AppTask | None:
        return next((task for task in (*self._home, *self.tasks) if task.holds(page)), None)

    def surface_of(self, page: Page) -> Surface | None:
        return self._surfaces.get(page)

    # --- moving between apps

    async def start(self, app: PhoneApp, url: str = "") -> bool:
        """Bring an app to the front, opening it (or this address in it). True if it was running."""
        await self._leave()
        running = next((task for task in self.tasks if task.app is app), None)
        task = running or AppTask(app, await self.add_surface(await self.context.new_page()))
        if running:
            self.tasks.remove(running)
        self.tasks.insert(0, task)
        self.at_home = False
        self.close_dialogs()
        if url or not running:
            await task.open(url or self.backoffice_url + app.path)
        self.on_front_changed()
        await self.arrange()
        return running is not None

    async def go_home(self) -> None:
        await self._leave()
        self.at_home = True
        self.close_dialogs()
        await self.arrange()

    async def stop(self, package: str) -> None:
        for task in [task for task in self.tasks if task.app.package == package]:
            if task is self.front:
                self.at_home = True
            self.tasks.remove(task)
            await task.close()
        await self.arrange()

    async def stop_all(self) -> None:
        self.at_home = True
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            await task.close()

    async def back(self) -> None:
        """Hides the keyboard, closes what lies over the app, goes back in it, or leaves it: the first that applies."""
        if self.layout.keyboard is not Keyboard.NONE:
            self.surface.keyboard_hidden = True
            await self.arrange()
        elif self.shell.state.dialog is Dialog.NOT_RESPONDING:
            return  # it asks for an answer
        elif self.dismiss_dialog():
            await self.arrange()
        elif not self.at_home and not await self.surface_back():
            await self.go_home()

    async def surface_back(self) -> bool:
        went = await self.front.back()
        await self.arrange()
        return went

    async def show_recents(self) -> None:
        if Dialog.RECENTS in self.shell.state.dialogs:
            await self.go_home()
            return
        await self._leave()
        cards = [
            {"package": task.app.package, "label": task.app.name(self.english), "picture": task.thumbnail}
            for task in self.tasks
        ]
        self.shell.state.dialogs[Dialog.RECENTS] = {"cards": cards}
        await self.arrange()

    async def _leave(self) -> None:
        """Keep a picture of the app that goes to the background."""
        if self.at_home:
            return
        picture = self.surface.camera.last
        if picture is not None:
            jpeg = await asyncio.to_thread(thumbnail_jpeg, picture, _THUMBNAIL_WIDTH)
            self.front.thumbnail = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()

    # --- dialogs

    def dismiss_dialog(self) -> bool:
        """Close the topmost as Back does; False when there is none."""
        kind = self.shell.state.dialog
        if kind is None:
            return False
        del self.shell.state.dialogs[kind]
        self.on_dismissed(kind)
        return True

    def close_dialogs(self) -> None:
        """What belongs to the app that was left goes with it."""
        for kind in (Dialog.RECENTS, Dialog.SELECT, Dialog.PICKER, Dialog.ADVERTISEMENT, Dialog.PERMISSION):
            if self.shell.state.dialogs.pop(kind, None) is not None:
                self.on_dismissed(kind)

    # --- drawing

    @property
    def english(self) -> bool:
        return self.shell.state.english

    async def add_surface(self, page: Page) -> Surface:
        surface = self._surfaces[page] = await Surface.of(page)
        page.once("close", self._forget)
        await self.prepare(page)
        await surface.read_theme()
        await surface.fit(self.layout.app_viewport)
        return surface

    def _forget(self, page: Page) -> None:
        surface = self._surfaces.pop(page, None)
        if surface is not None:
            self.questions.pop(surface, None)

    async def arrange(self) -> None:
        """Fit the front page and the shell to the keyboard, rotation and dialogs that apply now."""
        async with self._arranging:
            surface = self.surface
            self._show_question(surface)
            keyboard = self._wanted_keyboard(surface)
            appeared = keyboard is not Keyboard.NONE and keyboard is not self.layout.keyboard
            self.layout = self.layout.with_keyboard(keyboard)
            self.shell.state.theme = surface.theme
            self.shell.state.wallpaper = self.front is self.home
            if self.front is self.home:
                await self._draw_home()
            if not surface.blocked:
                await surface.fit(self.layout.app_viewport)
            await self.shell.draw(self.layout)
            if appeared and not surface.blocked:
                await within_patience(_show_focused_field(surface.page))

    def _show_question(self, surface: Surface) -> None:
        """A page's question is over that page only, and there until it is answered."""
        if surface in self.questions:
            self.shell.state.dialogs[Dialog.DIALOG] = self.questions[surface]
        else:
            self.shell.state.dialogs.pop(Dialog.DIALOG, None)

    def _wanted_keyboard(self, surface: Surface) -> Keyboard:
        covered = self.shell.state.dialog in _MODAL
        shown = surface.text_focus and not surface.keyboard_hidden and not covered
        return self.keyboard if shown else Keyboard.NONE

    async def _draw_home(self) -> None:
        state = self.shell.state
        now = datetime.now()
        date = words(state.english)["date"].format(
            month=now.month, day=now.day, weekday=weekday(now.weekday(), state.english)
        )
        await self.home.surface.page.evaluate(
            "state => draw(state)",
            {
                "dark": state.dark,
                "large": state.large,
                "clock": f"{now:%H:%M}",
                "date": date,
                "grid": [_icon(app, state.english) for app in APPS if not app.dock],
                "dock": [_icon(app, state.english) for app in APPS if app.dock],
            },
        )
        self.home.surface.camera.mark_changed()

    async def picture(self) -> Pixels:
        """The whole screen now; the same array as before when nothing changed."""
        layout = self.layout
        app, overlay = await asyncio.gather(self.surface.camera.picture(), self.shell.overlay())
        key = (id(app), id(overlay), layout)
        if self._composed is None or self._composed[0] != key:
            picture = await asyncio.to_thread(
                compose, app, layout.app_top, layout.app_bottom, overlay, (layout.width, layout.height)
            )
            self._composed, self._kept = (key, picture), (app, overlay)
        return self._composed[1]


async def _show_focused_field(page: Page) -> None:
    """As the window shrinks for the keyboard, the field must not be left outside, or under a header."""
    for frame in page.frames:
        try:
            await frame.evaluate(_SHOW_FIELD)
        except Error:
            continue  # the frame is being replaced


async def _leave_as_it_is(page: Page) -> None:
    """A page on a phone without faults."""


def _icon(app: PhoneApp, english: bool) -> dict[str, Any]:
    return {"package": app.package, "label": app.name(english), "color": app.color, "icon": app.icon}
