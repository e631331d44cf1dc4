"""Places on a screen, as types: a model's normalized point cannot be mistaken for device pixels.

Device pixels have their origin at the top left of the screenshot that was taken, in its own rotation.
Normalized coordinates are the model's integers 0-999 per axis (source: the AutoGLM action language).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor
from typing import Self

NORM_MAX = 999
_NORM_SCALE = 1000


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in device pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Point:
    """A place in device pixels."""

    x: int
    y: int

    def to_norm(self, size: Size) -> NormPoint:
        """The normalized point whose pixel is nearest; clamped to 0-999."""
        return NormPoint(_normalize(self.x, size.width), _normalize(self.y, size.height))


@dataclass(frozen=True, slots=True)
class NormPoint:
    """A place in normalized coordinates; ValueError outside 0-999."""

    x: int
    y: int

    def __post_init__(self) -> None:
        for value in (self.x, self.y):
            if not 0 <= value <= NORM_MAX:
                raise ValueError(f"normalized coordinate {value} is outside 0-{NORM_MAX}")

    def to_point(self, size: Size) -> Point:
        """The pixel of the screenshot of that size: n / 1000 x size."""
        return Point(self.x * size.width // _NORM_SCALE, self.y * size.height // _NORM_SCALE)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in device pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    @property
    def center(self) -> Point:
        return Point((self.left + self.right) // 2, (self.top + self.bottom) // 2)

    def contains(self, point: Point) -> bool:
        return self.left <= point.x < self.right and self.top <= point.y < self.bottom

    def intersects(self, other: Self) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def grown(self, by: int) -> Box:
        """This box with every side moved outwards by so many pixels."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def scaled(self, factor: float) -> Box:
        """The smallest box of whole pixels that covers this one on a picture scaled by the factor."""
        return Box(
            floor(self.left * factor), floor(self.top * factor), ceil(self.right * factor), ceil(self.bottom * factor)
        )

    def clipped(self, size: Size) -> Box:
        """The part of this box that lies on a screen of that size."""
        return Box(
            min(max(self.left, 0), size.width),
            min(max(self.top, 0), size.height),
            min(max(self.right, 0), size.width),
            min(max(self.bottom, 0), size.height),
        )

    @classmethod
    def at(cls, point: Point) -> Box:
        """The one pixel there."""
        return cls(point.x, point.y, point.x + 1, point.y + 1)

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all of them; ValueError for none."""
        kept = list(boxes)
        return cls(
            min(box.left for box in kept),
            min(box.top for box in kept),
            max(box.right for box in kept),
            max(box.bottom for box in kept),
        )


def _normalize(pixel: int, extent: int) -> int:
    """The smallest n whose to_point pixel is not left of this one, so that a round trip stays put."""
    return min(max(-(-pixel * _NORM_SCALE // extent), 0), NORM_MAX)
