"""Structure of a screen: what a control contains, its similar neighbours, the window in front.

Pure geometry and trees. Rule: nothing here depends on the meaning of a text, only on its position and form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from cs_agent.engine.screen.compare import grey_of
from cs_agent.engine.screen.drawn.once import eighth_grey
from cs_agent.geometry import Box
from cs_agent.observation import Observation, UiNode

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
_NAMED = r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
_MONTH = re.compile(_NAMED, re.IGNORECASE)
_DATE_OR_SUM = re.compile(
    r"\d{4}\.\d{1,2}\.\d{1,2}|\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?(?: \d{1,2}:\d{2})?|[¥$€£] ?\d[\d,]*\.\d{2}"
    rf"|\d{{1,2}} {_NAMED}(?: \d{{4}})?",
    re.IGNORECASE,
)
_DIM = 0.72  # a dimmed page's brightness, of the window's that lies over it
_BRIGHT = 205  # grey level: a page whose bright parts stay below this is dimmed
_LIT = 0.9  # of the window's brightness: a page with anything brighter above the window is not dimmed
_PAPER = 0.08  # of the screen's height: how far a window's own paper reaches above what is in it
_REDUCED = 4  # times: pixels put together before strokes are looked for
_EDGE = 10  # grey levels between neighbours: a stroke of a dimmed word
_STROKES = 8  # edges in a row of pixels that crosses a word; a box has but its own two sides
_LINE = 0.06  # of the height: a line of words, or a few that touch, is no higher
_LEAST_LINES = 2
_TOLD = 1.0  # of the window: a larger text of the tree is the page itself
_MIDDLE = (0.3, 0.72)  # of the screen's height
_FOOT = 0.88  # of the screen's height
_MARGIN = 0.05  # of the screen's height: the bars at top and bottom, that no app dims


@dataclass(frozen=True, slots=True)
class Window:
    """A card or sheet over a dimmed page, and the indices of the controls in it."""

    box: Box
    controls: tuple[int, ...]


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
    """The texts of an entry, and where they stand, that at least two entries like it have with other numbers, or that
    read otherwise in all of them: a button is called alike in every entry."""
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
    if sum(len(run) for run in _DIGITS.findall(text)) < _LEAST_DIGITS:
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


def front_window(observation: Observation) -> Window | None:
    """The card or sheet over a dimmed page; None if there is none, or without a tree.

    All interactive nodes are inside it: the page below cannot be touched.
    """
    nodes, size = observation.nodes, observation.size
    if not nodes:
        return None
    content = [node.box for node in nodes if _is_content(node, size.width * size.height)]
    lit = _lit_part(observation, content)
    boxes = [box for box in (lit, around(content)) if box is not None]
    if (card := _card(nodes, size.width * size.height)) is not None:
        boxes.append(card)
    for around_all in boxes:
        box = around_all.grown(int(_SAME * size.width)).clipped(size)
        fits = box.area <= 0.9 * size.width * size.height and _stands_as_window(box, size.height)
        if fits and is_dimmed_around(observation, box) and _covers_a_page(observation, box):
            controls = tuple(i for i, node in enumerate(nodes) if is_reacting(node) and node.box.area < 0.5 * box.area)
            return Window(box, controls)
    return None


def _lit_part(observation: Observation, content: list[Box]) -> Box | None:
    """Around all that reacts, and the texts that are drawn on as bright a ground: a tree may tell the dimmed page's
    texts as well."""
    nodes, size = observation.nodes or (), observation.size
    reacting = [node.box for node in nodes if is_reacting(node) and 0 < node.box.area < 0.5 * size.width * size.height]
    if not reacting:
        return None
    grounds = {box: _ground(observation, box) for box in content}
    bright = min(grounds.get(box, 0.0) for box in reacting)
    return around([*reacting, *(box for box, ground in grounds.items() if ground >= bright)])


def _ground(observation: Observation, box: Box) -> float:
    """The grey level of what the box is drawn on."""
    drawn = grey_of(observation.screenshot.image, box)
    return float(np.median(drawn)) if drawn.size else 0.0


def _covers_a_page(observation: Observation, box: Box) -> bool:
    """Whether text outside the window is missing from the tree: it belongs to the covered page. A grey page with a card
    on it has all its texts in the tree."""
    shown = observation.screenshot.image.reduce(_REDUCED).convert("L")
    grey = np.asarray(shown, dtype=np.int16)
    edges = np.abs(np.diff(grey, axis=1)) > _EDGE
    high, low = (int(share * grey.shape[0]) for share in (_MARGIN, 1 - _MARGIN))
    edges[:high] = edges[low:] = False
    told = [node.box for node in observation.nodes or () if node.label.strip() and node.box.area < _TOLD * box.area]
    for each in (box, *told):
        left, top, right, bottom = (value // _REDUCED for value in (each.left, each.top, each.right, each.bottom))
        edges[max(0, top - 1) : bottom + 2, max(0, left - 1) : right + 2] = False
    rows = edges.sum(axis=1) >= _STROKES
    bands = np.flatnonzero(np.diff(np.concatenate(([False], rows, [False])).astype(np.int8)))
    lines = [end - start for start, end in zip(bands[::2], bands[1::2], strict=True)]
    lines = [line for line in lines if line <= _LINE * grey.shape[0]]  # higher: a photograph, no words
    return len(lines) >= (1 if box.bottom >= _FOOT * observation.size.height else _LEAST_LINES)


def _stands_as_window(box: Box, height: int) -> bool:
    """Whether it is in the middle of the screen or at its lower edge; a card further up is part of a page."""
    return _MIDDLE[0] * height <= box.center.y <= _MIDDLE[1] * height or box.bottom >= _FOOT * height


def _card(nodes: tuple[UiNode, ...], area: int) -> Box | None:
    """The smallest node that contains all interactive nodes, at least two; None if that is the page itself."""
    reacting = [i for i, node in enumerate(nodes) if is_reacting(node) and 0 < node.box.area < 0.5 * area]
    if len(reacting) < 2:
        return None
    chains = [[*ancestors(nodes, index)] for index in reacting]
    shared = [index for index in chains[0] if all(index in chain for chain in chains[1:])]
    box = nodes[shared[0]].box if shared else None
    return box if box is not None and 0 < box.area < 0.9 * area else None


def ancestors(nodes: tuple[UiNode, ...], index: int) -> list[int]:
    """From the node's parent to its root."""
    found: list[int] = []
    while (index := nodes[index].parent) >= 0 and index not in found:
        found.append(index)
    return found


