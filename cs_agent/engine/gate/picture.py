"""What can be proven harmless on a picture alone: little, and only where the picture leaves no doubt.

Rule: without a tree a control is the text under the touch and the box that is drawn around it; where no text stands
there, or several could be meant, nothing is proven.
"""

from __future__ import annotations

import itertools
import re

from cs_agent.engine.gate.bars import names_a_deed
from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists import is_long_number, tells_of_what_is_acted_on
from cs_agent.engine.gate.searches import is_a_key, searches
from cs_agent.engine.gate.windows import is_pointing
from cs_agent.engine.screen.drawn.cards import find_sheet
from cs_agent.engine.screen.drawn.pictured import (
    entry_lines,
    even_column,
    is_alone_in_frame,
    is_boxed,
    is_pressed_out,
    room_beside,
    shares_paper,
    stands_in_outline,
    stands_out,
)
from cs_agent.engine.screen.page import (
    Nature,
    costs,
    filters_a_list,
    is_handing_over,
    is_of_a_paper,
    is_on_offer,
    is_picker_title,
    is_search_word,
    names_customers,
    names_everything,
)
from cs_agent.engine.screen.papers import seem_kept
from cs_agent.engine.screen.structure import is_dimmed_around, share_a_line
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import (
    LabelKind,
    ends_a_choice,
    go_back,
    is_hint,
    is_read,
    leaves_a_dialog,
    looks_up,
    names_a_field,
    sense,
)
from cs_agent.geometry import Box
from cs_agent.observation import Observation, TextLine

_HIGH = 0.5  # of the height: a search field stands in the upper half
_UPPER = 0.3  # of the height: bars of filters stand further up
_ACROSS = 0.6  # of the width
_LEAST_PARTS = 3
_RIGHT = 0.7  # of the width: a picker's end stands further right
_GLYPHS = 2  # characters that a sign in a field is read as
_TELEPHONE = re.compile(r"^[+(]?\d[\d ()-]{6,18}$")
_AT_LEFT = 1.5  # times the room at the left of a hint is free at its right
_CORNER = (0.3, 0.13)  # width and height of the corner where the way back is, parts of the screen


def own_kind(target: Target, scene: Scene) -> str:
    seen = scene.observation
    if len(target.names) != 1 or target.box is None:
        return ""
    name = target.names[0]
    if sheet := find_sheet(seen):
        return _of_sheet(target, sheet, seen)
    if (is_hint(name) and _is_field(target.box, seen)) or _is_framed(target.box, name, seen):
        return "field"
    if _holds_typed(target, scene):
        return "field"
    if go_back(name) and _in_corner(target, seen):
        return "back"
    if _looks_up_typed(name, scene) and _beside_typed(target, scene):
        return "search"
    if _is_filter(target.box, scene):
        return "tab"
    if _is_record(target, scene):
        return "record"
    return ""


def _is_field(box: Box, seen: Observation) -> bool:
    """A hint is grey, at the end of its line, on a page that no dialog dims: its answers may say 请输入 as well. It
    stands at the left of its field, where a button's words stand in the middle."""
    beyond = any(line.box.left >= box.right and share_a_line(line.box, box) for line in seen.lines)
    left, right = room_beside(seen, box)
    begins = right >= max(_AT_LEFT * left, box.height)
    return not beyond and begins and stands_in_outline(seen, box) and not is_dimmed_around(seen, box)


def _is_framed(box: Box, name: str, seen: Observation) -> bool:
    """An empty field in a frame of its own, called by what it holds and by nothing that bids."""
    plain = names_a_field(name) and sense(name, button=True).kind in (LabelKind.PLAIN, LabelKind.NOMINAL)
    return plain and is_alone_in_frame(seen, box) and not is_dimmed_around(seen, box)


def _holds_typed(target: Target, scene: Scene) -> bool:
    """The field that shows what was typed into it, with its magnifier before the words: the first line that says so."""
    typed = squash(scene.typed)
    shown = [line for line in scene.observation.lines if typed and _shows(line, typed)]
    first = min(shown, key=lambda line: line.box.top, default=None)
    if first is None or first.box != target.box or scene.put_in:
        return False
    high = first.box.bottom <= _UPPER * scene.observation.size.height
    return high and len(squash(first.text)) > len(typed) and not is_dimmed_around(scene.observation, first.box)


