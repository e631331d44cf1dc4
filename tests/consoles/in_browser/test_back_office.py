"""The back office in a real Chromium: what an administrator reads and ticks there, also on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import keep_picture
from tests.consoles.browsing import AXE_RULES, PASSWORD, PATIENCE_MS
from tests.consoles.site import Site

pytestmark = pytest.mark.browser
SCENES = "tests.consoles.in_browser.office_scenes"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LISTS = ("ticket", "run", "step", "confirmation", "recording", "auditevent", "phone", "department", "flowtemplate")
BROKEN = """() => [...document.querySelectorAll("#result_list td")].flatMap((cell) => {
  const lines = new Set(), range = document.createRange();
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) if (box.width) lines.add(Math.round(box.bottom / 4));
  }
  const words = cell.textContent.trim();
  return lines.size > 1 && words.length <= 6 ? [words] : [];
})"""
OVERFULL = """() => [...document.querySelectorAll("#result_list :is(th, td)")].flatMap((cell) =>
  cell.scrollHeight > cell.clientHeight + 1 || cell.scrollWidth > cell.clientWidth + 1
    ? [cell.textContent.trim()] : [])"""


@pytest.fixture(scope="module")
def root(console: Site, browser: Browser) -> Any:
    """The administrator's log-in."""
    console.run(f"{SCENES}:administer")
    context = browser.new_context(base_url=console.address)
    page = context.new_page()
    page.goto("/login/")
    page.fill("#username", "root")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def office(console: Site, browser: Browser, root: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=console.address, storage_state=root, viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def faults(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page, options={"runOnly": AXE_RULES}).response["violations"]]


def test_a_departments_people_are_found_by_a_word_and_ticked(office: Page, console: Site) -> None:
    office.goto("/admin/tickets/department/")
    office.get_by_role("link", name="售后一部").click()
    people = office.get_by_role("group", name="成员")
    expect(people.get_by_role("checkbox", name="坐席00")).to_be_checked()
    office.get_by_label("按姓名查找").fill("坐席07")
    expect(people.get_by_role("checkbox")).to_have_count(1)
    people.get_by_role("checkbox").check()
    keep_picture(office, "office-department")
    assert faults(office) == []
    office.get_by_label("按姓名查找").press("Enter")  # looks, and saves nothing
    assert office.url.endswith("/change/")
    office.get_by_role("button", name="保存", exact=True).click()
    office.wait_for_url("**/admin/tickets/department/")
    assert {"alice", "agent00", "agent07"} <= set(console.run(f"{SCENES}:members").split())


def test_no_short_word_of_a_list_breaks_in_two_lines(office: Page) -> None:
    for name in LISTS:
        office.goto(f"/admin/tickets/{name}/")
        assert office.evaluate(BROKEN) == [], name


def test_on_a_phone_no_list_cuts_what_it_tells(office: Page) -> None:
    office.set_viewport_size(NARROW)  # type: ignore[arg-type]
    for name in LISTS:
        office.goto(f"/admin/tickets/{name}/")
        keep_picture(office, f"office-{name}-390")
        assert office.evaluate(OVERFULL) == [], name


def test_on_a_phone_a_long_hash_stays_within_the_page(office: Page) -> None:
    office.set_viewport_size(NARROW)  # type: ignore[arg-type]
    office.goto("/admin/tickets/auditevent/1/change/")
    expect(office.get_by_text("本条哈希")).to_be_visible()
    keep_picture(office, "office-event-390")
    assert office.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
