"""Controls that tell all their texts as one description (React Native: "Salary, 1 May, +$310.00"), parted again.

Rule: a description is parted only where the picture shows its parts as lines of their own in the control, so that
nothing is told that does not stand there; what is parted keeps every word.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from cs_agent.engine.screen.drawn.lines import is_glyph, lines_in
from cs_agent.engine.screen.structure import inside_of, is_reacting
from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, TextLine, UiNode

_JOINT = ", "
_MOST = 4  # pieces of one line that holds the joint itself: Nov 3, 2026
_ALIKE = 0.8  # of the letters: OCR read the same text
_INITIALS = 2  # characters: what stands for a picture of somebody need not have been read


def part_joined(seen: Observation) -> Observation:
    """The screen with the parts of such descriptions as texts in their controls, at the end of the tree."""
    nodes = seen.nodes or ()
    joined = [index for index, node in enumerate(nodes) if _JOINT in node.description]
    parted = {index: parts for index in joined if (parts := _parts(index, seen))}
    if not parted:
        return seen
    told = [replace(node, description="") if index in parted else node for index, node in enumerate(nodes)]
    for index, parts in parted.items():
        told += [_text_in(nodes[index], index, text, box) for text, box in parts]
    return replace(seen, nodes=tuple(told))


def _text_in(node: UiNode, parent: int, text: str, box: Box) -> UiNode:
    return UiNode(text, box, role=Role.TEXT, package=node.package, app_kind=node.app_kind, parent=parent)


def _parts(index: int, seen: Observation) -> list[tuple[str, Box]]:
    """The texts and where they are drawn; none if they are not all drawn, or if the tree tells them in nodes as well.
    Those of buttons in the control are told by the buttons."""
    nodes = seen.nodes or ()
    node, inside = nodes[index], inside_of(nodes, index)
    if not is_reacting(node) or node.editable or node.text.strip():
        return []
    if any(nodes[part].label.strip() and not is_reacting(nodes[part]) for part in inside):
        return []
    held = [nodes[part].box for part in inside if is_reacting(nodes[part])]
    lines = sorted((line for line in lines_in(seen, node.box)), key=lambda line: (line.box.center.y, line.box.left))
    found = _aligned(node.description.split(_JOINT), lines, node.box)
    own = [(text, box) for text, box in found if not any(place.contains(box.center) for place in held)]
    return own if len(found) > 1 else []


def _aligned(pieces: Sequence[str], lines: list[TextLine], whole: Box) -> list[tuple[str, Box]]:
    """Each run of pieces that one line shows, with the line's box; none if a piece is shown by no line."""
    left, found = list(lines), []
    at = 0
    while at < len(pieces):
        runs = [_JOINT.join(pieces[at : at + count]) for count in range(1, min(_MOST, len(pieces) - at) + 1)]
        likeness, count, line = max(
            ((_likeness(each.text, run), count, each) for count, run in enumerate(runs, 1) for each in left),
            key=lambda match: match[:2],
            default=(0.0, 1, None),
        )
        if line is None or likeness < _ALIKE:
            if len(squash(pieces[at])) > _INITIALS:
                return []
            found.append((pieces[at], whole))
            at += 1
            continue
        left.remove(line)
        found.append((runs[count - 1], line.box))
        at += count
    return found if all(is_glyph(line) for line in left) else []


def _likeness(shown: str, said: str) -> float:
    one, two = squash(shown), squash(said)
    if one == two or min(len(one), len(two)) <= _INITIALS:
        return float(one == two)
    return difflib.SequenceMatcher(None, one, two).ratio()
