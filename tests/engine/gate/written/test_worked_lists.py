"""Lists that are worked off, cards that are thrown, and buttons that count: what moves on by itself or at a touch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Swipe, Type, Wait
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation, Role, TextLine
from tests.engine.gate.test_gate_kinds import ORDERS, SIZE, browsed, dimmed, node, page, records, tap
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.test_gate_strangers import ENTRY, listed

DOSES = ("阿莫西林 0.5g", "头孢 1g", "葡萄糖 5%")


def doses(states: tuple[str, ...], *, also: str = "") -> Observation:
    rows = [
        (name, f"05-1{n}", state, *([also] if also else []))
        for n, (name, state) in enumerate(zip(DOSES, states, strict=True))
    ]
    return listed("今日", *rows, tabs=("全部", "本周", "我的"))


@pytest.mark.parametrize(
    ("states", "opened"),
    [
        (("待执行", "已执行", "已执行"), False),
        (("未收", "已收", "未收"), False),
        (("待发货", "已完成", "已完成"), True),
        (("Unpaid", "Paid", "Paid"), False),
        (("To pack", "Packed", "Packed"), False),
        (("To ship", "Done", "Done"), True),
    ],
)
def test_what_is_to_be_done_and_done_by_one_word_is_worked_off_and_does_not_open_by_a_day_alone(states, opened):
    assert passes(doses(states), *ENTRY) is opened
    assert passes(doses(states, also="¥12.00"), *ENTRY)


def test_states_that_only_tabs_name_open_nothing_that_bears_a_day_alone():
    rows = [("Byrne, Ada", "12 May", "Gelb"), ("Stone, Liam", "12 May", "Blau"), ("Reyes, Noor", "13 May", "Blau")]
    assert not passes(listed("LH 432", *rows, tabs=("All", "Gelb", "Blau")), *ENTRY)
    papers = [(f"8823{n} {name}", day, state) for n, (name, day, state) in enumerate(rows)]
    assert passes(listed("LH 432", *papers, tabs=("All", "Gelb", "Blau")), *ENTRY)


@pytest.mark.parametrize(
    ("title", "states", "opened"),
    [
        ("Tasks near you", ("New", "Done", "New"), False),
        ("附近的任务", ("New", "Done", "New"), False),
        ("Tasks", ("New", "Taken", "New"), False),
        ("転送先", ("New", "Done", "New"), False),  # whom something is sent on to, in Japanese
        ("Tasks", ("New", "Done", "New"), True),
    ],
)
def test_what_is_near_or_taken_by_somebody_can_be_had_by_a_touch(title, states, opened):
    rows = [(f"Audit 8821{n}", f"€{n + 3}.00", state) for n, state in enumerate(states)]
    assert passes(listed(title, *rows), *ENTRY) is opened


def test_orders_of_today_may_move_on_at_a_touch():
    def opens(when: str) -> bool:
        rows = [(f"Order 8821{n}", f"2 items, {when}{n}", state) for n, state in enumerate(("New", "Done", "New"))]
        return passes(listed("Kitchen", *rows), *ENTRY)

    assert opens("12 May ")
    assert not opens("12:0")


END = node("全部打印", (20, 1100, 520, 1160), Role.BUTTON, clickable=True)


@pytest.mark.parametrize(
    ("end", "opened"),
    [
        pytest.param(END, False, id="a button from edge to edge of the list"),
        pytest.param(replace(END, box=replace(END.box, left=280)), False, id="half as wide"),
        pytest.param(replace(END, box=replace(END.box, left=440)), True, id="a sign that floats over the list"),
        pytest.param(replace(END, text=""), True, id="without a word"),
        pytest.param(replace(END, clickable=False), True, id="that does not react"),
        pytest.param(replace(END, role=Role.OTHER), True, id="the next entry, cut off"),
        pytest.param(replace(END, role=Role.EDIT), True, id="a field"),
        pytest.param(replace(END, box=replace(END.box, top=900, bottom=960)), True, id="further up"),
    ],
)
def test_a_list_over_a_button_that_ends_the_page_is_gathered_for_it(end, opened):
    assert passes(page(*browsed(*ORDERS), end), *ENTRY) is opened
    field = node("20240", (20, 100, 400, 130), Role.SEARCH, clickable=True)
    searched = page(*records(*ORDERS), field, end)
    assert passes(searched, *ENTRY, StepContext(typed="20240")) is opened


def test_a_sign_in_an_entry_is_no_button_of_it():
    rows = [("Love", "3:21"), ("Blue", "2:45"), ("Red", "4:01")]
    signs = [
        node(sign, (480, 160 + 120 * n, 510, 190 + 120 * n), Role.IMAGE, clickable=True, parent=1 + 3 * n)
        for n, sign in enumerate("≡≡≡")
    ]
    seen = page(*records(*rows, title="Songs"), *signs)
    assert not passes(seen, *ENTRY)
    named = tuple(replace(each, text="Pay back") if each.text == "≡" else each for each in seen.nodes)
    assert passes(replace(seen, nodes=named), *ENTRY)


CARD = node("", (20, 100, 520, 900), Role.OTHER, clickable=True)


def swiped(seen: Observation, end: Point) -> bool:
    act = Swipe(Point(270, 500).to_norm(SIZE), end.to_norm(SIZE))
    return decide(act, seen, confidence=1.0).kind is VerdictKind.ALLOW


def test_a_large_card_is_thrown_sideways_and_upwards_where_nothing_scrolls():
    for card in (CARD, replace(CARD, role=Role.IMAGE, clickable=False)):
        assert not swiped(page(card), Point(30, 500))
    assert not swiped(page(CARD), Point(270, 60))
    scrolled = page(node("", (0, 0, 540, 1200), scrollable=True), CARD)
    assert swiped(scrolled, Point(270, 60))
    assert not swiped(scrolled, Point(30, 500))
    whole = page(replace(CARD, box=replace(CARD.box, left=0, top=0, right=540, bottom=1200)))
    assert swiped(whole, Point(270, 60))
    assert swiped(whole, Point(30, 500))


def waits(seen: Observation) -> bool:
    return decide(Wait(2), seen, confidence=1.0).kind is VerdictKind.ALLOW


@pytest.mark.parametrize(
    ("label", "waited"),
    [
        ("确认支付(5s)", False),
        ("接单 12s", False),
        ("Accept (9s)", False),
        ("重新发送(30s)", True),
        ("Resend code (30s)", True),
        ("跳过 3s", True),
        ("我已阅读并同意(5s)", True),
        ("Lesson 12s", True),
    ],
)
def test_a_button_that_counts_down_to_what_it_does_is_shown_to_a_person(label, waited):
    button = node(label, (20, 1000, 520, 1060), Role.BUTTON, clickable=True)
    assert waits(page(button)) is waited
    assert waits(page(replace(button, enabled=False)))  # it can be pressed when it has counted


def test_a_lone_number_on_a_page_on_which_something_goes_on_counts():
    rows = [node(text, (60, 200 + 90 * n, 480, 250 + 90 * n)) for n, text in enumerate(("Help", "5", "Calling 112"))]
    assert not waits(page(*rows))
    assert waits(page(rows[0], rows[1]))
    assert waits(page(rows[0], replace(rows[1], text="75"), rows[2]))
    more = [node(f"Bed {n}", (60, 600 + 90 * n, 480, 650 + 90 * n)) for n in range(4)]
    assert waits(page(*rows, *more))


@pytest.mark.parametrize("hint", ["Scan item", "扫描条码", "请扫码", "Barcode", "EAN"])
def test_a_field_that_a_scanner_types_into_sends_what_it_gets(hint):
    field = node("", (20, 120, 520, 170), Role.EDIT, clickable=True, description=hint)
    end = node("完成", (20, 900, 520, 960), Role.BUTTON, clickable=True)
    assert decide(Type("88213"), page(field, end), confidence=1.0).kind is VerdictKind.CONFIRM
    other = replace(field, description="备注")
    assert decide(Type("88213"), page(other, end), confidence=1.0).kind is VerdictKind.ALLOW


@pytest.mark.parametrize(
    ("rows", "button", "opened"),
    [
        ((("Rain", "45 min"), ("Forest", "60 min"), ("Waves", "30 min")), "Info", False),
        ((("Rain", "45 min"), ("Forest", "60 min"), ("Waves", "30 min")), "Send", True),
        ((("Work", "ends in 2210"), ("Private", "ends in 3310"), ("Savings", "ends in 4410")), "Edit", False),
        ((("May", "$45.00"), ("April", "$60.00"), ("March", "$30.00")), "Details", False),
    ],
)
def test_beside_a_button_that_only_shows_or_edits_a_touch_on_an_entry_may_do_what_it_is_there_for(rows, button, opened):
    ends = [
        node(button, (420, 160 + 120 * n, 510, 190 + 120 * n), Role.BUTTON, clickable=True, parent=1 + 3 * n)
        for n in range(3)
    ]
    assert passes(page(*records(*rows, title="Today"), *ends), *ENTRY) is opened


@pytest.mark.parametrize("told", ["in the tree", "in the picture", "nowhere"])
def test_items_with_words_in_them_may_act_at_once_under_an_end_and_pictures_only_choose(told):
    cells = [node("", (20 + 170 * n, 760, 180 + 170 * n, 860), Role.OTHER, clickable=True) for n in range(3)]
    words = [node(f"{n + 1}A", (60 + 170 * n, 830, 120 + 170 * n, 855), parent=n) for n in range(3)]
    end = node("Done", (20, 1100, 520, 1160), Role.BUTTON, clickable=True)
    lines = tuple(TextLine(word.text, word.box) for word in words) if told == "in the picture" else ()
    inner = words if told == "in the tree" else [replace(word, text="") for word in words]
    seen = page(*cells, *inner, end, image=dimmed(Box(0, 700, 540, 1200)), lines=lines)
    assert (tap(seen, 270, 780).vouched_by == "kind:choice") is (told == "nowhere")
