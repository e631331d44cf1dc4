"""When a picture may be used again, told with a scripted browser session instead of Chromium."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from playwright.async_api import CDPSession, Error, Page

from cs_agent.demo.phone.browser.camera import Camera
from cs_agent.demo.phone.browser.system_ui.compose import encode_png


def png(shade: int) -> str:
    return base64.b64encode(encode_png(np.full((4, 4, 4), (shade, shade, shade, 255), np.uint8))).decode()


class ScriptedPage:
    """Shows one shade of grey; counts captures and answered frames."""

    def __init__(self) -> None:
        self.shade = 10
        self.captures = 0
        self.answered = 0
        self.refusals = 0
        self.closed = False
        self.hangs = False
        self.main_frame = object()
        self._listeners: dict[str, Callable[[Any], None]] = {}

    def is_closed(self) -> bool:
        return self.closed

    def on(self, event: str, listener: Callable[[Any], None]) -> None:
        self._listeners[event] = listener

    async def send(self, method: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
        if method == "Page.screencastFrameAck":
            self.answered += 1
        if method != "Page.captureScreenshot":
            return {}
        self.captures += 1
        if self.closed or self.refusals:
            self.refusals -= 1
            raise Error("not now")
        if self.hangs:
            await asyncio.Event().wait()
        return {"data": png(self.shade)}

    def damage(self, shade: int) -> None:
        """The page draws something, and Chromium tells."""
        self.shade = shade
        self._listeners["Page.screencastFrame"]({"sessionId": 1, "data": png(shade)})

    def navigated(self, frame: object) -> None:
        self._listeners["framenavigated"](frame)


@pytest.fixture
def page() -> ScriptedPage:
    return ScriptedPage()


@pytest.fixture
def camera(page: ScriptedPage) -> Camera:
    return Camera(cast(Page, page), cast(CDPSession, page))


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0)


async def shade(camera: Camera) -> int:
    return int((await camera.picture())[0, 0, 0])


async def test_an_unchanged_page_is_captured_once(page: ScriptedPage, camera: Camera) -> None:
    first = await camera.picture()
    assert await camera.picture() is first
    assert page.captures == 1


async def test_damage_makes_the_next_picture_a_new_one(page: ScriptedPage, camera: Camera) -> None:
    await camera.picture()
    page.damage(99)
    assert await shade(camera) == 99
    assert page.captures == 2


async def test_a_frame_equal_to_the_last_is_no_news(page: ScriptedPage, camera: Camera) -> None:
    page.damage(10)
    await camera.picture()
    page.damage(10)
    await camera.picture()
    assert page.captures == 1


async def test_frames_stay_unanswered_until_somebody_looks(page: ScriptedPage, camera: Camera) -> None:
    await camera.picture()
    page.damage(20)
    page.damage(30)
    await asyncio.sleep(0)
    assert page.answered == 0
    await camera.picture()
    await asyncio.sleep(0)
    assert page.answered == 2


async def test_after_input_the_picture_is_captured_even_without_damage(page: ScriptedPage, camera: Camera) -> None:
    await camera.picture()
    page.shade = 77
    camera.mark_changed()
    assert await shade(camera) == 77


async def test_the_same_content_gives_the_same_array(page: ScriptedPage, camera: Camera) -> None:
    first = await camera.picture()
    camera.mark_changed()
    assert await camera.picture() is first
    assert page.captures == 2


async def test_while_a_finger_moves_an_older_picture_is_not_reused(page: ScriptedPage, camera: Camera) -> None:
    await camera.picture()
    camera.expect_motion()
    page.shade = 55  # drawn, but the news of it was dropped
    await asyncio.sleep(0.1)
    assert await shade(camera) == 55


async def test_a_moving_page_is_followed_by_its_frames_and_captured_at_rest(page: ScriptedPage, camera: Camera) -> None:
    await camera.picture()
    page.damage(20)
    page.damage(21)
    looking = asyncio.create_task(shade(camera))
    await asyncio.sleep(0.02)
    page.damage(22)
    assert await looking == 22
    assert page.captures == 1, "the frame was the picture"
    assert await shade(camera) == 22
    assert page.captures == 2, "at rest it is captured exactly"


async def test_a_frozen_page_keeps_what_it_drew_last(page: ScriptedPage, camera: Camera) -> None:
    page.damage(40)
    camera.frozen = True
    assert await shade(camera) == 40
    assert page.captures == 0


async def test_a_page_that_is_just_being_replaced_is_tried_again(page: ScriptedPage, camera: Camera) -> None:
    page.refusals = 2
    assert await shade(camera) == 10
    assert page.captures == 3


async def test_what_a_page_was_asked_before_it_was_replaced_is_asked_anew(page: ScriptedPage, camera: Camera) -> None:
    page.hangs = True
    looking = asyncio.create_task(shade(camera))
    await until(lambda: page.captures == 1)
    page.navigated(object())  # a frame within the page
    page.hangs = False
    await asyncio.sleep(0)
    assert page.captures == 1
    page.navigated(page.main_frame)
    assert await looking == 10
    assert page.captures == 2


async def test_a_closed_page_is_an_error_and_never_an_old_picture(page: ScriptedPage, camera: Camera) -> None:
    await camera.picture()
    page.closed = True
    camera.mark_changed()
    with pytest.raises(Error):
        await camera.picture()
    with pytest.raises(Error):
        await camera.picture()


async def test_two_who_ask_at_once_cost_one_capture(page: ScriptedPage, camera: Camera) -> None:
    one, other = await asyncio.gather(camera.picture(), camera.picture())
    assert one is other
    assert page.captures == 1


async def test_without_following_every_picture_is_captured(page: ScriptedPage) -> None:
    camera = Camera(cast(Page, page), cast(CDPSession, page), follow_motion=False)
    await camera.picture()
    page.damage(20)
    page.damage(21)
    assert await shade(camera) == 21
    assert page.captures == 2
