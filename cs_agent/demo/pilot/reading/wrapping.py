"""Texts that were too long for their place and go on in the line below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cs_agent.geometry import Box

if TYPE_CHECKING:
    from cs_agent.demo.pilot.reading.page import Item
    from cs_agent.demo.pilot.sight import Panel

_FIRST_LINE = 6  # characters at least that stand on the first line of a text which goes on below
_WIDEST_CONTROL = 0.45  # of the page; a wider shape with two lines is a card or a text area
_PADDING = 0.9  # of a line's height, at most, between a label that fills its control and the control's edge


def begins(wanted: str, line: str) -> bool:
    return len(line) >= _FIRST_LINE and wanted.startswith(line)


def goes_on(last: Item, item: Item) -> bool:
    """The next line of a paragraph: close below, as high, from the same left edge or from the same right one."""
    height = last.box.height
    gap = item.box.top - last.box.bottom
    aligned = abs(item.box.left - last.box.left) < 0.8 * height or abs(item.box.right - last.box.right) < 0.8 * height
    as_high = 0.6 * height < item.box.height < 1.7 * height  # a caret at the end makes a line's box higher
    return -0.3 * height < gap < 0.9 * height and as_high and aligned


def first_lines(items: Sequence[Item], place: Box) -> list[Item]:
    """Without the further lines of texts that fill the place's width."""
    ordered = sorted(items, key=lambda item: item.box.top)
    full = [item for item in ordered if place.right - item.box.right < 2.5 * item.box.height]
    return [item for item in ordered if not any(goes_on(one, item) for one in full if one is not item)]


def whole_labels(items: Sequence[Item], page_width: int) -> tuple[Item, ...]:
    """The items, those that are one control's label in two lines put together; a title with a smaller text is two."""
    in_control: dict[Panel, list[Item]] = defaultdict(list)
    for item in items:
        if item.panel and item.panel.box.width < _WIDEST_CONTROL * page_width:
            in_control[item.panel].append(item)
    whole: dict[Item, Item | None] = {}
    for panel, held in in_control.items():
        first, *others = sorted(held, key=lambda item: item.box.top)
        if len(others) == 1 and _is_one_label(first, others[0], panel.box):
            whole[first], whole[others[0]] = _joined(first, others[0]), None
    return tuple(kept for one in items if (kept := whole.get(one, one)))


def _is_one_label(first: Item, rest: Item, control: Box) -> bool:
    """Centred or from one edge, of one size, and the first line had no room for what the second begins with."""
    height = first.box.height
    tight = -0.3 * height < rest.box.top - first.box.bottom < 0.4 * height
    alike = 0.85 * height < rest.box.height < 1.3 * height  # a character alone is read with more air
    centred = abs(first.box.center.x - rest.box.center.x) < 0.5 * height
    from_one_edge = abs(first.box.left - rest.box.left) < 0.4 * height
    if not (tight and alike and (centred or from_one_edge)):
        return False
    return _room(first.box, control, centred) < _first_word_width(rest)


def _room(line: Box, control: Box, centred: bool) -> float:
    """Beside a text in its control, the padding taken off."""
    left, right = line.left - control.left, control.right - line.right
    return (left + right if centred else right) - (2 if centred else 1) * _PADDING * line.height


def _first_word_width(item: Item) -> float:
    word = item.text.split()[0] if item.text.isascii() and item.text.split() else item.text[:1]
    return item.box.width * len(word) / max(1, len(item.text))


def _joined(first: Item, rest: Item) -> Item:
    between = " " if first.text.isascii() and rest.text.isascii() else ""
    return replace(
        first,
        text=f"{first.text}{between}{rest.text}",
        box=Box.around([first.box, rest.box]),
        score=min(first.score, rest.score),
        faint=first.faint and rest.faint,
        lines=2,
    )
