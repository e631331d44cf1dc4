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
