"""What a tree would tell of a page of which there is only a picture: its bars, fields, buttons and the entries of its
lists.

Rule: what is told as an entry or a part is touched by nobody for that: the rules for trees must prove it harmless, and
what in it may be a button without a fill is none of its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.pictures.bars import is_foot_of_app
from cs_agent.engine.gate.pictures.entries import shows_typed
from cs_agent.engine.gate.pictures.fields import is_field
from cs_agent.engine.screen.drawn.bands import Band, find_bands
from cs_agent.engine.screen.drawn.lines import is_glyph
from cs_agent.engine.screen.drawn.pictured import (
    is_boxed,
    is_on_coloured_fill,
    is_raised,
    room_beside,
    stands_on_other,
    stands_out,
)
from cs_agent.engine.screen.drawn.signs import is_hint_in_box, is_in_search_box
from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.structure import share_a_line
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.vocabulary.titles import is_handing_over
from cs_agent.engine.screen.words import is_hint, looks_up
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, TextLine, UiNode

_STATUS = 0.05  # of the height: the phone's own bar, with a notch, is no higher
_CLOCK = re.compile(r"^(?:[AP]M |[上下]午)?\d{1,2}[::.]\d{2}(?: ?[AP]M)?$")
_LEAST_PARTS = 3  # of a bar
_LEAST_ENTRIES = 2
_ALIKE = 0.04  # of a height: bands this near in height are entries of one list
_SAME = 0.02  # of the width: edges this near are one edge
_APART = 0.03  # of the height, between two entries
_FOOT = 0.85  # of the height: the button that ends a page stands lower
_BUTTON = 0.26  # of the width: such a button is no narrower
_DOWN = 0.92  # of the height: words under signs stand further down
_SIGN = 2.5  # heights of its words, from the words of such a part to the upper edge of its sign
_PAD = 0.6  # heights of its words, from a button's or part's words to its edge
_PART_CHARS = 14  # of a bar's part, a letter counting half


@dataclass
class _Told:
    nodes: list[UiNode] = field(default_factory=list)

    def add(self, node: UiNode, inside: Sequence[UiNode] = ()) -> None:
        root = len(self.nodes)
        self.nodes += [node, *(replace(each, parent=root) for each in inside)]


def tell(scene: Scene) -> tuple[UiNode, ...]:
    """Nodes in device pixels, from top to bottom; none is taken for what the phone told."""
    seen, told = scene.observation, _Told()
    entries = _entries(find_bands(seen), seen)
    listed = {line for band in entries for line in band.lines}
    rest = [line for line in seen.lines if line not in listed and not _is_of_no_page(line, seen)]
    for row in _rows(rest):
        if _is_bar(row):
            _tell_bar(row, seen, told)
            continue
        for line in row:
            told.add(_node_of(line, scene))
    for band in entries:
        box = Box(0, band.top, seen.size.width, band.bottom)
        told.add(UiNode("", box, clickable=True), [_node_of(line, scene) for line in band.lines])
    return tuple(told.nodes)


def _is_of_no_page(line: TextLine, seen: Observation) -> bool:
    """Beside the clock in the phone's own bar along the upper edge; or a letter that an icon in the head is read as."""
    size, box = seen.size, line.box
    if is_glyph(line) and box.bottom <= HEAD * size.height:
        return True
    beside = (other for other in seen.lines if share_a_line(other.box, box))
    return box.bottom <= _STATUS * size.height and any(_CLOCK.match(other.text.strip()) for other in beside)


def _node_of(line: TextLine, scene: Scene) -> UiNode:
    """A field, a button, or words."""
    seen, typed = scene.observation, squash(scene.typed)
    if typed and shows_typed(line, typed) and (len(squash(line.text)) > len(typed) or is_in_search_box(seen, line.box)):
        return UiNode(scene.typed, line.box, role=Role.SEARCH)
    if typed and shows_typed(line, typed) and _has_look_up_beside(line, seen):
        return UiNode(scene.typed, line.box, role=Role.EDIT)
    if is_hint_in_box(seen, line.box) or _asks_in_field(line, seen):
        return UiNode("", line.box, line.text, role=Role.EDIT)
    if is_on_coloured_fill(seen, line.box) or _is_outlined(line.box, seen):
        return _button(line, seen)
    if line.box.top >= _FOOT * seen.size.height and not is_foot_of_app(line.box, scene):
        return _button(line, seen)
    return UiNode(line.text, line.box, role=Role.TEXT)


def _asks_in_field(line: TextLine, seen: Observation) -> bool:
    """请输入…, within its field; what hands over counts as a head of the page."""
    return is_hint(line.text) and not is_handing_over(line.text) and is_field(line.box, seen)


