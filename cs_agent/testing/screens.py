"""Lays out screens from rows of words: pages for the scripted phone, the gate's corpus and the benchmarks.

A row is a list of elements side by side, an element is `kind:text` (or plain text):
  title label text sentence   words that do nothing        button link row card        things to press
  input hint password         fields (a hint's text is a placeholder; input!/hint!/password! has the focus)
  radio radio* check check*   choices, * chosen            switch switch* slider
  icon:name                   a picture without words      desc:text   a picture the tree describes
  toast:text                  a passing message, which the tree does not have
The row "---" sends what follows to the bottom of the screen; "###" starts a dialog in the middle.
"""

from __future__ import annotations

import colorsys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from cs_agent.geometry import Box, Size
from cs_agent.observation import AppKind, Role, TextLine, UiNode

PHONE = Size(1080, 2400)
_TOP = 0.06  # below the status bar
_ROW = 0.046
_GAP = 0.006
_MARGIN = 0.04
_WIDE_CHAR, _NARROW_CHAR = 0.04, 0.022  # of the width
_TEXT_HEIGHT = 0.019

_ROLES = {
    "button": Role.BUTTON,
    "radio": Role.RADIO,
    "check": Role.CHECK_BOX,
    "switch": Role.SWITCH,
    "slider": Role.SLIDER,
    "input": Role.EDIT,
    "hint": Role.EDIT,
    "password": Role.EDIT,
    "icon": Role.IMAGE,
    "desc": Role.BUTTON,
}
_KINDS = {"title", "label", "text", "sentence", "toast", "link", "row", "card", *_ROLES}
_PRESSED = {"button", "link", "row", "card", "icon", "desc", "radio", "check", "switch"}
_CENTRED = {"button", "title", "icon", "desc"}
_FIELDS = {"input", "hint", "password"}
_SPEECHLESS = {"icon", "desc"}  # the picture shows no words


