"""Entries in which what is done with one is done by a pair of buttons of its own, so that a touch beside them does not.

Rule: what the buttons are called proves nothing. One is drawn as the entry's main action, on a coloured fill, and one
beside it is not; a single button, or one that is called by what is only looked at, leaves open what the entry does.
"""

from __future__ import annotations

from itertools import pairwise

from cs_agent.engine.gate.lists.actions import is_done_by_a_button
from cs_agent.engine.screen.drawn.pictured import is_on_coloured_fill
from cs_agent.engine.screen.structure import column, inside_of, is_reacting, own_texts, share_a_line, texts_of
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.vocabulary.titles import names_contents
from cs_agent.engine.screen.words import names_a_thing
from cs_agent.geometry import Box
from cs_agent.observation import Observation

_LEAST_ENTRIES = 2


def is_worked(root: int, seen: Observation) -> bool:
    """One of its buttons says that it does something, or it is one of several with such a pair in each."""
    return is_done_by_a_button(seen.nodes or (), root) or has_pair(root, seen)


def has_pair(root: int, seen: Observation) -> bool:
    nodes = seen.nodes or ()
    entries = column(nodes, root, seen.size.width)
    if len(entries) < _LEAST_ENTRIES or not all(_is_decided_in(index, seen) for index in entries):
        return False
    titles = [own_texts(nodes, index) for index in entries]
    return all(titles) and len({squash(texts[0]) for texts in titles}) == len(entries)


def _is_decided_in(root: int, seen: Observation) -> bool:
    nodes = seen.nodes or ()
    buttons = [index for index in inside_of(nodes, root) if is_reacting(nodes[index]) and texts_of(nodes, index)]
    if len({nodes[index].box for index in buttons}) < 2 or any(nodes[index].checkable for index in buttons):
        return False
    names = [text for index in buttons for text in texts_of(nodes, index)]
    if any(names_contents(name) or names_a_thing(name) for name in names):
        return False
    boxes = [nodes[index].box for index in buttons]
    filled = [is_on_coloured_fill(seen, _words_in(box, seen)) for box in boxes]
    return all(share_a_line(one, two) for one, two in pairwise(boxes)) and 0 < sum(filled) < len(filled)


def _words_in(box: Box, seen: Observation) -> Box:
    """Where the button's words are drawn."""
    return next((line.box for line in seen.lines if box.contains(line.box.center)), box)
