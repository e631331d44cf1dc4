"""Draws ordinary app screens from a few lines of text each, and keeps what stands where.

A screen is written as one line a widget, its parts parted by " ; ":
  top TITLE > ICON > ICON      tabs A *B C       seg A *B       search HINT [= TYPED] [> BUTTON]   chips A *B C
  row TITLE ; SUB ; RIGHT      (one control)     kv LABEL ; VALUE (words only)   head WORDS        say WORDS
  card LINE ; LINE ; [BUTTON] [BUTTON]  (one control with buttons of its own; "card-" is no control itself)
  field LABEL ; HINT [= VALUE] pick LABEL ; VALUE      switch LABEL [*]   check LABEL [*]   radio LABEL [*]
  count LABEL ; N              btn A | B               link A | B         slide WORDS       grid A B C D
  them WORDS / me WORDS        compose HINT [= VALUE] > SEND     bottom:  foot WORDS > BUTTON > BUTTON     nav A *B C
  dialog TITLE ; WORDS ; [A] [B]     sheet TITLE ; ITEM ; ITEM  wheel TITLE ; A ; *B ; C ; [A] [B]  pad TITLE  fab NAME
  month DAYS-CHOSEN            toast WORDS         icons A > B
A name that ends in "?" is drawn as a picture and has no name in the tree. `*` marks what is chosen, switched on.
"""

from __future__ import annotations

from dataclasses import replace

from PIL import ImageDraw

from tests.engine.gate.ordinary.canvas import (
    BIG,
    BLUE,
    EDGE,
    GREY,
    HIGH,
    INK,
    MID,
    SMALL,
    WIDE,
    Bounds,
    Part,
    cells,
    meet,
)
from tests.engine.gate.ordinary.widgets import Widgets


