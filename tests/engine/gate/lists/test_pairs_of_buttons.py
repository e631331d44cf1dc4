"""Entries with a main button and another beside it: a touch elsewhere opens one, and the bar over them parts them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import ImageDraw

from cs_agent.engine.gate.decide import StepContext
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, TextLine, UiNode
from tests.engine.gate.test_gate_kinds import PAPER, bar, node, page, tap
from tests.engine.gate.test_gate_properties import passes

TITLES = ("Wet floor", "Insult", "Advert")
ON_ENTRY, ON_PART = (200, 230), (270, 130)


def cards(
    names: tuple[str, ...] = ("Ignore", "Zap"),
    *,
    filled: tuple[int, ...] = (1,),
    titles: tuple[str, ...] = TITLES,
    head: str = "Reports",
    parts: tuple[str, ...] = ("Near", "Mine", "Ours"),
    also: tuple[UiNode, ...] = (),
) -> Observation:
    nodes, image, lines = [node(head, (200, 40, 340, 80)), *also], PAPER.copy(), []
    draw = ImageDraw.Draw(image)
    for number, title in enumerate(titles):
        top, parent = 180 + number * 180, len(nodes)
        nodes.append(node("", (20, top, 520, top + 160), Role.OTHER, clickable=True))
        nodes += [
            node(title, (40, top + 10, 300, top + 40), parent=parent),
            node("by a reader", (40, top + 50, 300, top + 80), parent=parent),
        ]
        for place, name in enumerate(names):
            left = 300 + 110 * place
            box = (left, top + 100, left + 100, top + 150)
            draw.rectangle(box, "#1677ff" if place in filled else "white", "#1677ff")
            nodes.append(node(name, box, Role.BUTTON, clickable=True, parent=parent))
            lines.append(TextLine(name, Box(left + 20, top + 112, left + 80, top + 138), 0.99))
    painted = bar(*parts, role=Role.OTHER, top=110, height=40)
    return page(*nodes, *painted, image=image, lines=tuple(lines))


def test_what_is_done_with_an_entry_is_done_by_its_pair_of_buttons_whatever_they_are_called():
    assert tap(cards(), *ON_ENTRY).vouched_by == "kind:record"
    assert passes(cards(("不认", "盖章")), *ON_ENTRY)
    assert not tap(cards(), *ON_ENTRY, StepContext(put_in=True)).vouched_by
    assert not passes(cards(), 350, 305)
    assert not passes(cards(), 460, 305)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(cards(("Zap",), filled=(0,)), id="one button, beside which the entry may be taken"),
        pytest.param(cards(filled=()), id="none is the main one"),
        pytest.param(cards(filled=(0, 1)), id="both are"),
        pytest.param(cards(("Details", "Info")), id="what is only looked at"),
        pytest.param(cards(("规则", "盖章")), id="one is only looked at"),
        pytest.param(cards(titles=TITLES[:1]), id="the only one"),
        pytest.param(cards(titles=("Vote",) * 3), id="called alike, as what is done by them"),
        pytest.param(cards(head="选择司机"), id="one is chosen here"),
        pytest.param(cards(head="Assign to"), id="something is given to one"),
        pytest.param(cards(also=(node("Tap a card to take it", (20, 85, 400, 105)),)), id="so says the page"),
        pytest.param(cards(titles=("Shift A", "Shift B", "3 spots left")), id="they can be had"),
    ],
)
def test_an_entry_with_buttons_that_tell_nothing_of_its_own_touch_asks(seen):
    assert not passes(seen, *ON_ENTRY)


def test_a_bar_over_such_entries_parts_them_whatever_its_parts_are_called():
    assert tap(cards(), *ON_PART).vouched_by == "kind:tab"
    assert passes(cards(parts=("油枪", "油罐", "交班")), *ON_PART)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(cards(filled=()), id="no main button"),
        pytest.param(cards(titles=TITLES[:1]), id="one entry"),
        pytest.param(cards(parts=("Open", "Busy", "Away")), id="a way of working"),
        pytest.param(cards(parts=("听单", "小休", "下线")), id="a way of working in Chinese"),
        pytest.param(cards(parts=("Mine", "Pay all", "Ours")), id="an action"),
        pytest.param(cards(parts=("Mine", "Nobody", "Ours")), id="the end of a scale"),
        pytest.param(
            cards(head="Ticket 88231", also=(node("Anna", (20, 85, 90, 105)),)), id="the page is of one thing"
        ),
        pytest.param(cards(head="Delivery status"), id="how something stands"),
        pytest.param(cards(head="Change appointment"), id="something is changed"),
        pytest.param(cards(head="转账"), id="an action above all"),
        pytest.param(cards(head="接待大厅"), id="people wait here for whoever works"),
    ],
)
def test_a_bar_that_may_set_something_asks_over_such_entries_too(seen):
    assert not passes(seen, *ON_PART)


def test_parts_that_are_not_joined_to_a_bar_ask():
    seen = cards()
    moved = tuple(
        replace(each, box=replace(each.box, left=each.box.left + 12, right=each.box.right - 12))
        if each.box.top == 110 and each.clickable
        else each
        for each in seen.nodes or ()
    )
    assert not passes(replace(seen, nodes=moved), *ON_PART)


def still(names: tuple[str, ...] = ("Ignore", "Zap"), **options) -> Observation:
    """The same cards, which do not react themselves."""
    seen = cards(names, **options)
    nodes = [replace(each, clickable=False, parent=-1) if each.box.width == 500 else each for each in seen.nodes or ()]
    return replace(seen, nodes=tuple(replace(each, parent=-1) for each in nodes))


def test_cards_that_do_not_react_are_known_by_their_buttons():
    assert tap(still(), *ON_PART).vouched_by == "kind:tab"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(still(filled=()), id="no main button"),
        pytest.param(still(titles=TITLES[:1]), id="one card"),
        pytest.param(still(titles=("Vote",) * 3), id="cards that say the same"),
        pytest.param(still(head="接待大厅"), id="people wait here"),
        pytest.param(still(also=(node("Call", (20, 160, 200, 175), clickable=True),)), id="another button before them"),
    ],
)
def test_a_bar_over_such_cards_asks_where_they_tell_less(seen):
    assert not passes(seen, *ON_PART)


def worked(*names: str) -> Observation:
    """Entries with a button each."""
    nodes = [node("Repairs", (200, 40, 340, 80))]
    for number, name in enumerate(names):
        top, parent = 120 + 160 * number, len(nodes)
        nodes.append(node("", (20, top, 520, top + 140), Role.OTHER, clickable=True))
        nodes.append(node(f"Booking:55067{number}", (40, top + 10, 300, top + 40), parent=parent))
        nodes.append(node(f"2023-04-2{number}", (40, top + 50, 300, top + 80), parent=parent))
        if name:
            nodes.append(node(name, (380, top + 90, 500, top + 130), Role.BUTTON, clickable=True, parent=parent))
    return page(*nodes)


def test_entries_built_alike_open_alike_whatever_the_button_of_one_is_called():
    assert passes(worked("Submit", "Confirm", "Zap"), 100, 500)
    assert not passes(worked("Submit", "Zap", "Zap"), 100, 500)  # one alone says so
    assert not passes(worked("Submit", "Confirm", ""), 100, 500)  # it has none


@pytest.mark.parametrize("name", ["Delete", "Edit", "删除", "编辑"])
def test_buttons_that_keep_a_list_in_order_do_not_tell_what_a_touch_on_an_entry_does(name):
    assert passes(worked("Submit", "Submit", "Submit"), 100, 180)
    assert not passes(worked(name, name, name), 100, 180)


def test_of_two_parts_over_such_cards_the_chosen_one_counts_them():
    papers = tuple(f"#44{n} {title}" for n, title in enumerate(TITLES, 71))
    assert tap(still(parts=("Pending (3)", "Approved"), titles=papers), 400, 130).vouched_by == "kind:tab"
    assert not passes(still(parts=("Pending (4)", "Approved"), titles=papers), 400, 130)
    assert not passes(still(parts=("Mine 3", "Ours"), titles=papers), 400, 130)  # none names a state
    assert not passes(still(parts=("Pending", "Approved"), titles=papers), 400, 130)


def test_two_parts_over_people_or_with_another_name_than_a_state_may_be_an_answer():
    assert not passes(still(parts=("Pending (3)", "Approved")), 400, 130)  # cards without a number of a paper
    papers = tuple(f"#44{n} {title}" for n, title in enumerate(TITLES, 71))
    assert not passes(still(parts=("Pending (3)", "Frost"), titles=papers), 400, 130)
