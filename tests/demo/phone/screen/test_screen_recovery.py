# ruff: noqa: F811 - fixtures are imported by name
"""A browser that dies takes the screen away at once and gives it back by itself; phones share a browser."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import psutil
import pytest

from cs_agent.demo.phone.browser.chromium import Chromium
from cs_agent.demo.phone.browser.screen import BrowserScreen
from cs_agent.demo.phone.device.faults import Faults
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.installed import BY_PACKAGE
from cs_agent.demo.phone.device.screen import ScreenGone
from tests.demo.phone.handset import ADB_KEYBOARD, SIZE, Handset, chromium, handset, shared_handset  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def browser_processes() -> list[int]:
    """The main processes of the browsers this test process started."""
    found = []
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            line = process.cmdline()
        except psutil.Error:
            continue  # it ended, perhaps since this very test killed it
        if any("force-device-scale-factor" in part for part in line) and not any("--type=" in part for part in line):
            found.append(process.pid)
    return found


async def is_gone(screen: BrowserScreen) -> bool:
    try:
        await screen.screenshot_rgba()
    except ScreenGone:
        return True
    return False


async def until(screen: BrowserScreen, gone: bool) -> None:
    deadline = time.monotonic() + 60
    while await is_gone(screen) is not gone:
        assert time.monotonic() < deadline, f"never {'gone' if gone else 'back'}"
        await asyncio.sleep(0.05)


async def test_a_killed_browser_is_an_error_at_once_and_comes_back_on_the_home_screen(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    for pid in browser_processes():
        os.kill(pid, signal.SIGKILL)
    await until(handset.screen, gone=True)
    with pytest.raises(ScreenGone):
        await handset.screen.tap(1, 1)
    await until(handset.screen, gone=False)
    assert handset.screen.foreground().package == "com.android.launcher3"
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.type_into("请输入手机号", "138")


async def test_a_crashed_page_is_an_app_that_stopped(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.screen.view_url("chrome://crash")
    assert await handset.app_in_front("com.android.launcher3") == "com.android.launcher3"
    await handset.open("com.example.smsdesk")
    assert "请输入手机号" in await handset.sees("请输入手机号")


async def test_two_phones_of_one_browser_know_nothing_of_each_other(handset: Handset, chromium: Chromium) -> None:
    faults = Faults()
    with PhoneFiles() as files:
        async with BrowserScreen(
            *SIZE, handset.office.url, files, faults, phone_key="phone-2", chromium=chromium
        ) as screen:
            other = Handset(screen, handset.office, files, faults)
            await screen.use_keyboard(ADB_KEYBOARD)
            for phone in (handset, other):
                await phone.open("com.example.smsdesk")
                await phone.sees("请输入手机号")
            await other.type_into("请输入手机号", "13812345678")
            await other.tap("查询")
            await other.tap("李晓梅")
            await other.sees("最近验证码")
            await other.tap("重新发送验证码")
            await other.tap("确认发送")
            await other.sees("发送成功")
            assert "请输入手机号" in await handset.texts()
    assert [entry["phone"] for entry in handset.ledger()] == ["phone-2"]
    assert handset.screen.foreground() == BY_PACKAGE["com.example.smsdesk"].component
    assert len(browser_processes()) == 1
