"""The seam between the ADB side of the virtual phone and its browser-made screen.

Rule: the ADB side knows nothing of browsers, the screen side nothing of ADB. Coordinates are device pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Component:
    """An app's package and activity, both in full (`com.example.aftersales`, `com.example.aftersales.MainActivity`)."""

    package: str
    activity: str


def cover_of(width: int, height: int) -> tuple[int, int]:
    """The size of the outer display of a foldable whose inner one has that size."""
    return round(width * 0.8), round(height * 0.9)


@dataclass(frozen=True, slots=True)
class InstalledApp:
    component: Component
    label: str  # as on the home screen
    system: bool = False


@dataclass(frozen=True, slots=True)
class DumpNode:
    """One visible node as uiautomator would report it; `depth` orders the flat list into a tree."""

    depth: int
    bounds: tuple[int, int, int, int]
    class_name: str
    package: str
    text: str = ""
    content_desc: str = ""
    resource_id: str = ""
    checkable: bool = False
    checked: bool = False
    clickable: bool = False
    enabled: bool = True
    focusable: bool = False
    focused: bool = False
    scrollable: bool = False
    long_clickable: bool = False
    password: bool = False
    selected: bool = False


class ScreenGone(Exception):
    """The browser behind the screen died; it is being restarted."""


class Screen(Protocol):
    """What a phone's input and display services do, on a page in a mobile viewport.

    The screen carries out the faults that are drawn (notification, advertisement, permission_dialog, slow_page_s,
    network_error, dark_mode, large_font, english, rotation, folded, not_responding); all other switches are the ADB
    side's.
    """

    @property
    def width(self) -> int:
        """Of the current rotation, as the height."""

    @property
    def height(self) -> int: ...

    @property
    def rotation(self) -> int:
        """0-3, quarter turns."""

    async def screenshot_rgba(self) -> bytes:
        """width x height x 4 bytes; ScreenGone when there is no screen to capture."""

    async def screenshot_png(self) -> bytes: ...

    async def tap(self, x: int, y: int) -> None:
        """Returns when the event was delivered, as `input tap` does."""

    async def swipe(self, x1: int, y1: int, x2: int, y2: int, duration_ms: int) -> None:
        """Equal points make a long press."""

    async def key(self, keycode: str) -> None:
        """A KEYCODE_… name: HOME, BACK, APP_SWITCH, ENTER, DEL, TAB, MOVE_END, DPAD_*, POWER, WAKEUP …"""

    async def insert_text(self, text: str) -> bool:
        """Into the focused field; False when nothing has the focus."""

    async def clear_text(self) -> bool: ...

    async def delete_chars(self, count: int) -> bool: ...

    def apps(self) -> tuple[InstalledApp, ...]: ...

    async def start(self, component: Component) -> bool:
        """Bring the app to the front (started afresh if it was not running). True if it was already running."""

    async def view_url(self, url: str) -> Component:
        """Open any URL in the phone's browser app; answers the browser's component."""

    async def force_stop(self, package: str) -> None: ...

    def foreground(self) -> Component: ...

    def system_window(self) -> str:
        """The title of the system's own window that has the focus over the app, or nothing."""

    def running(self) -> tuple[Component, ...]:
        """Most recent first."""

    def keyboard_shown(self) -> bool: ...

    async def use_keyboard(self, input_method: str) -> None:
        """The input method that was set (`com.android.adbkeyboard/.AdbIME`, or any other for the phone's own):
        decides what is drawn while a text field has the focus."""

    async def dump(self) -> tuple[DumpNode, ...]:
        """Visible nodes of the page in document order."""
