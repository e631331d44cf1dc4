"""What a drawn screen is made of: words, shapes, and the parts that a tree tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

WIDE, HIGH = 1080, 2400
EDGE = 48
BIG, MID, SMALL = 48, 42, 36
INK, GREY, BLUE = (34, 34, 34), (120, 120, 120), (36, 104, 220)
Bounds = tuple[int, int, int, int]
Fonts = Callable[[int], ImageFont.FreeTypeFont | None]


@dataclass
class Part:
    """What stands somewhere: a control, words, or a group of both."""

    kind: str
    box: Bounds
    text: str = ""
    clickable: bool = False
    checked: bool = False
    focused: bool = False
    hint: str = ""
    named: bool = True
    parts: list[Part] = field(default_factory=list)

    def all(self) -> Iterator[Part]:
        yield self
        for part in self.parts:
            yield from part.all()

    def words(self) -> list[str]:
        return [part.text for part in self.all() if part.text]


@dataclass
class Canvas:
    """A screen while it is being written: words, shapes and parts; `over` is what a window in front of it holds."""

    fonts: Fonts
    picture: Image.Image = field(default_factory=lambda: Image.new("RGB", (WIDE, HIGH), (245, 246, 248)))
    parts: list[Part] = field(default_factory=list)
    over: list[Part] | None = None
    window: Bounds = (0, 0, WIDE, HIGH)
    lines: list[tuple[str, Bounds]] = field(default_factory=list)
    y: int = 72
    foot: int = HIGH - 40

    # shapes

    def fill(
        self, box: Bounds, colour: tuple[int, int, int] = (255, 255, 255), round_: int = 0, edge: bool = False
    ) -> None:
        draw = ImageDraw.Draw(self.picture)
        draw.rounded_rectangle(box, round_, None if edge else colour, colour if edge else None, 3)

    def write(self, words: str, x: int, y: int, size: int = MID, colour=INK, anchor: str = "lm") -> Part:
        """Words with their middle at `y`; `x` is their left end ("lm"), middle ("mm") or right end ("rm")."""
        font, draw = self.fonts(size), ImageDraw.Draw(self.picture)
        width = int(font.getlength(words)) if font else sum(size if ord(c) > 0x2E7F else size * 5 // 9 for c in words)
        left = x - {"l": 0, "m": width // 2, "r": width}[anchor[0]]
        box = (left, y - size * 6 // 10, left + width, y + size * 6 // 10)
        if font:
            draw.text((left, y), words, colour, font, "lm")
        else:
            draw.rectangle((left, y - size // 2, left + width, y + size // 2), colour)
        self.lines = [(text, old) for text, old in self.lines if not meet(old, box)]
        self.lines.append((words, box))
        return Part("text", box, words)

    def glyph(self, name: str, x: int, y: int, side: int = 60, colour=INK, **more) -> Part:
        """A picture without words, about `side` pixels high."""
        draw, half = ImageDraw.Draw(self.picture), side // 2 - 6
        if name in ("back", "返回"):
            draw.line([(x + half // 2, y - half), (x - half // 2, y), (x + half // 2, y + half)], colour, 6)
        elif name.rstrip("?") in ("+", "add", "新增"):
            draw.line((x - half, y, x + half, y), colour, 6)
            draw.line((x, y - half, x, y + half), colour, 6)
        else:
            draw.ellipse((x - half, y - half, x + half, y + half), outline=colour, width=6)
            draw.line((x - half // 2, y, x + half // 2, y - len(name) % 3 * 6), colour, 6)
        box = (x - side, y - side, x + side, y + side)
        return Part("icon", box, name.rstrip("?"), True, named=not name.endswith("?"), **more)

    def button(self, words: str, box: Bounds, style: str = "filled", size: int = MID) -> Part:
        colours = {"filled": (BLUE, (255, 255, 255)), "outline": (BLUE, BLUE), "text": (None, BLUE)}
        fill, ink = colours[style]
        if fill:
            self.fill(box, fill, 18, edge=style == "outline")
        said = self.write(words, (box[0] + box[2]) // 2, (box[1] + box[3]) // 2, size, ink, "mm")
        return Part("button", box, clickable=True, parts=[said])

    def add(self, *parts: Part) -> None:
        (self.parts if self.over is None else self.over).extend(parts)

    def down(self, high: int, gap: int = 0) -> tuple[int, int]:
        """The next `high` pixels of the page: top and middle."""
        top = self.y
        self.y += high + gap
        return top, top + high // 2


def cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(" ; ")] if " ; " in text else text.split(";") if ";" in text else [text]


def grown(box: Bounds, by: int) -> Bounds:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
