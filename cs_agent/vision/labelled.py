"""Reads a picture with the help of what the phone says stands on it, which costs a quarter of reading it all.

Rule: the picture decides where text is. The phone's word is taken only for a line that stands alone in one labelled
control and is about as long as its label; every other line is read, and so is all that stands in a field: a phone may
still tell its hint, or what stood there before. A label that no line was found for counts as a line as large as its
control: for hiding, too much is better than too little.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from PIL import Image

from cs_agent.geometry import Box
from cs_agent.observation import TextLine, UiNode
from cs_agent.vision.order import reading_order

_LINE = 1.3  # heights of a found line to the size of its letters
_NARROW = 0.55  # width of a Latin letter or a digit, in letter sizes
_FIT = (0.6, 1.7)  # found width to expected width
_TOLD, _IN_FIELD = 1.0, 0.0  # how sure it is that a label is what is drawn
_STRAY = 2  # characters that a reader makes of a field's caret and of the sign that empties it


class LineFinder(Protocol):
    """Finds lines without reading them, and reads those it is given."""

    def places(self, image: Image.Image) -> tuple[Box, ...]: ...

    def read_places(self, image: Image.Image, places: Sequence[Box]) -> tuple[TextLine, ...]: ...


def labels_of(nodes: Iterable[UiNode], factor: float = 1.0) -> tuple[TextLine, ...]:
    """The texts of a tree, with their boxes scaled: a picture may be kept smaller than the screen.

    A description is left out: it says what a control is for (`联系电话`), not what is drawn there (the number).
    """
    nodes = tuple(nodes)
    fields = [node.box for node in nodes if node.editable]
    return tuple(
        TextLine(node.text, node.box.scaled(factor), _IN_FIELD if _lies_in(node.box, fields) else _TOLD)
        for node in nodes
        if node.text.strip()
    )


def _lies_in(box: Box, fields: Sequence[Box]) -> bool:
    return any(box.intersects(field) for field in fields)


def read_labelled(finder: LineFinder, image: Image.Image, labels: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The lines of the picture; `labels` are in its coordinates, as `labels_of` makes them."""
    places = finder.places(image)
    sure = [label for label in labels if label.score > _IN_FIELD]
    told = {place: label for label in sure if (place := _only_line_of(label, labels, places)) is not None}
    read = [_in_field(line, labels) for line in finder.read_places(image, [p for p in places if p not in told])]
    named = [TextLine(label.text, place, 1.0) for place, label in told.items()]
    unseen = [label for label in labels if not any(label.box.intersects(place) for place in places)]
    return reading_order([*read, *named, *unseen])


def _in_field(line: TextLine, labels: Sequence[TextLine]) -> TextLine:
    """A field's line as the phone tells it, where the reader only saw a caret or a sign besides."""
    for label in labels:
        if label.score > _IN_FIELD or not label.box.contains(line.box.center):
            continue
        told, read = "".join(label.text.split()), "".join(line.text.split())
        if told in read and len(read) - len(told) <= _STRAY:
            return TextLine(label.text, line.box, line.score)
    return line


def _only_line_of(label: TextLine, labels: Sequence[TextLine], places: Sequence[Box]) -> Box | None:
    """The one line in the label's box, where no other label claims it and it looks as long as the label."""
    inside = [place for place in places if label.box.contains(place.center)]
    if len(inside) != 1:
        return None
    (place,) = inside
    claims = sum(other.box.contains(place.center) for other in labels)
    low, high = _FIT
    expected = max(1.0, _width_in_letters(label.text) * place.height / _LINE)
    return place if claims == 1 and low <= place.width / expected <= high else None


def _width_in_letters(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else _NARROW for char in text.strip())
