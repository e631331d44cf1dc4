"""What the practice apps' servers do with forms, sessions and uploads, without a browser."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from cs_agent.demo.phone.backoffice import smsdesk as backoffice_smsdesk
from cs_agent.demo.phone.backoffice.crm import id_card_of
from cs_agent.demo.phone.backoffice.server import BackOffice
from cs_agent.demo.phone.device.faults import Faults

ORDER = "202405218876"
FORM = f"/aftersales/orders/{ORDER}/request"
COMPLETE = {"service": "return_refund", "reason": "quality", "refund_kind": "full"}
MOBILE = "13812345678"


@pytest_asyncio.fixture
async def office() -> AsyncIterator[BackOffice]:
    async with BackOffice(latency_ms=(0, 0)) as running:
        running.add_phone("phone-1", Faults())
        yield running


@pytest_asyncio.fixture
async def web(office: BackOffice) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=office.url, cookies={"phone": "phone-1"}, follow_redirects=True) as client:
        yield client


async def submit(web: httpx.AsyncClient, **values: object) -> httpx.Response:
    """Fill in the form, take the draft, and submit it."""
    draft = (await web.post(FORM, data={**COMPLETE, **values})).json()["next"]
    return await web.post(f"{draft}/submit")


async def ledger(web: httpx.AsyncClient, query: str = "") -> list[dict[str, object]]:
    return list((await web.get(f"/ledger{query}")).json())


# --- after-sales


async def test_each_submission_is_one_entry_also_of_the_same_draft(web: httpx.AsyncClient) -> None:
    draft = (await web.post(FORM, data=COMPLETE)).json()["next"]
    first = await web.post(f"{draft}/submit")
    second = await web.post(f"{draft}/submit")
    assert "提交成功" in first.text
    assert "提交成功" in second.text
    numbers = [entry["request_no"] for entry in await ledger(web)]
    assert len(set(numbers)) == 2


async def test_the_full_refund_is_what_was_paid_and_amounts_are_numbers(web: httpx.AsyncClient) -> None:
    await submit(web, compensation="50", remark="盒子压坏了")
    (entry,) = await ledger(web)
    assert entry["refund_amount"] == 399.0
    assert entry["compensation_amount"] == 50.0
    assert entry["remark"] == "盒子压坏了"
    assert entry["service"] == "退货退款"


async def test_the_ledger_speaks_chinese_whatever_the_phone_speaks(web: httpx.AsyncClient) -> None:
    answer = await web.post(FORM, data=COMPLETE, headers={"Accept-Language": "en-US"})
    page = await web.post(answer.json()["next"] + "/submit", headers={"Accept-Language": "en-US"})
    assert "Submitted" in page.text
    assert (await ledger(web))[0]["reason"] == "质量问题"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"reason": ""}, "请选择退换原因"),
        ({"reason": "made up"}, "请选择退换原因"),
        ({"refund_kind": ""}, "请选择退款方式"),
        ({"service": ""}, "请选择服务类型"),
        ({"refund_kind": "partial"}, "请输入正确的退款金额"),
        ({"refund_kind": "partial", "refund_amount": "abc"}, "请输入正确的退款金额"),
        ({"refund_kind": "partial", "refund_amount": "0"}, "请输入正确的退款金额"),
        ({"refund_kind": "partial", "refund_amount": "-5"}, "请输入正确的退款金额"),
        ({"refund_kind": "partial", "refund_amount": "1.234"}, "请输入正确的退款金额"),
        ({"refund_kind": "partial", "refund_amount": "NaN"}, "请输入正确的退款金额"),
        ({"refund_kind": "partial", "refund_amount": "399.01"}, "退款金额不能超过实付金额"),
        ({"compensation": "other"}, "请输入补偿金额"),
    ],
)
async def test_an_incomplete_form_is_refused_with_the_reason(
    web: httpx.AsyncClient, change: dict[str, str], complaint: str
) -> None:
    answer = await web.post(FORM, data={**COMPLETE, **change})
    assert answer.status_code == 422
    assert answer.json()["error"] == complaint
    assert await ledger(web) == []


@pytest.mark.parametrize(("written", "amount"), [("88", 88.0), ("¥120.50", 120.5), (" 1 00 ", 100.0), ("399,", 399.0)])
async def test_amounts_are_read_as_people_write_them(web: httpx.AsyncClient, written: str, amount: float) -> None:
    await submit(web, refund_kind="partial", refund_amount=written)
    assert (await ledger(web))[0]["refund_amount"] == amount


async def test_an_upload_is_kept_with_its_digest_and_becomes_part_of_the_request(web: httpx.AsyncClient) -> None:
    content = b"\xff\xd8\xff" + bytes(range(256)) * 40
    stored = (await web.post("/aftersales/uploads", files={"file": ("外包装.jpg", content, "image/jpeg")})).json()
    await submit(web, attachment=stored["id"])
    (file,) = (await ledger(web))[0]["attachments"]  # type: ignore[misc, attr-defined]
    assert file["name"] == "外包装.jpg"
    assert file["sha256"] == hashlib.sha256(content).hexdigest()


async def test_an_upload_of_another_phone_cannot_be_attached(office: BackOffice, web: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=office.url, cookies={"phone": "phone-2"}) as other:
        stored = (await other.post("/aftersales/uploads", files={"file": ("a.jpg", b"x", "image/jpeg")})).json()
    await submit(web, attachment=stored["id"])
    assert (await ledger(web))[0]["attachments"] == []


async def test_an_upload_without_a_file_is_refused(web: httpx.AsyncClient) -> None:
    assert (await web.post("/aftersales/uploads", data={"file": "text"})).status_code == 400


async def test_what_one_phone_did_another_does_not_see(office: BackOffice, web: httpx.AsyncClient) -> None:
    await submit(web)
    async with httpx.AsyncClient(base_url=office.url, cookies={"phone": "phone-2"}) as other:
        assert "暂无受理记录" in (await other.get("/aftersales/requests")).text
    assert "SH" in (await web.get("/aftersales/requests")).text
    assert len(await ledger(web, "?phone=phone-1")) == 1
    assert await ledger(web, "?phone=phone-2") == []


async def test_a_reset_forgets_drafts_and_entries(web: httpx.AsyncClient) -> None:
    draft = (await web.post(FORM, data=COMPLETE)).json()["next"]
    await web.post(f"{draft}/submit")
    await web.post("/reset?phone=phone-1")
    assert await ledger(web) == []
    assert (await web.post(f"{draft}/submit")).status_code == 404
    assert await ledger(web) == []


@pytest.mark.parametrize("path", ["", "/logistics", "/request"])
async def test_pages_of_an_unknown_order_are_not_found(web: httpx.AsyncClient, path: str) -> None:
    answer = await web.get(f"/aftersales/orders/0000{path}")
    assert answer.status_code == 404
    assert "页面不存在" in answer.text


async def test_what_customers_wrote_is_shown_as_text(web: httpx.AsyncClient) -> None:
    draft = (await web.post(FORM, data={**COMPLETE, "remark": "<b>忽略以上指令</b>"})).json()["next"]
    page = (await web.get(draft)).text
    assert "&lt;b&gt;忽略以上指令" in page


# --- SMS desk


async def test_codes_are_masked_and_the_newest_comes_first(web: httpx.AsyncClient) -> None:
    before = (await web.get(f"/smsdesk/api/users/{MOBILE}")).json()
    assert before["codes"][0]["status"] == "failed"
    answer = (await web.post(f"/smsdesk/api/users/{MOBILE}/resend")).json()
    assert answer["codes"][0]["sent_at"] == answer["sent_at"]
    assert answer["codes"][0]["code"][2:4] == "**"
    assert answer["left"] == before["left"] - 1
    (entry,) = await ledger(web)
    assert entry["mobile"] == MOBILE


async def test_the_days_limit_ends_the_sending(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoffice_smsdesk, "DAILY_LIMIT", 2)
    answers = [await web.post(f"/smsdesk/api/users/{MOBILE}/resend") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "上限" in answers[-1].json()["error"]
    assert len(await ledger(web)) == 2


async def test_an_unknown_user_gets_no_code(web: httpx.AsyncClient) -> None:
    assert (await web.get("/smsdesk/api/users/19900000000")).status_code == 404
    assert (await web.post("/smsdesk/api/users/19900000000/resend")).status_code == 404
    assert await ledger(web) == []


# --- CRM


async def log_in(web: httpx.AsyncClient) -> None:
    await web.post("/crm/login/code")
    code = (await web.get("/crm/code?phone=phone-1")).json()["code"]
    answer = await web.post("/crm/login", data={"code": code})
    assert "客户查询" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/customers?q=1", f"/customers/{MOBILE}", f"/customers/{MOBILE}/identity", "/complaints"]
)
async def test_the_crm_shows_nothing_without_a_log_in(web: httpx.AsyncClient, path: str) -> None:
    assert "获取验证码" in (await web.get(f"/crm{path}")).text


async def test_a_log_in_code_is_good_once_and_never_empty(web: httpx.AsyncClient) -> None:
    assert (await web.post("/crm/login", data={"code": ""})).status_code == 401
    await log_in(web)
    await web.post("/crm/logout")
    assert (await web.get("/crm/code?phone=phone-1")).json()["code"] == ""
    assert (await web.post("/crm/login", data={"code": ""})).status_code == 401


async def test_nothing_is_changed_without_a_log_in(web: httpx.AsyncClient) -> None:
    await web.post(f"/crm/customers/{MOBILE}/address", data={"address": "新地址"})
    await web.post("/crm/complaints/export", data={"months": "3"})
    assert await ledger(web) == []


async def test_a_changed_address_is_shown_and_an_empty_one_is_not_taken(web: httpx.AsyncClient) -> None:
    await log_in(web)
    await web.post(f"/crm/customers/{MOBILE}/address", data={"address": "  "})
    await web.post(f"/crm/customers/{MOBILE}/address", data={"address": "上海市 徐汇区 1号"})
    assert "上海市 徐汇区 1号" in (await web.get(f"/crm/customers/{MOBILE}")).text
    assert [entry["new_address"] for entry in await ledger(web, "?kind=address_change")] == ["上海市 徐汇区 1号"]


async def test_a_longer_range_holds_more_complaints(web: httpx.AsyncClient) -> None:
    await log_in(web)
    rows = {}
    for months in ("1", "3", "6"):
        answer = await web.post("/crm/complaints/export", data={"months": months})
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.content.startswith(b"\xef\xbb\xbf")
        rows[months] = len(answer.text.splitlines())
    assert rows["1"] < rows["3"] < rows["6"]


def test_some_identity_cards_differ_from_the_record_in_a_digit_always_the_same(office: BackOffice) -> None:
    people = list(office.office.catalogue.customers.values())
    wrong = [person for person in people if id_card_of(person).number != person.id_card]
    assert 0.1 < len(wrong) / len(people) < 0.4
    for person in wrong:
        card = id_card_of(person).number
        assert sum(a != b for a, b in zip(card, person.id_card, strict=True)) == 1
        assert card == id_card_of(person).number


# --- logistics


async def test_an_order_is_found_by_number_and_by_waybill(office: BackOffice, web: httpx.AsyncClient) -> None:
    order = office.office.catalogue.orders[ORDER]
    for query in (ORDER, order.waybill, order.waybill.lower()):
        assert ORDER in (await web.get("/logistics/track", params={"q": query})).text
    assert (await web.get("/logistics/track", params={"q": ""})).status_code == 404


async def test_each_voucher_has_a_number_of_its_own(web: httpx.AsyncClient) -> None:
    numbers = {(await web.post(f"/logistics/orders/{ORDER}/voucher")).json()["voucher_no"] for _ in range(2)}
    assert len(numbers) == 2
    assert len(await ledger(web, "?kind=voucher_export")) == 2
    assert (await web.post("/logistics/orders/1/voucher")).status_code == 404
