# ruff: noqa: F811 - fixtures are imported by name
"""Every fault that is drawn can be seen, got rid of, and switched off."""

from __future__ import annotations

import time

import pytest
from PIL import Image

from tests.demo.phone.handset import Handset, chromium, handset, share_of_change, shared_handset  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

APP = "com.example.aftersales"


async def open_app(handset: Handset) -> None:
    await handset.open(APP)
    await handset.sees("请输入订单号")
    await handset.settled()


async def test_a_notification_covers_the_top_until_it_is_swiped_away(handset: Handset) -> None:
    await open_app(handset)
    before = await handset.picture()
    top = (0, 90, 1080, 300)
    handset.faults.set("notification", True)
    await handset.sees_no("售后系统")
    await handset.settled()
    assert share_of_change(before.crop(top), (await handset.picture()).crop(top)) > 0.5
    assert handset.screen.foreground().package == APP
    await handset.screen.swipe(540, 220, 540, 60, 150)
    await handset.sees("售后系统")


async def test_a_notification_that_is_touched_leads_away(handset: Handset) -> None:
    await open_app(handset)
    handset.faults.set("notification", True)
    await handset.sees_no("售后系统")
    await handset.settled()
    await handset.screen.tap(540, 180)
    assert await handset.app_in_front("com.android.chrome") == "com.android.chrome"


async def test_an_advertisement_fills_the_app_and_has_a_small_way_out(handset: Handset) -> None:
    await open_app(handset)
    handset.faults.set("advertisement", True)
    texts = await handset.sees("广告")
    assert "请输入订单号" not in texts
    close = await handset.node("关闭广告")
    assert close.bounds[2] - close.bounds[0] < 120
    await handset.tap("跳过")
    await handset.sees("请输入订单号")
    await handset.screen.key("KEYCODE_HOME")
    await handset.open(APP)
    await handset.sees("广告")
    handset.faults.set("advertisement", False)
    await handset.sees("请输入订单号")


async def test_a_permission_dialog_takes_the_focus_of_the_window(handset: Handset) -> None:
    await open_app(handset)
    handset.faults.set("permission_dialog", True)
    texts = await handset.sees("允许")
    assert "允许“售后系统”访问您设备上的照片和视频吗?" in texts
    assert handset.screen.foreground().package == "com.android.permissioncontroller"
    assert {node.package for node in await handset.nodes()} == {"com.android.permissioncontroller"}
    await handset.tap("拒绝")
    await handset.sees("请输入订单号")
    assert handset.screen.foreground().package == APP


async def test_slow_pages_take_their_time_and_show_that_they_load(handset: Handset) -> None:
    await open_app(handset)
    handset.faults.set("slow_page_s", 1.5)
    await handset.type_into("请输入订单号", "202405218876")
    await handset.settled()
    before = await handset.picture()
    began = time.monotonic()
    await handset.tap("查询")
    middle = (0, 500, 1080, 2000)
    while share_of_change(before.crop(middle), (await handset.picture()).crop(middle)) < 0.05:
        assert time.monotonic() - began < 10
    await handset.sees("共 1 个订单")
    assert time.monotonic() - began >= 1.5


async def test_a_network_error_offers_to_try_again_and_the_next_try_works(handset: Handset) -> None:
    await open_app(handset)
    handset.faults.set("network_error", 1)
    await handset.type_into("请输入订单号", "202405218876")
    await handset.tap("查询")
    await handset.sees("网络异常")
    handset.faults.set("network_error", 0)
    await handset.tap("点击重试")
    assert "共 1 个订单" in await handset.sees("共 1 个订单")


async def test_a_request_that_fails_in_between_never_reaches_the_ledger(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.type_into("请输入手机号", "13812345678")
    await handset.tap("查询")
    await handset.tap("李晓梅")
    await handset.sees("重新发送验证码")
    await handset.tap("重新发送验证码")
    handset.faults.set("network_error", 1)
    await handset.tap("确认发送")
    await handset.sees("发送失败")
    assert handset.ledger() == []


async def test_dark_mode_darkens_the_pages_and_the_phone(handset: Handset) -> None:
    await open_app(handset)
    bright = await handset.picture()
    assert lightness(bright, 1000) > 180
    handset.faults.set("dark_mode", True)
    await handset.looks(lambda picture: lightness(picture, 1000) < 80, "a dark page")
    await handset.looks(lambda picture: lightness(picture, 2300) < 80, "a dark navigation bar")
    handset.faults.set("dark_mode", False)
    await handset.looks(lambda picture: share_of_change(bright, picture) < 0.01, "the page it was")


def lightness(picture: Image.Image, row: int) -> int:
    """Of the pixel in the middle of a row, 0-255."""
    value = picture.convert("L").getpixel((540, row))
    assert isinstance(value, int)
    return value


async def test_large_type_makes_the_text_taller(handset: Handset) -> None:
    await open_app(handset)
    before = (await handset.node("最近订单")).bounds
    handset.faults.set("large_font", True)

    async def grown() -> bool:
        after = (await handset.node("最近订单")).bounds
        return after[3] - after[1] > 1.2 * (before[3] - before[1])

    began = time.monotonic()
    while not await grown():
        assert time.monotonic() - began < 10
    await handset.tap("查询")
    await handset.sees("未找到该订单")
    handset.faults.set("large_font", False)


async def test_english_changes_the_phone_and_the_apps(handset: Handset) -> None:
    await open_app(handset)
    handset.faults.set("english", True)
    await handset.sees("Order number")
    assert "SMS Desk" in {app.label for app in handset.screen.apps()}
    await handset.screen.key("KEYCODE_HOME")
    await handset.sees("After-sales")
    handset.faults.set("english", False)
    await handset.sees("售后系统")


async def test_turning_the_phone_turns_the_picture(handset: Handset) -> None:
    await open_app(handset)
    handset.faults.set("rotation", 1)
    assert (handset.screen.width, handset.screen.height, handset.screen.rotation) == (2400, 1080, 1)
    await handset.eventually(
        lambda: handset.screen._session is not None and handset.screen._session.layout.width == 2400,
        "the turned layout",
    )
    picture = await handset.picture()
    assert picture.size == (2400, 1080)
    nodes = await handset.nodes()
    assert nodes[0].bounds == (0, 0, 2400, 1080)
    await handset.tap("请输入订单号")
    await handset.eventually(handset.screen.keyboard_shown, "the keyboard")
