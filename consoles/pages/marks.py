"""Splits the ticket's text at the places slots came from, to highlight them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the text a value was found: character offsets, end exclusive."""

    name: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that the same slots cover; none for plain text."""

    text: str
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def segments(text: str, places: Iterable[Place]) -> list[Segment]:
    """The text in order, every character once; places may overlap, offsets outside the text are cut off."""
    kept = [place for place in places if 0 <= place.start < min(place.end, len(text))]
    edges = {0, len(text)} | {place.start for place in kept} | {min(place.end, len(text)) for place in kept}
    cuts = sorted(edges)
    return [_segment(text, kept, start, end) for start, end in pairwise(cuts)]


def _segment(text: str, places: list[Place], start: int, end: int) -> Segment:
    over = [place for place in places if place.start <= start and end <= place.end]
    return Segment(text[start:end], tuple(place.name for place in over), tuple(place.label for place in over))