@dataclass(frozen=True, slots=True)
class Element:
    kind: str
    text: str
    box: Box
    words: Box  # where the picture shows the text
    chosen: bool = False
    focused: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A laid-out screen: what the tree says and what a reader of pictures finds."""

    elements: tuple[Element, ...]
    size: Size = PHONE
    package: str = "com.example.app"
    app_kind: AppKind = AppKind.APP

    def find(self, text: str) -> Element:
        """The element with that text; LookupError for none."""
        for element in self.elements:
            if element.text == text:
                return element
        raise LookupError(text)

    def nodes(self) -> tuple[UiNode, ...]:
        root = UiNode(
            "",
            Box(0, 0, self.size.width, self.size.height),
            package=self.package,
            app_kind=self.app_kind,
        )
        return (root, *(self._node(element) for element in self.elements if element.kind != "toast"))

    def lines(self) -> tuple[TextLine, ...]:
        return tuple(
            TextLine("•" * len(e.text) if e.kind == "password" else e.text, e.words, 0.99)
            for e in self.elements
            if e.text and e.kind not in _SPEECHLESS
        )

    def image(self) -> Image.Image:
        """A picture in which every element leaves its trace; `info["lines"]` holds its text for a scripted reader."""
        image = Image.new("RGB", (self.size.width, self.size.height), _colour(self.package, 0.96))
        draw = ImageDraw.Draw(image)
        for element in self.elements:
            _draw(draw, element)
        image.info["lines"] = self.lines()
        return image

    def _node(self, element: Element) -> UiNode:
        kind = element.kind
        words = "" if kind == "icon" else element.text
        return UiNode(
            text="" if kind == "desc" else words,
            description=words if kind == "desc" else "",
            box=element.box,
            role=_ROLES.get(kind, Role.TEXT),
            package=self.package,
            app_kind=self.app_kind,
            clickable=kind in _PRESSED,
            checkable=kind in ("radio", "check", "switch"),
            checked=element.chosen,
            password=kind == "password",
            focused=element.focused,
            parent=0,
        )

    def evolve(self, old: Element, **changes: object) -> Layout:
        """This screen with one element changed."""
        new = replace(old, **changes)  # type: ignore[arg-type]
        return replace(self, elements=tuple(new if e is old else e for e in self.elements))


def lay_out(
    rows: Sequence[Sequence[str] | str],
    *,
    package: str = "com.example.app",
    app_kind: AppKind = AppKind.APP,
    size: Size = PHONE,
) -> Layout:
    """Rows from top to bottom, evenly divided columns."""
    above, below, middle = _sections(rows)
    height = int((_ROW + _GAP) * size.height)
    elements = _rows(above, int(_TOP * size.height), size)
    elements += _rows(middle, int(0.42 * size.height), size)
    elements += _rows(below, size.height - int(0.01 * size.height) - height * len(below), size)
    return Layout(tuple(elements), size, package, app_kind)


def _sections(rows: Sequence[Sequence[str] | str]) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    parts: dict[str, list[list[str]]] = {"": [], "---": [], "###": []}
    current = ""
    for row in rows:
        if isinstance(row, str) and row in parts:
            current = row
        else:
            parts[current].append([row] if isinstance(row, str) else list(row))
    return parts[""], parts["---"], parts["###"]


def _rows(rows: list[list[str]], top: int, size: Size) -> list[Element]:
    step, height = int((_ROW + _GAP) * size.height), int(_ROW * size.height)
    margin = int(_MARGIN * size.width)
    elements = []
    for number, row in enumerate(rows):
        width = (size.width - 2 * margin) // len(row)
        for column, spec in enumerate(row):
            left = margin + column * width
            box = Box(left, top + number * step, left + width - margin // 2, top + number * step + height)
            elements.append(_element(spec, box, size))
    return elements


def _element(spec: str, box: Box, size: Size) -> Element:
    kind, _, text = spec.partition(":")
    name = kind.rstrip("*!")
    if name not in _KINDS:
        name, kind, text = "text", "text", spec
    if name == "icon":
        side = box.height
        box = Box(box.center.x - side // 2, box.top, box.center.x + side // 2, box.bottom)
    return Element(name, text, box, _words(name, text, box, size), kind.endswith("*"), kind.endswith("!"))


def _words(kind: str, text: str, box: Box, size: Size) -> Box:
    chars = sum(_WIDE_CHAR if ord(char) > 0x2E7F else _NARROW_CHAR for char in text)
    width = min(int(chars * size.width), box.width)
    half = int(_TEXT_HEIGHT * size.height) // 2
    indent = box.height if kind in ("radio", "check", "switch") else box.height // 6
    left = box.center.x - width // 2 if kind in _CENTRED else box.left + min(indent, max(0, box.width - width))
    return Box(left, box.center.y - half, left + width, box.center.y + half)


def _colour(text: str, lightness: float = 0.6) -> tuple[int, int, int]:
    hue = zlib.crc32(text.encode()) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.7)
    return int(red * 255), int(green * 255), int(blue * 255)


def _draw(draw: ImageDraw.ImageDraw, element: Element) -> None:
    box, words = element.box, element.words
    if element.kind == "button":
        draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=_colour(element.text, 0.8))
    if element.kind in ("radio", "check", "switch"):
        _draw_mark(draw, element)
    if element.kind in _FIELDS:
        frame = (40, 90, 220) if element.focused else (200, 200, 200)
        draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), outline=frame, width=2)
    if element.kind in _SPEECHLESS:
        side = box.height // 4
        middle = box.center
        draw.line((middle.x - side, middle.y + side, middle.x + side, middle.y - side), (40, 40, 40), max(3, side // 4))
        return
    if element.text:
        draw.rectangle((words.left, words.top, words.right - 1, words.bottom - 1), fill=_colour(element.text, 0.4))


def _draw_mark(draw: ImageDraw.ImageDraw, element: Element) -> None:
    side = element.words.height
    right = element.words.left - side // 2
    mark = (right - side, element.words.top, right, element.words.top + side)
    draw.ellipse(mark, outline=(60, 60, 60), width=max(2, side // 10), fill=(30, 90, 220) if element.chosen else None)
