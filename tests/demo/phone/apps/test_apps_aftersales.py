# ruff: noqa: F811 - fixtures are imported by name
"""The after-sales app, from the search box to the ledger."""

from __future__ import annotations

import hashlib

import pytest

from tests.demo.phone.handset import Handset, chromium, handset, shared_handset  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

APP = "com.example.aftersales"
ORDER = "202405218876"
VIDEO = b"\x00\x00\x00\x18ftypmp42" + b"film" * 5000


async def find_order(handset: Handset, number: str) -> None:
    await handset.open(APP)
    await handset.sees("请输入订单号")
    await handset.type_into("请输入订单号", number)
    await handset.tap("查询")


async def open_request_form(handset: Handset) -> None:
    await find_order(handset, ORDER)
    await handset.tap(f"订单号 {ORDER}")
    await handset.sees("订单详情")
    await handset.tap("申请退换")
    await handset.sees("退换原因*")


async def test_a_complaint_goes_from_the_search_to_exactly_one_entry_in_the_ledger(handset: Handset) -> None:
    handset.push("/sdcard/Pictures/开箱视频.mp4", VIDEO)
    await open_request_form(handset)
    await handset.tap("质量问题")
    await handset.tap("全额退款")
    await handset.tap("补偿50元")
    await handset.tap("＋ 上传附件")
    await handset.sees("选择附件")
    await handset.tap("开箱视频.mp4")
    await handset.tap("完成(1)")
    await handset.sees("删除")
    await handset.tap("下一步")
    review = await handset.sees("提交前核对")
    assert {ORDER, "质量问题", "¥399.00", "¥50.00", "开箱视频.mp4"} <= set(review)
    assert handset.ledger() == [], "nothing happens before it is submitted"

    await handset.tap("提交审核")
    await handset.sees("提交成功")
    (entry,) = handset.ledger()
    assert (entry["kind"], entry["app"], entry["phone"]) == ("refund_request", APP, "phone-1")
    assert (entry["order_no"], entry["reason"]) == (ORDER, "质量问题")
    assert (entry["refund_amount"], entry["compensation_amount"]) == (399.0, 50.0)
    (attachment,) = entry["attachments"]
    assert attachment["name"] == "开箱视频.mp4"
    assert attachment["size"] == len(VIDEO)
    assert attachment["sha256"] == hashlib.sha256(VIDEO).hexdigest()


async def test_submitting_again_after_back_makes_a_second_entry(handset: Handset) -> None:
    await open_request_form(handset)
    await handset.tap("七天无理由")
    await handset.tap("部分退款")
    await handset.type_into("最多 399.00", "120.5")
    await handset.tap("下一步")
    await handset.sees("提交前核对")
    await handset.tap("提交审核")
    await handset.sees("提交成功")
    await handset.screen.key("KEYCODE_BACK")
    await handset.sees("提交审核")
    await handset.tap("提交审核")
    await handset.sees("提交成功")
    assert [entry["refund_amount"] for entry in handset.ledger("refund_request")] == [120.5, 120.5]


async def test_an_incomplete_request_says_what_is_missing_and_stays(handset: Handset) -> None:
    await open_request_form(handset)
    await handset.tap("下一步")
    await handset.sees("请选择退换原因")
    assert handset.ledger() == []


async def test_an_order_that_does_not_exist_is_not_found(handset: Handset) -> None:
    await find_order(handset, "999999999999")
    assert "未找到该订单" in await handset.sees("未找到该订单")


async def test_the_order_shows_its_state_and_its_way(handset: Handset) -> None:
    await find_order(handset, ORDER)
    await handset.tap(f"订单号 {ORDER}")
    texts = await handset.sees("订单详情")
    assert {"已签收", "¥399.00", "蓝牙耳机"} <= set(texts)
    await handset.tap("查看物流")
    texts = await handset.sees("物流轨迹")
    assert {"京东快递", "运单号"} <= set(texts)


async def test_choices_tell_whether_they_are_taken(handset: Handset) -> None:
    await open_request_form(handset)
    await handset.ticks("物流破损")
    before = await handset.checked()
    assert before["物流破损"]
    assert not before["质量问题"]
    await handset.ticks("补偿20元")
    await handset.ticks("补偿30元")
    after = await handset.checked()
    assert after["补偿30元"]
    assert not after["补偿20元"], "one compensation only"


async def test_a_phone_without_pictures_offers_none(handset: Handset) -> None:
    await open_request_form(handset)
    await handset.tap("＋ 上传附件")
    assert "相册里没有照片或视频" in await handset.sees("相册里没有照片或视频")