def _of_sheet(target: Target, sheet: Box, seen: Observation) -> str:
    """Of a picker's sheet: its head says what is chosen and holds its end at the right, so that the words of its wheel
    only choose, and the word at the left of its head leaves."""
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
    wide, high = _CORNER[0] * seen.size.width, _CORNER[1] * seen.size.height
    return target.point.x <= wide and target.point.y <= high


def _looks_up_typed(name: str, scene: Scene) -> bool:
    """搜索; or 查询 where what was typed is a number of something, as a message may stand beside that word as well."""
    if any(costs(text) for text in scene.observation.texts) or Nature.COMPOSE in scene.page.natures:
        return False
    return searches(name) or (looks_up(name) and is_search_word(name) and is_a_key(scene.typed))


def _beside_typed(target: Target, scene: Scene) -> bool:
    """What was typed stands on the same line, left of the button, in the upper half of the page."""
    typed = squash(scene.typed)
    if not typed or target.box is None or target.box.top > _HIGH * scene.observation.size.height:
        return False
    own = target.box
    return any(
        _shows(line, typed) and line.box.right <= own.left and share_a_line(line.box, own)
        for line in scene.observation.lines
    )


def _shows(line: TextLine, typed: str) -> bool:
    """What was typed, as it is read with the field's magnifier before it: Q1001."""
    text = squash(line.text)
    return text.endswith(typed) and len(text) - len(typed) <= _GLYPHS


def _is_filter(box: Box, scene: Scene) -> bool:
    """Of a bar across the upper part of the page whose parts all name filters, one of them everything, and one is drawn
    as the chosen one: 全部, 待发货, 已完成."""
    seen, size = scene.observation, scene.observation.size
    if scene.put_in or box.bottom > _UPPER * size.height or is_dimmed_around(seen, box):
        return False
    parts = sorted((line for line in seen.lines if share_a_line(line.box, box)), key=lambda line: line.box.left)
    if len(parts) < _LEAST_PARTS or parts[-1].box.right - parts[0].box.left < _ACROSS * size.width:
        return False
    if not all(filters_a_list(line.text) for line in parts) or not any(names_everything(line.text) for line in parts):
        return False
    return stands_out(seen, [line.box for line in parts]) is not None


def _is_record(target: Target, scene: Scene) -> bool:
    """A value that each of at least three entries has, with other numbers, below what was just searched for or below
    such a bar. Any other text in an entry may be a button that is drawn without a fill; a telephone's number may call.
    """
    seen, typed = scene.observation, squash(scene.typed)
    if scene.put_in or scene.led or target.box is None or _TELEPHONE.match(fold(target.label)):
        return False
    heads = [line.text for line in seen.lines if line.box.bottom <= _CORNER[1] * seen.size.height]
    if any(is_handing_over(text) or names_a_deed(text) or not is_read(text) for text in heads) or is_pointing(seen):
        return False
    if any(is_on_offer(text) for text in seen.texts) or scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return False
    entries = entry_lines(seen, target.box)
    if not entries or is_pressed_out(seen, target.box) or is_boxed(seen, target.box):
        return False
    over = [line for line in seen.lines if line.box.bottom <= entries[0].box.top]
    searched = bool(typed) and any(_shows(line, typed) for line in over)
    bar = [line for line in over if _is_filter(line.box, scene)]
    if not searched and not bar:
        return False
    told = [line.text for line in over if not (searched and _shows(line, typed))]
    own = [line.text for line in _entry_of(target.box, entries, seen)]
    listed = [line for entry in entries for line in _entry_of(entry.box, entries, seen) if line not in bar]
    kept = searched or seem_kept([line.text for line in listed])
    papers = kept and any(is_of_a_paper(text) for text in own)
    customers = searched and (is_long_number(typed) or any(names_customers(text) for text in told))
    return (papers or customers) and not tells_of_what_is_acted_on(told, own)


def _entry_of(box: Box, entries: tuple[TextLine, ...], seen: Observation) -> list[TextLine]:
    """The lines of the entry that this line is of, whichever of its lines: as far up and down as the next such line."""
    pitch = min(two.box.top - one.box.top for one, two in itertools.pairwise(entries))
    return [line for line in seen.lines if abs(line.box.center.y - box.center.y) < pitch]
