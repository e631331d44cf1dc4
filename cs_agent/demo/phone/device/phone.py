"""One virtual phone: its screen, files, settings, keyboards, properties and faults, and what gestures do to them.

Rule: a gesture that has begun is finished even when the command that asked for it is cut off, and gestures come one
after the other; faults of the phone itself are applied here, so that every command meets them alike.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PIL import Image

from cs_agent.demo.phone.device.faults import Faults, FaultValue
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.keyboards import ADB_KEYBOARD, LATIN, Keyboards
from cs_agent.demo.phone.device.screen import Component, InstalledApp, Screen, ScreenGone, cover_of
from cs_agent.demo.phone.device.settings import Settings

DISPLAY_ID = 4619827259835644672
SECOND_DISPLAY_ID = 4619827551948147201
COVER_DISPLAY_ID = 4619827124781842690
_CAPTURE_TRIES = 3  # a rotation may fall into the middle of a capture
_TRUNCATED_TO = 0.6  # of the picture's bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """What the phone says it is, and the size of its panel in its natural rotation."""

    width: int
    height: int
    density: int
    serial: str
    model: str = "Virtual_phone"
    device: str = "virtual"
    product: str = "virtual_cn"
    release: str = "14"
    sdk: int = 34
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    width: int
    height: int
    rgba: bytes | memoryview


_T = TypeVar("_T")
_BLACK_PIXEL = b"\0\0\0\xff"
_POWER_KEYS = {
    "KEYCODE_POWER": None,  # the other way round
    "KEYCODE_SLEEP": False,
    "KEYCODE_SOFT_SLEEP": False,
    "KEYCODE_WAKEUP": True,
}


class CaptureFailed(Exception):
    """The screen could not be captured in one piece."""


@dataclass(slots=True)
class VirtualPhone:
    identity: Identity
    screen: Screen
    files: PhoneFiles
    faults: Faults
    settings: Settings = field(default_factory=Settings)
    keyboards: Keyboards = field(init=False)
    awake: bool = field(default=True, init=False)
    properties: dict[str, str] = field(init=False)
    _shown_keyboard: str = field(default=LATIN, init=False)
    _gestures: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _begun: set[asyncio.Task[Any]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.keyboards = Keyboards(self.settings, has_adb_keyboard=not self.faults.missing_keyboard)
        self.properties = _properties(self.identity)
        self.settings.put("system", "user_rotation", str(self.faults.rotation))
        self.settings.subscribe(self._on_setting)
        self.faults.subscribe(self._on_fault)

    # --- panels

    @property
    def panel(self) -> tuple[int, int]:
        """Width and height of the panel in use, in its natural rotation."""
        size = (self.identity.width, self.identity.height)
        return cover_of(*size) if self.faults.folded else size

    @property
    def display_id(self) -> int:
        """Of the panel in use: a foldable has two, and the other one is off."""
        return COVER_DISPLAY_ID if self.faults.folded else DISPLAY_ID

    # --- apps

    def apps(self) -> tuple[InstalledApp, ...]:
        return self.screen.apps()

    def packages(self) -> dict[str, bool]:
        """Every installed package, and whether it belongs to the system."""
        known = dict.fromkeys(("android", "com.android.systemui", "com.android.shell"), True)
        known["com.android.providers.media.module"] = True
        known |= {method.package: method.system for method in self.keyboards.installed}
        return known | {app.component.package: app.system for app in self.apps()}

    def main_activity(self, package: str) -> Component | None:
        return next((app.component for app in self.apps() if app.component.package == package), None)

    def process_id(self, package: str) -> int:
        """A number that stays the package's own while the phone runs."""
        return 2000 + sum(package.encode()) * 7 % 20000

    # --- gestures and keys

    async def tap(self, x: int, y: int) -> None:
        if self.awake and not self.faults.due("ignored_taps"):
            await self._gesture(self.screen.tap(x, y))

    async def swipe(self, x1: int, y1: int, x2: int, y2: int, duration_ms: int) -> None:
        if self.awake:
            await self._gesture(self.screen.swipe(x1, y1, x2, y2, duration_ms))

    async def key(self, name: str) -> None:
        """A KEYCODE_… name. The keys that wake the phone, or send it to sleep, do nothing else."""
        if name in _POWER_KEYS:
            wanted = _POWER_KEYS[name]
            self.awake = not self.awake if wanted is None else wanted
        elif self.awake:
            await self._gesture(self.screen.key(name))

    async def _gesture(self, action: Coroutine[Any, Any, _T]) -> _T:
        """One at a time, and to its end even when the asking command is gone: no finger stays down."""
        task = asyncio.create_task(self._in_turn(action))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    async def _in_turn(self, action: Coroutine[Any, Any, _T]) -> _T:
        async with self._gestures:
            return await action

    # --- text

    async def type_text(self, text: str) -> bool:
        """Into the focused field; False when there is none. A dead keyboard takes all and types nothing."""
        return self.faults.dead_keyboard or await self._gesture(self.screen.insert_text(text))

    async def clear_text(self) -> bool:
        return self.faults.dead_keyboard or await self._gesture(self.screen.clear_text())

    async def delete_chars(self, count: int) -> bool:
        return self.faults.dead_keyboard or await self._gesture(self.screen.delete_chars(count))

    async def follow_keyboard(self) -> None:
        """Show the keyboard that the settings name now; to be called after they may have changed."""
        current = self.keyboards.current
        if current != self._shown_keyboard:
            self._shown_keyboard = current
            with suppress(ScreenGone):  # a new screen begins with the keyboard it was last told
                await self.screen.use_keyboard(current)

    @property
    def adb_keyboard_listens(self) -> bool:
        return self.keyboards.current == ADB_KEYBOARD

    # --- pictures

    async def capture_rgba(self) -> Capture:
        """Red, green, blue, alpha per pixel. CaptureFailed, or ScreenGone when there is no screen."""
        if self._dark:
            width, height = self.screen.width, self.screen.height
            return Capture(width, height, _BLACK_PIXEL * (width * height))
        for _ in range(_CAPTURE_TRIES):
            rgba = await self.screen.screenshot_rgba()
            width, height = self.screen.width, self.screen.height
            if len(rgba) == width * height * 4:
                return Capture(width, height, rgba)
        raise CaptureFailed("the screen changes its size")

    async def capture_png(self) -> bytes:
        picture = _black_png(self.screen.width, self.screen.height) if self._dark else None
        picture = picture or await self.screen.screenshot_png()
        if self.faults.due("truncated_png"):
            return picture[: int(len(picture) * _TRUNCATED_TO)]
        return picture

    @property
    def _dark(self) -> bool:
        """Nothing may be seen: a secure window, or the display is off."""
        return self.faults.secure_window or not self.awake

    # --- faults

    def _on_setting(self, namespace: str, key: str, value: str | None) -> None:
        if (namespace, key) == ("system", "user_rotation") and value and value.isdecimal():
            turns = int(value) % 4
            if turns != self.faults.rotation:
                self.faults.set("rotation", turns)

    def _on_fault(self, name: str, value: FaultValue) -> None:
        if name == "rotation" and self.settings.get("system", "user_rotation") != str(value):
            self.settings.put("system", "user_rotation", str(value))
        if name == "missing_keyboard":
            self.keyboards.has_adb_keyboard = not value


def _properties(identity: Identity) -> dict[str, str]:
    """What getprop knows; the fingerprint's numbers are this phone's own."""
    fingerprint = f"example/{identity.product}/{identity.device}:{identity.release}/VP1A.240405.002/1:user/release-keys"
    return {
        "persist.sys.locale": "zh-CN",
        "persist.sys.timezone": identity.time_zone or time.tzname[0],
        "ro.build.fingerprint": fingerprint,
        "ro.build.version.release": identity.release,
        "ro.build.version.sdk": str(identity.sdk),
        "ro.product.brand": "example",
        "ro.product.device": identity.device,
        "ro.product.manufacturer": "example",
        "ro.product.model": identity.model,
        "ro.product.name": identity.product,
        "ro.serialno": identity.serial,
        "ro.sf.lcd_density": str(identity.density),
        "service.adb.tcp.port": "",
        "sys.boot_completed": "1",
    }


def _black_png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (width, height), (0, 0, 0, 255)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
