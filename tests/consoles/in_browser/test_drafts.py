"""The draft of a flow in a real browser: what is typed is in the version, and two editors lose nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import keep_picture
from tests.consoles.browsing import Login
from tests.consoles.site import Site

pytestmark = pytest.mark.browser

FLOW = "/flows/resend_code/"


def open_draft(visit: Login) -> Page:
    page = visit(FLOW, "fiona")
    page.locator(".page-head .btn-main").click()  # begins a draft, or goes on with the open one
    page.wait_for_url(f"**{FLOW}draft/")
    page.wait_for_load_state()
    return page


def test_a_new_slot_gets_an_identifier_is_offered_and_what_was_typed_at_last_is_in_the_version(visit: Login) -> None:
    page = open_draft(visit)
    page.locator("#part-slots [data-add]").click()
    row = page.locator("#part-slots [data-rows] > [data-row]").last
    row.locator("[name='slot.label_zh']").fill("发票抬头")
    row.locator("[name='slot.label_en']").fill("Invoice title")
    row.locator("[name='slot.label_en']").press("Tab")
    expect(row.locator("[name='slot.name']")).to_have_value("invoice_title")
    expect(page.locator("[data-chips] [data-insert=invoice_title]")).to_contain_text("发票抬头")
    keep_picture(page, "draft")
    page.fill("#threshold", "9")
    page.locator("#freeze").click()
    page.wait_for_url(f"**{FLOW}?version=2")
    expect(page.locator(".banner", has_text="演练这个版本")).to_be_visible()
    page.get_by_role("button", name=re.compile("从 v2 开始修改")).click()
    expect(page.locator("#threshold")).to_have_value("9")
    expect(page.locator("[name='slot.name']").last).to_have_value("invoice_title")


def test_what_a_colleague_saved_is_replaced_only_by_a_second_press(visit: Login) -> None:
    page = open_draft(visit)
    other = visit(f"{FLOW}draft/", "fiona")
    for tab, days in ((other, "30"), (page, "60")):
        tab.fill("[name=keep_days]", days)
        tab.keyboard.press("Control+s")
    conflict = page.locator("#draft-state")
    expect(conflict).to_contain_text("您写的与同事保存的差别")
    page.fill("[name=keep_days]", "61")
    with page.expect_response(lambda response: "draft/save" in response.url and response.status == 409):
        page.keyboard.press("Control+s")
    keep_picture(page, "draft-conflict")
    over = page.get_by_role("button", name="保存我写的")
    over.click()
    page.get_by_role("button", name="再按一次保存您写的").click()
    expect(conflict).to_contain_text("已保存")
    other.reload()
    expect(other.locator("[name=keep_days]")).to_have_value("61")
    other.locator("summary", has_text="保存记录").click()
    other.locator(".history a").nth(1).click()
    expect(other.locator("del")).to_contain_text("61")
    keep_picture(other, "draft-history")
    other.get_by_role("button", name=re.compile("回到 r")).click()
    expect(other.locator("[name=keep_days]")).to_have_value("30")


def fetch_again(page: Page, asked: str) -> None:
    """The part that fetches itself does so now."""
    with page.expect_response(lambda answer: answer.url.endswith(asked)):
        page.evaluate("() => void htmx.ajax('GET', location.href, '[data-poll]')")


def test_a_part_that_fetches_itself_keeps_what_is_typed_in_it_and_what_is_unfolded(visit: Login, console: Site) -> None:
    console.run("tests.consoles.scenes:may", "fiona", "manage_phones")
    page = visit("/phones/", "fiona")
    page.locator("summary", has_text="用途").first.click()
    fetch_again(page, "/phones/")
    field = page.locator("[name=accounts]").first
    expect(field).to_be_visible()  # still unfolded
    field.fill("售后系统 / 测试 01")
    page.locator("h1").click()
    fetch_again(page, "/phones/")
    expect(field).to_have_value("售后系统 / 测试 01")
