"""Pickers, known by their own end (完成, 确定), and what a page says over the entries of a list.

Rule: of a picker only the choice is harmless whose end must still be pressed.
"""

from __future__ import annotations

import re

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.screen.drawn.pictured import even_column, shares_paper
from cs_agent.engine.screen.drawn.windows import Window
from cs_agent.engine.screen.head import HEAD, heads_drawn, heads_told
from cs_agent.engine.screen.structure import (
    column,
    inside_of,
    is_reacting,
    like_items,
    names_of,
    row_peers,
    share_a_line,
    texts_of,
)
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.vocabulary.titles import is_picker_title
from cs_agent.engine.screen.words import ends_a_choice, go_back, leaves_a_dialog
from cs_agent.observation import AppKind, Observation, Role, UiNode

_LEAST_ITEMS = 3
_PART = 0.25  # of the screen: a control is no larger
_SHEET = 0.95  # of the width: a sheet is as wide as the screen
_COLUMN = 0.04  # of the width: columns of a calendar stand further apart
_LEAST_COLUMNS = 5
_HINTS = re.compile(r"(?:点击|轻触|点按|点选)(?![量率数])\S|请点|\b(?:tap|click|touch)(?:ing)? (?:\w|\W\w)")
_SIDE = 0.35  # of the width: the end of a picker that fills the screen stands in a corner at the top, or at the bottom


def is_choice(target: Target, seen: Observation, window: Window | None) -> bool:
    """One of several like items of a picker whose own end still has to be pressed."""
    nodes = seen.nodes or ()
    if target.node is None or nodes[target.node].editable:
        return False
    own = nodes[target.node]
    if own.role in (Role.SWITCH, Role.SLIDER) or any(ends_a_choice(fold(name)) for name in target.names):
        return False
    if not target.names and own.box.bottom <= HEAD * seen.size.height:  # a sign in the page's head
        return False
    end = _end_of(nodes, window, seen)
    if end is None or end.box == own.box or (end.box.height == own.box.height and end.box.width == own.box.width):
        return False
    like = like_items(nodes, _leaf_at(nodes, target), seen.size.width)
    items = [index for index in like if not share_a_line(nodes[index].box, end.box)]  # the head is no item
    if window is None and seen.app.kind is AppKind.FILES:
        return len(items) >= _LEAST_ITEMS or own.role is not Role.BUTTON
    if not _waits_for(end, items, nodes, seen):
        return False
    if window is not None:
        return len(items) >= _LEAST_ITEMS
    return _is_picker_page(seen) and (len(items) >= _LEAST_ITEMS or own.role is not Role.BUTTON)


def _waits_for(end: UiNode, items: list[int], nodes: tuple[UiNode, ...], seen: Observation) -> bool:
    """Whether the picker is built so that its items only choose: its end stands above them beside what cancels, or they
    can be marked, or they are the days of a calendar. Rows of words beside a button may act at once while the button
    only closes."""
    boxes = [nodes[index].box for index in items]
    if not boxes:  # it stands on the line of the end
        return False
    if end.box.center.y <= min(box.top for box in boxes):
        return _is_picker_page(seen) or _can_be_taken_back(end, nodes)
    parts = {part for index in items for part in (index, *inside_of(nodes, index))}
    if any(nodes[part].checkable for part in parts):
        return True
    if not any(_is_named(index, nodes, seen) for index in items):  # pictures
        return True
    columns = {round(box.center.x / (_COLUMN * seen.size.width)) for box in boxes}
    return len(columns) >= _LEAST_COLUMNS and all(any(sign.isdigit() for sign in nodes[index].label) for index in items)


def _is_named(index: int, nodes: tuple[UiNode, ...], seen: Observation) -> bool:
    """Words stand in it, in the tree or in the picture."""
    drawn = (line.text for line in seen.lines if nodes[index].box.contains(line.box.center))
    return any(any(map(str.isalnum, text)) for text in (*texts_of(nodes, index), *drawn))


def _can_be_taken_back(end: UiNode, nodes: tuple[UiNode, ...]) -> bool:
    """On the line of a picker's end stands an answer that leaves."""
    beside = [i for i, node in enumerate(nodes) if share_a_line(node.box, end.box) and node.box != end.box]
    answers = [texts_of(nodes, index) for index in beside if is_reacting(nodes[index])]
    return any(said and all(leaves_a_dialog(text) for text in said) for said in answers)


