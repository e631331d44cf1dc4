"""Rows of a page that end in the mark ›, and what they say."""

from __future__ import annotations

from cs_agent.engine.screen.drawn.chevrons import ends_in_chevron
from cs_agent.engine.screen.structure import inside_of, is_reacting, own_texts
from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role

MARKS = "›>❯〉»→ "
_WIDE = 0.75  # of the width
_TALL = 0.09  # of the height: a row of one or two lines


def is_marked_row(index: int, seen: Observation) -> bool:
    """As wide as the page, with nothing to touch in it, and ending in the mark."""
    nodes, size = seen.nodes or (), seen.size
    box = nodes[index].box
    if (
        nodes[index].role in (Role.BUTTON, Role.TAB)
        or box.width < _WIDE * size.width
        or box.height > _TALL * size.height
    ):
        return False
    inside = [nodes[part] for part in inside_of(nodes, index)]
    if any(is_reacting(node) or node.checkable for node in inside):
        return False
    marked = any(node.label.strip() and not node.label.strip(MARKS) for node in inside)
    return marked or ends_in_chevron(seen.screenshot.image, box)


def told_parts(index: int, seen: Observation) -> list[str]:
    """Each text that the tree tells of the row, once; without the one that joins them, as React Native tells it."""
    texts = [text.strip(MARKS) for text in own_texts(seen.nodes or (), index)]
    texts = [text for text in dict.fromkeys(texts) if text]
    return [text for text in texts if not _joins(text, [other for other in texts if other != text])]


def drawn_parts(box: Box, seen: Observation) -> list[str]:
    """What the picture shows in the row, from top to bottom."""
    inside = [line for line in seen.lines if box.contains(line.box.center) and line.text.strip(MARKS)]
    ordered = sorted(inside, key=lambda line: (line.box.center.y, line.box.left))
    return [line.text.strip(MARKS) for line in ordered]


def parts_of(index: int, seen: Observation) -> list[str]:
    """As told; as drawn where the tree tells nothing but one text that joins them."""
    told, drawn = told_parts(index, seen), drawn_parts((seen.nodes or ())[index].box, seen)
    return drawn if len(told) == 1 and _joins(told[0], drawn) else told


def _joins(text: str, others: list[str]) -> bool:
    """It is two or more of these, one after the other."""
    whole, used = squash(text), 0
    for other in sorted(map(squash, others), key=len, reverse=True):
        if other and other in whole:
            whole, used = whole.replace(other, "", 1), used + 1
    return used > 1 and not whole
