"""The other pages in a real Chromium: the queue, replay, upload, themes, widths."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.consoles.browsing import AXE_RULES, Login, armed, becomes_true
from tests.consoles.site import Site

pytestmark = pytest.mark.browser


def test_j_and_k_walk_the_queue_and_enter_opens_the_ticket(visit: Login) -> None:
    page = visit("/tickets/")
    rows = page.locator(".queue-row")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(at)).to_have_class(re.compile("selected"))
    number = rows.nth(1).get_attribute("data-number")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{number}/")


def test_slash_searches_as_one_types_and_keys_do_nothing_else_meanwhile(visit: Login) -> None:
    page = visit("/tickets/")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("idle1 jkn?")
    expect(page.locator("#queue-body .empty")).to_be_visible()
    expect(page.locator("#help")).to_be_hidden()
    page.locator("#search").fill("idle1")
    expect(page.locator(".queue-row")).to_have_count(1)
    assert "q=idle1" in page.url


def test_enter_in_the_search_opens_the_only_ticket_found(visit: Login, numbers: dict[str, Any]) -> None:
    page = visit("/tickets/?status=solved")
    page.keyboard.press("/")
    page.keyboard.type(numbers["idle1"]["number"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{numbers['idle1']['number']}/")
    assert page.url.endswith(f"/tickets/{numbers['idle1']['number']}/")


def test_a_column_is_sorted_by_keys_and_keeps_the_focus(visit: Login) -> None:
    page = visit("/tickets/?q=idle")
    head = page.locator("[data-sort=created]")
    head.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".q-head-created")).to_have_attribute("aria-sort", "ascending")
    expect(head).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".q-head-created")).to_have_attribute("aria-sort", "descending")


def test_a_view_is_saved_and_opened_by_its_key(visit: Login) -> None:
    page = visit("/tickets/?q=idle&sort=-created")
    page.keyboard.press("v")
    page.locator("#save-view [name=name]").fill("空闲的")
    page.keyboard.press("Enter")
    expect(page.locator(".view[aria-current]")).to_contain_text("空闲的")
    page.goto(page.url.partition("?")[0])
    page.keyboard.press("1")
    page.wait_for_url("**sort=-created**")
    expect(page.locator("#search")).to_have_value("idle")


def test_n_makes_a_new_ticket_and_question_mark_shows_all_keys(visit: Login) -> None:
    page = visit("/tickets/")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("n")
    assert page.url.endswith("/tickets/")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("n")
    page.wait_for_url("**/tickets/new/")


def test_the_queue_is_live_and_the_selection_stays_on_its_ticket(
    visit: Login, console: Site, numbers: dict[str, Any]
) -> None:
    page = visit("/tickets/?q=live")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    page.keyboard.press("j")
    expect(page.locator(".pill", has_text="等待确认")).to_have_count(0)
    console.run("tests.consoles.scenes:ask", "live")
    expect(page.locator(".pill", has_text="等待确认")).to_have_count(1)
    expect(page.locator(".queue-row.selected")).to_have_attribute("data-number", numbers["live"]["number"])


def test_tickets_of_one_kind_are_picked_and_started_by_keys(visit: Login, numbers: dict[str, Any]) -> None:
    page = visit("/tickets/?q=batch")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("j")  # the first lacks its order number and is left out of its kind
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-picked]")).to_have_text("3")
    expect(page.locator("#bulk [name=flow]")).to_have_value("complaint_refund")
    page.keyboard.press("s")
    expect(page.locator("[data-go]")).to_contain_text("再按一次:启动 3 个")
    expect(page.locator(".started")).to_have_count(0)
    page.keyboard.press("s")
    expect(page.locator(".started")).to_contain_text("已完成 3 / 3")
    expect(page.locator(".queue-row .pill", has_text="排队中")).to_have_count(3)
    expect(page.locator("#bulk")).to_be_hidden()
    page.reload()
    expect(page.locator(".started")).to_contain_text("已完成 3 / 3")
    expect(page.locator(".started [data-done] a")).to_have_count(3)
    page.locator(".started [data-clear]").click()
    page.reload()
    expect(page.locator("#queue-body .queue-row").first).to_be_visible()
    expect(page.locator(".started")).to_have_count(0)


def test_picks_survive_new_rows_and_escape_drops_them(visit: Login) -> None:
    page = visit("/tickets/?q=idle")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    page.locator("[data-pick-all]").check()
    expect(page.locator("[data-picked]")).to_have_text("3")
    page.evaluate("document.querySelector('.queue-row').dataset.old = ''")
    page.locator("#search").fill("idle")
    expect(page.locator(".queue-row[data-old]")).to_have_count(0)
    expect(page.locator(".queue-row.picked")).to_have_count(3)
    page.locator(".queue-row a").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_a_replay_that_was_still_being_made_appears_seeks_to_a_step_and_obeys_the_keyboard(
    visit: Login, numbers: dict[str, Any], console: Site
) -> None:
    run = numbers["done"]["run"]
    console.run("tests.consoles.scenes:recording_is", run, "encoding")
    page = visit(f"/runs/{run}/replay/")
    expect(page.locator(".spinner")).to_be_visible()
    console.run("tests.consoles.scenes:recording_is", run, "ready")
    becomes_true(page, "document.querySelector('video')?.readyState >= 1")
    page.locator("[data-jump]").nth(4).click()
    expect(page.locator(".replay-step").nth(4)).to_have_attribute("aria-current", "step")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(1.0, abs=0.2)
    page.locator(".replay-steps").focus()
    page.keyboard.press("k")
    expect(page.locator(".replay-step").nth(3)).to_have_attribute("aria-current", "step")
    page.keyboard.press(">")
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.5
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('video').currentTime") > 2
    expect(page.locator("[data-caption]")).not_to_be_empty()


def test_a_file_too_large_is_told_before_it_is_sent(visit: Login, tmp_path: Path) -> None:
    page = visit("/tickets/new/")
    page.evaluate("document.getElementById('ticket-form').dataset.maxMb")
    page.fill("#text", "订单202405218876全额退款")
    wrong = tmp_path / "notes.exe"
    wrong.write_bytes(b"MZ")
    page.set_input_files("#files", [wrong])
    expect(page.locator("#files-error")).to_contain_text("notes.exe")
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.click("#create")
    page.click("#file-list .btn")
    expect(page.locator("#files-error")).to_be_empty()
    assert (posted, page.url.endswith("/tickets/new/")) == ([], True)


def test_a_ticket_with_a_video_is_created_in_the_browser(visit: Login) -> None:
    page = visit("/tickets/new/")
    page.fill("#text", "订单202405218876充不上电,全额退款并补偿五十元")
    page.set_input_files("#files", "fixtures/media/unboxing.mp4")
    expect(page.locator("#file-list")).to_contain_text("unboxing.mp4")
    page.click("#create")
    page.wait_for_url(re.compile(r"/tickets/T\d+/$"))
    expect(page.locator(".files")).to_contain_text("unboxing.mp4")
    expect(page.locator("#ticket-text mark").first).to_be_visible()


def test_a_refused_ticket_keeps_what_was_typed(visit: Login) -> None:
    page = visit("/tickets/new/")
    page.fill("#subject", "我的标题")
    page.click("#create")
    expect(page.locator("#form-errors")).to_contain_text("请填写工单内容")
    expect(page.locator("#subject")).to_have_value("我的标题")


def test_the_theme_follows_the_system_and_can_be_switched_and_stays(visit: Login) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    page = visit("/tickets/", color_scheme="dark")
    assert page.evaluate(background) == "rgb(13, 16, 20)"
    page.click("[data-theme-form] button")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate(background) == "rgb(244, 245, 247)"
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.evaluate(background) == "rgb(244, 245, 247)"


def test_english_is_one_click_away_and_leads_back_to_the_same_page(open_ticket: Login) -> None:
    page = open_ticket("reload")
    address = page.url
    page.click("button[name=language]")
    expect(page.locator("[data-answer=yes]")).to_contain_text("Approve")
    assert page.url == address
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_stray_key_changes_no_status_and_no_flow(visit: Login, numbers: dict[str, Any]) -> None:
    page = visit(f"/tickets/{numbers['idle1']['number']}/")
    for name in ("status", "flow"):
        select = page.locator(f"select[name={name}]").first
        before = select.input_value()
        select.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        assert select.input_value() == before
        expect(select).to_be_focused()


def test_what_is_left_is_counted_by_the_servers_clock(open_ticket: Login) -> None:
    page = open_ticket("unfocused")
    left = page.locator(".confirm-due time")
    expect(left).to_contain_text(re.compile(r"剩余 \d+:\d\d"))
    minutes = int(left.inner_text().split()[1].split(":")[0])
    page.clock.set_fixed_time(time.time() + 6 * 3600)
    page.reload()
    expect(left).to_contain_text(re.compile(rf"剩余 ({minutes}|{minutes - 1}):"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_and_states(visit: Login, numbers: dict[str, Any], scheme: str) -> None:
    page = visit("/tickets/?q=idle", color_scheme=scheme)
    names = ("idle0", "phone_width", "question", "mine", "done", "missing")
    paths = [f"/tickets/{numbers[name]['number']}/" for name in names]
    paths += ["/waiting/?team=1", "/tickets/new/", "/phones/", "/status/", "/audit/"]
    for path in ["/tickets/?q=idle", *paths, f"/runs/{numbers['done']['run']}/replay/"]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options={"runOnly": AXE_RULES}).response["violations"]
        assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == [], path


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen(visit: Login, numbers: dict[str, Any], width: int) -> None:
    page = visit("/tickets/", viewport={"width": width, "height": 800})
    paths = ["/tickets/", "/tickets/new/", "/audit/", "/phones/", "/status/", f"/runs/{numbers['done']['run']}/replay/"]
    paths += [f"/tickets/{numbers[name]['number']}/" for name in ("phone_width", "mine", "done", "idle0", "question")]
    for path in paths:
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{path} is {over} px too wide at {width}"


def test_on_a_phone_the_confirmation_is_seen_first(open_ticket: Login) -> None:
    page = armed(open_ticket("phone_width", viewport={"width": 390, "height": 844}, has_touch=True))
    box = page.locator("[data-answer=yes]").bounding_box()
    assert box
    assert box["y"] + box["height"] < 844 - 56
    assert box["height"] >= 40


def test_every_control_has_a_name_and_the_focus_can_be_seen(open_ticket: Login) -> None:
    page = armed(open_ticket("reload"))
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea")]
          .filter((each) => each.getClientRects().length && !(each.textContent.trim() || each.ariaLabel || each.title
            || each.labels?.length || each.querySelector("img[alt]:not([alt=''])")))
          .map((each) => each.outerHTML.slice(0, 90))"""
    )
    assert nameless == []
    page.locator(".brand").focus()
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_a_role_that_is_removed_ends_the_live_page(visit: Login, console: Site, numbers: dict[str, Any]) -> None:
    page = visit(f"/tickets/{numbers['idle0']['number']}/", "fiona")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    console.run("tests.consoles.scenes:drop_role", "fiona")
    page.evaluate("document.querySelector('live-ticket').socket.send({type: 'ping'})")
    expect(page.locator("h1")).to_contain_text("没有这项权限")


def test_picked_tickets_become_a_batch_that_says_when_it_comes_and_what_it_does(visit: Login) -> None:
    page = visit("/tickets/?q=idle")
    page.locator(".queue-row [name=number]").first.check()
    number = page.locator(".queue-row [name=number]").first.get_attribute("value") or ""
    page.locator("[data-batch]").click()
    expect(page.locator("#list")).to_have_value(number)
    page.locator("#name").fill("每天九点")
    page.locator("#flow").select_option("complaint_refund")
    page.locator("#cron").fill("0 99 * * *")
    expect(page.locator("#times .error")).to_be_visible()
    page.locator("#cron").fill("0 9 * * *")
    expect(page.locator("#times")).to_contain_text("09:00")
    page.locator("button[name=make]").click()
    expect(page.locator("h1")).to_have_text("每天九点")
    expect(page.locator("#batch-state")).to_contain_text("09:00")
    page.get_by_role("button", name="暂停").click()
    expect(page.locator("#batch-state .pill").first).to_have_text("已暂停")
