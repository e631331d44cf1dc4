"""What can be proven harmless on a picture alone: little, and only where the picture leaves no doubt.

Rule: without a tree a control is the text under the touch and the box that is drawn around it; where no text stands
there, or several could be meant, nothing is proven.
"""

from __future__ import annotations

from dataclasses import replace

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.pictures.bars import is_filter, is_foot_of_app
from cs_agent.engine.gate.pictures.entries import is_record, is_row_of_contents, is_row_of_record, shows_typed
from cs_agent.engine.gate.pictures.fields import is_field, is_left_of_search, is_row_of_form, is_under_hint
from cs_agent.engine.gate.pictures.layout import of_layout
from cs_agent.engine.gate.pictures.told import tell
from cs_agent.engine.gate.searches import is_a_key, searches, shows_what_was_typed
from cs_agent.engine.screen.drawn.cards import find_sheet
from cs_agent.engine.screen.drawn.pictured import (
    even_column,
    is_alone_in_frame,
    room_beside,
    shares_paper,
)
from cs_agent.engine.screen.drawn.signs import is_hint_in_box
from cs_agent.engine.screen.drawn.windows import is_dimmed_around
from cs_agent.engine.screen.head import CORNER_WIDTH, HEAD
from cs_agent.engine.screen.page import Nature, is_search_word
from cs_agent.engine.screen.structure import share_a_line
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.vocabulary.titles import costs, is_picker_title
from cs_agent.engine.screen.words import (
    LabelKind,
    ends_a_choice,
    go_back,
    is_hint,
    leaves_a_dialog,
    looks_up,
    names_a_field,
    sense,
)
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, TextLine, UiNode

_HIGH = 0.5  # of the height: a search field stands in the upper half
_UPPER = 0.3  # of the height: bars of filters stand further up
_LEAST_PARTS = 3
_RIGHT = 0.7  # of the width: a picker's end stands further right


def own_kind(target: Target, scene: Scene) -> str:
    seen = scene.observation
    if _is_right_of_hint(target, seen):
        return "field"
    if is_row_of_record(target, scene) or is_row_of_contents(target, scene):
        return "record"
    if sheet := find_sheet(seen):
        return _of_sheet(target, sheet, seen) if len(target.names) == 1 else ""
    if is_left_of_search(target, scene) or is_under_hint(target, scene):
        return "field"
    if is_row_of_form(target, scene):
        return "filled"
    if len(target.names) != 1 or target.box is None:
        return of_layout(target, scene)
    return _of_words(target.names[0], target.box, target, scene) or of_layout(target, scene)


def _of_words(name: str, box: Box, target: Target, scene: Scene) -> str:
    """Of the one text that is touched."""
    seen = scene.observation
    touched = TextLine(name, box, 1.0)
    if _is_hint_of_field(touched, seen) or _is_framed(box, name, seen):
        return "field"
    if _holds_typed(target, scene):
        return "field"
    if go_back(name) and _in_corner(target, seen):
        return "back"
    if _looks_up_typed(name, scene) and _beside_typed(target, scene):
        return "search"
    if is_filter(box, scene) or is_foot_of_app(box, scene):
        return "tab"
    return "record" if is_record(target, scene) else ""


def _is_hint_of_field(line: TextLine, seen: Observation) -> bool:
    if is_hint(line.text):
        return is_field(line.box, seen)
    high = line.box.bottom <= _UPPER * seen.size.height
    plain = sense(line.text, button=True).kind in (LabelKind.PLAIN, LabelKind.NOMINAL)
    return high and plain and is_hint_in_box(seen, line.box) and not is_dimmed_around(seen, line.box)


def _is_right_of_hint(target: Target, seen: Observation) -> bool:
    """On the blank paper of the field right of its hint."""
    point = target.point
    left = [line for line in seen.lines if line.box.right <= point.x and line.box.top <= point.y < line.box.bottom]
    hint = max(left, key=lambda line: line.box.right, default=None)
    if hint is None or not _is_hint_of_field(hint, seen):
        return False
    return point.x < hint.box.right + room_beside(seen, hint.box)[1]


