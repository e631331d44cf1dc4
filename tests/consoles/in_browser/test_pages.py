"""The other pages in a real Chromium: the queue, replay, upload, themes, widths."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser import keep_picture
from tests.consoles.browsing import AXE_RULES, PASSWORD, Login, armed, becomes_true
from tests.consoles.site import Site
from tests.integrations.door.flood import Busy
from tests.integrations.rest_server import rest_server
from tickets.metrics import comparing

pytestmark = pytest.mark.browser
SCENES = "tests.consoles.in_browser.helpdesk_scenes"


def test_j_and_k_walk_the_queue_and_enter_opens_the_ticket(visit: Login) -> None:
    page = visit("/tickets/")
    rows = page.locator(".queue-row")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(at)).to_have_class(re.compile("selected"))
    number = rows.nth(1).get_attribute("data-number")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{number}/")


def test_a_key_between_the_scripts_and_the_repeat_of_early_keys_acts_once(visit: Login) -> None:
    page = visit("/tickets/")
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true, cancelable: true}))"
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', () => {press})")
    page.reload()
    expect(page.locator(".queue-row").first).to_have_class(re.compile("selected"))
    page.keyboard.press("j")
    expect(page.locator(".queue-row").nth(1)).to_have_class(re.compile("selected"))


def test_what_a_field_cuts_off_from_a_pasted_text_is_said(visit: Login) -> None:
    page = visit("/tickets/new/")
    page.locator("#customer_name").focus()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text", "王".repeat(6009));
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true})); }"""
    )
    expect(page.locator("#notices")).to_contain_text("粘贴的 6009 个字只留下了前 80 个")


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
    page.locator("#search").fill("nobody has this")
    expect(page.locator("#queue-body .empty")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".queue-row").nth(1)).to_be_visible()
    assert "q=" not in page.url.replace("q=&", "")
    page.keyboard.press("j")
    expect(page.locator(".queue-row").first).to_have_class(re.compile("selected"))


def test_slash_leads_to_a_search_from_every_page_and_takes_along_what_is_typed_at_once(
    visit: Login, numbers: dict[str, Any]
) -> None:
    page = visit("/audit/")
    page.keyboard.press("/")
    expect(page.get_by_label("查找")).to_be_focused()
    page.goto(f"/tickets/{numbers['idle2']['number']}/")
    page.locator("#start").wait_for()
    for key in "/idle2":  # its "d" and "e" are keys of the ticket's page
        page.keyboard.press(key)
    page.wait_for_url("**/tickets/?q=idle2")
    expect(page.locator("#search")).to_have_value("idle2")
    expect(page.locator(".queue-row")).to_have_count(1)


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
    page.keyboard.press("x")
    expect(page.locator("#bulk [data-note]")).to_have_text("其中 1 个还缺信息,启动时会被退回。")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk [data-note]")).to_have_text("")
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


