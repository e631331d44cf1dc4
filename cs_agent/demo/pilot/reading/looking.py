"""Makes a page of a picture: its texts, shapes, marks and icons put together.

Rule: built from the picture alone. Where a dialog covers the page, only what lies on the dialog can be acted on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

import numpy as np
from PIL import Image

from cs_agent.demo.pilot import sight
from cs_agent.demo.pilot.goals.lexicon import INPUT_HINT, SELECT_HINT
from cs_agent.demo.pilot.goals.width import fold
from cs_agent.demo.pilot.reading import wrapping
from cs_agent.demo.pilot.reading.page import Field, Item, Page
from cs_agent.demo.pilot.sight import Icon, IconKind, Look, Panel
from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine

_LIKE_A_GLASS = frozenset("QqOoa09")
_LATIN = re.compile(r"^[\x21-\x7e\u00c0-\u024f]+$")


class Reader(Protocol):
    """What the pilot needs of the text reader."""

    def read(
        self, image: Image.Image, region: Box | None = None, *, thorough: bool = False
    ) -> tuple[TextLine, ...]: ...


def look(image: Image.Image, reader: Reader, *, thorough: bool = False) -> Page:
    """Read and analyse one picture."""
    seen = sight.pixels_of(image)
    pixels = sight.daylight(seen)
    size = Size(*image.size)
    read = reader.read(image, thorough=thorough)
    icons = sight.find_icons(pixels, tuple(line.box for line in read if line.text not in _LIKE_A_GLASS))
    lines = joined_words(line for line in read if not _is_drawn_glass(line, icons))
    panels = _control_panels(sight.find_panels(pixels, seen), lines, size)
    dialog = sight.find_dialog(seen)
    pictures = (pixels,) if pixels is seen else (pixels, seen)
    items = wrapping.whole_labels([_item(line, panels, pictures) for line in lines], size.width)
    front = tuple(item for item in items if dialog is None or dialog.grown(12).contains(item.box.center))
    if dialog is not None and not front:  # a bright picture on a dim page, not a dialog
        dialog, front = None, items
    return Page(
        size=size,
        items=front,
        fields=_fields(front, panels, size, dialog),
        icons=icons,
        dialog=dialog,
        behind=tuple(item for item in items if item not in front),
        panels=panels,
        pixels=pixels,
        thorough=thorough,
    )


def _is_drawn_glass(line: TextLine, icons: tuple[Icon, ...]) -> bool:
    """A magnifier that was read as the letter it looks like."""
    glasses = (icon.box for icon in icons if icon.kind is IconKind.MAGNIFIER)
    return line.text in _LIKE_A_GLASS and any(box.grown(4).contains(line.box.center) for box in glasses)


def joined_words(lines: Iterable[TextLine]) -> list[TextLine]:
    """English words of one phrase put together again where the reader took them apart."""
    joined: list[TextLine] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last and _one_phrase(last, line):
            joined[-1] = TextLine(
                f"{last.text} {line.text}", Box.around([last.box, line.box]), min(last.score, line.score)
            )
        else:
            joined.append(line)
    return joined


def _one_phrase(last: TextLine, line: TextLine) -> bool:
    gap = line.box.left - last.box.right
    level = abs(line.box.center.y - last.box.center.y) < 0.4 * last.box.height
    words = (
        bool(_LATIN.match(last.text.split()[-1]) and _LATIN.match(line.text.split()[0])) if last.text.split() else False
    )
    letters = len(last.text) > 1 or last.score > 0.9
    return level and words and letters and -0.2 * last.box.height < gap < 0.62 * last.box.height


def _control_panels(panels: tuple[Panel, ...], lines: list[TextLine], size: Size) -> tuple[Panel, ...]:
    """Shapes that are not letters and not whole cards."""
    return tuple(
        panel
        for panel in panels
        if panel.box.height <= 0.3 * size.height
        and not _is_bar(panel.box, size)
        and not any(_is_part_of_text(panel.box, line.box) for line in lines)
    )


def _is_bar(panel: Box, size: Size) -> bool:
    """A title bar from edge to edge is no control."""
    return panel.width >= 0.985 * size.width and panel.top < 0.12 * size.height


def _is_part_of_text(panel: Box, text: Box) -> bool:
    tight = panel.height < 1.4 * text.height and panel.width <= 1.12 * text.width
    return tight and text.grown(4).contains(panel.center)


def _item(line: TextLine, panels: tuple[Panel, ...], pictures: tuple[sight.Pixels, ...]) -> Item:
    around = [panel for panel in panels if _holds(panel.box, line.box) and panel.box.height <= 4.2 * line.box.height]
    panel = min(around, key=lambda one: one.box.area, default=None)
    faint = any(_faint(pixels, line.box) for pixels in pictures)
    return Item(fold(line.text).strip(), line.box, line.score, panel, faint)


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer.left <= inner.left + 6
        and outer.right >= inner.right - 6
        and outer.top <= inner.top + 0.25 * inner.height
        and outer.bottom >= inner.bottom - 0.25 * inner.height
    )


def _faint(pixels: sight.Pixels, box: Box) -> bool:
    """Whether the ink is grey, and differs from a light ground by less than black on white does."""
    part = pixels[max(0, box.top) : box.bottom, max(0, box.left) : box.right]
    if not part.size:
        return False
    grey = part.mean(axis=2)
    dark, light = np.percentile(grey, 3), np.percentile(grey, 97)
    ink = part[grey <= dark + 0.25 * (light - dark)]
    red, green, blue = (int(value) for value in np.median(ink, axis=0))
    return bool(light - dark < 150 and np.median(grey) > 200 and sight.saturation((red, green, blue)) < 0.25)


def _fields(items: tuple[Item, ...], panels: tuple[Panel, ...], size: Size, dialog: Box | None) -> tuple[Field, ...]:
    """Outlined or tinted boxes of a line or a few that hold nothing, a hint or a single text, and bare hints."""
    found: list[Field] = []
    for panel in sorted(panels, key=lambda one: one.box.area):
        if _field_shaped(panel, size) and (dialog is None or dialog.grown(8).contains(panel.box.center)):
            inside = [item for item in items if panel.box.contains(item.box.center)]
            if (place := _field_in(panel, inside, size)) and not _overlaps(place, found):
                found.append(place)
    for item in items:
        if INPUT_HINT.search(item.text) and item.faint and not item.button and len(item.text) <= 40:
            place = Field(item.box.grown(item.box.height // 3).clipped(size), item.text, hint=True)
            if not _overlaps(place, found):
                found.append(place)
    return tuple(sorted(found, key=lambda place: (place.box.top, place.box.left)))


def _field_shaped(panel: Panel, size: Size) -> bool:
    box = panel.box
    line_high = 0.018 * size.height <= box.height <= 0.06 * size.height
    area_high = 0.06 * size.height < box.height <= 0.16 * size.height
    wide = box.width >= 0.28 * size.width
    light = sight.saturation(panel.fill) < 0.2
    return panel.look is not Look.FILLED and light and wide and (line_high or area_high)


def _field_in(panel: Panel, inside: list[Item], size: Size) -> Field | None:
    """With the text's first line; `Page.written_from` gives the rest of it."""
    texts = [item for item in inside if len(item.text) > 1 and not _own_button(item, panel)]
    words = wrapping.first_lines(texts, panel.box)
    if not words:
        return Field(panel.box) if panel.box.height <= 0.06 * size.height or panel.look is Look.OUTLINED else None
    first = words[0]
    hint = bool(INPUT_HINT.search(first.text)) or (first.faint and len(words) == 1)
    if SELECT_HINT.search(first.text) or len(words) > 2 or first.lines > 1:
        return None
    left_aligned = first.box.left - panel.box.left <= max(0.22 * panel.box.width, 2.6 * first.box.height)
    if len(words) == 1 and (hint or (left_aligned and not first.button)):
        return Field(panel.box, first.text, hint)
    return Field(panel.box, first.text, hint) if hint and left_aligned else None


def _own_button(item: Item, around: Panel) -> bool:
    """A button set into the box, as a search button often is."""
    return item.button and item.panel is not None and item.panel.box.area < 0.6 * around.box.area


def _overlaps(place: Field, others: list[Field]) -> bool:
    return any(place.box.intersects(other.box) for other in others)
