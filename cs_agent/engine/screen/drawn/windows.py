"""The window in front: a card or a sheet over a page that is dimmed.

Rule: known by its picture and by its place, never by what it says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cs_agent.engine.screen.compare import grey_of
from cs_agent.engine.screen.drawn.once import eighth_grey
from cs_agent.engine.screen.structure import ancestors, around, is_reacting
from cs_agent.geometry import Box
from cs_agent.observation import Observation, UiNode

_SAME = 0.02  # of the screen's width: edges this near are one edge
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
    """The box around all controls and the texts on equally bright background; a tree may contain the dimmed page's
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
