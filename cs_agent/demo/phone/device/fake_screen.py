"""A screen without a browser, for tests and for trying the ADB side alone: it keeps what was done to it.

Rule: it implements the `Screen` protocol completely and decides nothing: two apps, one text field, one picture.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from cs_agent.demo.phone.device.faults import Faults, FaultValue
from cs_agent.demo.phone.device.screen import Component, DumpNode, InstalledApp, ScreenGone, cover_of

LAUNCHER = Component("com.example.launcher", "com.example.launcher.HomeActivity")
BROWSER = Component("com.example.browser", "com.example.browser.BrowserActivity")
NOTES = Component("com.example.notes", "com.example.notes.MainActivity")
_APPS = (
    InstalledApp(LAUNCHER, "桌面", system=True),
    InstalledApp(BROWSER, "浏览器", system=True),
    InstalledApp(NOTES, "记事本"),
)
_MARGIN = 40  # pixels beside the field


def followed(screen: FakeScreen, faults: Faults) -> FakeScreen:
    """The screen, whose size and windows follow the switches of a foldable and of an app that hangs."""
    opened = (screen.width, screen.height)

    def follow(name: str, value: FaultValue) -> None:
        if name == "folded":
            screen.width, screen.height = cover_of(*opened) if value else opened
        elif name == "not_responding":
            screen.hung = f"Application Not Responding: {screen.foreground().package}" if value else ""

    faults.subscribe(follow)
    for name in ("folded", "not_responding"):
        follow(name, faults.as_dict()[name])
    return screen


@dataclass(slots=True)
class FakeScreen:
    """`gestures` is the record; `focused` says whether the field takes text; `gone` breaks the screen."""

    width: int = 1080
    height: int = 2400
    rotation: int = 0
    color: tuple[int, int, int] = (24, 80, 200)
    focused: bool = True
    gone: bool = False
    text: str = ""
    keyboard: str = ""
    hung: str = ""
    gestures: list[tuple[object, ...]] = field(default_factory=list)
    stack: list[Component] = field(default_factory=lambda: [LAUNCHER])
    _pictures: dict[tuple[object, ...], bytes] = field(default_factory=dict)

    async def screenshot_rgba(self) -> bytes:
        self._check()
        return self._cached("rgba", lambda: self._image().convert("RGBA").tobytes())

    async def screenshot_png(self) -> bytes:
        self._check()
        return self._cached("png", self._encoded)

    async def tap(self, x: int, y: int) -> None:
        self._record("tap", x, y)

    async def swipe(self, x1: int, y1: int, x2: int, y2: int, duration_ms: int) -> None:
        self._check()
        await asyncio.sleep(duration_ms / 1000)
        self._record("swipe", x1, y1, x2, y2, duration_ms)

    async def key(self, keycode: str) -> None:
        self._record("key", keycode)
        if keycode == "KEYCODE_HOME":
            self._bring_forward(LAUNCHER)
        elif keycode == "KEYCODE_DEL":
            self.text = self.text[:-1]

    async def insert_text(self, text: str) -> bool:
        self._check()
        self.text += text if self.focused else ""
        return self.focused

    async def clear_text(self) -> bool:
        self._check()
        self.text = "" if self.focused else self.text
        return self.focused

    async def delete_chars(self, count: int) -> bool:
        self._check()
        self.text = self.text[: len(self.text) - count] if self.focused else self.text
        return self.focused

    def apps(self) -> tuple[InstalledApp, ...]:
        return _APPS

    async def start(self, component: Component) -> bool:
        self._record("start", component)
        was_running = component in self.stack
        self._bring_forward(component)
        return was_running

    async def view_url(self, url: str) -> Component:
        self._record("view", url)
        self._bring_forward(BROWSER)
        return BROWSER

    async def force_stop(self, package: str) -> None:
        self._record("stop", package)
        self.stack = [app for app in self.stack if app.package != package] or [LAUNCHER]

    def foreground(self) -> Component:
        return self.stack[0]

    def system_window(self) -> str:
        return self.hung

    def running(self) -> tuple[Component, ...]:
        return tuple(self.stack)

    def keyboard_shown(self) -> bool:
        return self.focused

    async def use_keyboard(self, input_method: str) -> None:
        self.keyboard = input_method

    async def dump(self) -> tuple[DumpNode, ...]:
        self._check()
        package = self.foreground().package
        root = (0, 0, self.width, self.height)
        return (
            DumpNode(0, root, "android.widget.FrameLayout", package),
            DumpNode(1, (0, 100, self.width, 180), "android.widget.TextView", package, text='笔记 <1> & "2"\x01'),
            DumpNode(
                1,
                (_MARGIN, 200, self.width - _MARGIN, 320),
                "android.widget.EditText",
                package,
                text=self.text,
                resource_id=f"{package}:id/field",
                clickable=True,
                focusable=True,
                focused=self.focused,
            ),
        )

    def _check(self) -> None:
        if self.gone:
            raise ScreenGone("the fake screen is switched off")

    def _record(self, *gesture: object) -> None:
        self._check()
        self.gestures.append(gesture)

    def _bring_forward(self, component: Component) -> None:
        self.stack = [component, *(app for app in self.stack if app != component)]

    def _image(self) -> Image.Image:
        return Image.new("RGB", (self.width, self.height), self.color)

    def _encoded(self) -> bytes:
        buffer = io.BytesIO()
        self._image().save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    def _cached(self, kind: str, make: Callable[[], bytes]) -> bytes:
        key = (kind, self.width, self.height, self.color)
        if key not in self._pictures:
            self._pictures[key] = make()
        return self._pictures[key]
