"""The confirmation in a real Chromium: impossible to miss, impossible to give by accident."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.consoles.browsing import Login, armed, becomes_true, decided, heard, world
from tests.consoles.site import Site
from tests.processes import wait_until

pytestmark = pytest.mark.browser
GUARD_MS = 400


def test_the_confirmation_has_the_focus_and_y_approves_it(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("plain"))
    expect(page.locator("confirm-card")).to_be_focused()
    assert page.title().startswith("● 待确认")
    page.keyboard.press("y")
    decided(page)
    assert world(console)["plain"]["confirmation"] == "approved"
    assert not page.title().startswith("●")


def test_what_waits_is_decided_in_the_list_by_keys(visit: Login, numbers: dict[str, Any], console: Site) -> None:
    page = visit("/waiting/")  # `visit` fails for whatever the page logs as an error
    row = page.locator(f".wait-row[data-number='{numbers['in_list']['number']}']")
    row.focus()
    row.locator("[data-act]").click()
    armed(page)
    page.keyboard.press("y")
    expect(row).to_have_count(0)
    assert world(console)["in_list"]["confirmation"] == "approved"


def test_a_y_within_the_first_moments_does_nothing(open_ticket: Login, numbers: dict[str, Any]) -> None:
    page = open_ticket("early")
    posts: list[str] = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    page.reload(wait_until="commit")
    page.wait_for_selector("confirm-card:defined")
    state = page.evaluate(
        """() => {
          const card = document.querySelector("confirm-card");
          card.arm();
          card.focus();
          card.dispatchEvent(new KeyboardEvent("keydown", {key: "y", bubbles: true}));
          card.querySelector("[data-answer=yes]").click();
          return [card.hasAttribute("data-armed"), card.hasAttribute("data-sent")];
        }"""
    )
    assert state == [False, False]
    armed(page)
    assert posts == []
    expect(page.locator("confirm-card")).to_be_visible()


def test_the_guard_lasts_as_long_as_it_says(open_ticket: Login) -> None:
    page = open_ticket("early")
    page.wait_for_selector("confirm-card:defined")
    waited = page.evaluate(
        """async () => {
          const card = document.querySelector("confirm-card");
          const start = performance.now();
          card.arm();
          while (!card.hasAttribute("data-armed")) await new Promise(requestAnimationFrame);
          return performance.now() - start;
        }"""
    )
    assert waited >= GUARD_MS - 20


def test_y_and_n_do_nothing_while_the_focus_is_elsewhere(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("unfocused"))
    page.locator("#ticket-text").click()
    expect(page.locator(".unfocused")).to_be_visible()
    for key in ("y", "n", "Y", "N", "Enter", "Space"):
        page.keyboard.press(key)
    expect(page.locator("[data-no]")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.locator("confirm-card")).to_be_focused()
    assert world(console)["unfocused"]["confirmation"] == "pending"


def test_who_listens_hears_what_is_asked_each_value_the_time_left_and_the_answers(open_ticket: Login) -> None:
    page = armed(open_ticket("unfocused"))
    expect(page.locator("confirm-card")).to_be_focused()
    told = heard(page, "confirm-card")
    card = told[0]
    assert (card["role"], card["name"]) == ("alertdialog", "需要您确认,此操作无法撤销")
    assert card["focused"]
    assert "[确认] 退款:¥399.00" in card["description"]
    assert "剩余" in card["description"]
    assert ("heading", card["name"]) in [(each["role"], each["name"]) for each in told]
    headers = [each["name"] for each in told if each["role"] in ("columnheader", "rowheader")]
    assert headers == ["字段", "工单上", "屏幕上", "1 退款", "2 补偿", "3 原因"]
    cells = [each["name"] for each in told if each["role"] in ("cell", "gridcell")]
    assert [cells[0], cells[1].split()[0]] == ["全额", "¥399.00"]
    answers = {each["name"]: each["keys"] for each in told if each["role"] == "button"}
    assert (answers["Y 同意并执行"], answers["N 拒绝"]) == ("y", "n")


def test_a_held_key_and_a_key_with_a_modifier_decide_nothing(open_ticket: Login) -> None:
    page = armed(open_ticket("repeat"))
    sent = page.evaluate(
        """() => {
          const card = document.querySelector("confirm-card");
          const extras = [{repeat: true}, {ctrlKey: true}, {metaKey: true}, {altKey: true}];
          for (const extra of [...extras, {isComposing: true}, {keyCode: 229}])
            card.dispatchEvent(new KeyboardEvent("keydown", {key: "y", bubbles: true, ...extra}));
          return card.hasAttribute("data-sent");
        }"""
    )
    assert sent is False
    expect(page.locator("confirm-card")).to_be_visible()


def test_a_differing_field_wants_a_reason_before_y_counts(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("differs", viewport={"width": 640, "height": 400}))  # as 1280 px at 200 %
    row = page.locator(".differs")
    covered = """row => { const {left, top, width, height} = row.getBoundingClientRect();
      return !row.contains(document.elementFromPoint(left + width / 2, top + height / 2)); }"""
    assert not row.evaluate(covered), "what differs is seen when the answers are"
    page.keyboard.press("y")
    expect(page.locator("#reason")).to_be_focused()
    expect(page.locator("#notices")).to_contain_text("请先填写原因")
    page.keyboard.type("yes, 客户已同意")
    assert page.locator("confirm-card[data-sent]").count() == 0
    page.keyboard.press("Enter")
    expect(page.locator("confirm-card")).to_be_focused()
    page.keyboard.press("y")
    decided(page)
    after = world(console)["differs"]
    assert (after["confirmation"], after["note"]) == ("approved", "yes, 客户已同意")


def test_n_then_a_note_then_enter_rejects_and_ends(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("reject"))
    page.keyboard.press("n")
    expect(page.locator("#no-note")).to_be_focused()
    page.keyboard.type("yn 金额不对")
    page.keyboard.press("Enter")
    decided(page)
    after = world(console)["reject"]
    assert (after["confirmation"], after["status"], after["note"]) == ("rejected", "cancelled", "yn 金额不对")


def test_the_enter_that_ends_a_composition_belongs_to_the_input_method(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("composing"))
    page.keyboard.press("n")
    page.locator("#no-note").fill("补偿")
    for extra in ("{isComposing: true}", "{keyCode: 229}"):
        page.evaluate(
            f"""() => document.querySelector("#no-note").dispatchEvent(
                new KeyboardEvent("keydown", {{key: "Enter", bubbles: true, cancelable: true, ...{extra}}}))"""
        )
    expect(page.locator("#no-note")).to_have_value("补偿")
    assert page.locator("confirm-card[data-sent]").count() == 0
    assert world(console)["composing"]["confirmation"] == "pending"


def test_after_n_escape_takes_it_back_and_the_agent_can_go_on_with_the_note(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("go_on"))
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    expect(page.locator("confirm-card")).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("备注")
    page.keyboard.type("先核对地址")
    page.keyboard.press("Control+Enter")
    decided(page)
    after = world(console)["go_on"]
    assert (after["confirmation"], after["status"]) == ("rejected", "queued")


def test_of_two_operators_the_slower_one_reads_who_decided(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("race"))
    page.evaluate("document.querySelector('live-ticket').socket.close()")  # the hint does not reach this page
    console.run("tests.consoles.scenes:decide_as_bob", "race")
    page.locator("confirm-card").focus()
    page.keyboard.press("y")
    expect(page.locator("#notices")).to_contain_text("bob 已在")
    decided(page)
    assert world(console)["race"]["by"] == "bob"


def test_a_decision_of_somebody_else_arrives_by_itself(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("background"))
    console.run("tests.consoles.scenes:decide_as_bob", "background")
    decided(page)
    expect(page.locator("#steps")).to_contain_text("已同意 · bob")


def test_nothing_is_answered_before_the_picture_is_there(open_ticket: Login, console: Site) -> None:
    page = open_ticket("plain")
    page.clock.install()
    held: list[Route] = []
    page.route("**/files/confirmations/**", lambda route: held.append(route))
    page.goto(
        page.url.replace(world(console)["plain"]["number"], world(console)["pictured"]["number"]), wait_until="commit"
    )
    page.locator("confirm-card:focus").wait_for()
    page.clock.run_for(5000)  # longer than the first moments of a card
    expect(page.locator("confirm-card[data-armed]")).to_have_count(0)
    page.keyboard.press("y")
    held[0].continue_()
    becomes_true(page, "document.querySelector('.confirm-shot img').complete")
    page.clock.run_for(5000)
    armed(page)
    assert world(console)["pictured"]["confirmation"] == "pending"


def test_an_enter_while_the_answer_is_on_its_way_goes_on_once_it_arrived(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("onward"))
    held: list[Route] = []
    page.route("**/decide/", lambda route: held.append(route))
    page.keyboard.press("y")
    wait_until("the answer to be sent", lambda: page.locator("confirm-card[data-sent]").count() and bool(held))
    address = page.url
    page.keyboard.press("Enter")
    assert page.url == address
    held[0].continue_()
    expect(page).not_to_have_url(address)
    assert world(console)["onward"]["confirmation"] == "approved"


def test_what_is_being_written_when_a_colleague_answers_is_shown_and_its_keys_go_nowhere(
    open_ticket: Login, console: Site
) -> None:
    page = armed(open_ticket("written"))
    page.locator("confirm-card").get_by_role("button", name="拒绝").click()
    expect(page.locator("#no-note")).to_be_focused()
    page.keyboard.type("60")
    held: list[Route] = []
    page.route("**/tickets/*/state/**", lambda route: held.append(route))
    console.run("tests.consoles.scenes:decide_as_bob", "written")
    wait_until("the page to ask", lambda: page.locator("confirm-card").count() and bool(held))
    held[-1].continue_()
    page.unroute("**/tickets/*/state/**")
    address = page.url

    def swapped() -> bool:
        page.keyboard.type("0")  # somebody who writes does not stop at once
        return page.locator("confirm-card").count() == 0

    wait_until("the card to go", swapped)
    page.keyboard.type("d")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("您写的没有提交:60")
    assert page.url == address
    expect(page.locator("[data-catches]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()  # the keys act again


def test_what_is_being_written_stays_when_the_same_card_comes_anew(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("written_on"))
    page.locator("confirm-card").get_by_role("button", name="拒绝").click()
    page.keyboard.type("60")
    before = page.locator("confirm-card").element_handle()
    assert before
    console.run("tests.consoles.scenes:approve_first", "written_on", "bob")
    wait_until("the card to come anew", lambda: not before.evaluate("card => card.isConnected"))
    expect(page.locator("confirm-card")).to_contain_text("bob 已同意")
    page.keyboard.type("0 yuan, not y")
    expect(page.locator("#no-note")).to_have_value("600 yuan, not y")
    assert world(console)["written_on"]["confirmation"] == "pending"


def test_who_gave_the_first_of_two_yeses_goes_on_by_enter(
    open_ticket: Login, console: Site, numbers: dict[str, Any]
) -> None:
    console.run("tests.consoles.scenes:approve_first", "halved", "alice")
    page = armed(open_ticket("halved"))
    expect(page.locator("confirm-card")).to_be_focused()
    expect(page.locator("a[data-next] kbd")).to_have_text("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: numbers["halved"]["number"] not in url)


def test_a_viewer_can_look_and_no_key_decides(open_ticket: Login, console: Site) -> None:
    page = armed(open_ticket("viewer", "victor"))
    for key in ("y", "n"):
        page.keyboard.press(key)
    expect(page.locator("[data-answer]")).to_have_count(0)
    assert world(console)["viewer"]["confirmation"] == "pending"


@pytest.mark.parametrize(
    ("name", "selector"),
    [
        ("reload", "confirm-card"),
        ("question", "ask-card"),
        ("mine", "phone-keys"),
        ("queued", "[data-mode=queued]"),
        ("running", "[data-mode=live]"),
        ("done", "#ticket-result"),
        ("new", "#start"),
    ],
)
def test_a_reload_shows_the_same_state(open_ticket: Login, name: str, selector: str) -> None:
    page = open_ticket(name)
    expect(page.locator(selector).first).to_be_visible()
    before = page.locator(".part").all_inner_texts()
    page.reload()
    expect(page.locator(selector).first).to_be_visible()
    assert len(page.locator(".part").all_inner_texts()) == len(before)


def test_on_a_phone_an_open_editor_leaves_the_tickets_values_their_room(open_ticket: Login) -> None:
    page = armed(open_ticket("phone_width", viewport={"width": 390, "height": 844}))
    cell = page.locator(".confirm-fields tbody tr td:nth-child(2)").first
    before = cell.bounding_box()
    page.locator(".confirm-fields [data-edit] summary").first.click()
    expect(page.locator(".confirm-fields [data-edit][open]")).to_have_count(1)
    after = cell.bounding_box()
    assert before
    assert after
    assert after["width"] == before["width"]
