"""Dialogs, sheets and pickers, known by their shape: a card over a dimmed page, with answers or with its own end.

Rule: of a dialog only the answer that leaves is harmless, of a picker only the choice whose end must still be pressed.
"""

from __future__ import annotations

import re
from itertools import pairwise

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.screen.drawn.cards import find_card
from cs_agent.engine.screen.drawn.pictured import even_column, shares_paper
from cs_agent.engine.screen.page import accepts, continues, goes_on, is_picker_title, is_question, somebody_asks
from cs_agent.engine.screen.structure import (
    Window,
    around,
    column,
    inside_of,
    is_dimmed_around,
    is_reacting,
    like_items,
    names_of,
    row_peers,
    share_a_line,
    texts_of,
)
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import (
    LabelKind,
    ends_a_choice,
    go_back,
    leaves_a_dialog,
    leaves_what_is_shown,
    sense,
)
from cs_agent.geometry import Box
from cs_agent.observation import AppKind, Observation, Role, UiNode

_LEAST_ITEMS = 3
_CROSSES = frozenset("x×✕✖╳")
_MARK = 0.16  # of the width: a mark is no larger, and the edge of its window no further
_LARGEST = 0.5  # of the screen: larger is the page, not a part of a window
_CARD = 0.05  # of the screen: a window is no smaller
_PART = 0.25  # of the screen: a control is no larger
_PADDING = 0.03  # of the width, between a window's words and its edge
_HEAD = 0.14  # of the screen's height: where a page's title stands
_SHEET = 0.95  # of the width: a sheet is as wide as the screen
_COLUMN = 0.04  # of the width: columns of a calendar stand further apart
_LEAST_COLUMNS = 5
_LEAST_DIGITS = 2  # of a value
_GAP = 0.003  # of the height: further apart than the rows of one group
_LEAST_ANSWERS = 2  # besides the one that leaves a sheet
_BIDS = re.compile(r"^(?:去|立即|马上|确认|确定|现在|我要|继续)|now$")
_HINTS = re.compile(r"(?:点击|轻触|点按|点选)(?![量率数])\S|请点|\b(?:tap|click|touch)(?:ing)? (?:\w|\W\w)")
_SIDE = 0.35  # of the width: the end of a picker that fills the screen stands in a corner at the top, or at the bottom


def leaves(target: Target, seen: Observation, window: Window | None) -> bool:
    """The answer of a dialog that goes away without doing anything, where the question is not about just that word."""
    nodes = seen.nodes or ()
    if window is None or target.node not in window.controls or not target.labels:
        return False
    if target.node is None or not all(leaves_a_dialog(name) for name in target.names):
        return False
    answers = [text for index in window.controls if index != target.node for text in texts_of(nodes, index)]
    said = _said_in(window, seen)
    own = {target.node, *inside_of(nodes, target.node)}
    others = [text for index, node in enumerate(nodes) if index not in own for text in names_of(node)]
    if not answers or any(_speaks_of(squash(target.label), squash(text)) for text in (*others, *said)):
        return False
    if any(goes_on(text) or somebody_asks(text) for text in said) or any(map(accepts, answers)):
        return False
    if any(map(continues, answers)):  # so that this one may end it
        return False
    if _shows_values(said) and not any(leaves_what_is_shown(name) for name in target.names):
        return any(_is_spoken_of(answer, said) for answer in answers)
    return _is_set_apart(nodes[target.node], window, seen) or _is_declined(answers, said)


def _is_set_apart(own: UiNode, window: Window, seen: Observation) -> bool:
    """Of a sheet as wide as the screen: over all of at least two other answers, or under them and further off."""
    others = [node.box for i in window.controls if (node := (seen.nodes or ())[i]).box != own.box]
    rows = sorted((box for box in others if not share_a_line(box, own.box)), key=lambda box: box.top)
    if len(rows) < _LEAST_ANSWERS or window.box.width < _SHEET * seen.size.width:
        return False
    gaps = [two.top - one.bottom for one, two in pairwise(rows)]
    below = own.box.top - rows[-1].bottom
    return rows[0].top >= own.box.bottom or below > max(_GAP * seen.size.height, *gaps)


def _said_in(window: Window, seen: Observation) -> list[str]:
    """What the window says besides its answers, in the tree and in the picture."""
    nodes = seen.nodes or ()
    answers = [nodes[index].box for index in window.controls]
    inside = [(text, node.box) for node in nodes if not is_reacting(node) for text in names_of(node)]
    inside += [(line.text, line.box) for line in seen.lines]
    return [
        text
        for text, box in inside
        if window.box.contains(box.center) and not any(answer.contains(box.center) for answer in answers)
    ]


def _is_declined(answers: list[str], said: list[str]) -> bool:
    """取消 or Close of a window that asks for something, or proposes what another answer does: not of one that shows a
    booking, a call or a case, where the same word may end just that."""
    kinds = {answer: sense(answer, button=True).kind for answer in answers}
    doing = [answer for answer, kind in kinds.items() if kind not in (LabelKind.SAFE, LabelKind.NONE, LabelKind.REFUSE)]
    if any(_is_spoken_of(answer, said) or kinds[answer] is LabelKind.AFFIRM for answer in doing):
        return True
    asked = any(is_question(text) for text in said) and not _shows_values(said)
    return asked and any(not continues(answer) for answer in doing)