def is_titled(scene: Scene) -> bool:
    """The picker's own head says that something is chosen."""
    seen, window = scene.observation, scene.window
    if window is None:
        return _is_picker_page(seen)
    heads = [node.label for node in seen.nodes or () if window.box.contains(node.box.center) and not is_reacting(node)]
    return any(is_picker_title(text) for text in heads if text)


def is_wheel_choice(target: Target, seen: Observation, window: Window | None) -> bool:
    """Whether it is a word of a wheel: no control itself, in an even column of such words on one background, below the
    head of a sheet that says what is chosen and holds the sheet's end."""
    nodes = seen.nodes or ()
    if window is None or target.node is not None or len(set(target.names or target.labels)) != 1:
        return False
    end = _end_of(nodes, window, seen)
    if window.box.width < _SHEET * seen.size.width or end is None:
        return False
    heads = [node.label for node in nodes if share_a_line(node.box, end.box) and not is_reacting(node)]
    if not any(is_picker_title(text) for text in heads if text):
        return False
    drawn = next((line.box for line in seen.lines if line.box.grown(line.box.height).contains(target.point)), None)
    items = even_column(seen, drawn, end.box.bottom) if drawn is not None else []
    return len(items) >= _LEAST_ITEMS and all(shares_paper(seen, item, items[0]) for item in items)


def _leaf_at(nodes: tuple[UiNode, ...], target: Target) -> int:
    """The smallest node under the touch: the wheel of a picker may be one control with its items as texts."""
    held = [i for i, node in enumerate(nodes) if node.box.contains(target.point)]
    return min(held, key=lambda i: nodes[i].box.area)


def _end_of(nodes: tuple[UiNode, ...], window: Window | None, seen: Observation) -> UiNode | None:
    """The control that says 完成 or 确定: in the window, or at an end of a page that is a picker by its title."""
    indices = window.controls if window is not None else range(len(nodes))
    for index in indices:
        node = nodes[index]
        if not is_reacting(node) or node.editable:
            continue
        texts = texts_of(nodes, index)
        if texts and all(ends_a_choice(fold(text)) for text in texts) and (window or _at_an_end(node, seen)):
            return node
    return None


def _at_an_end(node: UiNode, seen: Observation) -> bool:
    size = seen.size
    top = node.box.bottom <= HEAD * size.height and node.box.left >= (1 - _SIDE) * size.width
    return top or node.box.top >= 0.8 * size.height


def _is_picker_page(seen: Observation) -> bool:
    return seen.app.kind is AppKind.FILES or any(
        is_picker_title(text) for text in (*heads_told(seen), *(line.text for line in heads_drawn(seen)))
    )


def is_pointing(seen: Observation) -> bool:
    """A hint on the page says what a touch on an entry does."""
    nodes = seen.nodes or ()
    said = [node.label for node in nodes if node.label and not is_reacting(node)] if nodes else []
    return any(_is_hint(text) for text in said or [line.text for line in seen.lines])


def ends_or_leaves(node: UiNode, seen: Observation) -> bool:
    """A control that cancels the page or says that choosing is done; a way back is neither."""
    if not is_reacting(node) or node.editable:
        return False
    names = names_of(node) or tuple(
        text for other in seen.nodes or () if node.box.contains(other.box.center) for text in names_of(other)
    )
    shut = [name for name in names if (leaves_a_dialog(name) and not go_back(name)) or ends_a_choice(fold(name))]
    return bool(shut) and len(shut) == len(names)


def _is_hint(text: str) -> bool:
    return bool(_HINTS.search(fold(text)))


def heads_above(seen: Observation, entry: int) -> list[str]:
    """The texts over the list of this entry that are no controls and stand in no entry or tab."""
    nodes, size = seen.nodes or (), seen.size
    like = set(column(nodes, entry, size.width))
    like |= {i for i, node in enumerate(nodes) if is_reacting(node) and len(row_peers(nodes, i, size.width)) > 2}
    boxes = [nodes[index].box for index in like]
    low = max(nodes[entry].box.top, int(HEAD * size.height))
    told = [(node.label, node.box) for node in nodes if node.label and not is_reacting(node)]
    parts = [node.box for node in nodes if is_reacting(node) and node.box.area < _PART * size.width * size.height]
    drawn = [
        (line.text, line.box)
        for line in seen.lines
        if line.box.bottom <= HEAD * size.height and not any(part.contains(line.box.center) for part in parts)
    ]
    return [
        text
        for text, box in (*told, *drawn)
        if box.bottom <= low and not any(held.contains(box.center) for held in boxes)
    ]
