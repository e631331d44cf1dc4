"""Draws on screenshots what people should see: numbered boxes for a confirmation.

Rule: a mark never covers the text it points at; every mark is still clear when the picture is as wide as a phone
in a hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageDraw, ImageFont, ImageStat

from cs_agent.geometry import Box, Point, Size

Colour = tuple[int, int, int]
Mapping = Callable[[float, float], tuple[float, float]]
Draw = Callable[[ImageDraw.ImageDraw, Mapping, float], None]

_PLAIN = 4.0  # grey levels by which a plain ground may vary
_SMOOTH = 3  # shapes are drawn this much larger and scaled down: Pillow draws hard edges


class Tone(StrEnum):
    FIELD = "field"
    DIFFERS = "differs"  # the screen's value is not the ticket's
    TARGET = "target"  # what will be touched


_COLOURS: dict[Tone, Colour] = {
    Tone.FIELD: (37, 99, 235),
    Tone.DIFFERS: (220, 38, 38),
    Tone.TARGET: (217, 119, 6),
}
_WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Highlight:
    """One box to point out; `label` is a number or a letter or two, drawn in a badge at its corner."""

    box: Box
    label: str = ""
    tone: Tone = Tone.FIELD


def draw_highlights(image: Image.Image, marks: Sequence[Highlight]) -> Image.Image:
    """A copy with every mark's outline, tint and badge; marks beyond the picture are drawn at its edge."""
    drawn = image.convert("RGB")
    if drawn is image:
        drawn = image.copy()
    unit = _unit(drawn)
    for mark in marks:
        _outline(drawn, mark, unit)
    for mark in marks:
        if mark.label:
            _badge(drawn, image, mark, unit)
    return drawn


def _smooth(image: Image.Image, area: Box, draw: Draw) -> None:
    area = area.clipped(Size(*image.size))
    if not area.area:
        return
    patch = Image.new("RGBA", (area.width * _SMOOTH, area.height * _SMOOTH))
    draw(
        ImageDraw.Draw(patch),
        lambda x, y: ((x - area.left) * _SMOOTH, (y - area.top) * _SMOOTH),
        float(_SMOOTH),
    )
    small = patch.resize((area.width, area.height), Image.Resampling.BOX)
    image.paste(small, (area.left, area.top), small)


def _outline(image: Image.Image, mark: Highlight, unit: float) -> None:
    colour = _COLOURS[mark.tone]
    box = mark.box.grown(round(2 * unit)).clipped(Size(*image.size))

    def frame(draw: ImageDraw.ImageDraw, at: Mapping, scale: float) -> None:
        for line, width, tint in (((*_WHITE, 200), 1.9, 0), ((*colour, 255), 1.2, 26)):
            draw.rounded_rectangle(
                [*at(box.left, box.top), *at(box.right, box.bottom)],
                radius=2.4 * unit * scale,
                fill=(*colour, tint) if tint else None,
                outline=line,
                width=max(1, round(width * unit * scale)),
            )

    _smooth(image, box, frame)


def _badge(image: Image.Image, before: Image.Image, mark: Highlight, unit: float) -> None:
    """A disc with the label at the box, where it covers least; `before` is the picture without marks."""
    radius = round(5.2 * unit)
    center = _badge_place(image, before, mark.box.grown(round(2 * unit)), radius)

    def disc(draw: ImageDraw.ImageDraw, at: Mapping, scale: float) -> None:
        x, y = at(center.x, center.y)
        size = radius * scale
        draw.ellipse(
            [x - size, y - size, x + size, y + size],
            fill=(*_COLOURS[mark.tone], 255),
            outline=(*_WHITE, 255),
            width=round(0.8 * unit * scale),
        )
        font = ImageFont.load_default(size=size * (1.25 if len(mark.label) < 2 else 1.0))
        draw.text((x, y), mark.label, fill=(*_WHITE, 255), font=font, anchor="mm")

    _smooth(image, Box(center.x, center.y, center.x, center.y).grown(radius + 2), disc)


def _badge_place(image: Image.Image, before: Image.Image, box: Box, radius: int) -> Point:
    """Of the places around and in the box, the one where least is written; on a tie the first, which is on its own
    line: above or below it the badge seems to belong to another."""
    size = Size(*image.size)
    inset = radius + radius // 2  # clear of the outline
    places = (
        (image, Point(box.left - radius, box.center.y)),
        (before, Point(box.left + inset, box.center.y)),
        (image, Point(box.right + radius, box.center.y)),
        (before, Point(box.right - inset, box.center.y)),
        (image, Point(box.left + radius, box.top - radius)),
        (image, Point(box.left + radius, box.bottom + radius)),
    )
    inside = [
        (seen, Point(min(max(at.x, radius), size.width - radius), min(max(at.y, radius), size.height - radius)))
        for seen, at in places
    ]
    return min(
        inside, key=lambda each: _busyness(each[0], Box(each[1].x, each[1].y, each[1].x, each[1].y).grown(radius))
    )[1]


def _busyness(image: Image.Image, box: Box) -> float:
    area = box.clipped(Size(*image.size))
    if not area.area:
        return math.inf
    patch = image.crop((area.left, area.top, area.right, area.bottom)).convert("L")
    return round(ImageStat.Stat(patch).stddev[0] / _PLAIN)


def _unit(image: Image.Image) -> float:
    """The hundred-and-eightieth of the picture's shorter side: about 2 CSS px where it is shown 360 wide."""
    return min(image.size) / 180
