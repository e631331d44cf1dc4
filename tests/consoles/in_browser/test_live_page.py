"""The live ticket page and the phone in a real Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.consoles.browsing import PASSWORD, Login, armed, becomes_true, heard, world
from tests.consoles.line import Line, line
from tests.consoles.site import Site
from tests.processes import wait_until

pytestmark = pytest.mark.browser


def test_a_confirmation_does_not_take_the_focus_from_who_types(open_ticket: Login, console: Site) -> None:
    page = open_ticket("typist")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    page.evaluate(
        """() => {
          const field = Object.assign(document.createElement("input"), {id: "elsewhere"});
          document.querySelector(".pane-side").prepend(field);
          field.focus();
        }"""
    )
    console.run("tests.consoles.scenes:ask", "typist")
    armed(page)
    expect(page.locator("#elsewhere")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="需要您确认,此操作无法撤销 [确认]")).to_have_count(1)
    page.keyboard.type("yyn")
    assert page.input_value("#elsewhere") == "yyn"
    expect(page.locator("confirm-card")).to_be_visible()
    expect(page.locator(".unfocused")).to_be_visible()


def test_a_message_on_the_phone_tells_its_times_at_once_in_their_form(open_ticket: Login) -> None:
    page = open_ticket("queued")
    told = page.evaluate(
        """() => {
          const stage = document.querySelector("phone-stage");
          const head = document.createElement("div");
          const when = new Date(Date.now() - 125000).toISOString();
          const time = `<time data-when="ago" datetime="${when}">29 Nov</time>`;
          head.innerHTML = `<template data-message-for="queued">${time}</template>`;
          stage.head = head;
          stage.say("queued");
          return stage.message.textContent;
        }"""
    )
    assert told == "2 分钟前"


def test_a_picture_after_the_end_of_a_takeover_measures_no_gesture_of_before(open_ticket: Login) -> None:
    page = open_ticket("mine")
    expect(page.locator("[data-freshness]")).to_be_attached()
    told = page.evaluate(
        """() => {
          const stage = document.querySelector("phone-stage");
          stage.sentAt = performance.now() - 40000; // a tap that changed nothing on the screen
          const head = document.createElement("div");
          head.dataset.mode = "ended";
          stage.show(head);
          stage.measure();
          return stage.querySelector("[data-latency]").textContent;
        }"""
    )
    assert told == ""


@pytest.fixture
def stalling(console: Site, visit: Login, numbers: dict[str, Any]) -> Iterator[Callable[[str], tuple[Page, Line]]]:
    """Open a ticket over a line that can stall, with a clock that the test moves on."""
    with line(console.address) as (address, between):

        def open_over(name: str) -> tuple[Page, Line]:
            page = visit("/help/none/")
            page.clock.install()
            page.goto(f"{address}/tickets/{numbers[name]['number']}/")
            expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
            return page, between

        yield open_over
        between.flow()


def test_a_line_that_stalls_is_said_within_five_seconds_and_all_is_there_when_it_flows_again(
    stalling: Callable[[str], tuple[Page, Line]], console: Site
) -> None:
    page, between = stalling("running")
    between.stall()
    page.clock.run_for(5000)
    assert page.locator("[data-lost]").is_visible()
    assert page.locator("#link-state").get_attribute("data-state") == "lost"
    console.run("tests.consoles.scenes:step", "running")
    page.clock.run_for(180_000)
    expect(page.locator("#step-4")).to_have_count(0)
    between.flow()
    page.clock.run_for(5000)
    expect(page.locator("#step-4")).to_contain_text("第四步的想法")
    expect(page.locator("[data-lost]")).to_be_hidden()
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")


def test_where_no_websocket_gets_through_the_page_follows_by_asking(open_ticket: Login, console: Site) -> None:
    page = open_ticket("live")
    page.clock.install()
    page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    page.reload()
    expect(page.locator("#link-state")).to_have_attribute("data-state", "lost")
    console.run("tests.consoles.scenes:step", "live")
    page.clock.run_for(30_000)
    expect(page.locator("#step-4")).to_contain_text("第四步的想法")
    assert page.locator("#link-state").get_attribute("data-state") == "lost"


def test_what_was_typed_on_a_stalled_line_is_given_back_and_not_sent_twice(
    stalling: Callable[[str], tuple[Page, Line]], console: Site, numbers: dict[str, Any]
) -> None:
    page, between = stalling("gap")
    phone = str(numbers["gap"]["phone"])
    console.run("tests.consoles.scenes:show", phone, "1", "#00ff00")
    expect(page.locator("[data-freshness]")).not_to_be_empty()
    page.fill("#phone-text", "京A·8341")
    between.stall()
    page.keyboard.press("Enter")
    page.clock.run_for(5000)
    expect(page.locator("#phone-text")).to_have_value("京A·8341")
    expect(page.get_by_text("可能没有送到手机")).to_be_visible()
    between.flow()
    page.clock.run_for(5000)
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    expect(page.locator("phone-stage [data-message]")).to_be_hidden()
    page.click("[data-phone-key=home]")
    made = [json.loads(console.run("tests.consoles.scenes:gesture", phone)) for _ in range(2)]
    assert [each.get("text") or each.get("key") for each in made] == ["京A·8341", "home"], "each of them once"


def test_colleagues_on_one_ticket_see_each_other(open_ticket: Login) -> None:
    page = open_ticket("idle2")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    other = open_ticket("idle2", "bob")
    expect(page.locator("[data-also-here]")).to_contain_text("bob 也在看")
    other.goto("/tickets/")
    expect(page.locator("[data-also-here]")).to_be_empty(timeout=60_000)  # at the latest when he has been silent


def test_a_value_sent_before_the_page_knows_of_a_colleagues_is_refused_in_words(open_ticket: Login) -> None:
    page, other = open_ticket("idle1"), open_ticket("idle1", "bob")
    held: list[Route] = []
    for each, text in ((page, "45"), (other, "20")):
        expect(each.locator("#link-state")).to_have_attribute("data-state", "open")
        each.locator("[data-edit=compensation] summary").first.click()
        each.locator("[data-edit=compensation] [name=value]:visible").fill(text)
    page.route("**/tickets/*/state/**", lambda route: held.append(route), times=1)
    other.keyboard.press("Enter")
    expect(other.locator("[data-slot=compensation] .slot-value")).to_have_text("20.00")
    wait_until("the page to ask for what is new", lambda: page.wait_for_timeout(50) or held)
    with page.expect_response("**/values/"):
        page.keyboard.press("Enter")
    held[0].continue_()
    expect(page.locator("[data-slot=compensation] .slot-value")).to_have_text("20.00")
    expect(page.locator("#notices")).to_contain_text("bob 刚刚改为“20.00”")
    expect(page.locator("[data-edit=compensation] [name=value]:visible")).to_have_value("45")


def test_of_two_who_edit_one_value_the_second_keeps_what_he_wrote_and_is_told(open_ticket: Login) -> None:
    page, other = open_ticket("edited"), open_ticket("edited", "bob")
    for each, text in ((page, "45"), (other, "20")):
        expect(each.locator("#link-state")).to_have_attribute("data-state", "open")
        each.locator("[data-edit=compensation] summary").first.click()
        each.locator("[data-edit=compensation] [name=value]:visible").fill(text)
    other.keyboard.press("Enter")
    expect(other.locator("[data-slot=compensation] .slot-value")).to_have_text("20.00")
    expect(other.locator("[data-edit][open]")).to_have_count(0)
    expect(page.get_by_text("同事刚把这个值改成“20.00”")).to_be_visible()
    field = page.locator("[data-edit=compensation] [name=value]:visible")
    expect(field).to_have_value("45")
    expect(field).to_be_focused()
    expect(page.get_by_text("您写的没有提交")).to_have_count(0)
    page.keyboard.type(".5")
    page.keyboard.press("Enter")
    expect(page.locator("[data-slot=compensation] .slot-value")).to_have_text("45.50")


def test_s_starts_the_run_and_the_page_follows(open_ticket: Login) -> None:
    page = open_ticket("new")
    page.keyboard.press("s")
    expect(page.locator(".pill", has_text="排队中").first).to_be_visible()
    expect(page.locator("#start")).to_have_count(0)


def test_s_goes_to_what_is_missing_and_e_numbers_it(open_ticket: Login) -> None:
    page = open_ticket("missing")
    field = page.locator("[name='slot.order_number']")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.keyboard.press("s")
    expect(field).to_be_focused()
    expect(page.locator("#notices")).to_contain_text("请先填写订单号")
    page.keyboard.press("Escape")
    field.evaluate("element => element.blur()")
    page.keyboard.press("e")
    digit = page.locator("[data-asked=order_number] .fix-key")
    expect(digit).to_be_visible()
    page.keyboard.press(digit.inner_text())
    expect(field).to_be_focused()
    assert not posts


def test_enter_takes_the_choice_that_s_went_to_instead_of_leaving_the_ticket(open_ticket: Login) -> None:
    page = open_ticket("ambiguous")
    page.keyboard.press("s")
    choice = page.locator("[data-asked=order_number] input[type=radio]").first
    expect(choice).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".pill", has_text="排队中").first).to_be_visible()
    expect(page.locator(".slots")).to_contain_text("202405218876")


def test_what_is_missing_is_asked_in_place_and_kept_while_the_page_lives(open_ticket: Login) -> None:
    page = open_ticket("missing")
    expect(page.locator("#plan .pill-warn")).to_have_text("缺少")
    page.fill("[name='slot.order_number']", "202405218899")
    page.evaluate("document.querySelector('live-ticket').refresh()")
    becomes_true(page, "!document.querySelector('live-ticket').asking")
    expect(page.locator("[name='slot.order_number']")).to_have_value("202405218899")
    page.click("#start")
    expect(page.locator(".pill", has_text="排队中").first).to_be_visible()


def test_escape_closes_a_choice_that_was_opened_by_keys(open_ticket: Login) -> None:
    page = open_ticket("edited")
    page.keyboard.press("e")
    number = page.locator("[data-edit=reason] .fix-key").inner_text()
    page.keyboard.press(number)
    opened = page.locator("[data-edit=reason]")
    expect(opened.locator("[aria-pressed=true]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opened).not_to_have_attribute("open", "")
    expect(opened.locator("summary")).to_be_focused()


def test_an_amount_is_corrected_by_keys_alone_and_enter_takes_what_was_written(open_ticket: Login) -> None:
    page = open_ticket("edited")
    page.keyboard.press("e")
    page.keyboard.press(page.locator("[data-edit=refund] .fix-key").inner_text())
    expect(page.locator("[data-edit=refund] input.input")).to_be_focused()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    line = page.locator(".slot[data-slot=refund]")
    expect(line.locator(".slot-source")).to_have_text("坐席填写")
    expect(line.locator(".slot-value")).to_have_text("100.00")


def test_stop_wants_to_be_pressed_twice(open_ticket: Login, console: Site) -> None:
    page = open_ticket("queued")
    expect(page.locator("[data-sure]")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator("[data-sure]")).to_contain_text("再按一次停止")
    assert world(console)["queued"]["status"] == "queued"
    page.keyboard.press("x")
    expect(page.locator(".pill", has_text="已停止").first).to_be_visible()


def test_a_question_is_answered_from_the_keyboard(open_ticket: Login, console: Site) -> None:
    page = open_ticket("question")
    expect(page.locator("#ask-text")).to_be_focused()
    page.keyboard.type("5月21日")
    page.keyboard.press("Enter")
    expect(page.locator("ask-card")).to_have_count(0)
    assert world(console)["question"]["status"] == "queued"


def colour_of(page: Page) -> list[int]:
    script = "() => [...document.querySelector('[data-canvas]').getContext('2d').getImageData(5, 5, 1, 1).data]"
    return page.evaluate(script)[:3]


def test_the_phone_is_drawn_with_its_age_and_without_moving_the_page(
    open_ticket: Login, console: Site, numbers: dict[str, Any]
) -> None:
    phone = str(numbers["viewer"]["phone"])
    page = open_ticket("viewer", "victor")
    armed(page)
    page.wait_for_selector(".glass")
    before = page.locator(".glass").bounding_box()
    console.run("tests.consoles.scenes:show", phone, "1", "#ff0000")
    expect(page.locator("[data-freshness]")).to_contain_text("实时")
    red, green, blue = colour_of(page)
    assert red > 200
    assert max(green, blue) < 60
    assert page.locator(".glass").bounding_box() == before
    console.run("tests.consoles.scenes:show", phone, "2", "#0000ff")
    becomes_true(
        page, "document.querySelector('[data-canvas]').getContext('2d').getImageData(5, 5, 1, 1).data[2] > 200"
    )
    expect(page.locator("[data-freshness]")).to_contain_text("落后")


def test_who_holds_the_phone_taps_swipes_and_types_chinese(
    open_ticket: Login, console: Site, numbers: dict[str, Any]
) -> None:
    phone = str(numbers["mine"]["phone"])
    page = open_ticket("mine")
    console.run("tests.consoles.scenes:show", phone, "1", "#00ff00")
    expect(page.locator("[data-freshness]")).not_to_be_empty()
    _follows_the_pointer(page)
    _can_be_heard(page)
    page.set_viewport_size({"width": 1280, "height": 1150})  # the phone at working size, whole
    box = page.locator("[data-canvas]").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    tap = json.loads(console.run("tests.consoles.scenes:gesture", phone))
    assert tap["kind"] == "tap"
    assert abs(tap["points"][0] - 540) <= 6
    assert abs(tap["points"][1] - 600) <= 8
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2, steps=5)
    page.mouse.up()
    swipe = json.loads(console.run("tests.consoles.scenes:gesture", phone))
    assert swipe["kind"] == "swipe"
    assert swipe["points"][1] > 1800 > 600 > swipe["points"][3]
    page.fill("#phone-text", "验证码 8341")
    page.keyboard.press("Enter")
    typed = json.loads(console.run("tests.consoles.scenes:gesture", phone))
    assert (typed["kind"], typed["text"]) == ("type", "验证码 8341")
    expect(page.locator("#phone-text")).to_have_value("")
    page.click("[data-phone-key=home]")
    assert json.loads(console.run("tests.consoles.scenes:gesture", phone))["key"] == "home"
    page.fill("#handback-note", "已登录")
    page.locator("[data-phone-key=home]").focus()
    page.keyboard.press("Control+Enter")  # wherever the focus is
    expect(page.locator("phone-keys")).to_have_count(0)


def _follows_the_pointer(page: Page) -> None:
    """At working size the phone is taller than the window; either end comes into sight where the pointer goes."""
    stage, glass = page.locator("phone-stage"), page.locator(".glass")
    place, phone = stage.bounding_box(), glass.bounding_box()
    assert place
    assert phone
    assert phone["width"] >= 400
    assert phone["y"] + phone["height"] > place["y"] + place["height"], "its end is out of sight"
    middle = place["x"] + place["width"] / 2
    for end, of in (("bottom", place["y"] + place["height"] - 40), ("top", place["y"] + 40)):
        page.mouse.move(middle, place["y"] + place["height"] / 2)
        page.mouse.move(middle, of, steps=8)
        at = stage.evaluate("(each) => each.scrollTop / (each.scrollHeight - each.clientHeight)")
        assert at > 0.98 if end == "bottom" else at < 0.02
    page.click("[data-phone-size]")
    whole = glass.bounding_box()
    assert whole
    assert whole["y"] + whole["height"] <= place["y"] + place["height"]
    page.click("[data-phone-size]")


def _can_be_heard(page: Page) -> None:
    told = {(each["role"], each["name"]): each for each in heard(page, ".pane-phone")}
    for role, name in (("image", "手机实时画面"), ("textbox", "在手机上打字"), ("group", "手机操作")):
        described = told[role, name]["description"]
        assert all(key in described for key in ("Esc 返回", "Home 回主屏幕", "Ctrl+Enter 交还智能体")), name
    assert {("button", name) for name in ("返回", "主屏幕", "最近任务", "回车", "显示整部手机")} <= set(told)
    assert told["button", "交还智能体 Ctrl Enter"]["keys"] == "Control+Enter"


def test_a_picture_that_is_not_stored_yet_is_asked_for_again(open_ticket: Login) -> None:
    page = open_ticket("running")
    answers = iter([404, 404, 200])
    pixel = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'

    def answer(route: Route) -> None:
        status = next(answers)
        body = pixel if status == 200 else ""  # a browser shows a picture whatever its status
        route.fulfill(status=status, content_type="image/svg+xml", body=body)

    page.route("**/files/steps/soon", answer)
    page.evaluate(
        """() => document.querySelector("live-ticket").insertAdjacentHTML(
          "beforeend", '<a class="shot"><img id="soon" src="/files/steps/soon"></a>')"""
    )
    becomes_true(page, "() => document.querySelector('#soon').naturalWidth > 0")
    assert next(answers, None) is None, "it was asked for until it was there"


def test_an_ended_runs_phone_says_so_until_its_last_picture_is_there(visit: Login, numbers: dict[str, Any]) -> None:
    page = visit("/help/none/")
    there: list[bool] = []
    page.route("**/files/steps/**", lambda route: route.continue_() if there else route.fulfill(status=404))
    page.goto(f"/tickets/{numbers['done']['number']}/")
    over = page.locator("phone-stage [data-message]", has_text="处理已结束")
    expect(over).to_be_visible()
    page.evaluate("document.querySelector('phone-stage').show(document.querySelector('.screen-head'))")
    expect(over).to_be_visible()
    there.append(True)
    expect(over).to_be_hidden()


def test_the_newest_frame_stays_until_the_last_picture_of_a_run_is_there(visit: Login, numbers: dict[str, Any]) -> None:
    page = visit("/help/none/")
    page.route("**/files/steps/**", lambda route: route.fulfill(status=404))
    page.goto(f"/tickets/{numbers['done']['number']}/")
    over = page.locator("phone-stage [data-message]")
    expect(over).to_be_visible()
    page.evaluate(
        """() => {
          const stage = document.querySelector("phone-stage");
          Object.assign(stage, {address: "/ws/runs/before/phone/", frames: 3, seenAt: performance.now()});
          stage.show(document.querySelector(".screen-head"));
        }"""
    )
    expect(over).to_be_hidden()


@pytest.mark.parametrize("lost", ["sessionid", re.compile(".*")], ids=["session", "all cookies"])
def test_a_session_that_ended_is_begun_anew_over_the_page_and_what_was_typed_stays(
    open_ticket: Login, lost: Any
) -> None:
    page = open_ticket("idle0")
    page.keyboard.press("p")
    page.keyboard.type("客户已来电")
    page.context.clear_cookies(name=lost)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#session")).to_be_visible()
    page.fill("#session [name=username]", "alice")
    page.fill("#session [name=password]", PASSWORD)
    held: list[Route] = []
    page.route("**/login/", lambda route: held.append(route), times=1)
    page.keyboard.press("Enter")
    expect(page.locator("#session button")).to_have_text("正在登录…")
    while not held:  # the request reaches us a moment after it was sent
        page.wait_for_timeout(20)
    held[0].continue_()
    expect(page.locator("#session")).to_be_hidden()
    expect(page.locator("#note-text")).to_have_value("客户已来电")
    page.locator("#note-text").press("Control+Enter")
    expect(page.locator("#part-desk li.note").first).to_contain_text("客户已来电")