def _has_look_up_beside(line: TextLine, seen: Observation) -> bool:
    right = (other for other in seen.lines if other.box.left >= line.box.right and share_a_line(other.box, line.box))
    return any(looks_up(other.text) for other in right)


def _is_outlined(box: Box, seen: Observation) -> bool:
    """In the middle between two strokes at its sides, as no words in a part of the page are."""
    left, right = room_beside(seen, box)
    framed = left < box.left and right < seen.size.width - box.right and abs(left - right) <= box.height
    return framed and is_boxed(seen, box)


def _button(line: TextLine, seen: Observation) -> UiNode:
    """As wide as buttons at a page's foot are, where it stands there: without a fill its edge is not seen."""
    box = line.box.grown(int(_PAD * line.box.height))
    if box.top >= _FOOT * seen.size.height:
        box = box.grown(max(0, int(_BUTTON * seen.size.width) - box.width) // 2 + 1)
    return UiNode(line.text, box.clipped(seen.size), role=Role.BUTTON, clickable=True)


def _rows(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """Lines side by side, from left to right."""
    left = sorted(lines, key=lambda line: line.box.top)
    while left:
        row = [line for line in left if share_a_line(line.box, left[0].box)]
        yield sorted(row, key=lambda line: line.box.left)
        left = [line for line in left if line not in row]


def _is_bar(row: list[TextLine]) -> bool:
    short = all(sum(1 if sign > "~" else 0.5 for sign in line.text) <= _PART_CHARS for line in row)
    return len(row) >= _LEAST_PARTS and short


def _tell_bar(row: list[TextLine], seen: Observation, told: _Told) -> None:
    """Its parts meet in the middle between their words."""
    high = max(line.box.height for line in row)
    top, bottom = min(line.box.top for line in row), max(line.box.bottom for line in row)
    sign = _SIGN if bottom >= _DOWN * seen.size.height else _PAD
    top, bottom = max(0, int(top - sign * high)), min(seen.size.height, int(bottom + _PAD * high))
    chosen, edges = _chosen(row, seen), _edges(row, seen.size.width)
    for number, (line, (left, right)) in enumerate(zip(row, pairwise(edges), strict=True)):
        part = UiNode("", Box(left, top, right, bottom), clickable=True, checked=number == chosen)
        told.add(part, [UiNode(line.text, line.box, role=Role.TEXT)])


def _edges(row: list[TextLine], width: int) -> list[int]:
    """Of parts of one width across the screen, or else in the middle between their words."""
    part = width / len(row)
    if all(abs(line.box.center.x - (number + 0.5) * part) <= 1.5 * _SAME * width for number, line in enumerate(row)):
        return [round(number * part) for number in range(len(row) + 1)]
    inner = [(one.box.right + two.box.left) // 2 for one, two in pairwise(row)]
    first, last = row[0].box.left - (inner[0] - row[0].box.right), row[-1].box.right + (row[-1].box.left - inner[-1])
    return [max(0, first), *inner, min(width, last)]


def _chosen(row: list[TextLine], seen: Observation) -> int | None:
    boxes = [line.box for line in row]
    for drawn in (stands_out, is_raised, stands_on_other):
        if (place := drawn(seen, boxes)) is not None:
            return place
    return None


def _entries(bands: tuple[Band, ...], seen: Observation) -> list[Band]:
    """Bands of one height below one another whose first words begin at the same edge. The first may be joined with the
    page's head if no line parts them."""
    found: list[Band] = []
    run: list[Band] = []
    for band in (*bands, None):
        if band is not None and run and _follows(run[-1], band, seen):
            run.append(band)
            continue
        if len(run) >= _LEAST_ENTRIES:
            found += run
        run = [band] if band is not None else []
    return [*_first_of(found, bands, seen), *found]


def _first_of(found: list[Band], bands: tuple[Band, ...], seen: Observation) -> list[Band]:
    """The entry over these that is told as one band with what stands over it."""
    before = [band for band in bands if found and band.bottom <= found[0].top][-1:]
    for band in before:
        top = band.bottom - (found[0].bottom - found[0].top)
        cut = Band(top, band.bottom, tuple(line for line in band.lines if line.box.top >= top))
        if cut.lines and band.top < top and _follows(cut, found[0], seen):
            return [cut]
    return []


def _follows(one: Band, two: Band, seen: Observation) -> bool:
    high, other = one.bottom - one.top, two.bottom - two.top
    if abs(high - other) > _ALIKE * high or not 0 <= two.top - one.bottom <= _APART * seen.size.height:
        return False
    left = abs(min(line.box.left for line in one.lines) - min(line.box.left for line in two.lines))
    return left <= _SAME * seen.size.width and one.bottom > HEAD * seen.size.height
