"""Bars in a picture: of filters over a list, and of an app's pages at its foot.

Rule: as with a tree, what the parts are called proves no bar harmless; one of its parts is drawn as the chosen one.
"""

from __future__ import annotations

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import does_something
from cs_agent.engine.gate.lists.feet import leads_to_a_place
from cs_agent.engine.screen.drawn.pictured import room_beside, stands_out
from cs_agent.engine.screen.drawn.windows import is_dimmed_around
from cs_agent.engine.screen.head import heads_drawn
from cs_agent.engine.screen.structure import share_a_line
from cs_agent.engine.screen.targets import has_ink
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.vocabulary.titles import (
    filters_a_list,
    names_everything,
    names_none,
    names_own_place,
    switches_a_mode,
)
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation, TextLine

_UPPER = 0.3  # of the height: bars of filters stand further up
_ACROSS = 0.6  # of the width
_LEAST_PARTS = 3
_DOWN = 0.92  # of the height: the words of an app's own bar stand further down
_ASIDE = 0.03  # of the width, from the middle of a part


def is_filter(box: Box, scene: Scene) -> bool:
    """Whether it is part of a bar across the upper part of the page whose parts all name filters, one of them
    everything, with one drawn as chosen: 全部, 待发货, 已完成."""
    seen, size = scene.observation, scene.observation.size
    if scene.put_in or box.bottom > _UPPER * size.height or is_dimmed_around(seen, box):
        return False
    parts = sorted((line for line in seen.lines if share_a_line(line.box, box)), key=lambda line: line.box.left)
    if len(parts) < _LEAST_PARTS or parts[-1].box.right - parts[0].box.left < _ACROSS * size.width:
        return False
    if not all(filters_a_list(line.text) for line in parts) or not any(names_everything(line.text) for line in parts):
        return False
    return stands_out(seen, [line.box for line in parts]) is not None


def is_foot_of_app(box: Box, scene: Scene) -> bool:
    """Whether it is part of a bar that leads between an app's pages: words under signs along the lower edge, evenly
    spaced, one in another colour. The page has the name of that one, or there is no sign in its corner and a part names
    a place that every app has."""
    seen, size = scene.observation, scene.observation.size
    parts = sorted((line for line in seen.lines if share_a_line(line.box, box)), key=lambda line: line.box.left)
    if scene.put_in or box.top < _DOWN * size.height or any(line.box.top >= box.bottom for line in seen.lines):
        return False
    if len(parts) < _LEAST_PARTS or not _is_even(parts, size.width) or is_dimmed_around(seen, box):
        return False
    names = [line.text for line in parts]
    if any(does_something(name) or names_none(name) for name in names) or switches_a_mode(names):
        return False
    chosen = stands_out(seen, [line.box for line in parts])
    if chosen is None or not all(_has_sign_over(line.box, seen) for line in parts):
        return False
    name, titles = squash(names[chosen]), [squash(line.text) for line in heads_drawn(seen)]
    called = len(name) > 1 and any(title.startswith(name) or title.endswith(name) for title in titles)
    own = next((line.text for line in parts if line.box == box), "")
    return (
        called or leads_to_a_place(own, names) or (any(map(names_own_place, names)) and not _has_sign_in_corner(seen))
    )


def _is_even(parts: list[TextLine], width: int) -> bool:
    part = width / len(parts)
    return all(abs(line.box.center.x - (n + 0.5) * part) <= _ASIDE * width for n, line in enumerate(parts))


def _has_sign_over(word: Box, seen: Observation) -> bool:
    return has_ink(seen.screenshot.image, Point(word.center.x, word.top - word.height))


def _has_sign_in_corner(seen: Observation) -> bool:
    """Something is drawn left of the page's first words, or in the corner of a page without any."""
    first = min(heads_drawn(seen), key=lambda line: line.box.left, default=None)
    if first is None:
        return True
    left = room_beside(seen, first.box)[0]
    return left < first.box.left
