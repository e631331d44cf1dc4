"""The panel in a real Chromium that blocks third-party cookies, framed by a page of another site."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Frame, Page, Playwright, expect, sync_playwright

from tests.browser import keep_picture
from tests.consoles.browsing import world
from tests.consoles.foreign import foreign_desk, own_window, strict_browser
from tests.consoles.site import Site
from tests.processes import wait_until

pytestmark = pytest.mark.browser
Show = Callable[..., tuple[Page, Frame]]


@pytest.fixture(scope="module")
def desk(console: Site) -> Iterator[str]:
    with foreign_desk() as origin:
        console.run("tests.consoles.scenes:desk", origin)
        yield origin


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def show(playwright: Playwright, console: Site, desk: str, tmp_path: Any) -> Iterator[Show]:
    """Frame a ticket's panel as a browser does that keeps no third-party cookie; log in and allow it in our window."""

    def show(name: str, **options: str) -> tuple[Page, Frame]:
        page = context.pages[0]
        link = console.run("tests.consoles.scenes:panel_link", name).strip()
        source = f"{console.address}/embed/test/open/?{link}&{urlencode(options)}"
        page.goto(f"{desk}/?src={quote(source, safe='')}&{urlencode(options)}")
        frame = page.frames[1]
        own = own_window(context, frame.locator("a.btn-main"))
        own.locator(".embed-card form .btn-main").click()
        expect(frame.locator("live-ticket")).to_be_visible()
        return page, frame

    with strict_browser(playwright, tmp_path) as context:
        yield show


def test_a_confirmation_is_given_in_a_foreign_page_without_third_party_cookies(show: Show, console: Site) -> None:
    page, frame = show("plain")
    assert [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]  # of our own window only
    frame.locator("confirm-card").wait_for()
    frame.wait_for_selector("confirm-card[data-armed]")
    keep_picture(page, "panel-zh")
    _is_one_column(page, frame, 320)
    frame.wait_for_selector("confirm-card[data-armed]")
    frame.locator("confirm-card").focus()
    page.keyboard.press("y")
    expect(frame.locator("confirm-card")).to_have_count(0)
    assert world(console)["plain"]["confirmation"] == "approved"


def _is_one_column(page: Page, frame: Frame, width: int) -> None:
    """As wide as a helpdesk's side bar: every part of the panel takes the whole of it, and none is cut off."""
    before = page.evaluate("document.querySelector('iframe').offsetWidth")
    resize = "(width) => { document.querySelector('iframe').style.width = `${width}px`; }"
    page.evaluate(resize, width)
    boxes = """() => [...document.querySelectorAll("live-ticket > *")].filter((each) => each.getClientRects().length)
      .map((each) => each.getBoundingClientRect()).map(({ left, right }) => [left, right])"""
    assert all(left <= 12 and width - 32 <= right <= width for left, right in frame.evaluate(boxes))
    assert frame.evaluate("document.documentElement.scrollWidth") <= width
    keep_picture(page, "panel-narrow")
    page.evaluate(resize, before)


def test_a_card_that_is_covered_takes_no_yes_until_a_second_after_it_can_be_seen(show: Show, console: Site) -> None:
    page, frame = show("early")
    frame.wait_for_selector("confirm-card[data-armed]")
    page.evaluate(
        """() => { const over = document.createElement("div"); over.id = "over"; over.textContent = "Win a prize";
        const box = document.querySelector("iframe").getBoundingClientRect();
        Object.assign(over.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px` });
        Object.assign(over.style, { height: `${box.height}px`, pointerEvents: "none" });
        document.body.append(over); }"""
    )
    frame.wait_for_selector("confirm-card:not([data-armed])")
    expect(frame.locator("[data-covered]")).to_be_visible()
    frame.locator("confirm-card").focus()
    page.keyboard.press("y")
    frame.evaluate("document.querySelector('[data-answer=yes]').click()")
    assert world(console)["early"]["confirmation"] == "pending"
    uncovered = time.monotonic()
    page.evaluate("document.querySelector('#over').remove()")
    frame.wait_for_selector("confirm-card[data-armed]")
    assert time.monotonic() - uncovered >= 1
    expect(frame.locator("[data-covered]")).to_be_hidden()


def test_a_frame_that_is_too_small_to_read_takes_no_yes(show: Show, console: Site) -> None:
    page, frame = show("unfocused")
    frame.wait_for_selector("confirm-card[data-armed]")
    page.evaluate("document.querySelector('iframe').style.height = '90px'")
    frame.wait_for_selector("confirm-card:not([data-armed])")
    frame.evaluate("document.querySelector('[data-answer=yes]').click()")
    assert world(console)["unfocused"]["confirmation"] == "pending"


def test_a_run_is_started_in_the_panel(show: Show, console: Site) -> None:
    page, frame = show("new", lang="en")
    expect(frame.locator("#start")).to_contain_text("Start")
    keep_picture(page, "panel-en")
    frame.locator("#start").click()
    expect(frame.locator(".embed-head .pill")).to_have_count(2)
    wait_until("the run", lambda: world(console)["new"].get("run"), 20)


def test_the_phone_is_live_in_the_panel_without_third_party_cookies(show: Show, console: Site) -> None:
    _page, frame = show("running")
    phone = str(world(console)["running"]["phone"])
    red = "() => document.querySelector('[data-canvas]').getContext('2d').getImageData(5, 5, 1, 1).data[0] > 200"
    for number in range(1, 200):  # as a phone sends them, until one is drawn
        console.run("tests.consoles.scenes:show", phone, str(number), "#ff0000")
        if frame.evaluate(red):
            break
    expect(frame.locator("[data-freshness]")).not_to_be_empty()
    assert frame.evaluate(red)


def test_a_page_of_another_origin_cannot_frame_it(show: Show, console: Site, desk: str) -> None:
    page, _frame = show("new")
    other = desk.replace("localhost", "127.0.0.1")
    link = console.run("tests.consoles.scenes:panel_link", "new").strip()
    page.goto(f"{other}/?src={quote(f'{console.address}/embed/test/open/?{link}', safe='')}")
    wait_until("the refusal", lambda: page.frames[1].url.startswith("chrome-error:"), 20)
    assert not page.frames[1].url.startswith(console.address)
