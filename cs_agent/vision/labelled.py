"""Reads a picture with the help of what the phone says stands on it, which costs a quarter of reading it all.

Rule: the picture decides where text is. The phone's word is taken only for a line that stands alone in one labelled
control and is about as long as its label; every other line is read. A label that no line was found for counts as a
line as large as its control: for hiding, too much is better than too little.
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


class LineFinder(Protocol):
    """Finds lines without reading them, and reads those it is given."""

    def places(self, image: Image.Image) -> tuple[Box, ...]: ...

    def read_places(self, image: Image.Image, places: Sequence[Box]) -> tuple[TextLine, ...]: ...


def labels_of(nodes: Iterable[UiNode], factor: float = 1.0) -> tuple[TextLine, ...]:
    """The texts of a tree, with their boxes scaled: a picture may be kept smaller than the screen.

    A description is left out: it says what a control is for (`联系电话`), not what is drawn there (the number).
    """
    return tuple(TextLine(node.text, node.box.scaled(factor), 1.0) for node in nodes if node.text.strip())


def read_labelled(finder: LineFinder, image: Image.Image, labels: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The lines of the picture; `labels` are in its coordinates."""
    places = finder.places(image)
    told = {place: label for label in labels if (place := _only_line_of(label, labels, places)) is not None}
    read = finder.read_places(image, [place for place in places if place not in told])
    named = [TextLine(label.text, place, 1.0) for place, label in told.items()]
    unseen = [label for label in labels if not any(label.box.intersects(place) for place in places)]
    return reading_order([*read, *named, *unseen])


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
