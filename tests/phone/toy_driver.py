"""A second driver: a notepad that lives in memory, as strange a phone as the protocol allows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from cs_agent.engine.run.protocols import Key
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import AppKind, ForegroundApp, Role, Screenshot, UiNode
from cs_agent.phone import errors
from cs_agent.phone.driver import Health, RemoteFile
from cs_agent.phone.drivers import Address
from cs_agent.phone.file_names import safe_name

SIZE = Size(200, 400)
_FIELD = Box(10, 40, 190, 80)


class NotepadPhone:
    def __init__(self, address: Address) -> None:
        self._serial, self._names = address.serial, dict(address.app_names)
        self._text, self._front, self._files = "", "desk", dict[str, bytes]()

    @property
    def serial(self) -> str:
        return self._serial

    def size(self) -> Size:
        return SIZE

    def screenshot(self) -> Screenshot:
        return Screenshot(Image.new("RGB", (SIZE.width, SIZE.height), "ivory"), time.time())

    def foreground(self) -> ForegroundApp:
        return ForegroundApp(self._front, kind=AppKind.HOME if self._front == "desk" else AppKind.APP)

    def nodes(self) -> tuple[UiNode, ...]:
        return (UiNode(self._text, _FIELD, role=Role.EDIT, package=self._front, clickable=True, focused=True),)

    def tap(self, point: Point) -> None:
        if not Box(0, 0, SIZE.width, SIZE.height).contains(point):
            raise errors.GestureOffScreen(f"{self.serial}: {point}")

    def double_tap(self, point: Point) -> None:
        self.tap(point)

    def long_press(self, point: Point, seconds: float = 1.0) -> None:
        self.tap(point)

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None:
        self.tap(start)
        self.tap(end)

    def type_text(self, text: str) -> None:
        self._text = text

    def press(self, key: Key) -> None:
        self._front = "desk" if key is Key.HOME else self._front

    def launch(self, app: str) -> None:
        name = self._names.get(app, app)
        if name != "notepad":
            raise errors.UnknownApp(f"{self.serial}: {app}")
        self._front = name

    def wake(self) -> None:
        """It never sleeps."""

    def health(self) -> Health:
        return Health("Notepad", "1", None, None, False, True, False)

    def clock(self) -> float:
        return time.time()

    @contextmanager
    def typing_session(self) -> Iterator[None]:
        yield

    def restore_keyboard(self) -> str:
        return "own"

    def home_and_restore(self) -> None:
        self.press(Key.HOME)

    def stop_app(self, package: str) -> None:
        self._front = "desk" if package == self._front else self._front

    def push_media(self, local: Path, name: str) -> str:
        self._files[path := f"/media/{safe_name(name)}"] = local.read_bytes()
        return path

    def remove_media(self, name: str) -> str:
        self.remove(path := f"/media/{safe_name(name)}")
        return path

    def pull(self, remote: str, local: Path) -> Path:
        if remote not in self._files:
            raise errors.FileMissing(f"{self.serial}: {remote}")
        local.write_bytes(self._files[remote])
        return local

    def remove(self, remote: str) -> None:
        self._files.pop(remote, None)

    def list_files(self, folder: str) -> tuple[RemoteFile, ...]:
        if folder != "/media":
            raise errors.FileMissing(f"{self.serial}: {folder}")
        return tuple(RemoteFile(path.rpartition("/")[2], len(data), 0) for path, data in sorted(self._files.items()))
