"""What can be proven harmless on a picture alone: little, and only where the picture leaves no doubt.

Rule: without a tree a control is the text under the touch and the box that is drawn around it; where no text stands
there, or several could be meant, nothing is proven.
"""

from __future__ import annotations

import itertools

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.searches import is_a_key, searches
from cs_agent.engine.gate.subjects import tells_of_what_is_acted_on
from cs_agent.engine.screen.page import (
    Nature,
    costs,
    is_handing_over,
    is_of_a_paper,
    is_on_offer,
    is_search_word,
    names_customers,
)
from cs_agent.engine.screen.pictured import entry_lines, is_pressed_out, room_beside, stands_in_outline
from cs_agent.engine.screen.structure import is_dimmed_around, share_a_line
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import go_back, is_hint, looks_up
from cs_agent.geometry import Box
from cs_agent.observation import Observation, TextLine

_HIGH = 0.5  # of the height: a search field stands in the upper half
_AT_LEFT = 1.5  # times the room at the left of a hint is free at its right
_CORNER = (0.3, 0.13)  # width and height of the corner where the way back is, parts of the screen


def own_kind(target: Target, scene: Scene) -> str:
    seen = scene.observation
    if len(target.names) != 1 or target.box is None:
        return ""
    name = target.names[0]
    if is_hint(name) and _is_field(target.box, seen):
        return "field"
    if go_back(name) and _in_corner(target, seen):
        return "back"
    if _looks_up_typed(name, scene) and _beside_typed(target, scene):
        return "search"
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
        squash(line.text) == typed and line.box.right <= own.left and share_a_line(line.box, own)
        for line in scene.observation.lines
    )


def _is_record(target: Target, scene: Scene) -> bool:
    """The line itself that names one of at least three entries, of the same form and with other numbers, below what was
    just searched for. Any other text in an entry may be a button that is drawn without a fill.
    """
    seen, typed = scene.observation, squash(scene.typed)
    if scene.put_in or target.box is None or not typed:
        return False
    heads = [line.text for line in seen.lines if line.box.bottom <= _CORNER[1] * seen.size.height]
    if any(is_handing_over(fold(text)) for text in heads) or any(is_on_offer(text) for text in seen.texts):
        return False
    entries = entry_lines(seen, target.box)
    if target.box not in [line.box for line in entries] or is_pressed_out(seen, target.box):
        return False
    above = min(line.box.top for line in entries)
    if not any(squash(line.text) == typed and line.box.bottom <= above for line in seen.lines):
        return False
    over = [line.text for line in seen.lines if line.box.bottom <= above and squash(line.text) != typed]
    own = [line.text for line in _entry_of(target.box, entries, seen)]
    papers = any(is_of_a_paper(text) for text in own) or any(names_customers(text) for text in over)
    return papers and not tells_of_what_is_acted_on(over, own)


def _entry_of(box: Box, entries: tuple[TextLine, ...], seen: Observation) -> list[TextLine]:
    """The lines of the entry that this line names: down to where the next one begins."""
    tops = [line.box.top for line in entries]
    pitch = min(two - one for one, two in itertools.pairwise(tops))
    top = box.top - box.height // 2
    return [line for line in seen.lines if top <= line.box.center.y < top + pitch]