def test_the_back_office_has_the_consoles_theme_and_its_scripts_work(visit: Login, console: Site) -> None:
    console.run(f"{SCENES}:make_administrator", "rooty")
    page = visit("/tickets/", color_scheme="dark")  # `visit` fails for a script error on any page
    page.click("[data-theme-form] button")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="sessionid")
    for path in ("/admin/", "/admin/tickets/phone/", "/admin/tickets/phone/add/"):
        page.goto(path)
        if "login" in page.url:
            page.fill("#username, #id_username", "rooty")
            page.fill("#password, #id_password", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"**{path}")
        expect(page.locator("html")).not_to_have_class(re.compile(r"\bdark\b"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_an_administrator_sees_the_whole_bar(visit: Login, console: Site, width: int, language: str) -> None:
    console.run(f"{SCENES}:make_administrator", f"bar{width}{language}")
    page = visit("/tickets/", viewport={"width": width, "height": 800})
    page.context.clear_cookies(name="sessionid")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": console.address}])
    page.goto("/login/?next=/setup/")
    page.fill("#username", f"bar{width}{language}")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/setup/")
    for last in (".top-end form:last-child button", ".nav > :last-child, .nav-rest > :last-child"):
        for each in page.locator(last).all():
            box = each.bounding_box()
            assert box is None or box["x"] + box["width"] <= width


def test_english_is_one_click_away_and_leads_back_to_the_same_page(open_ticket: Login) -> None:
    page = open_ticket("reload")
    address = page.url
    page.click("button[name=language]")
    expect(page.locator("[data-answer=yes]")).to_contain_text("Approve")
    assert page.url == address
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_stray_key_changes_no_status_and_what_is_chosen_can_be_taken_back(
    visit: Login, numbers: dict[str, Any]
) -> None:
    page = visit(f"/tickets/{numbers['idle1']['number']}/")
    for name in ("status", "flow"):
        select = page.locator(f"select[name={name}]").first
        before = select.input_value()
        select.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        assert select.input_value() == before
        expect(select).to_be_focused()
    status = page.locator("select[name=status]")
    status.select_option("pending")
    notice = page.locator("#notices .notice")
    expect(notice).to_contain_text("等待客户")
    notice.get_by_role("button", name="撤销").click()
    expect(page.locator(".head-facts .pill").first).to_have_text("新建")
    expect(status).to_have_value("new")


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
        if width == 1280 and "/tickets/T" in path:  # its panes scroll, the page does not
            assert page.evaluate("document.documentElement.scrollHeight") == 800, path


@pytest.mark.parametrize("picked", [False, True])
def test_on_a_phone_the_last_row_of_the_queue_is_scrolled_free_of_the_bars(visit: Login, picked: bool) -> None:
    page = visit("/tickets/?status=all", viewport={"width": 390, "height": 844}, has_touch=True)
    last = page.locator(".queue-row").last
    if picked:
        last.locator("[name=number]").check()
        expect(page.locator("#bulk")).to_be_visible()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    bar = page.locator("#bulk" if picked else ".nav").bounding_box()
    row = last.bounding_box()
    assert row
    assert bar
    assert row["y"] + row["height"] <= bar["y"]


def test_before_a_start_a_wide_window_shows_history_and_notes_side_by_side(open_ticket: Login) -> None:
    page = open_ticket("idle0", viewport={"width": 1920, "height": 1080})
    history, notes, reply = (page.locator(f"[data-pane={name}]") for name in ("history", "notes", "reply"))
    expect(history).to_be_visible()
    expect(notes).to_be_visible()
    used = notes.bounding_box()
    assert used
    assert used["x"] + used["width"] > 1920 * 0.9
    page.keyboard.press("m")
    expect(reply).to_be_visible()
    expect(notes).to_be_hidden()
    expect(history).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(history).to_be_hidden()
    expect(reply).to_be_visible()


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


def test_a_wrong_act_is_marked_from_its_step_by_a_second_press(open_ticket: Login) -> None:
    page = open_ticket("done")
    page.locator(".step summary").last.click()
    page.get_by_role("link", name="标记有误…").last.click()
    page.get_by_label("应当先确认,却没有问").check()
    page.get_by_label("原因").fill("退错了金额")
    page.get_by_role("button", name="标记有误").click()
    expect(page.get_by_role("button", name="再按一次标记")).to_be_visible()
    page.get_by_role("button", name="再按一次标记").click()
    expect(page.locator(".notice")).to_contain_text("退错了金额")
    page.get_by_role("link", name="返回工单").click()
    expect(page.locator(".step .decision-tag").last).to_have_text("应当先确认,却没有问")


def test_an_editor_says_what_follows_a_failure_and_compares_two_versions(visit: Login) -> None:
    page = visit("/flows/complaint_refund/", "fiona")
    page.get_by_label("失败之后").select_option("flow:resend_code")
    page.locator("#fall-back button").click()
    expect(page.get_by_label("失败之后")).to_have_value("flow:resend_code")
    page.get_by_role("link", name="对比两个版本").click()
    page.get_by_label("预计的成功率(%)").fill("90")
    page.get_by_role("button", name="计算样本数").click()
    each = comparing.runs_for_shares(0.9, 0.05, alpha=0.05, power=0.8)
    expect(page.locator("#trial-size")).to_have_text(str(each))
    page.get_by_role("button", name="开始对比").click()
    expect(page.locator("progress")).to_have_count(2)


def test_a_role_that_is_removed_ends_the_live_page(visit: Login, console: Site, numbers: dict[str, Any]) -> None:
    page = visit(f"/tickets/{numbers['idle0']['number']}/", "fiona")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    console.run("tests.consoles.scenes:drop_role", "fiona")
    page.evaluate("document.querySelector('live-ticket').socket.send({type: 'ping'})")
    expect(page.locator("h1")).to_contain_text("没有这项权限")
    console.run("tests.consoles.scenes:give_role", "fiona", "flow_editor")


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


@pytest.fixture(scope="module")
def shop(console: Site) -> Iterator[Busy]:
    """A helpdesk whose customer cannot log in and did not say his number."""
    with rest_server() as rest:
        busy = Busy()
        rest.handle = busy.handle
        console.run(f"{SCENES}:connect", rest.url)
        yield busy


def filed(shop: Busy, console: Site, text: str) -> tuple[str, str]:
    """A new ticket there: its number there and here."""
    key = shop.open()
    shop.tickets[key] |= {"subject": "收不到验证码", "text": text, "customer": "孙丽"}
    return key, console.run(f"{SCENES}:bring", key).strip()


def says(shop: Busy, console: Site, key: str, text: str) -> None:
    said = shop.tickets[key]["messages"]
    said.append({"id": f"{key}-{len(said)}", "text": text, "customer": True})
    console.run(f"{SCENES}:bring", key)


def pictured(page: Page, name: str) -> None:
    page.locator("#asking").scroll_into_view_if_needed()
    keep_picture(page, name)


def test_a_question_goes_out_by_a_press_and_the_answer_fills_the_slot_so_that_the_run_starts(
    visit: Login, console: Site, shop: Busy
) -> None:
    key, number = filed(shop, console, "修改密码收不到验证码,请重发一次")
    page = visit(f"/tickets/{number}/")
    box = page.locator("#ask-text")
    draft = box.input_value()
    assert "手机号" in draft
    page.locator("[data-draft]", has_text="English").click()
    assert "mobile number" in box.input_value().lower()
    page.locator("[data-draft]", has_text="中文").click()
    assert box.input_value() == draft
    box.fill(f"您好!{draft}")
    pictured(page, "asking-draft")
    console.run(f"{SCENES}:carry")
    assert not [note for note in shop.notes if note[0] == key], "a draft is no message"

    page.get_by_role("button", name="通过 商城客服 问客户").click()
    expect(page.locator("#asking .pill").first).to_contain_text("等客户回复")
    pictured(page, "asking-waiting")
    console.run(f"{SCENES}:carry")
    [(_key, sent, _at)] = [note for note in shop.notes if note[0] == key]
    assert sent.startswith("您好!")

    expect(page.locator("live-ticket")).to_contain_text("商城客服")  # where the ticket came from, by its name

    says(shop, console, key, "号码是150-8888-9999")
    expect(page.locator("#asking .said")).to_contain_text("150-8888-9999")
    expect(page.locator("live-ticket")).to_contain_text("客户回复")
    expect(page.locator("#start")).to_be_enabled()
    expect(page.locator("live-ticket")).to_contain_text("给客户的回复")  # what was written back
    pictured(page, "asking-answered")
    page.locator("#start").click()
    expect(page.locator("#start")).to_have_count(0)
    found = json.loads(console.run(f"{SCENES}:slots", number))
    assert ["15088889999", "customer"] in found.values()


def test_an_answer_that_came_by_telephone_is_pasted_and_what_is_not_certain_is_offered(
    visit: Login, console: Site, shop: Busy
) -> None:
    _key, number = filed(shop, console, "收不到登录验证码,帮我重发")
    page = visit(f"/tickets/{number}/", locale="en-GB", color_scheme="dark", viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="已用其他方式问过").click()
    reply = page.locator("#answered-text")
    reply.fill("可能是13901234567,也可能是13901234568")
    page.get_by_role("button", name="记下回复").click()
    expect(page.locator("#asking .said")).to_contain_text("13901234568")
    expect(page.locator("live-ticket")).to_contain_text("13901234567")
    expect(page.locator("#asking #ask-text")).to_be_visible()  # asked again, or offered: nothing was guessed
    pictured(page, "asking-uncertain-390-dark")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"the page is {width} px wide"


def test_waiting_ends_by_a_press_and_the_next_question_can_be_asked(visit: Login, console: Site, shop: Busy) -> None:
    _key, number = filed(shop, console, "登录收不到验证码")
    page = visit(f"/tickets/{number}/")
    page.get_by_role("button", name="通过 商城客服 问客户").click()
    page.get_by_role("button", name="不再等待").click()
    expect(page.locator("#ask-text")).to_be_visible()


# Resolves when the element's picture has come and it has stood still for some frames.
AT_REST = """element => new Promise(rested => {
  let last = "", still = 0;
  const look = () => {
    const box = element.getBoundingClientRect();
    const now = [box.x, box.y, box.width, box.height].join();
    still = now === last && [...element.querySelectorAll("img")].every(image => image.complete) ? still + 1 : 0;
    last = now;
    if (still > 10) rested(); else requestAnimationFrame(look);
  };
  look();
})"""


def drag_over(page: Page, stage: Locator, share: tuple[float, float, float, float]) -> None:
    """Fractions of the picture: left, top, right, bottom. What the page fetches has come and moves nothing more."""
    page.wait_for_load_state("networkidle")
    stage.hover()  # in sight
    stage.evaluate(AT_REST)
    box = stage.bounding_box()
    assert box is not None
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (share[:2], share[2:])]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def test_fields_and_evidence_are_dragged_over_on_the_pictures_of_the_flows_pages(visit: Login, console: Site) -> None:
    console.run("tests.consoles.scenes:pictured_route")
    page = visit("/flows/return_goods/draft/", "fiona")
    before, after = page.locator("[data-shot]").all()
    fields = page.locator("#part-fields [data-rows] > [data-row]")
    first = fields.count()
    first_line = (0.02, 0.13, 0.98, 0.2)
    drag_over(page, before, first_line)
    console.run("tests.consoles.scenes:read_asked_picture")
    expect(fields).to_have_count(first + 1)
    expect(fields.last.locator("[name='field.screen_labels']")).to_have_value("订单号")
    expect(fields.last.locator("[name='field.slot']")).to_have_value("order_number")
    page.get_by_text("框选成功证据").click()
    drag_over(page, after, first_line)
    console.run("tests.consoles.scenes:read_asked_picture")
    expect(page.locator("[name=evidence]")).to_have_value(re.compile("申请已提交$"))
    page.locator("#part-shots").scroll_into_view_if_needed()
    keep_picture(page, "editor-marks")
    with page.expect_response("**/draft/save/"):
        page.keyboard.press("Control+s")
    page.reload()
    expect(page.locator("[name=evidence]")).to_have_value(re.compile("申请已提交$"))
    drag_over(page, page.locator("[data-shot]").first, (0.1, 0.92, 0.6, 0.98))  # nothing stands there
    expect(page.locator("#notices")).to_contain_text("没有读到文字")
