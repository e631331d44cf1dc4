"""The phone's own parts on the screen: bars, keyboard, dialogs, banner, recents, toasts.

Rule: what is shown follows from `ShellState` alone; several dialogs may be wanted at once and the most urgent is
drawn. The page behind it draws and reports presses, it decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext

from cs_agent.demo.phone.browser.surface import Surface
from cs_agent.demo.phone.browser.system_ui.compose import Overlay, Pixels
from cs_agent.demo.phone.browser.system_ui.layout import Layout
from cs_agent.demo.phone.browser.system_ui.words import words

FOLDER = Path(__file__).parents[2] / "apps" / "system"
_LIGHT_BAR = "#ffffff"
_DARK_BAR = "#15171b"
_RECENTS_BAR = "#222630"
_LIGHT_INK = "#1b1b1f"
_DARK_INK = "#f2f3f5"
_FULL_BATTERY = 96


class Dialog(StrEnum):
    """What can lie over the app; the first of those wanted is drawn."""

    RECENTS = "recents"
    NOT_RESPONDING = "not-responding"
    PERMISSION = "permission"
    DIALOG = "dialog"
    SELECT = "select"
    PICKER = "picker"
    ADVERTISEMENT = "advertisement"


@dataclass(slots=True)
class ShellState:
    """Everything the drawing follows from, besides the layout."""

    dark: bool = False
    english: bool = False
    large: bool = False
    theme: str = ""  # the app's own colour for the status bar, as #rrggbb
    wallpaper: bool = False  # the home screen reaches behind the navigation bar too
    loading: bool = False
    toast: str = ""
    banner: bool = False
    dialogs: dict[Dialog, dict[str, Any]] = field(default_factory=dict)

    @property
    def dialog(self) -> Dialog | None:
        return next((kind for kind in Dialog if kind in self.dialogs), None)


class Shell:
    """The page that draws the state, transparent where the app is to be seen."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.state = ShellState()
        self._overlay: Overlay | None = None
        self._drawn: Pixels | None = None

    @classmethod
    async def open(cls, context: BrowserContext, layout: Layout) -> Shell:
        page = await context.new_page()
        await page.set_content(page_html())
        surface = await Surface.of(page, "#00000000", follow_motion=False)
        await surface.fit(layout.screen_viewport)
        return cls(surface)

    async def draw(self, layout: Layout) -> None:
        """Returns when the new state has been painted."""
        await self.surface.fit(layout.screen_viewport)
        await self.surface.page.evaluate("state => draw(state)", self._picture_state(layout))
        self.surface.camera.mark_changed()

    async def overlay(self) -> Overlay:
        pixels = await self.surface.camera.picture()
        if self._overlay is None or pixels is not self._drawn:
            self._overlay, self._drawn = Overlay.of(pixels), pixels
        return self._overlay

    async def owns(self, x: float, y: float) -> bool:
        """Whether a touch at this CSS point goes to the phone's own parts."""
        return bool(await self.surface.page.evaluate("([x, y]) => owns(x, y)", [x, y]))

    async def covers(self) -> list[list[float]]:
        """CSS rectangles (left, top, right, bottom) that hide the app entirely."""
        return list(await self.surface.page.evaluate("covers()"))

    def _picture_state(self, layout: Layout) -> dict[str, Any]:
        state = self.state
        bar = _RECENTS_BAR if state.dialog is Dialog.RECENTS else state.theme or _plain_bar(state)
        low_bar = bar if state.wallpaper or state.dialog is Dialog.RECENTS else _plain_bar(state)
        kind = state.dialog
        return {
            "words": words(state.english),
            "dark": state.dark,
            "english": state.english,
            "large": state.large,
            "bar": [bar, _ink(bar)],
            "lowBar": [low_bar, _ink(low_bar)],
            "clock": f"{datetime.now():%H:%M}",
            "battery": battery_level(datetime.now()),
            "loading": state.loading,
            "toast": state.toast,
            "keyboard": layout.keyboard.value,
            "appTop": layout.app_top / layout.scale,
            "keyboardTop": layout.app_bottom / layout.scale,
            "navigationTop": layout.navigation_top / layout.scale,
            "bottom": layout.height / layout.scale,
            "banner": _banner(state.english) if state.banner else None,
            "overlay": {"kind": kind.value, **state.dialogs[kind]} if kind else None,
        }


def battery_level(now: datetime) -> int:
    """Falls by a percent every quarter of an hour during the working day, as a phone on a desk does."""
    return _FULL_BATTERY - (now.hour * 60 + now.minute) % 720 // 15


@cache
def page_html() -> str:
    html = (FOLDER / "shell.html").read_text(encoding="utf-8")
    for name in ("shell.css", "shell.js"):
        html = html.replace(f"/*{{{name}}}*/", (FOLDER / name).read_text(encoding="utf-8"))
    return html


def _banner(english: bool) -> dict[str, str]:
    text = words(english)
    return {name: text[f"banner_{name}"] for name in ("title", "text", "time", "face")}


def _plain_bar(state: ShellState) -> str:
    return _DARK_BAR if state.dark else _LIGHT_BAR


def _ink(bar: str) -> str:
    return _DARK_INK if _is_dark(bar) else _LIGHT_INK


def _is_dark(color: str) -> bool:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        return False
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 150