class Phone(Widgets):
    """Besides a page's widgets: what stands at its foot, and the windows in front of it."""

    def slide(self, text: str) -> None:
        top, mid = self.down(180)
        box = (EDGE, top + 24, WIDE - EDGE, top + 156)
        self.fill(box, (46, 160, 90), 66)
        ImageDraw.Draw(self.picture).ellipse((box[0] + 8, box[1] + 8, box[0] + 124, box[3] - 8), (255, 255, 255))
        said = self.write(text, WIDE // 2, mid, MID, (255, 255, 255), "mm")
        self.add(Part("slide", box, parts=[said]))

    def bubble(self, text: str, mine: bool) -> None:
        top, mid = self.down(130, 20)
        said = self.write(text, WIDE - 190 if mine else 190, mid, MID, INK, "rm" if mine else "lm")
        box = (said.box[0] - 36, top, said.box[2] + 36, top + 120)
        self.fill(box, (160, 220, 150) if mine else (255, 255, 255), 20)
        said = self.write(text, WIDE - 190 if mine else 190, mid - 5, MID, INK, "rm" if mine else "lm")
        self.fill((WIDE - 132, top, WIDE - 24, top + 108) if mine else (24, top, 132, top + 108), (150, 170, 200), 12)
        self.add(Part("bubble", box, parts=[said]))

    def compose(self, text: str) -> None:
        text, *icons = text.split(" > ")
        hint, _, value = text.partition(" = ")
        self.foot -= 150
        mid, right = self.foot + 75, WIDE - 24
        self.fill((0, self.foot, WIDE, HIGH), (250, 250, 250))
        for name in reversed(icons):
            if name.endswith("?") or name.startswith("("):
                self.add(self.glyph(name.strip("()"), right - 60, mid, 50))
                right -= 130
            else:
                self.add(self.button(name, (right - 170, mid - 48, right, mid + 48), size=SMALL))
                right -= 190
        box = (36, mid - 54, right - 20, mid + 54)
        self.fill(box, (255, 255, 255), 18)
        self.write(value or hint, 70, mid, MID, INK if value else GREY)
        self.add(Part("edit", box, value, True, focused=bool(value), hint=hint))

    def bar(self, text: str) -> None:
        """A bar of actions at the foot of the page."""
        words, *names = text.split(" > ")
        self.foot -= 160
        top, right = self.foot, WIDE - 36
        self.fill((0, top, WIDE, HIGH))
        buttons = []
        for name in reversed(names):
            wide = max(200, 70 + (44 if ord(name[0]) > 0x2E7F else 25) * len(name))
            style = "filled" if right == WIDE - 36 else "outline"
            buttons.append(self.button(name, (right - wide, top + 26, right, top + 134), style))
            right -= wide + 24
        said = [self.write(words, 36, top + 80)] if words else []
        self.add(Part("group", (0, top, WIDE, top + 160), parts=[*said, *reversed(buttons)]))

    def nav(self, text: str) -> None:
        names = text.split(", ") if "," in text else text.split(" ")
        self.foot -= 170
        top, wide, tabs = self.foot, WIDE // len(names), []
        self.fill((0, top, WIDE, HIGH))
        for n, name in enumerate(names):
            x, chosen = n * wide + wide // 2, name.startswith("*")
            self.glyph("o", x, top + 56, 64, BLUE if chosen else GREY)
            said = self.write(name.lstrip("*"), x, top + 130, 32, BLUE if chosen else GREY, "mm")
            tabs.append(
                Part(
                    "navtab", (n * wide, top, n * wide + wide, top + 170), clickable=True, checked=chosen, parts=[said]
                )
            )
        self.add(Part("tabs", (0, top, WIDE, top + 170), parts=tabs))

    def fab(self, name: str) -> None:
        x, y = WIDE - 140, self.foot - 140
        self.fill((x - 72, y - 72, x + 72, y + 72), BLUE, 72)
        self.add(replace(self.glyph(name, x, y, 72, (255, 255, 255)), box=(x - 72, y - 72, x + 72, y + 72)))

    def toast(self, text: str) -> None:
        self.fill((240, 1900, 840, 2000), (50, 50, 50), 40)
        self.write(text, WIDE // 2, 1950, MID, (255, 255, 255), "mm")

    def month(self, chosen: str) -> None:
        for day in range(1, 31):
            x, y = 48 + (day - 1) % 7 * 140 + 70, self.y + (day - 1) // 7 * 120 + 60
            if str(day) == chosen:
                self.fill((x - 46, y - 46, x + 46, y + 46), BLUE, 46)
            said = self.write(str(day), x, y, SMALL, (255, 255, 255) if str(day) == chosen else INK, "mm")
            self.add(
                Part("day", (x - 60, y - 56, x + 60, y + 56), clickable=True, checked=str(day) == chosen, parts=[said])
            )
        self.y += 5 * 120

    # windows in front

    def _open(self, box: Bounds) -> None:
        self.picture = self.picture.point(lambda value: value * 45 // 100)
        self.lines = [(text, old) for text, old in self.lines if not meet(old, box)]
        self.fill(box, round_=36)
        self.over, self.window, self.y = [], box, box[1]

    def dialog(self, text: str) -> None:
        title, *words, answers = cells(text)
        names = answers.strip("[]").split("] [")
        stacked = len(names) > 2
        high = 150 + 70 * len(words) + (130 * len(names) if stacked else 150)
        box = (120, HIGH // 2 - high // 2, WIDE - 120, HIGH // 2 + high // 2)
        self._open(box)
        self.add(self.write(title, WIDE // 2, box[1] + 80, BIG, INK, "mm"))
        for n, line in enumerate(words):
            self.add(self.write(line, WIDE // 2, box[1] + 160 + 70 * n, SMALL, GREY, "mm"))
        wide = (box[2] - box[0]) // (1 if stacked else len(names))
        for n, name in enumerate(names):
            top = box[3] - 140 if not stacked else box[3] - 130 * (len(names) - n) - 10
            left = box[0] + (0 if stacked else wide * n)
            self.fill((left, top, left + wide, top + 2), (225, 225, 225))
            self.add(self.button(name, (left, top + 4, left + wide, top + 126), "text"))

    def sheet(self, text: str) -> None:
        title, *items = cells(text)
        high = 140 + 140 * len(items)
        self._open((0, HIGH - high, WIDE, HIGH))
        self.add(self.write(title, WIDE // 2, HIGH - high + 70, MID, GREY, "mm"))
        for n, item in enumerate(items):
            top = HIGH - high + 130 + 140 * n
            self.fill((0, top, WIDE, top + 2), (230, 230, 230))
            said = self.write(item, WIDE // 2, top + 70, MID, INK, "mm")
            self.add(Part("row", (0, top, WIDE, top + 138), clickable=True, parts=[said]))

    def menu(self, text: str) -> None:
        """A small window of commands below the upper right corner."""
        items = cells(text)
        box = (WIDE - 480, 190, WIDE - 24, 200 + 130 * len(items))
        self.fill(box, (255, 255, 255), 12)
        self.over, self.window = [], box
        for n, item in enumerate(items):
            said = self.write(item, box[0] + 48, 260 + 130 * n)
            self.add(Part("row", (box[0], 195 + 130 * n, box[2], 325 + 130 * n), clickable=True, parts=[said]))

    def wheel(self, text: str) -> None:
        title, *items, answers = cells(text)
        names = answers.strip("[]").split("] [")
        high = 150 + 120 * len(items)
        self._open((0, HIGH - high, WIDE, HIGH))
        top = HIGH - high
        self.add(self.write(title, WIDE // 2, top + 70, MID, INK, "mm"))
        self.add(self.button(names[0], (10, top + 14, 220, top + 126), "text"))
        self.add(self.button(names[1], (WIDE - 220, top + 14, WIDE - 10, top + 126), "text"))
        for n, item in enumerate(items):
            y = top + 200 + 120 * n
            said = self.write(item.lstrip("*"), WIDE // 2, y, MID, INK if item.startswith("*") else GREY, "mm")
            self.add(
                Part("item", (0, y - 58, WIDE, y + 58), clickable=True, checked=item.startswith("*"), parts=[said])
            )

    def pad(self, text: str) -> None:
        title, *words = cells(text)
        self._open((0, HIGH - 1200, WIDE, HIGH))
        self.add(self.write(title, WIDE // 2, HIGH - 1120, BIG, INK, "mm"))
        for n, line in enumerate(words):
            self.add(self.write(line, WIDE // 2, HIGH - 1030 + 70 * n, BIG, INK, "mm"))
        for n in range(6):
            self.fill((180 + 120 * n, HIGH - 850, 280 + 120 * n, HIGH - 750), GREY, 8, edge=True)
        for n, key in enumerate("123456789 0⌫"):
            x, y = 180 + n % 3 * 360, HIGH - 640 + n // 3 * 160
            if key != " ":
                said = self.write(key, x, y, 56, INK, "mm")
                self.add(Part("button", (x - 170, y - 76, x + 170, y + 76), clickable=True, parts=[said]))

    def put(self, line: str) -> None:
        name, _, text = line.partition(" ")
        match name:
            case "switch" | "check" | "radio":
                self.tick(name, text)
            case "card-":
                self.card(text, clickable=False)
            case "link":
                self.btn(text, "text")
            case "them" | "me":
                self.bubble(text, name == "me")
            case "foot":
                self.bar(text)
            case _:
                getattr(self, name)(text)
