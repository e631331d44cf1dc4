"""What can be proven harmless on a picture alone: little, and only where the picture leaves no doubt.

Rule: without a tree a control is the text under the touch and the box that is drawn around it; where no text stands
there, or several could be meant, nothing is proven.
"""

from __future__ import annotations

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.screen.page import is_handing_over, is_on_offer
from cs_agent.engine.screen.pictured import entry_lines, is_pressed_out, stands_in_outline
from cs_agent.engine.screen.structure import is_dimmed_around, share_a_line
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import go_back, is_hint, looks_up
from cs_agent.geometry import Box
from cs_agent.observation import Observation

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
    if looks_up(name) and _beside_typed(target, scene):
        return "search"
    if _is_record(target, scene):
        return "record"
    return ""


def _is_field(box: Box, seen: Observation) -> bool:
    """A hint is grey, at the end of its line, on a page that no dialog dims: its answers may say 请输入 as well."""
    beyond = any(line.box.left >= box.right and share_a_line(line.box, box) for line in seen.lines)
    return not beyond and stands_in_outline(seen, box) and not is_dimmed_around(seen, box)


def _in_corner(target: Target, seen: Observation) -> bool:
    wide, high = _CORNER[0] * seen.size.width, _CORNER[1] * seen.size.height
    return target.point.x <= wide and target.point.y <= high


def _beside_typed(target: Target, scene: Scene) -> bool:
    """What was typed stands on the same line, left of the button."""
    typed = squash(scene.typed)
    if not typed or target.box is None:
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
    return any(squash(line.text) == typed and line.box.bottom <= above for line in seen.lines)
