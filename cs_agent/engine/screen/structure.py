"""Structure of a screen: what a control contains, and its similar neighbours.

Pure geometry and trees. Rule: nothing here depends on the meaning of a text, only on its position and form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise, product

from cs_agent.geometry import Box
from cs_agent.observation import UiNode

_SAME = 0.02  # of the screen's width: edges this near are one edge
_ALIKE = 0.15  # of a height: heights this near are one height
_WIDE = 0.75  # of the screen's width: an entry of a list
_TALL = 0.4  # of the screen's height: larger is a page, not an entry
_LEAST_RECORDS = 3
_LEAST_DIGITS = 2  # a lone digit counts something, it names nothing
_SPACE = 0.15  # of a letter's height: a wider gap between two pieces parts words
_FEW_PIECES = 5
_DIGITS = re.compile(r"\d+")
_SIGN = re.compile(r"^\s*[-+−]\s*(?=\W?\d)")
_NAMED = (
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_MONTH = re.compile(_NAMED, re.IGNORECASE)
_DATE_OR_SUM = re.compile(
    r"\d{4}\.\d{1,2}\.\d{1,2}|\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?(?: \d{1,2}:\d{2})?|[¥$€£] ?\d[\d,]*\.\d{2}"
    rf"|\d{{1,2}} {_NAMED}(?: \d{{4}})?|{_NAMED} \d{{1,2}}(?!\d)(?:, \d{{4}})?",
    re.IGNORECASE,
)


def is_reacting(node: UiNode) -> bool:
    return node.clickable or node.checkable or node.editable


def inside_of(nodes: tuple[UiNode, ...], root: int) -> list[int]:
    """Indices of everything below a node, in document order."""
    family, found = {root}, []
    for index in range(root + 1, len(nodes)):
        if nodes[index].parent in family:
            family.add(index)
            found.append(index)
    return found


def names_of(node: UiNode) -> tuple[str, ...]:
    """Its text and its content description, if these differ."""
    return tuple(dict.fromkeys(text for text in (node.text.strip(), node.description.strip()) if text))


def texts_of(nodes: tuple[UiNode, ...], root: int) -> tuple[str, ...]:
    """Every text of a control and its descendants."""
    return tuple(text for index in (root, *inside_of(nodes, root)) for text in names_of(nodes[index]))


def own_texts(nodes: tuple[UiNode, ...], root: int) -> tuple[str, ...]:
    """The texts of an entry without those of controls inside it."""
    return tuple(text for node in _own_parts(nodes, root) for text in names_of(node))


def own_words(nodes: tuple[UiNode, ...], root: int) -> tuple[str, ...]:
    """Words that a control draws in pieces, joined: pieces side by side on one line, and single characters."""
    pieces = [(node.label, node.box) for node in _own_parts(nodes, root) if node.label.strip()]
    if len(pieces) < 2:
        return ()
    ordered = sorted(pieces, key=lambda piece: (piece[1].center.y // max(1, piece[1].height), piece[1].left))
    runs: list[list[tuple[str, Box]]] = []
    for piece in ordered:
        if runs and _continues(runs[-1][-1][1], piece[1]):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    words = [word for run in runs if len(run) > 1 for word in _ways_to_join(run)]
    letters = "".join(text.strip() for text, _ in pieces if len(text.strip()) == 1)
    return tuple(dict.fromkeys((*words, *([letters] if len(letters) > 1 else []))))


def _ways_to_join(run: list[tuple[str, Box]]) -> list[str]:
    """The ways to join the pieces: as one word, as separate words, and split at visible gaps or spaces; for few pieces
    every combination, as a tree may drop spaces."""
    gaps = [
        one[-1].isspace() or two[0].isspace() or right.left - left.right >= _SPACE * max(left.height, right.height)
        for (one, left), (two, right) in pairwise(run)
    ]
    few = product((False, True), repeat=len(gaps)) if len(run) <= _FEW_PIECES else ()
    ways = ([False] * len(gaps), [True] * len(gaps), gaps, *few)
    texts = [text.strip() for text, _ in run]
    return [
        texts[0] + "".join(" " * way + text for way, text in zip(parted, texts[1:], strict=True)) for parted in ways
    ]


def _own_parts(nodes: tuple[UiNode, ...], root: int) -> list[UiNode]:
    skipped: set[int] = set()
    found = [nodes[root]]
    for index in inside_of(nodes, root):
        if nodes[index].parent in skipped or is_reacting(nodes[index]):
            skipped.add(index)
        else:
            found.append(nodes[index])
    return found


def _continues(one: Box, other: Box) -> bool:
    """Whether `other` continues the word: on the same line, no further away than a letter's width."""
    reach = max(one.height, other.height)
    return share_a_line(one, other) and -reach // 4 <= other.left - one.right <= reach


