"""A phone as agents with fixed delays use it: a second after each gesture, four around each text, and every screenshot
by way of a file on the phone.

Rule: nothing is waited for and nothing is checked; the times are those of the well-known open-source phone agent.
"""

from __future__ import annotations

import base64
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image

from cs_agent.engine.run.protocols import Key, Phone
from cs_agent.geometry import Point, Size
from cs_agent.observation import ForegroundApp, Screenshot, UiNode
from cs_agent.phone.adb.keyboard import ADB_KEYBOARD
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.screen.frames import png_frame

DELAY_S = 1.0
_PICTURE = "/sdcard/tmp.png"


class FilePhone(AdbPhone):
    """Screenshots by `screencap` into a file and a pull; text by a keyboard that is changed to and back each time."""

    _turns = threading.Lock()

    def screenshot(self) -> Screenshot:
        with self._turns, tempfile.TemporaryDirectory(prefix="csa_pull_") as folder:
            at = time.time()
            self.link.check(f"screencap -p {_PICTURE}")
            data = self.pull(_PICTURE, Path(folder) / "tmp.png").read_bytes()
        image = png_frame(data).image
        self._seen = Size(*image.size)
        return Screenshot(image, at, 0)

    def type_text(self, text: str) -> None:
        own = self.keyboard.current()
        packed = base64.b64encode(text.encode()).decode()
        for command in (
            f"ime set {ADB_KEYBOARD}",
            "am broadcast -a ADB_CLEAR_TEXT",
            f"am broadcast -a ADB_INPUT_B64 --es msg {packed}",
            f"ime set {own}",
        ):
            self.link.check(command)
            time.sleep(DELAY_S)


class DelayedGestures:
    """Implements cs_agent.engine.run.protocols.Phone: another phone, with a delay after each gesture."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def size(self) -> Size:
        return self._phone.size()

    def screenshot(self) -> Screenshot:
        return self._phone.screenshot()

    def foreground(self) -> ForegroundApp:
        return self._phone.foreground()

    def nodes(self) -> tuple[UiNode, ...] | None:
        return self._phone.nodes()

    def tap(self, point: Point) -> None:
        self._phone.tap(point)
        time.sleep(DELAY_S)

    def double_tap(self, point: Point) -> None:
        self._phone.double_tap(point)
        time.sleep(DELAY_S)

    def long_press(self, point: Point, seconds: float = 1.0) -> None:
        self._phone.long_press(point, seconds)
        time.sleep(DELAY_S)

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None:
        self._phone.swipe(start, end, seconds)
        time.sleep(DELAY_S)

    def press(self, key: Key) -> None:
        self._phone.press(key)
        time.sleep(DELAY_S)

    def launch(self, app: str) -> None:
        self._phone.launch(app)
        time.sleep(DELAY_S)

    def type_text(self, text: str) -> None:
        self._phone.type_text(text)


class NoSettling:
    """Implements the engine's SettleDetector: the first picture will do."""

    def __init__(self, *, before: Image.Image | None = None) -> None:
        pass

    def add(self, screenshot: Screenshot) -> bool:
        return True
