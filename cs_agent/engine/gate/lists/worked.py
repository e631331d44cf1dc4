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
_SAME = 0.02  # of the width: edges this near are one edge


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


def pairs_below(top: int, seen: Observation) -> list[frozenset[str]]:
    """What is told in each of the entries that do not react themselves: the first things to touch below that height are
    the same buttons again and again, at the same places, and what is told over each of them differs."""
    nodes = seen.nodes or ()
    below = [i for i, node in enumerate(nodes) if is_reacting(node) and node.box.top >= top and texts_of(nodes, i)]
    lines: list[list[int]] = []
    for index in sorted(below, key=lambda index: (nodes[index].box.top, nodes[index].box.left)):
        if lines and share_a_line(nodes[lines[-1][0]].box, nodes[index].box):
            lines[-1].append(index)
        else:
            lines.append([index])
    named = [[texts_of(nodes, index) for index in line] for line in lines]
    alike = [line for line, names in zip(lines, named, strict=True) if names == named[0]]
    if len(alike) < _LEAST_ENTRIES or alike != lines[: len(alike)] or not _are_in_columns(alike, seen):
        return []
    ends = [top, *(nodes[line[0]].box.bottom for line in alike)]
    told = [
        {squash(node.label) for node in nodes if node.label.strip() and low <= node.box.top and node.box.bottom <= high}
        for low, high in pairwise(ends)
    ]
    buttons = {squash(text) for names in named[0] for text in names}
    own = [frozenset(texts - buttons) for texts in told]
    parted = all(own) and len(set(own)) == len(own) and all(_are_decided_by(line, seen) for line in alike)
    return own if parted else []


def _are_in_columns(lines: list[list[int]], seen: Observation) -> bool:
    nodes, slack = seen.nodes or (), int(_SAME * seen.size.width)
    return all(
        abs(nodes[one].box.right - nodes[other].box.right) <= slack
        for line in lines[1:]
        for one, other in zip(lines[0], line, strict=True)
    )


def _is_decided_in(root: int, seen: Observation) -> bool:
    nodes = seen.nodes or ()
    buttons = [index for index in inside_of(nodes, root) if is_reacting(nodes[index]) and texts_of(nodes, index)]
    return _are_decided_by(buttons, seen)


def _are_decided_by(buttons: list[int], seen: Observation) -> bool:
    nodes = seen.nodes or ()
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
