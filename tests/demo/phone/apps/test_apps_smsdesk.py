# ruff: noqa: F811 - fixtures are imported by name
"""The SMS desk: find a user, resend a code, be told the result."""

from __future__ import annotations

import pytest

from tests.demo.phone.handset import Handset, chromium, handset, shared_handset  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

MOBILE = "13812345678"


async def open_user(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.type_into("请输入手机号", MOBILE)
    await handset.tap("查询")
    await handset.sees("李晓梅")
    await handset.tap("李晓梅")
    await handset.sees("最近验证码")


async def test_a_code_is_sent_again_once_it_was_confirmed(handset: Handset) -> None:
    await open_user(handset)
    await handset.tap("重新发送验证码")
    await handset.sees("确认发送")
    assert handset.ledger() == []
    await handset.tap("确认发送")
    texts = await handset.sees("发送成功")
    assert f"验证码已发送至 {MOBILE}" in texts
    (entry,) = handset.ledger()
    assert (entry["kind"], entry["mobile"], entry["user"]) == ("sms_resend", MOBILE, "李晓梅")


async def test_cancelling_sends_nothing(handset: Handset) -> None:
    await open_user(handset)
    await handset.tap("重新发送验证码")
    await handset.tap("取消")
    await handset.sees_no("确认发送")
    assert handset.ledger() == []


async def test_back_goes_through_the_views_and_then_leaves_the_app(handset: Handset) -> None:
    await open_user(handset)
    await handset.screen.key("KEYCODE_BACK")
    await handset.sees("查询结果")
    await handset.screen.key("KEYCODE_BACK")
    await handset.sees("发送异常用户")
    await handset.screen.key("KEYCODE_BACK")
    assert await handset.app_in_front("com.android.launcher3") == "com.android.launcher3"


async def test_an_unknown_number_is_not_found(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.type_into("请输入手机号", "19900000000")
    await handset.screen.key("KEYCODE_ENTER")
    assert "未找到该用户" in await handset.sees("未找到该用户")


async def test_the_search_field_holds_what_was_typed_and_is_no_password(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.type_into("请输入手机号", "138")
    field = await handset.node("138")
    assert field.class_name == "android.widget.EditText"
    assert field.focused
    assert not field.password
    assert field.content_desc == "手机号"
