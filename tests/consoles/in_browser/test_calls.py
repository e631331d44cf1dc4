"""Sound and desktop notifications for what waits, over several tabs of a real Chromium."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.consoles.browsing import Login
from tests.consoles.site import Site
from tests.processes import wait_until

pytestmark = pytest.mark.browser

COUNTING = """(() => {
  const count = (name, by = 1) => localStorage.setItem(name, Number(localStorage.getItem(name) ?? 0) + by);
  localStorage.setItem("cs.alerts", JSON.stringify({ sound: true, desktop: true }));
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(...words) { super(...words); count("test.shown"); localStorage.setItem("test.words", words[0]); }
    close() { super.close(); count("test.closed"); }
  };
  const Audio = window.AudioContext;
  window.AudioContext = class extends Audio { constructor() { super(); count("test.rung"); } };
})()"""


def counted(page: Page, name: str) -> int:
    return page.evaluate("(name) => Number(localStorage.getItem(`test.${name}`) ?? 0)", name)


def test_of_two_tabs_the_one_that_may_ring_calls_once_and_the_answer_takes_it_back(visit: Login, console: Site) -> None:
    page = visit("/phones/", permissions=["notifications"])
    page.context.add_init_script(COUNTING)
    tabs = [page, page.context.new_page()]
    for tab in tabs:
        tab.goto("/phones/")
        tab.wait_for_load_state("networkidle")  # what waited before was called for
    tabs[1].mouse.click(640, 780)  # a browser keeps a page that nobody touched from ringing
    shown, rung, title = counted(page, "shown"), counted(page, "rung"), page.title()
    with tabs[0].expect_response("**/waiting/state/"), tabs[1].expect_response("**/waiting/state/"):
        console.run("tests.consoles.scenes:ask", "called")
    wait_until("the call", lambda: counted(page, "shown") > shown)
    tabs.append(page.context.new_page())
    with tabs[2].expect_response("**/waiting/state/"):
        tabs[2].goto("/tickets/new/")
    assert page.evaluate("localStorage.getItem('test.words')") == "待确认"
    assert page.title() != title
    closed = counted(page, "closed")
    console.run("tests.consoles.scenes:decide_as_bob", "called")
    wait_until("the call to be taken back", lambda: counted(page, "closed") == closed + 1)
    assert (counted(page, "shown"), counted(page, "rung")) == (shown + 1, rung + 1)


def test_a_call_is_made_without_a_timer_which_a_tab_in_the_background_would_wait_for(
    visit: Login, console: Site
) -> None:
    page = visit("/phones/", permissions=["notifications"])
    page.context.add_init_script(COUNTING)
    page.reload()
    page.wait_for_load_state("networkidle")
    page.mouse.click(640, 780)
    wait_until("two looks to be apart", lambda: page.evaluate("performance.now()") > 1500)
    page.clock.install()
    page.clock.pause_at("2036-01-01T09:00:00Z")
    shown = counted(page, "shown")
    console.run("tests.consoles.scenes:ask", "called2")
    wait_until("the call", lambda: counted(page, "shown") > shown)
    assert counted(page, "shown") == shown + 1


def test_what_is_before_the_readers_eyes_in_one_tab_is_not_called_for_by_another(
    visit: Login, open_ticket: Login, console: Site, numbers: dict[str, Any]
) -> None:
    page = open_ticket("called3")
    page.context.grant_permissions(["notifications"])
    other = page.context.new_page()
    other.add_init_script(COUNTING)
    other.goto("/phones/")
    other.wait_for_load_state("networkidle")
    other.mouse.click(640, 780)
    other.context.new_cdp_session(other).send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    page.bring_to_front()
    wait_until("the other tab to be behind", lambda: not other.evaluate("document.hasFocus()"))
    page.route("**/waiting/state/", lambda route: None)  # held: the other tab is the first to know
    shown, rung = counted(other, "shown"), counted(other, "rung")
    with other.expect_response("**/waiting/state/"):
        console.run("tests.consoles.scenes:ask", "called3")
    expect(page.locator("confirm-card")).to_be_visible()
    heard = "(JSON.parse(localStorage.getItem('cs.called') ?? '[]').length)"
    wait_until("the call to be taken", lambda: other.evaluate(heard))
    assert (counted(other, "shown"), counted(other, "rung")) == (shown, rung)


def test_in_quiet_hours_nothing_calls_and_what_still_waits_at_their_end_does(visit: Login, console: Site) -> None:
    page = visit("/phones/", permissions=["notifications"])
    page.context.add_init_script(COUNTING)
    page.clock.install(time="2036-01-01T09:59:00")
    page.reload()
    page.wait_for_load_state("networkidle")
    page.mouse.click(640, 780)
    page.click("[data-open=alerts]")
    page.fill("#alerts [name=from]", "09:00")
    page.fill("#alerts [name=until]", "10:00")
    page.keyboard.press("Escape")
    shown, rung = counted(page, "shown"), counted(page, "rung")
    with page.expect_response("**/waiting/state/"):
        console.run("tests.consoles.scenes:ask", "called4")
        page.clock.run_for(1000)
    expect(page.locator("#waiting-count")).not_to_be_empty()
    assert (counted(page, "shown"), counted(page, "rung")) == (shown, rung)
    page.clock.run_for(90_000)
    wait_until("the call", lambda: counted(page, "shown") > shown and counted(page, "rung") > rung)


def test_desktop_notifications_are_offered_once_where_one_looks_for_what_waits(visit: Login) -> None:
    page = visit("/waiting/")
    page.add_init_script(
        """Object.defineProperty(Notification, "permission", { get: () => window.allowed ?? "default" });
        Notification.requestPermission = async () => (window.allowed = "granted")"""
    )
    page.reload()
    page.get_by_role("button", name="开启桌面通知").click()
    assert page.evaluate("JSON.parse(localStorage.getItem('cs.alerts')).desktop") is True
    expect(page.locator("#alerts [name=desktop]")).to_be_checked()
    page.evaluate("localStorage.removeItem('cs.alerts')")
    page.reload()
    expect(page.get_by_role("button", name="开启桌面通知")).to_be_hidden()


def test_the_bell_says_where_the_browser_lets_the_page_make_no_sound_yet(visit: Login) -> None:
    page = visit("/tickets/")
    bell = page.locator("[data-open=alerts]")
    expect(bell).to_have_accessible_name(re.compile("提示音才会响"))
    page.keyboard.press("j")
    expect(bell).to_have_accessible_name("提示方式")
