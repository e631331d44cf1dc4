"""A flow is taught on its page, rehearsed, reviewed and released, with real processes and a real browser."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.operator import RUN_LIMIT_MS, Operator
from tests.e2e.teacher import SLOW_MS, Teacher
from tests.processes import Product, wait_until

USE = "from tickets.models import Phone; Phone.objects.update(use='{}')"
WHY = (
    "from tickets.models import RehearsalRun, Step; row = RehearsalRun.objects.get(); print(row.outcome, row.note);"
    "[print(s.number, s.source, s.action_text, s.status, s.outcome) for s in Step.objects.filter(run=row.run)]"
)
pytestmark = pytest.mark.soak  # takes minutes, and fails now and then on a busy machine


def test_a_flow_is_taught_rehearsed_reviewed_and_released(product: Product, browser: Browser) -> None:
    product.manage("shell", "-v", "0", "-c", USE.format("rehearsal"))
    number = sample_number(product)
    before = product.ledger()
    page = new_page(browser)
    teacher = Teacher(page, product)
    teacher.begin("补发验证码", "taught_resend", number)
    resend_by_hand(teacher)
    expect(page.locator("[data-notice]")).to_have_count(0)
    picture(page, "teach")
    page.get_by_role("button", name="完成,生成草稿").click()
    page.wait_for_url("**/draft/", timeout=SLOW_MS)
    page.wait_for_load_state()
    page.locator("#freeze").click()
    page.wait_for_url("**/taught_resend/?version=2", timeout=SLOW_MS)

    page.fill("input[name=tickets]", number)
    page.get_by_role("button", name="开始演练").click()
    wait_until("the rehearsal to end", lambda: rehearsed(page, product), RUN_LIMIT_MS / 1000)
    assert product.ledger() == before, "neither a lesson nor a rehearsal submits anything"
    page.goto(f"{product.address}/flows/taught_resend/?version=2")
    page.get_by_role("button", name="提交评审").click()

    for name in ("reviewer", "supervisor"):  # two, as the route passes over a word of commitment
        review(browser, product, name)
    page.goto(f"{product.address}/flows/taught_resend/?version=2")
    page.select_option("select[name=percent]", "100")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator(".pill", has_text="已发布").first).to_be_visible()
    assert product.ledger() == before


NUMBER = "from tickets.models import Ticket; print(Ticket.objects.get(text__contains='修改密码收不到验证码').number)"


def sample_number(product: Product) -> str:
    return product.manage("shell", "-v", "0", "-c", NUMBER).strip()


def new_page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()


def picture(page: Page, name: str) -> None:
    """For the documentation, where a folder is given."""
    if folder := os.environ.get("STORY_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def resend_by_hand(teacher: Teacher) -> None:
    """What a person does on the text message desk, up to the commit."""
    teacher.tap("短信平台")
    teacher.tap("手机号")
    teacher.put_in("mobile")
    teacher.tap("查询")
    teacher.tap("15088889999")
    teacher.tap_sure("重新发送验证码")
    teacher.mark("框选要确认的值", "将向 15088889999 重新发送")
    teacher.commit("确认发送")
    teacher.say_success("发送成功")
    expect(teacher.page.locator(".lesson-marks [data-at]")).to_have_count(2)


def rehearsed(page: Page, product: Product) -> bool:
    page.goto(f"{product.address}/flows/taught_resend/?version=2")
    text = page.inner_text("#rehearse")
    assert "0 / 1" not in text, product.manage("shell", "-v", "0", "-c", WHY)
    return "1 / 1" in text


def review(browser: Browser, product: Product, name: str) -> None:
    """Look at every page of the route, say a word, and agree."""
    page = new_page(browser)
    reader = Operator(page, product.address, name)
    reader.page.goto(f"{product.address}/flows/taught_resend/v2/storyboard/")
    expect(page.locator(".board > li")).to_have_count(7)
    expect(page.locator(".panel-shot img")).to_have_count(7)
    expect(page.locator(".board > li").last).to_contain_text("每次由人确认")
    loaded = "[...document.querySelectorAll('.panel-shot img')].slice(0, 5).every((each) => each.naturalWidth > 0)"
    wait_until("the pictures", lambda: page.evaluate(loaded), 60)
    picture(page, f"storyboard-{name}")
    page.locator(".board > li").nth(3).locator("summary").click()
    page.locator(".board > li").nth(3).locator("textarea").fill("查询不改动数据")
    page.locator(".board > li").nth(3).get_by_role("button", name="留下意见").click()
    expect(page.locator(".panel-note").last).to_contain_text("查询不改动数据")
    page.goto(f"{product.address}/flows/taught_resend/?version=2")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator(".review").last).to_contain_text("通过")
