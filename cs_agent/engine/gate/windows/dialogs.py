"""Dialogs and sheets, known by their shape: a card over a dimmed page, with answers.

Rule: only the answer that leaves is harmless; what may close more than the window is done by the system's Back.
"""

from __future__ import annotations

import re
from itertools import pairwise

from cs_agent.engine.screen.drawn.cards import find_card
from cs_agent.engine.screen.drawn.windows import Window, is_dimmed_around
from cs_agent.engine.screen.structure import around, inside_of, is_reacting, names_of, share_a_line, texts_of
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.vocabulary.titles import accepts, continues, goes_on, is_question, somebody_asks
from cs_agent.engine.screen.words import LabelKind, go_back, leaves_a_dialog, leaves_what_is_shown, sense
from cs_agent.geometry import Box
from cs_agent.observation import Observation, UiNode

_CROSSES = frozenset("x×✕✖╳")
_MARK = 0.16  # of the width: a mark is no larger, and the edge of its window no further
_LARGEST = 0.5  # of the screen: larger is the page, not a part of a window
_CARD = 0.05  # of the screen: a window is no smaller
_PADDING = 0.03  # of the width, between a window's words and its edge
_SHEET = 0.95  # of the width: a sheet is as wide as the screen
_LEAST_DIGITS = 2  # of a value
_GAP = 0.003  # of the height: further apart than the rows of one group
_LEAST_ANSWERS = 2  # besides the one that leaves a sheet
_STAYS = re.compile(r"^(?:stay|keep(?: it)?|留下|保留|留在本页)$")
_BIDS = re.compile(r"^(?:去|立即|马上|确认|确定|现在|我要|继续)|now$")


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


def stays(target: Target, seen: Observation, window: Window | None) -> bool:
    """Whether it is the one of two answers that leaves everything as it is, to a question that does not use the word:
    Leave this draft? Stay. If something ends by itself or is offered, staying may accept it."""
    nodes = seen.nodes or ()
    if window is None or target.node not in window.controls or not target.names:
        return False
    answers = [texts_of(nodes, index) for index in window.controls if index != target.node]
    answers = [texts for texts in answers if texts]
    said = _said_in(window, seen)
    if len(answers) != 1 or not all(_STAYS.match(fold(name)) for name in target.names):
        return False
    if not any(map(is_question, said)) or _shows_values(said) or any(map(continues, answers[0])):
        return False
    core = squash(target.label).removesuffix("it")
    return not any(goes_on(text) or somebody_asks(text) or core in squash(text) for text in said)


def _is_set_apart(own: UiNode, window: Window, seen: Observation) -> bool:
    """Whether, in a sheet as wide as the screen, it stands above all other answers (at least two), or below them at a
    greater distance."""
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
    """Whether it is 取消 or Close of a window that asks for something or proposes what another answer does. In a window
    that shows a booking, a call or a case, the same word may end just that."""
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
    if not any(is_reacting(node) and not node.editable for node in seen.nodes or ()):  # no tree, or one of texts alone
        card = find_card(seen)
        return card is not None and card.contains(target.point)
    return window is not None and target.node in window.controls


def is_closing_mark(target: Target, seen: Observation) -> bool:
    """Whether it is a small mark without words where a window over a dimmed page has its closing mark: in or above an
    upper corner, or below its middle. Nothing proves what it does, so the window is left by the system's Back
    instead."""
    nodes, box, reach = seen.nodes or (), target.box, _MARK * seen.size.width
    if seen.nodes is None:
        card = None if target.labels else find_card(seen)
        return card is not None and _closes(Box.at(target.point), card, reach)
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
