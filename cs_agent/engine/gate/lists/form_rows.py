"""Rows of a form that open what can be chosen: a name, what is chosen so far, and the mark ›.

Rule: the form has an end of its own that must still be pressed, so that the row does not end it; the name is that of a
thing, or the row asks to choose. A row that calls, bids or is on offer asks, whatever stands beside it.
"""

from __future__ import annotations

import re

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.deeds import does_something
from cs_agent.engine.screen.days import day_of
from cs_agent.engine.screen.drawn.chevrons import ends_in_chevron
from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.page import Nature, filters_a_list, is_on_offer, is_picker_title, switches_a_mode
from cs_agent.engine.screen.structure import column, inside_of, is_reacting, own_texts, texts_of
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import WEIGHTY, LabelKind, is_bidding, is_read, names_a_state, names_a_thing, sense
from cs_agent.observation import Observation, Role

_WIDE = 0.75  # of the width
_TALL = 0.09  # of the height: a row of one or two lines
_PARTS = 2  # the name and its value
_MARKS = "›>❯〉»→ "
ENDS = (*WEIGHTY, LabelKind.ADVANCE)
_PLAIN = (LabelKind.PLAIN, LabelKind.NOMINAL)
_MAY_CALL = re.compile(r"^[+(]?\d[\d ()*-]{3,}$")


def opens_choices(target: Target, scene: Scene) -> bool:
    seen, nodes = scene.observation, scene.observation.nodes or ()
    if target.node is None or scene.window is not None or target.choice or target.switch or target.editable:
        return False
    if not _is_row(target.node, seen) or scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return False
    others = [index for index in column(nodes, target.node, seen.size.width) if index != target.node]
    fields = any(node.editable for node in nodes) or any(_is_row(index, seen) for index in others)
    return fields and _has_end(target.node, seen) and _asks_for_a_choice(target.node, seen)


def _is_row(index: int, seen: Observation) -> bool:
    """As wide as the page, with nothing to touch in it, and ending in the mark."""
    nodes, size = seen.nodes or (), seen.size
    box = nodes[index].box
    if (
        nodes[index].role in (Role.BUTTON, Role.TAB)
        or box.width < _WIDE * size.width
        or box.height > _TALL * size.height
    ):
        return False
    inside = [nodes[part] for part in inside_of(nodes, index)]
    if any(is_reacting(node) or node.checkable for node in inside):
        return False
    marked = any(node.label.strip() and not node.label.strip(_MARKS) for node in inside)
    return marked or ends_in_chevron(seen.screenshot.image, box)


def _has_end(row: int, seen: Observation) -> bool:
    """A control in the page's head or below all rows like this one says that it ends the form: 提交, Save, 下一步."""
    nodes, rows = seen.nodes or (), column(seen.nodes or (), row, seen.size.width)
    low, high = max(nodes[index].box.bottom for index in rows), int(HEAD * seen.size.height)
    ends = [
        index
        for index, node in enumerate(nodes)
        if node.clickable and not (node.editable or node.checkable) and (node.box.top >= low or node.box.bottom <= high)
    ]
    return any(sense(text, button=True).kind in ENDS for index in ends for text in texts_of(nodes, index))


def _asks_for_a_choice(row: int, seen: Observation) -> bool:
    nodes, box = seen.nodes or (), (seen.nodes or ())[row].box
    texts = dict.fromkeys(text.strip(_MARKS) for text in own_texts(nodes, row) if text.strip(_MARKS))
    joined = {squash(f"{one}{two}") for one in texts for two in texts if one != two}
    parts = [text for text in texts if squash(text.replace(",", "")) not in joined]  # React Native tells both in one
    drawn = [
        line.text.strip(_MARKS) for line in seen.lines if box.contains(line.box.center) and line.text.strip(_MARKS)
    ]
    if len(parts) != _PARTS or any(map(_bids, (*parts, *drawn))):
        return False
    name, value = parts
    if tells_how_it_stands(value) or may_call(value):
        return False
    if sense(name, button=True).kind not in _PLAIN or not (is_read(name) and is_read(value)):
        return False
    return is_picker_title(value) or names_a_thing(name)


def tells_how_it_stands(value: str) -> bool:
    """On, Not sent, 运行中: a touch may change it."""
    return filters_a_list(value) or names_a_state(value) or switches_a_mode([value])


def may_call(value: str) -> bool:
    return bool(_MAY_CALL.match(value)) and day_of(value) is None


def _bids(text: str) -> bool:
    return is_bidding(text) or does_something(text) or is_on_offer(text)