def _is_framed(box: Box, name: str, seen: Observation) -> bool:
    """An empty field in a frame of its own, called by what it holds and by nothing that bids."""
    plain = names_a_field(name) and sense(name, button=True).kind in (LabelKind.PLAIN, LabelKind.NOMINAL)
    return plain and is_alone_in_frame(seen, box) and not is_dimmed_around(seen, box)


def _holds_typed(target: Target, scene: Scene) -> bool:
    """The field that shows what was typed into it, with its magnifier before the words: the first line that says so."""
    typed = squash(scene.typed)
    shown = [line for line in scene.observation.lines if typed and shows_typed(line, typed)]
    first = min(shown, key=lambda line: line.box.top, default=None)
    if first is None or first.box != target.box or scene.put_in:
        return False
    high = first.box.bottom <= _UPPER * scene.observation.size.height
    return high and len(squash(first.text)) > len(typed) and not is_dimmed_around(scene.observation, first.box)


def _of_sheet(target: Target, sheet: Box, seen: Observation) -> str:
    """Whether it belongs to a picker's sheet: its head says what is chosen and has its end at the right. Words of its
    wheel then only choose, and the word at the left of its head leaves."""
    lines = [line for line in seen.lines if line.box.top >= sheet.top]
    ends = [line for line in lines if ends_a_choice(fold(line.text)) and line.box.left >= _RIGHT * seen.size.width]
    if len(ends) != 1 or target.box is None or target.box == ends[0].box:
        return ""
    head = [line for line in lines if share_a_line(line.box, ends[0].box)]
    if not any(is_picker_title(line.text) for line in head) or any(
        line.box.bottom <= ends[0].box.top for line in lines
    ):
        return ""
    leaving = [line for line in head if line.box.right <= (1 - _RIGHT) * seen.size.width and leaves_a_dialog(line.text)]
    if any(line.box == target.box for line in head):
        return "leave" if any(line.box == target.box for line in leaving) else ""
    if not leaving:  # the end may only close what is done at a touch
        return ""
    items = even_column(seen, target.box, ends[0].box.bottom)
    return (
        "choice" if len(items) >= _LEAST_PARTS and all(shares_paper(seen, item, target.box) for item in items) else ""
    )


def _in_corner(target: Target, seen: Observation) -> bool:
    wide, high = CORNER_WIDTH * seen.size.width, HEAD * seen.size.height
    return target.point.x <= wide and target.point.y <= high


def stands_by_search(scene: Scene) -> bool:
    """What was typed stands left of a button that looks it up, so that Enter does the same."""
    lines = scene.observation.lines
    buttons = (Target(line.box.center, (line.text,), (line.text,), box=line.box) for line in lines)
    return any(_looks_up_typed(each.label, scene) and _beside_typed(each, scene) for each in buttons)


def _looks_up_typed(name: str, scene: Scene) -> bool:
    """Whether the button searches: 搜索; or 查询 if a number was typed, since a message may stand beside that word as
    well."""
    if any(costs(text) for text in scene.observation.texts) or Nature.COMPOSE in scene.page.natures:
        return False
    if searches(name) or (looks_up(name) and is_search_word(name) and is_a_key(scene.typed)):
        return True
    return looks_up(name) and _shows_found(scene)


def _shows_found(scene: Scene) -> bool:
    """By what a tree would tell: all entries below the line that shows what was typed bear it."""
    typed, told = squash(scene.typed), replace(scene.observation, nodes=tell(scene))
    lines = (line for line in scene.observation.lines if typed and shows_typed(line, typed))
    fields = (UiNode(scene.typed, line.box, role=Role.EDIT) for line in lines)
    return any(shows_what_was_typed(field, told, scene.typed) for field in fields)


def _beside_typed(target: Target, scene: Scene) -> bool:
    """What was typed stands on the same line, left of the button, in the upper half of the page."""
    typed = squash(scene.typed)
    if not typed or target.box is None or target.box.top > _HIGH * scene.observation.size.height:
        return False
    own = target.box
    return any(
        shows_typed(line, typed) and line.box.right <= own.left and share_a_line(line.box, own)
        for line in scene.observation.lines
    )
