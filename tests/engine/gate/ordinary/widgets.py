"""Widgets of a page: bars, rows, cards, fields and buttons."""

from __future__ import annotations

from PIL import ImageDraw

from tests.engine.gate.ordinary.canvas import BIG, BLUE, EDGE, GREY, INK, MID, SMALL, WIDE, Canvas, Part, cells, grown


class Widgets(Canvas):
    """One method a widget; `text` is what its line says."""

    def top(self, text: str) -> None:
        title, *icons = text.split(" > ")
        top, mid = self.down(132)
        self.fill((0, top, WIDE, top + 132))
        self.add(self.glyph("返回", 60, mid), self.write(title, 140, mid, BIG))
        for n, icon in enumerate(reversed(icons)):
            if icon.startswith("'"):
                said = self.write(icon.strip("'"), WIDE - 60 - 150 * n, mid, MID, BLUE, "rm")
                self.add(Part("button", grown(said.box, 24), clickable=True, parts=[said]))
            else:
                self.add(self.glyph(icon, WIDE - 72 - 140 * n, mid))

    def home(self, text: str) -> None:
        """A title without a way back."""
        top, mid = self.down(132)
        self.fill((0, top, WIDE, top + 132))
        title, *icons = text.split(" > ")
        self.add(
            self.write(title, EDGE, mid, BIG),
            *(self.glyph(icon, WIDE - 72 - 140 * n, mid) for n, icon in enumerate(icons)),
        )

    def tabs(self, text: str, kind: str = "tab") -> None:
        names = text.split(" ") if "," not in text else text.split(", ")
        top, mid = self.down(120, 12)
        self.fill((0, top, WIDE, top + 120))
        wide, tabs = WIDE // len(names), []
        for n, name in enumerate(names):
            chosen = name.startswith("*")
            said = self.write(name.lstrip("*"), n * wide + wide // 2, mid, MID, BLUE if chosen else INK, "mm")
            if chosen:
                self.fill((said.box[0], top + 110, said.box[2], top + 118), BLUE)
            tabs.append(
                Part(kind, (n * wide, top, n * wide + wide, top + 120), clickable=True, checked=chosen, parts=[said])
            )
        self.add(Part("tabs", (0, top, WIDE, top + 120), parts=tabs))

    def seg(self, text: str) -> None:
        names = text.split(", ") if "," in text else text.split(" ")
        top, mid = self.down(110, 12)
        wide, parts = (WIDE - 2 * EDGE) // len(names), []
        for n, name in enumerate(names):
            box, chosen = (EDGE + n * wide, top + 6, EDGE + n * wide + wide - 8, top + 104), name.startswith("*")
            self.fill(box, BLUE if chosen else (225, 228, 232), 12)
            said = self.write(
                name.lstrip("*"), (box[0] + box[2]) // 2, mid, SMALL, (255, 255, 255) if chosen else INK, "mm"
            )
            parts.append(Part("tab", box, clickable=True, checked=chosen, parts=[said]))
        self.add(Part("tabs", (EDGE, top, WIDE - EDGE, top + 110), parts=parts))

    def chips(self, text: str) -> None:
        top, mid = self.down(110, 6)
        x = EDGE
        for name in text.split(", ") if "," in text else text.split(" "):
            chosen, said = name.startswith("*"), self.write(name.lstrip("*"), x + 36, mid, SMALL)
            box = (x, top + 14, said.box[2] + 36, top + 96)
            self.fill(box, BLUE if chosen else (225, 228, 232), 40)
            said = self.write(name.lstrip("*"), x + 36, mid, SMALL, (255, 255, 255) if chosen else INK)
            self.add(Part("chip", box, clickable=True, checked=chosen, parts=[said]))
            x = box[2] + 24

    def search(self, text: str) -> None:
        text, _, button = text.partition(" > ")
        hint, _, typed = text.partition(" = ")
        top, mid = self.down(132)
        right = WIDE - (220 if button else EDGE)
        box = (EDGE, top + 18, right, top + 114)
        self.fill(box, (255, 255, 255), 48)
        self.glyph("search", 100, mid, 40, GREY)
        self.write(typed or hint, 150, mid, MID, INK if typed else GREY)
        self.add(Part("edit", box, typed, True, focused=bool(typed), hint=hint))
        if typed:
            self.add(self.glyph("清除", right - 60, mid, 36, GREY))
        if button:
            said = self.write(button, WIDE - 120, mid, MID, BLUE, "mm")
            self.add(Part("button", (right + 10, top + 18, WIDE - 10, top + 114), clickable=True, parts=[said]))

    def row(self, text: str, kind: str = "row") -> None:
        title, sub, right, *_ = *cells(text), "", ""
        top, mid = self.down(168 if sub else 140, 3)
        box = (0, top, WIDE, top + (168 if sub else 140))
        self.fill(box)
        parts = [self.write(title, EDGE, mid - 34 if sub else mid)]
        if sub:
            parts.append(self.write(sub, EDGE, mid + 36, SMALL, GREY))
        edge = WIDE - EDGE
        if right.endswith(">"):
            draw = ImageDraw.Draw(self.picture)
            draw.line([(edge - 18, mid - 16), (edge - 2, mid), (edge - 18, mid + 16)], (150, 150, 150), 4)
            edge -= 40
        for word in right.rstrip("> ").split(" | ")[::-1]:
            if word.startswith("["):
                said = word.strip("[]")
                wide = 60 + 44 * len(said) if ord(said[0]) > 0x2E7F else 60 + 24 * len(said)
                parts.append(self.button(said, (edge - wide, mid - 42, edge, mid + 42), "outline", SMALL))
                edge -= wide + 20
            elif word:
                parts.append(self.write(word, edge, mid, SMALL, GREY, "rm"))
                edge = parts[-1].box[0] - 20
        self.add(Part(kind, box, clickable=kind == "row", parts=parts))

    def kv(self, text: str) -> None:
        self.row(text.replace(" ; ", " ;  ; ", 1), "group")

    def head(self, text: str) -> None:
        _, mid = self.down(84)
        self.add(self.write(text, EDGE, mid, SMALL, GREY))

    def say(self, text: str) -> None:
        _, mid = self.down(72)
        self.add(self.write(text, EDGE, mid, SMALL))

    def card(self, text: str, clickable: bool = True) -> None:
        *lines, last = cells(text)
        buttons = last.strip("[]").split("] [") if last.startswith("[") else []
        lines = lines if buttons else [*lines, last]
        high = 40 + 66 * len(lines) + (110 if buttons else 0)
        top, _ = self.down(high, 24)
        self.fill((24, top, WIDE - 24, top + high), round_=18)
        parts = []
        for n, line in enumerate(lines):
            left, _, right = line.partition(" | ")
            mid = top + 52 + 66 * n
            parts.append(self.write(left, 60, mid, SMALL if n else MID, GREY if n else INK))
            if right:
                parts.append(self.write(right, WIDE - 60, mid, SMALL, INK, "rm"))
        right = WIDE - 60
        for name in reversed(buttons):
            wide = 60 + (40 if ord(name[0]) > 0x2E7F else 22) * len(name)
            box = (right - wide, top + high - 104, right, top + high - 24)
            parts.append(self.button(name, box, "filled" if right == WIDE - 60 else "outline", SMALL))
            right -= wide + 24
        self.add(
            Part("row" if clickable else "group", (24, top, WIDE - 24, top + high), clickable=clickable, parts=parts)
        )

    def field(self, text: str) -> None:
        label, rest = [*cells(text), ""][:2]
        hint, _, value = rest.partition("= ")
        top, mid = self.down(150, 3)
        self.fill((0, top, WIDE, top + 150))
        said = self.write(label.lstrip("*"), EDGE, mid)
        self.write(value or hint.strip(), 380, mid, MID, INK if value else (160, 160, 160))
        self.add(
            said,
            Part(
                "edit", (370, top + 15, WIDE - EDGE, top + 135), value, True, label.startswith("*"), hint=hint.strip()
            ),
        )

    def pick(self, text: str) -> None:
        label, value = [*cells(text), ""][:2]
        self.row(f"{label} ;  ; {value} >")

    def tick(self, kind: str, text: str) -> None:
        label, _, on = text.partition(" *")
        on, (top, mid) = text.endswith(" *"), self.down(140, 3)
        self.fill((0, top, WIDE, top + 140))
        if kind == "switch":
            box = (WIDE - 180, mid - 40, WIDE - EDGE, mid + 40)
            self.fill((WIDE - 168, mid - 28, WIDE - 60, mid + 28), BLUE if on else (190, 190, 190), 28)
            x = WIDE - 90 if on else WIDE - 138
            ImageDraw.Draw(self.picture).ellipse((x - 22, mid - 22, x + 22, mid + 22), (255, 255, 255))
            self.add(
                Part(
                    "group",
                    (0, top, WIDE, top + 140),
                    parts=[self.write(label, EDGE, mid), Part("switch", box, clickable=True, checked=on)],
                )
            )
            return
        self.fill((60, mid - 24, 108, mid + 24), BLUE if on else GREY, 24 if kind == "radio" else 6, edge=not on)
        said = self.write(label, 140, mid)
        self.add(Part(kind, (0, top, WIDE, top + 140), clickable=True, checked=on, parts=[said]))

    def count(self, text: str) -> None:
        label, number = cells(text)
        top, mid = self.down(140, 3)
        self.fill((0, top, WIDE, top + 140))
        parts = [self.write(label, EDGE, mid), self.write(number, WIDE - 190, mid, MID, INK, "mm")]
        for name, x in (("−", WIDE - 300), ("+", WIDE - 90)):
            said = self.write(name, x, mid, BIG, INK, "mm")
            parts.append(Part("button", (x - 50, mid - 50, x + 50, mid + 50), clickable=True, parts=[said]))
        self.add(Part("group", (0, top, WIDE, top + 140), parts=parts))

    def btn(self, text: str, style: str = "filled") -> None:
        names = text.split(" | ")
        top, _ = self.down(168)
        wide = (WIDE - 2 * EDGE) // len(names)
        for n, name in enumerate(names):
            box = (EDGE + n * wide, top + 24, EDGE + n * wide + wide - (24 if n < len(names) - 1 else 0), top + 144)
            self.add(self.button(name, box, style if n == len(names) - 1 or style == "text" else "outline"))

    def grid(self, text: str) -> None:
        names = text.split(", ") if "," in text else text.split(" ")
        top, mid = self.down(220, 12)
        self.fill((0, top, WIDE, top + 220))
        wide = WIDE // len(names)
        for n, name in enumerate(names):
            x = n * wide + wide // 2
            self.glyph("o", x, mid - 36, 84, BLUE)
            said = self.write(name, x, mid + 60, SMALL, INK, "mm")
            self.add(Part("cell", (n * wide, top, n * wide + wide, top + 220), clickable=True, parts=[said]))

    def icons(self, text: str) -> None:
        names = text.split(" > ")
        _, mid = self.down(130)
        self.add(*(self.glyph(name, 100 + n * 150, mid) for n, name in enumerate(names)))
