"""The whole story with real processes: Redis, Celery, adb, virtual phone, pilot, web server, and a real browser.

A person clicks, watches, decides; the ledger of the practice apps says what really happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.operator import Operator
from tests.processes import Product, wait_until

RESENDS = {"修改密码收不到验证码": "15088889999", "收不到登录验证码": "13901234567"}
STOP_ALL = """
from django.contrib.auth import get_user_model
from tickets.models import Run
from tickets.services.runs import lifecycle as runs
from tickets.services.runs.transitions import ACTIVE
admin = get_user_model().objects.get(username="admin")
for run in Run.objects.filter(status__in=ACTIVE):
    runs.stop_run(run, admin)
"""
pytestmark = [pytest.mark.story, pytest.mark.browser]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def nothing_left_running(product: Product) -> Iterator[None]:
    """A test that failed leaves the only phone to the next."""
    yield
    product.manage("shell", "-v", "0", "-c", STOP_ALL)


def _requests(product: Product) -> list[dict[str, object]]:
    return [entry for entry in product.ledger() if entry["kind"] == "refund_request"]


def test_a_complaint_is_filed_once_after_the_operators_yes(product: Product, page: Page) -> None:
    before = len(product.ledger())
    lin = Operator(page, product.address)
    lin.open_ticket("蓝牙耳机充不上电")
    lin.start()
    card = lin.wait_for_confirmation()
    expect(card.locator("#confirm-summary")).to_contain_text("退款:¥399.00 | 补偿:¥50.00 | 原因:质量问题")
    assert len(product.ledger()) == before, "nothing may be filed before the yes"

    lin.press("y")
    lin.wait_for_status("成功")

    (filed,) = _requests(product)
    assert filed["order_no"] == "202405218876"
    assert (filed["refund_amount"], filed["compensation_amount"]) == (399.0, 50.0)
    assert filed["reason"] == "质量问题"
    (attachment,) = filed["attachments"]  # type: ignore[misc]
    assert attachment["name"].endswith(".mp4")
    assert len(product.ledger()) == before + 1


def test_the_replay_of_that_run_plays_with_its_steps(product: Product, page: Page) -> None:
    viewer = Operator(page, product.address, "viewer")
    viewer.open_ticket("蓝牙耳机充不上电")
    link = page.locator("a[href*='/replay/']").first
    expect(link).to_be_visible(timeout=60_000)
    link.click()
    video = page.locator("video")
    expect(video).to_be_visible()
    duration = wait_until("the video's length to be known", lambda: video.evaluate("v => v.duration || 0"), 20)
    assert duration > 3
    assert page.locator("[data-replay-step], .replay-step, li[data-at]").count() > 3


def test_a_code_is_sent_again_once_after_one_yes(product: Product, page: Page) -> None:
    before = len(product.ledger())
    bo = Operator(page, product.address, "bo")
    ticket = bo.open_first_startable(*RESENDS)  # each can be started once
    bo.start()
    bo.wait_for_confirmation()
    assert len(product.ledger()) == before
    bo.press("y")
    bo.wait_for_status("成功")
    sent = product.ledger()[before:]
    assert [(entry["kind"], entry["mobile"]) for entry in sent] == [("sms_resend", RESENDS[ticket])]


def test_a_no_files_nothing(product: Product, page: Page) -> None:
    before = product.ledger()
    bo = Operator(page, product.address, "bo")
    bo.open_first_startable(*reversed(RESENDS))
    bo.start()
    bo.wait_for_confirmation()
    bo.press("n")
    page.get_by_role("button", name=re.compile("拒绝并结束")).click()
    bo.wait_for_status("已停止")
    assert product.ledger() == before
    wait_until("the phone to be free", lambda: "空闲" in _phones(product, page), 30)


def _phones(product: Product, page: Page) -> str:
    page.goto(f"{product.address}/phones/")
    return page.inner_text("main")


def test_no_process_reported_a_defect(product: Product) -> None:
    for name in product.processes:
        text = Path(product.log_path(name)).read_text(errors="replace")
        assert "Traceback" not in text, f"{name}:\n{product.tail(name, 60)}"
