"""Rows of a form that open what can be chosen: a name, what is chosen so far, and the mark ›.

Rule: the form has an end of its own that must still be pressed, so that the row does not end it; the name is that of a
thing, or the row asks to choose. A row that calls, bids or is on offer asks, whatever stands beside it.
"""

from __future__ import annotations

import re

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import does_something
from cs_agent.engine.gate.lists.marked import drawn_parts, is_marked_row, told_parts
from cs_agent.engine.screen.days import day_of
from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.page import Nature
from cs_agent.engine.screen.structure import column, texts_of
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.vocabulary.titles import filters_a_list, is_on_offer, is_picker_title, switches_a_mode
from cs_agent.engine.screen.words import WEIGHTY, LabelKind, is_bidding, is_read, names_a_state, names_a_thing, sense
from cs_agent.observation import Observation

_PARTS = 2  # the name and its value
ENDS = (*WEIGHTY, LabelKind.ADVANCE)
_PLAIN = (LabelKind.PLAIN, LabelKind.NOMINAL)
_MAY_CALL = re.compile(r"^[+(]?\d[\d ()*-]{3,}$")


def opens_choices(target: Target, scene: Scene) -> bool:
    seen, nodes = scene.observation, scene.observation.nodes or ()
    if target.node is None or scene.window is not None or target.choice or target.switch or target.editable:
        return False
    if not is_marked_row(target.node, seen) or scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return False
    others = [index for index in column(nodes, target.node, seen.size.width) if index != target.node]
    fields = any(node.editable for node in nodes) or any(is_marked_row(index, seen) for index in others)
    return fields and _has_end(target.node, seen) and _asks_for_a_choice(target.node, seen)


def _has_end(row: int, seen: Observation) -> bool:
    """Whether a control in the page's head or below all rows like this one ends the form: 提交, Save, 下一步."""
    nodes, rows = seen.nodes or (), column(seen.nodes or (), row, seen.size.width)
    low, high = max(nodes[index].box.bottom for index in rows), int(HEAD * seen.size.height)
    ends = [
        index
        for index, node in enumerate(nodes)
        if node.clickable and not (node.editable or node.checkable) and (node.box.top >= low or node.box.bottom <= high)
    ]
    return any(sense(text, button=True).kind in ENDS for index in ends for text in texts_of(nodes, index))


def _asks_for_a_choice(row: int, seen: Observation) -> bool:
    parts, drawn = told_parts(row, seen), drawn_parts((seen.nodes or ())[row].box, seen)
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
