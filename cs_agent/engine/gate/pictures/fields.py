"""Fields in a picture that hold something already, known by what stands beside them.

Rule: nothing but words is drawn in the row, so that there is no switch, sign or mark that more lies behind; the words
at its left name what a field holds, and the page has an end that must still be pressed.
"""

from __future__ import annotations

import numpy as np

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import does_something
from cs_agent.engine.gate.lists.form_rows import ENDS, may_call, tells_how_it_stands
from cs_agent.engine.gate.windows.pickers import is_pointing
from cs_agent.engine.screen.compare import grey_of
from cs_agent.engine.screen.drawn.bands import find_bands
from cs_agent.engine.screen.drawn.pictured import is_on_coloured_fill, is_pale, room_beside, stands_in_outline
from cs_agent.engine.screen.drawn.signs import is_blank
from cs_agent.engine.screen.drawn.windows import is_dimmed_around
from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.page import Nature
from cs_agent.engine.screen.structure import share_a_line
from cs_agent.engine.screen.targets import Target, has_ink
from cs_agent.engine.screen.vocabulary.titles import costs, is_on_offer
from cs_agent.engine.screen.words import (
    LabelKind,
    is_bidding,
    is_hint,
    is_read,
    looks_up,
    names_a_field,
    names_a_thing,
    sense,
)
from cs_agent.geometry import Box
from cs_agent.observation import Observation, TextLine

_PARTS = 2  # the name of a field and what it holds
_NAME = 0.12  # of the width: names begin no further from the left edge
_LINES = 5  # heights of its hint: a field of several lines is no lower
_STEP = 24  # grey levels from the paper
_EDGE = 0.02  # of the width: frames of fields are no part of a row
_HIGH = 0.5  # of the height: a search field stands in the upper half
_ASIDE = 0.2  # of the width: what is typed begins no further from the left edge
_AT_LEFT = 1.5  # times the room at the left of a hint is free at its right
_PLAIN = (LabelKind.PLAIN, LabelKind.NOMINAL)


def is_row_of_form(target: Target, scene: Scene) -> bool:
    seen = scene.observation
    row = _row_at(target, seen)
    if len(row) != _PARTS or scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return False
    name, value = row[0].text, row[1].text
    if row[0].box.left > _NAME * seen.size.width or target.point.x < row[0].box.right:
        return False
    if sense(name, button=True).kind not in _PLAIN or does_something(name):
        return False
    begins = _begins_by_name(row, seen)
    if not (begins or names_a_field(name) or names_a_thing(name)) or not _has_end(row, seen, of_words=not begins):
        return False
    if not (is_read(name) and is_read(value)) or tells_how_it_stands(value) or (may_call(value) and not is_hint(value)):
        return False
    if is_bidding(value) or is_on_offer(value) or sense(value, button=True).kind in ENDS:
        return False
    return _is_of_words(row, seen) and not is_dimmed_around(seen, row[0].box)


def _begins_by_name(row: list[TextLine], seen: Observation) -> bool:
    """What the field holds begins in the left half, where the values of rows end at the right edge."""
    _, right = room_beside(seen, row[1].box)
    return row[1].box.left < seen.size.width // 2 and right >= row[1].box.left - row[0].box.right


def is_field(box: Box, seen: Observation) -> bool:
    """Whether the words are a field's hint: grey, at the end of their line and at the left of the field, on a page that
    no dialog dims. A button's words stand in the middle, and a dialog's answers may say 请输入 as well."""
    beyond = any(line.box.left >= box.right and share_a_line(line.box, box) for line in seen.lines)
    left, right = room_beside(seen, box)
    begins = right >= max(_AT_LEFT * left, box.height)
    return not beyond and begins and stands_in_outline(seen, box) and not is_dimmed_around(seen, box)


def is_left_of_search(target: Target, scene: Scene) -> bool:
    """Whether the point is in the box beside a search button: its words stand at the left, or it is blank paper right
    of them."""
    seen = scene.observation
    row = _row_at(target, seen)
    if len(row) != _PARTS or not looks_up(row[1].text) or row[0].box.bottom > _HIGH * seen.size.height:
        return False
    typed, button = row[0].box, row[1].box
    if any(costs(text) for text in seen.texts) or is_on_coloured_fill(seen, typed):
        return False
    left, right = room_beside(seen, typed)
    begins = typed.left <= _ASIDE * seen.size.width and right >= typed.height and right > left
    if not begins or target.point.x > button.left - button.height or is_dimmed_around(seen, typed):
        return False
    return target.point.x < typed.right + right and (
        target.box == typed or not has_ink(seen.screenshot.image, target.point)
    )


def is_under_hint(target: Target, scene: Scene) -> bool:
    """Whether the point is on the blank paper of a field of several lines: pale words stand at its upper left and
    nothing else is in it."""
    seen, point = scene.observation, target.point
    band = next((each for each in find_bands(seen) if each.top <= point.y < each.bottom), None)
    if band is None or len(band.lines) != 1 or is_pointing(seen):
        return False
    hint = band.lines[0]
    if hint.box.left > _NAME * seen.size.width or hint.box.bottom > band.top + (band.bottom - band.top) // 2:
        return False
    if band.bottom - band.top < _LINES * hint.box.height or not is_pale(seen, hint.box):
        return False
    if sense(hint.text, button=True).kind not in (*_PLAIN, LabelKind.SAFE) or is_bidding(hint.text):
        return False
    if not _has_end([hint], seen, of_words=False) or is_dimmed_around(seen, band.box(seen.size.width)):
        return False
    return is_blank(
        seen, Box(0, hint.box.bottom + hint.box.height // 2, seen.size.width, band.bottom - hint.box.height)
    )


def _row_at(target: Target, seen: Observation) -> list[TextLine]:
    """The lines at the height of the touch, from left to right."""
    point = target.point
    row = [line for line in seen.lines if line.box.top - line.box.height <= point.y < line.box.bottom + line.box.height]
    return sorted(row, key=lambda line: line.box.left)


def _has_end(row: list[TextLine], seen: Observation, *, of_words: bool) -> bool:
    """A filled button below the row, or words at the right of the page's head; `of_words`: which say so."""
    low, head = row[0].box.bottom, HEAD * seen.size.height
    return any(
        (not of_words or sense(line.text, button=True).kind in ENDS)
        and (
            (line.box.top >= low and is_on_coloured_fill(seen, line.box))
            or (line.box.bottom <= head and line.box.left > seen.size.width // 2)
        )
        for line in seen.lines
    )


def _is_of_words(row: list[TextLine], seen: Observation) -> bool:
    """Nothing else is drawn in it: no switch, no sign, no mark at its end."""
    width = seen.size.width
    top, bottom = min(line.box.top for line in row), max(line.box.bottom for line in row)
    edge = int(_EDGE * width)
    grey = grey_of(seen.screenshot.image, Box(edge, top, width - edge, bottom))
    drawn = np.abs(grey - np.median(grey)) > _STEP
    for line in row:
        drawn[:, max(0, line.box.left - edge - 4) : max(0, line.box.right - edge + 4)] = False
    return share_a_line(row[0].box, row[1].box) and not drawn.any()