def _shows_values(said: list[str]) -> bool:
    """A sum, a distance, a time: what somebody offers or has booked, which the words that only postpone refuse too."""
    return any(sum(char.isdigit() for char in text) >= _LEAST_DIGITS for text in said)


def _is_spoken_of(answer: str, said: list[str]) -> bool:
    core = squash(answer) if continues(answer) else _BIDS.sub("", squash(answer))
    return len(core) > 1 and any(core in squash(text) for text in said)


def is_closing_answer(target: Target, seen: Observation, window: Window | None) -> bool:
    """It says that it leaves the window, which is not proven: the window is left by the system's Back instead."""
    if not target.names or not all(leaves_a_dialog(name) or go_back(name) for name in target.names):
        return False
    if seen.nodes is None:
        card = find_card(seen)
        return card is not None and card.contains(target.point)
    return window is not None and target.node in window.controls


def is_closing_mark(target: Target, seen: Observation) -> bool:
    """A small mark without words where a window over a dimmed page has what closes it: in an upper corner, above that,
    or below its middle.

    Nothing proves what it does: the window is left by the system's Back instead.
    """
    nodes, box, reach = seen.nodes or (), target.box, _MARK * seen.size.width
    if seen.nodes is None:
        card = None if target.labels else find_card(seen)
        return card is not None and _closes(_spot(target), card, reach)
    if target.node is None or box is None or any(squash(name) not in _CROSSES for name in target.names):
        return False
    if max(box.width, box.height) > reach or nodes[target.node].editable:
        return False
    most = _LARGEST * seen.size.width * seen.size.height
    told = [
        node.box
        for node in nodes
        if (node.label.strip() or is_reacting(node)) and 0 < node.box.area < most and node.box != box
    ]
    told = [each for each in told if not box.contains(each.center)]
    cards = [around(told), *(each for each in told if each.area >= _CARD * seen.size.width * seen.size.height)]
    return any(_closes(box, card, reach) and _is_lit(card, seen) for card in cards if card is not None)


def _spot(target: Target) -> Box:
    x, y = target.point.x, target.point.y
    return Box(x, y, x + 1, y + 1)


def _closes(box: Box, card: Box, reach: float) -> bool:
    beside = min(abs(box.center.x - card.left), abs(box.center.x - card.right)) <= reach
    below = box.top >= card.bottom and abs(box.center.x - card.center.x) <= reach / 2
    return below or (beside and box.top <= card.top + reach)


def _is_lit(card: Box, seen: Observation) -> bool:
    return is_dimmed_around(seen, card.grown(int(_PADDING * seen.size.width)).clipped(seen.size))


def _speaks_of(word: str, text: str) -> bool:
    """The dialog asks about leaving itself: 确定取消订单吗 with 取消 as an answer."""
    core = next((root for root in ("取消", "放弃", "关闭", "cancel", "close", "discard") if root in word), word)
    return core in text


def is_choice(target: Target, seen: Observation, window: Window | None) -> bool:
    """One of several like items of a picker whose own end still has to be pressed."""
    nodes = seen.nodes or ()
    if target.node is None or nodes[target.node].editable:
        return False
    own = nodes[target.node]
    if own.role in (Role.SWITCH, Role.SLIDER) or any(ends_a_choice(fold(name)) for name in target.names):
        return False
    if not target.names and own.box.bottom <= _HEAD * seen.size.height:  # a sign in the page's head
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
    """How a picker is built whose items only choose: its end stands over them beside what takes the choice back, or
    they can be marked, or they are the days of a calendar. Rows of words by a button may act at once, and the button
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
    """A word of a wheel, which itself does not react: below the head of a sheet that says what is chosen and holds the
    sheet's own end, on one paper, in an even column of such words.
    """
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
    top = node.box.bottom <= _HEAD * size.height and node.box.left >= (1 - _SIDE) * size.width
    return top or node.box.top >= 0.8 * size.height


def _is_picker_page(seen: Observation) -> bool:
    return seen.app.kind is AppKind.FILES or any(is_picker_title(text) for text in _heads(seen))


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
    """What the page says over the list of this entry: all that neither reacts nor stands in an entry or a tab."""
    nodes, size = seen.nodes or (), seen.size
    like = set(column(nodes, entry, size.width))
    like |= {i for i, node in enumerate(nodes) if is_reacting(node) and len(row_peers(nodes, i, size.width)) > 2}
    boxes = [nodes[index].box for index in like]
    low = max(nodes[entry].box.top, int(_HEAD * size.height))
    told = [(node.label, node.box) for node in nodes if node.label and not is_reacting(node)]
    parts = [node.box for node in nodes if is_reacting(node) and node.box.area < _PART * size.width * size.height]
    drawn = [
        (line.text, line.box)
        for line in seen.lines
        if line.box.bottom <= _HEAD * size.height and not any(part.contains(line.box.center) for part in parts)
    ]
    return [
        text
        for text, box in (*told, *drawn)
        if box.bottom <= low and not any(held.contains(box.center) for held in boxes)
    ]


def _heads(seen: Observation) -> list[str]:
    low = _HEAD * seen.size.height
    tree = [node.label for node in seen.nodes or () if node.label and not is_reacting(node) and node.box.bottom <= low]
    return tree + [line.text for line in seen.lines if line.box.bottom <= low]
