# ruff: noqa: F811 - fixtures are imported by name
"""The CRM behind its log-in, and the logistics app with its vouchers."""

from __future__ import annotations

import csv
import io

import pytest

from tests.demo.phone.handset import Handset, chromium, handset, shared_handset  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CRM = "com.example.crm"
MOBILE = "13812345678"


async def log_in(handset: Handset) -> None:
    await handset.open(CRM)
    await handset.sees("获取验证码")
    await handset.tap("获取验证码")
    await handset.sees("重新获取")
    phone = handset.office.office.phone("phone-1")
    await handset.type_into("请输入 6 位验证码", phone.login_code)
    await handset.tap("登录")
    await handset.sees("投诉记录")


async def open_customer(handset: Handset) -> None:
    await log_in(handset)
    await handset.type_into("手机号 / 姓名", MOBILE)
    await handset.tap("查询")
    await handset.sees("李晓梅")
    await handset.tap("李晓梅")
    await handset.sees("客户资料")


async def test_the_log_in_code_is_shown_nowhere_on_the_phone(handset: Handset) -> None:
    await handset.open(CRM)
    await handset.sees("获取验证码")
    await handset.tap("获取验证码")
    texts = await handset.sees("重新获取")
    code = handset.office.office.phone("phone-1").login_code
    assert len(code) == 6
    assert not any(code in text for text in texts)


async def test_a_wrong_code_lets_nobody_in(handset: Handset) -> None:
    await handset.open(CRM)
    await handset.sees("请输入 6 位验证码")
    await handset.type_into("请输入 6 位验证码", "000000")
    await handset.tap("登录")
    await handset.sees("验证码错误,请重新输入")
    assert handset.ledger() == []


async def test_an_address_is_changed_after_the_confirmation(handset: Handset) -> None:
    await open_customer(handset)
    await handset.tap("修改收货地址")
    await handset.type_into("请输入省市区和详细地址", "江苏省南京市玄武区珠江路88号3栋502室")
    await handset.tap("保存")
    await handset.sees("确认修改收货地址?")
    assert handset.ledger("address_change") == []
    await handset.tap("确认修改")
    await handset.sees("修改成功")
    (entry,) = handset.ledger("address_change")
    assert entry["new_address"] == "江苏省南京市玄武区珠江路88号3栋502室"
    assert entry["old_address"].startswith("江苏省")


async def test_an_identity_is_checked_by_comparing_two_numbers(handset: Handset) -> None:
    await open_customer(handset)
    await handset.tap("身份核验")
    texts = await handset.sees("证件信息证件照片识别结果")
    assert texts.count("身份证号") == 2
    await handset.tap("核验不通过")
    await handset.sees("核验结果已提交")
    (entry,) = handset.ledger("identity_check")
    assert entry["verdict"] == "refused"


async def test_complaints_are_filtered_with_the_phones_own_list_and_exported(handset: Handset) -> None:
    await log_in(handset)
    await handset.tap("投诉记录")
    await handset.sees("近一个月")
    await handset.tap("近一个月")
    await handset.sees("近半年")
    await handset.tap("近三个月")
    await handset.sees("近三个月")
    await handset.settled()
    await handset.tap("导出")
    await handset.eventually(lambda: bool(handset.downloads()), "the exported file")
    (entry,) = handset.ledger("complaint_export")
    (file,) = handset.downloads()
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert file.name == entry["file"]
    assert entry["months"] == 3
    assert len(rows) == entry["rows"] + 1 > 20


async def test_a_voucher_is_saved_to_the_gallery(handset: Handset) -> None:
    await handset.open("com.example.logistics")
    await handset.sees("输入订单号或运单号")
    await handset.type_into("输入订单号或运单号", "202405218876")
    await handset.tap("搜索")
    await handset.sees("已签收")
    await handset.tap("导出凭证")
    await handset.eventually(lambda: bool(handset.files.media()), "the voucher")
    (picture,) = handset.files.media()
    (entry,) = handset.ledger()
    assert picture.path == "/storage/emulated/0/Pictures/物流凭证_202405218876.png"
    assert (entry["kind"], entry["order_no"], entry["file"]) == ("voucher_export", "202405218876", picture.name)


async def test_a_number_nobody_knows_has_no_way(handset: Handset) -> None:
    await handset.open("com.example.logistics")
    await handset.sees("输入订单号或运单号")
    await handset.type_into("输入订单号或运单号", "000")
    await handset.screen.key("KEYCODE_ENTER")
    assert "未查询到物流信息" in await handset.sees("未查询到物流信息")
