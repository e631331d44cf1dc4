"""A whole phone with a real Chromium and its back office, driven as a person would: by what is shown.

Import `chromium` and `handset` into a test module; the browser is started once per module.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest_asyncio
from PIL import Image

from cs_agent.demo.phone.backoffice.server import BackOffice
from cs_agent.demo.phone.browser.chromium import Chromium
from cs_agent.demo.phone.browser.screen import BrowserScreen
from cs_agent.demo.phone.browser.system_ui.layout import Layout
from cs_agent.demo.phone.device.faults import Faults
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.installed import BY_PACKAGE
from cs_agent.demo.phone.device.screen import DumpNode, ScreenGone
from cs_agent.geometry import Point, Size
from tests.demo.phone.bound_controls import questions

SIZE = (1080, 2400, 420)
PATIENCE_S = 20.0  # the machine may be busy with other tests
SLOTS = {"mobile": "13812345678", "order_number": "202405218876"}  # of the shipped data
ADB_KEYBOARD = "com.android.adbkeyboard/.AdbIME"


@dataclass(slots=True)
class Handset:
    screen: BrowserScreen
    office: BackOffice
    files: PhoneFiles
    faults: Faults
    needless: list[str] = field(default_factory=list)  # questions about controls that a shipped flow binds

    async def open(self, package: str) -> None:
        await self.screen.start(BY_PACKAGE[package].component)

    async def nodes(self) -> tuple[DumpNode, ...]:
        return await self.screen.dump()

    async def texts(self) -> list[str]:
        return [node.text or node.content_desc for node in await self.nodes() if node.text or node.content_desc]

    async def until(self, seen: Callable[[list[str]], bool], what: str) -> list[str]:
        deadline = time.monotonic() + PATIENCE_S
        texts: list[str] = []
        while time.monotonic() < deadline:
            try:
                texts = await self.texts()
            except ScreenGone:
                texts = []
            if seen(texts):
                return texts
            await asyncio.sleep(0.05)
        raise AssertionError(f"never saw {what}; last seen: {texts}")

    async def sees(self, text: str) -> list[str]:
        return await self.until(lambda texts: text in texts, text)

    async def sees_no(self, text: str) -> list[str]:
        return await self.until(lambda texts: bool(texts) and text not in texts, f"{text} gone")

    async def node(self, text: str) -> DumpNode:
        await self.sees(text)
        return next(node for node in await self.nodes() if text in (node.text, node.content_desc))

    async def tap(self, text: str) -> None:
        """Scrolls to it first when it is below what can be seen."""
        node = await self._reachable(text)
        left, top, right, bottom = node.bounds
        place, package = Point((left + right) // 2, (top + bottom) // 2), self.screen.foreground().package
        size = Size(self.screen.width, self.screen.height)
        self.needless += questions(await self.nodes(), package, text, place, SLOTS, size)
        await self.screen.tap(place.x, place.y)

    async def _reachable(self, text: str) -> DumpNode:
        for _ in range(6):
            found = [node for node in await self.nodes() if text in (node.text, node.content_desc)]
            if found and found[0].bounds[3] < self.screen.height - 450:
                return found[0]
            if found and not any(node.scrollable for node in await self.nodes()):
                return found[0]
            if found or await self._long_page():
                await self.screen.swipe(540, 1500, 540, 900, 200)
                await self.settled()
            else:
                await self.sees(text)
        return await self.node(text)

    async def _long_page(self) -> bool:
        return any(node.scrollable for node in await self.nodes())

    async def settled(self) -> None:
        """Until two pictures in a row are the same."""
        before = b""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            now = await self.screen.screenshot_rgba()
            if now == before:
                return
            before = now
            await asyncio.sleep(0.1)
        raise AssertionError("the screen never came to rest")

    async def type_into(self, hint: str, text: str) -> None:
        await self.tap(hint)
        await self.eventually(self.screen.keyboard_shown, "the keyboard")
        assert await self.screen.insert_text(text)

    async def eventually(self, true: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"never came: {what}"
            await asyncio.sleep(0.02)

    async def app_in_front(self, awaited: str) -> str:
        """The package in front, as soon as it is the awaited one, or at the end of the patience."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := str(self.screen.foreground().package)) != awaited and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return found

    async def looks(self, right: Callable[[Image.Image], bool], what: str) -> Image.Image:
        """The first picture that is as wanted."""
        deadline = time.monotonic() + PATIENCE_S
        while not right(picture := await self.picture()):
            assert time.monotonic() < deadline, f"never looked like {what}"
            await asyncio.sleep(0.05)
        return picture

    async def ticks(self, text: str) -> None:
        """Touch a choice and see it taken."""
        await self.tap(text)
        deadline = time.monotonic() + PATIENCE_S
        while not (await self.checked()).get(text):
            assert time.monotonic() < deadline, f"{text} was never ticked"

    async def checked(self) -> dict[str, bool]:
        return {node.text: node.checked for node in await self.nodes() if node.checkable}

    async def picture(self) -> Image.Image:
        raw = await self.screen.screenshot_rgba()
        return Image.frombytes("RGBA", (self.screen.width, self.screen.height), raw)

    async def clean(self) -> None:
        for name, value in Faults().as_dict().items():
            if self.faults.as_dict()[name] != value:
                self.faults.set(name, value)
        await self.screen.key("KEYCODE_HOME")
        for app in self.screen.running():
            await self.screen.force_stop(app.package)
        self.office.office.reset()
        for folder in ("Pictures", "Download", "DCIM/Camera"):
            for file in self.files.host(f"/sdcard/{folder}").iterdir():
                file.unlink()

    def ledger(self, kind: str = "") -> list[dict[str, Any]]:
        return [entry.as_json() for entry in self.office.office.ledger.operations(kind=kind)]

    def push(self, path: str, content: bytes) -> None:
        target = self.files.host_for_writing(path)
        target.write_bytes(content)
        self.files.scan(path)

    def push_photo(self, path: str) -> None:
        target = self.files.host_for_writing(path)
        Image.new("RGB", (640, 480), "#5588aa").save(target)
        self.files.scan(path)

    def downloads(self) -> list[Path]:
        return sorted(self.files.host("/sdcard/Download").iterdir())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Chromium]:
    async with Chromium(Layout.of(*SIZE).scale) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_handset(chromium: Chromium) -> AsyncIterator[Handset]:
    """With quick pages. Tests use `handset`, which puts it back as it was."""
    faults = Faults()
    with PhoneFiles() as files:
        async with BackOffice(latency_ms=(5, 20)) as office:
            office.add_phone("phone-1", faults)
            async with BrowserScreen(*SIZE, office.url, files, faults, chromium=chromium) as screen:
                yield Handset(screen, office, files, faults)


@pytest_asyncio.fixture(loop_scope="module")
async def handset(shared_handset: Handset) -> AsyncIterator[Handset]:
    """On the home screen, nothing running, no files, no faults, the ADB keyboard chosen. Whatever the test does, nobody
    would have been asked about a control that a shipped flow binds."""
    await shared_handset.screen.use_keyboard(ADB_KEYBOARD)
    yield shared_handset
    needless, shared_handset.needless = shared_handset.needless, []
    await shared_handset.clean()
    assert not needless


def share_of_change(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ visibly."""
    difference = cv2.absdiff(np.asarray(one.convert("RGB")), np.asarray(other.convert("RGB")))
    return float((difference.max(axis=2) > 24).mean())
