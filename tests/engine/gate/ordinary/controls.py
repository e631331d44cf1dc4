"""Controls beside a page's common widgets: sliders, handles, stars, tiles, keys.

stars LABEL ; N     seek LABEL ; PERCENT     drag TITLE ; SUB (a handle at its end)     tiles *A:STATE, B:STATE
big WORDS (one round button)     banner WORDS ; ANSWER     area LABEL ; HINT [= VALUE]     keys     rail *A B C
"""

from __future__ import annotations

from dataclasses import replace

from PIL import ImageDraw

from tests.engine.gate.ordinary.canvas import BIG, BLUE, EDGE, GREY, INK, MID, SMALL, WIDE, Part, cells
from tests.engine.gate.ordinary.phone import Phone

WHITE = (255, 255, 255)


class Controls(Phone):
    def _strip(self, high: int) -> tuple[int, int]:
        top, mid = self.down(high, 3)
        self.fill((0, top, WIDE, top + high))
        return top, mid

    def stars(self, text: str) -> None:
        label, count = cells(text)
        _, mid = self._strip(150)
        self.add(self.write(label, EDGE, mid))
        for n in range(5):
            x = 500 + n * 110
            star = self.glyph(f"star{n + 1}?", x, mid, 50, BLUE if n < int(count) else GREY)
            self.add(replace(star, box=(x - 50, mid - 50, x + 50, mid + 50)))

    def seek(self, text: str) -> None:
        label, percent = cells(text)
        top, mid = self._strip(160)
        said, x = self.write(label, EDGE, top + 40, SMALL), 60 + (WIDE - 120) * int(percent) // 100
        self.fill((60, mid + 30, WIDE - 60, mid + 40), GREY, 5)
        self.fill((60, mid + 30, x, mid + 40), BLUE, 5)
        ImageDraw.Draw(self.picture).ellipse((x - 24, mid + 11, x + 24, mid + 59), BLUE)
        self.add(said, Part("seek", (40, mid, WIDE - 40, mid + 70), hint=label))

    def drag(self, text: str) -> None:
        title, sub = [*cells(text), ""][:2]
        top, mid = self._strip(150)
        parts = [self.write(title, EDGE, mid - 30), self.write(sub, EDGE, mid + 34, SMALL, GREY)]
        for y in (-14, 0, 14):
            ImageDraw.Draw(self.picture).line((WIDE - 110, mid + y, WIDE - 60, mid + y), GREY, 5)
        parts.append(Part("handle", (WIDE - 140, mid - 60, WIDE - 30, mid + 60), hint=title))
        self.add(Part("group", (0, top, WIDE, top + 150), parts=parts))

    def tiles(self, text: str) -> None:
        names = text.split(", ")
        top, _ = self.down(230, 16)
        wide = (WIDE - 48) // len(names)
        for n, name in enumerate(names):
            label, _, state = name.lstrip("*").partition(":")
            box, chosen = (32 + n * wide, top, 16 + n * wide + wide, top + 230), name.startswith("*")
            self.fill(box, BLUE if chosen else WHITE, 24)
            ink = WHITE if chosen else INK
            said = [
                self.write(words, box[0] + 30, top + y, SMALL, ink) for words, y in ((label, 80), (state, 160)) if words
            ]
            self.add(Part("cell", box, clickable=True, checked=chosen, parts=said))

    def big(self, text: str) -> None:
        top, mid = self.down(420)
        box = (WIDE // 2 - 180, top + 30, WIDE // 2 + 180, top + 390)
        self.fill(box, BLUE, 180)
        said = self.write(text, WIDE // 2, mid, BIG, WHITE, "mm")
        self.add(Part("button", box, clickable=True, parts=[said]))

    def banner(self, text: str) -> None:
        words, *answers = cells(text)
        top, mid = self.down(150, 6)
        self.fill((0, top, WIDE, top + 150), (255, 244, 214))
        parts, right = [self.write(words, EDGE, mid, SMALL)], WIDE - 30
        for answer in reversed(answers):
            wide = 60 + (40 if ord(answer[0]) > 0x2E7F else 24) * len(answer)
            parts.append(self.button(answer, (right - wide, mid - 44, right, mid + 44), "text", SMALL))
            right -= wide + 10
        self.add(Part("group", (0, top, WIDE, top + 150), parts=parts))

    def area(self, text: str) -> None:
        label, value = [*cells(text), ""][:2]
        hint, _, value = value.partition("= ")
        top, _ = self._strip(320)
        self.write(value or hint.strip(), 70, top + 60, MID, INK if value else (160, 160, 160))
        self.add(Part("edit", (36, top + 10, WIDE - 36, top + 310), value, True, hint=hint.strip() or label))

    def keys(self, _: str) -> None:
        top, _ = self.down(640)
        for n, key in enumerate("123456789*0#"):
            x, y = 180 + n % 3 * 360, top + 80 + n // 3 * 160
            said = self.write(key, x, y, 56, INK, "mm")
            self.add(Part("button", (x - 170, y - 76, x + 170, y + 76), clickable=True, parts=[said]))

    def rail(self, text: str) -> None:
        for n, name in enumerate(text.split(" ")):
            chosen, top = name.startswith("*"), self.y + n * 130
            box = (0, top, 250, top + 128)
            self.fill(box, WHITE if chosen else (235, 236, 238))
            said = self.write(name.lstrip("*"), 125, top + 64, SMALL, BLUE if chosen else INK, "mm")
            self.add(Part("tab", box, clickable=True, checked=chosen, parts=[said]))
