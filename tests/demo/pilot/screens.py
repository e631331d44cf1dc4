"""Pictures and pages for tests: drawn with Pillow where the eye is tested, made of texts where the mind is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from cs_agent.demo.pilot.reading.page import Field, Item, Page
from cs_agent.demo.pilot.sight import Look, Panel
from cs_agent.geometry import Box, Size

SIZE = Size(1080, 2400)
_FONT_PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
)
_FONT_NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK*.otf",
    "NotoSansSC*",
    "SourceHanSans*",
    "wqy-*.ttc",
    "DroidSansFallback*",
    "PingFang.ttc",
)


@lru_cache(maxsize=1)
def _cjk_font() -> Path | None:
    for place in _FONT_PLACES:
        folder = Path(place).expanduser()
        for name in _FONT_NAMES:
            if found := next(iter(sorted(folder.rglob(name))) if folder.is_dir() else iter(()), None):
                return found
    return None


def font(size: int) -> ImageFont.FreeTypeFont:
    """A font that has Chinese; the test is skipped where the machine has none."""
    path = _cjk_font()
    if path is None:
        pytest.skip("no CJK font on this machine to draw the screen with")
    return ImageFont.truetype(str(path), size)


class Sheet:
    """A screen to draw on."""

    def __init__(self, background: str = "#f5f5f5") -> None:
        self.image = Image.new("RGB", (SIZE.width, SIZE.height), background)
        self.pen = ImageDraw.Draw(self.image)

    def text(self, words: str, x: int, y: int, size: int = 44, colour: str = "#222222") -> Sheet:
        self.pen.text((x, y), words, font=font(size), fill=colour)
        return self

    def button(self, words: str, box: tuple[int, int, int, int], fill: str = "#1677ff") -> Sheet:
        self.pen.rounded_rectangle(box, 24, fill=fill)
        self.pen.text(((box[0] + box[2]) // 2, (box[1] + box[3]) // 2), words, font=font(44), fill="white", anchor="mm")
        return self

    def field(self, box: tuple[int, int, int, int], hint: str = "", colour: str = "#9a9a9a") -> Sheet:
        self.pen.rounded_rectangle(box, 12, fill="white", outline="#cccccc", width=3)
        if hint:
            self.pen.text((box[0] + 30, (box[1] + box[3]) // 2), hint, font=font(42), fill=colour, anchor="lm")
        return self

    def radio(self, x: int, y: int, chosen: bool, colour: str = "#1677ff") -> Sheet:
        self.pen.ellipse(
            (x - 26, y - 26, x + 26, y + 26), fill="white", outline=colour if chosen else "#999999", width=5
        )
        if chosen:
            self.pen.ellipse((x - 13, y - 13, x + 13, y + 13), fill=colour)
        return self

    def tick_box(self, x: int, y: int, chosen: bool, colour: str = "#1677ff") -> Sheet:
        box = (x - 26, y - 26, x + 26, y + 26)
        self.pen.rounded_rectangle(
            box, 8, fill=colour if chosen else "white", outline=colour if chosen else "#999999", width=5
        )
        if chosen:
            self.pen.line([(x - 14, y), (x - 4, y + 12), (x + 16, y - 12)], fill="white", width=7)
        return self

    def switch(self, x: int, y: int, on: bool) -> Sheet:
        self.pen.rounded_rectangle((x - 52, y - 30, x + 52, y + 30), 30, fill="#34c759" if on else "#d0d0d5")
        knob = x + 22 if on else x - 22
        self.pen.ellipse((knob - 24, y - 24, knob + 24, y + 24), fill="white")
        return self

    def magnifier(self, x: int, y: int, colour: str = "#555555") -> Sheet:
        self.pen.ellipse((x - 26, y - 26, x + 10, y + 10), outline=colour, width=6)
        self.pen.line([(x + 5, y + 5), (x + 26, y + 26)], fill=colour, width=7)
        return self

    def dimmed_with_card(self, card: tuple[int, int, int, int], *, fill: str = "white") -> Sheet:
        self.image = Image.blend(self.image, Image.new("RGB", self.image.size, "black"), 0.5)
        self.pen = ImageDraw.Draw(self.image)
        self.pen.rounded_rectangle(card, 30, fill=fill)
        return self


BUTTON_BLUE = (22, 119, 255)


def words(text: str, x: int, y: int, *, faint: bool = False, height: int = 60) -> Item:
    """A bare text with its left upper corner at a place."""
    width = sum(44 if ord(char) > 0x2E7F else 25 for char in text)
    return Item(text, Box(x, y, x + width, y + height), faint=faint)


def pressable(text: str, x: int, y: int) -> Item:
    """A text in the middle of a filled button."""
    bare = words(text, x, y)
    panel = Panel(bare.box.grown(40), Look.FILLED, BUTTON_BLUE)
    return Item(bare.text, bare.box, panel=panel)


def page(*items: Item, fields: tuple[Field, ...] = (), dialog: Box | None = None) -> Page:
    """A page of texts without a picture: marks and colours are unknown on it."""
    heading = words("我的页面", 460, 60, height=80)
    front = items if dialog is not None else (heading, *items)
    return Page(SIZE, tuple(front), fields=fields, dialog=dialog)