def masked(text: str) -> str:
    """The form of a text: without its numbers and their signs."""
    return _DIGITS.sub("9", _SIGN.sub("", text))


def is_record(nodes: tuple[UiNode, ...], root: int, width: int, height: int) -> bool:
    """Whether it is one of at least three similarly built entries in a column whose values differ."""
    own = nodes[root].box
    if own.width < _WIDE * width or own.height > _TALL * height:
        return False
    peers = [index for index in column(nodes, root, width) if index != root]
    mine = own_texts(nodes, root)
    alike = [texts for index in peers if len(texts := own_texts(nodes, index)) == len(mine)]
    if len(mine) < 2 or len(alike) + 1 < _LEAST_RECORDS:
        return False
    return any(_is_value(mine[place], [texts[place] for texts in alike]) for place in range(len(mine)))


def values_in(nodes: tuple[UiNode, ...], root: int, width: int) -> list[tuple[str, Box]]:
    """The texts of an entry, with their places, that at least two similar entries have with other numbers, or that are
    different in all of them. A button has the same name in every entry."""
    mine = [(text, node.box) for node in _own_parts(nodes, root) for text in names_of(node)]
    peers = [own_texts(nodes, index) for index in column(nodes, root, width) if index != root]
    alike = [texts for texts in peers if len(texts) == len(mine)]
    columns = [(one, [texts[place] for texts in alike]) for place, one in enumerate(mine)]
    return [one for one, others in columns if _is_value(one[0], others) or _is_title(one[0], others)]


def column(nodes: tuple[UiNode, ...], root: int, width: int) -> list[int]:
    """Controls with the same left and right edge, of about the same height, one under the other."""
    own, slack = nodes[root].box, _SAME * width
    return [
        index
        for index, node in enumerate(nodes)
        if node.clickable
        and abs(node.box.left - own.left) <= slack
        and abs(node.box.right - own.right) <= slack
        and abs(node.box.height - own.height) <= max(_ALIKE * own.height, slack)
        and (index == root or node.box.bottom <= own.top + slack or node.box.top >= own.bottom - slack)
    ]


def _is_title(text: str, others: list[str]) -> bool:
    """Whether no two of them are alike, numbers aside."""
    forms = {masked(other) for other in (text, *others)}
    return len(forms) >= _LEAST_RECORDS and len(forms) == len(others) + 1


def _is_value(text: str, others: list[str]) -> bool:
    """Whether enough of the others have the same form with other numbers: an order number, an amount, a time."""
    if sum(len(run) for run in _DIGITS.findall(text)) < _LEAST_DIGITS and not _DATE_OR_SUM.search(text):
        return False
    form = _form_of_value(text)
    same_form = [other for other in others if _form_of_value(other) == form]
    return len(same_form) + 1 >= _LEAST_RECORDS and len({text, *same_form}) > 1


def _form_of_value(text: str) -> str:
    """The form of the date or amount alone in a text that has one, 午餐 05-01; months by name are of one form."""
    found = _DATE_OR_SUM.search(text)
    return _MONTH.sub("Jan", masked(found[0].replace(",", "") if found else text))


def row_peers(nodes: tuple[UiNode, ...], root: int, width: int) -> list[int]:
    """Controls of about the same size on the same line, left to right, itself among them; the part of a bar that shows
    already may not react."""
    own, slack = nodes[root].box, _SAME * width
    found = [
        index
        for index, node in enumerate(nodes)
        if (is_reacting(node) or node.checked)
        and abs(node.box.top - own.top) <= slack
        and abs(node.box.height - own.height) <= max(_ALIKE * own.height, slack / 2)
        and (index == root or node.box.right <= own.left + slack or node.box.left >= own.right - slack)
    ]
    return sorted(found, key=lambda index: nodes[index].box.left)


def like_items(nodes: tuple[UiNode, ...], root: int, width: int) -> list[int]:
    """Leaves of the same size in the same column or on the same line: the cells of a picker."""
    own, slack = nodes[root].box, _SAME * width
    return [
        index
        for index, node in enumerate(nodes)
        if abs(node.box.height - own.height) <= slack
        and abs(node.box.width - own.width) <= max(slack, _ALIKE * own.width)
        and (abs(node.box.center.x - own.center.x) <= slack or abs(node.box.center.y - own.center.y) <= slack)
    ]


def ancestors(nodes: tuple[UiNode, ...], index: int) -> list[int]:
    """From the node's parent to its root."""
    found: list[int] = []
    while (index := nodes[index].parent) >= 0 and index not in found:
        found.append(index)
    return found


def share_a_line(one: Box, other: Box) -> bool:
    """Whether the vertical centre of the smaller is within the height of the larger."""
    low, high = sorted((one, other), key=lambda box: box.height)
    return high.top <= low.center.y < high.bottom


def around(boxes: Iterable[Box]) -> Box | None:
    kept = list(boxes)
    return Box.around(kept) if kept else None