def _is_content(node: UiNode, area: int) -> bool:
    return bool(node.label.strip() or is_reacting(node)) and 0 < node.box.area < 0.5 * area


def is_dimmed_around(observation: Observation, box: Box) -> bool:
    """Whether the screen outside the box is clearly darker than inside."""
    grey = eighth_grey(observation.screenshot.image)
    scale = grey.shape[1] / observation.size.width
    left, top, right, bottom = (int(value * scale) for value in (box.left, box.top, box.right, box.bottom))
    margin = int(_MARGIN * grey.shape[0])
    outside = np.ones(grey.shape, dtype=bool)
    outside[top : bottom + 1, left : right + 1] = False
    outside[:margin] = False
    within = grey[top:bottom, left:right]
    if outside.sum() < 0.05 * grey.size or not within.size:
        return False
    around = float(np.percentile(grey[outside], 60))  # most of it: a sheet's own paper reaches past what is in it
    bright = float(np.percentile(within, 60))
    above = grey[
        margin : max(margin, top - int(_PAPER * grey.shape[0]))
    ]  # nothing of a dimmed page is bright, while a dark page has bright words
    brightest = float(above.max()) if above.size else 0.0
    return around <= _BRIGHT and around <= _DIM * bright and brightest <= _LIT * bright


def share_a_line(one: Box, other: Box) -> bool:
    """Whether the vertical centre of the smaller is within the height of the larger."""
    low, high = sorted((one, other), key=lambda box: box.height)
    return high.top <= low.center.y < high.bottom


def around(boxes: Iterable[Box]) -> Box | None:
    kept = list(boxes)
    return Box.around(kept) if kept else None
