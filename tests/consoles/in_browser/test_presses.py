"""A press does what it says, whenever it comes: before the page's scripts run, while the page brings itself up to date,
and where the server takes long to answer it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.consoles.browsing import Login, becomes_true
from tests.consoles.site import Site

pytestmark = pytest.mark.browser
SCENES = "tests.consoles.scenes"


class Held:
    """Requests that the test lets go on when it wants."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.routes: list[Route] = []
        self.page, self.pattern = page, pattern
        page.route(pattern, lambda route: self.routes.append(route))

    def let_go(self) -> None:
        assert self.routes, f"nothing asked for {self.pattern}"
        for route in self.routes:
            with self.page.expect_event("requestfinished", lambda request: request == route.request):  # noqa: B023
                route.continue_()
        self.page.unroute(self.pattern)


def test_a_press_before_the_scripts_run_is_not_lost(open_ticket: Login, numbers: dict[str, Any], visit: Login) -> None:
    page = visit("/help/none/")
    held = Held(page, "**/htmx-2*.js")
    page.goto(f"/tickets/{numbers['slow_page']['number']}/", wait_until="commit")
    page.locator("#start").click()
    held.let_go()
    expect(page.locator(".pill", has_text="排队中").first).to_be_visible()
    assert "?" not in page.url


def test_keys_before_the_scripts_run_go_and_open_and_never_act(numbers: dict[str, Any], visit: Login) -> None:
    page = visit("/help/none/")
    held = Held(page, "**/htmx-2*.js")
    page.goto(f"/tickets/{numbers['swapped']['number']}/", wait_until="commit")
    page.locator("#start").wait_for()
    for key in ("s", "y", "e", "1"):
        page.keyboard.press(key)
    held.let_go()
    expect(page.locator(".slots [data-edit][open]")).to_have_count(1)
    expect(page.locator("#start")).to_be_enabled()
    held = Held(page, "**/htmx-2*.js")
    page.reload(wait_until="commit")
    page.locator("#start").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("a")
    held.let_go()
    page.wait_for_url("**/audit/")
    held = Held(page, "**/htmx-2*.js")
    page.goto("/tickets/", wait_until="commit")
    page.locator("#search").wait_for()
    for key in ("/", *"swapped", "Enter"):
        page.keyboard.press(key)
    held.let_go()
    page.wait_for_url(f"**/tickets/{numbers['swapped']['number']}/")


def test_what_replaced_a_part_takes_a_press_at_once(open_ticket: Login, console: Site) -> None:
    page = open_ticket("swapped")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    console.run(f"{SCENES}:retitle", "swapped", "另一个标题")
    page.evaluate(
        """() => document.body.addEventListener("htmx:oobAfterSwap", () =>
          queueMicrotask(() => document.querySelector("#start-form").requestSubmit()), { once: true })"""
    )
    page.evaluate("document.querySelector('live-ticket').refresh()")
    expect(page.locator(".pill", has_text="排队中").first).to_be_visible()
    assert "?" not in page.url


def test_a_button_is_not_replaced_between_its_press_and_its_release(open_ticket: Login, console: Site) -> None:
    page = open_ticket("pressed")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    becomes_true(page, "!document.querySelector('live-ticket').asking")
    console.run(f"{SCENES}:retitle", "pressed", "新的标题")
    held = Held(page, "**/state/?*")
    page.evaluate("void document.querySelector('live-ticket').refresh()")
    page.get_by_role("button", name="我来处理").hover()
    page.mouse.down()
    held.let_go()
    page.mouse.up()
    expect(page.locator(".head-facts")).to_contain_text("爱丽丝")
    expect(page.locator("h1")).to_have_text("新的标题")


def test_an_answer_is_shown_though_its_form_was_replaced_meanwhile(
    visit: Login, console: Site, numbers: dict[str, Any]
) -> None:
    page = visit("/help/none/")
    page.clock.install()
    page.goto(f"/tickets/{numbers['slow_answer']['number']}/")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    becomes_true(page, "!document.querySelector('live-ticket').asking")
    page.keyboard.press("p")
    page.keyboard.type("先打电话问客户")
    held = Held(page, "**/notes/")
    page.get_by_role("button", name="保存备注").click()
    becomes_true(page, "document.querySelector('live-ticket').waits")
    console.run(f"{SCENES}:note_as_bob", "slow_answer", "客户刚来过电话")
    page.evaluate("void document.querySelector('live-ticket').refresh()")
    page.clock.run_for(9000)
    expect(page.locator("#part-desk")).to_contain_text("客户刚来过电话")
    held.let_go()
    expect(page.locator("#part-desk .note", has_text="先打电话问客户")).to_have_count(1)
    expect(page.locator("#note-text")).to_have_value("")


def test_a_note_that_was_deleted_does_not_come_back_with_a_colleagues(open_ticket: Login, console: Site) -> None:
    page = open_ticket("slow_answer")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    page.keyboard.press("p")
    page.keyboard.type("先打电话问客户")
    console.run(f"{SCENES}:note_as_bob", "slow_answer", "第一次来电")
    expect(page.locator("#part-desk")).to_contain_text("第一次来电")
    expect(page.locator("#note-text")).to_have_value("先打电话问客户")
    page.locator("#note-text").fill("")
    console.run(f"{SCENES}:note_as_bob", "slow_answer", "第二次来电")
    expect(page.locator("#part-desk")).to_contain_text("第二次来电")
    expect(page.locator("#note-text")).to_have_value("")


def test_the_focus_stays_on_what_replaces_its_element(open_ticket: Login, console: Site) -> None:
    page = open_ticket("focused")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    page.locator("a[data-next]").focus()
    console.run(f"{SCENES}:retitle", "focused", "改过的标题")
    page.evaluate("void document.querySelector('live-ticket').refresh()")
    expect(page.locator("h1")).to_have_text("改过的标题")
    expect(page.locator("a[data-next]")).to_be_focused()


def test_a_note_is_written_and_left_and_a_menu_closed_by_keys(open_ticket: Login) -> None:
    page = open_ticket("by_keys")
    page.keyboard.press("p")
    page.keyboard.type("客户下午再来电")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#part-desk .note", has_text="客户下午再来电")).to_have_count(1)
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    expect(page.get_by_role("tab", name="历史")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#reply-text")).to_be_focused()
    menu = page.locator(".pass-on")
    menu.locator("summary").press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
