"""Draws screens of values: light, dark, small, on a phone held sideways, and on a picture that hangs askew.

Rule: for everything that was drawn its own ink is kept, so that what covers it is measured by its pixels.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import barcode
import numpy as np
import segno
from barcode.writer import ImageWriter
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.redaction.values import KINDS, Source, Value

Mask = NDArray[np.bool_]


class Look(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    SMALL = "small"
    SIDEWAYS = "sideways"
    ASKEW = "askew"


@dataclass(frozen=True, slots=True)
class Truth:
    """One thing on a screen and the pixels it is drawn with."""

    value: Value
    ink: Mask


@dataclass(slots=True)
class Screen:
    image: Image.Image
    truths: list[Truth] = field(default_factory=list)


FontOf = Callable[[int], ImageFont.FreeTypeFont]
_PAPERS = {Look.DARK: ("#121212", "#1e1e1e", "#0b1220"), None: ("#ffffff", "#f5f5f5", "#eef3f8")}
_INKS = {Look.DARK: ("#f0f0f0", "#c8ccd0"), None: ("#222222", "#444444", "#000000")}
_SIZES = {Look.SMALL: (24, 26, 28), None: (34, 38, 42, 48)}
_ROWS, _PITCH, _TOP = 11, 178, 190
_MOST_TILT = 5  # degrees


class Drawing:
    """A screen in the making."""

    def __init__(self, dice: random.Random, look: Look, font: FontOf) -> None:
        self.dice, self.look, self.font = dice, look, font
        self.source = Source(dice)
        size = (2400, 1080) if look is Look.SIDEWAYS else (1080, 2400)
        self.image = Image.new("RGB", size, dice.choice(_PAPERS.get(look, _PAPERS[None])))
        self.ink = dice.choice(_INKS.get(look, _INKS[None]))
        self.truths: list[tuple[Value, Image.Image]] = []

    def letters(self) -> int:
        return self.dice.choice(_SIZES.get(self.look, _SIZES[None]))

    def write(self, x: int, y: int, text: str, size: int, value: Value | None = None) -> int:
        """The x where the text ends; the ink of a value is remembered."""
        ImageDraw.Draw(self.image).text((x, y), text, font=self.font(size), fill=self.ink)
        if value is not None:
            mask = Image.new("L", self.image.size, 0)
            ImageDraw.Draw(mask).text((x, y), text, font=self.font(size), fill=255)
            self.truths.append((value, mask))
        return x + round(self.font(size).getlength(text))

    def paste(self, picture: Image.Image, x: int, y: int, kind: str) -> None:
        self.image.paste(picture, (x, y))
        mask = Image.new("L", self.image.size, 0)
        mask.paste(picture.convert("L").point(lambda level: 255 if level < 128 else 0), (x, y))
        self.truths.append((Value(kind, "", f"{picture.width}x{picture.height}"), mask))

    def done(self) -> Screen:
        image, masks = self.image, [mask for _, mask in self.truths]
        if self.look is Look.ASKEW:
            tilt = self.dice.choice((-1, 1)) * self.dice.uniform(1, _MOST_TILT)
            image = image.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=image.getpixel((2, 2)))
            masks = [mask.rotate(tilt, Image.Resampling.BILINEAR) for mask in masks]
        truths = [Truth(value, np.asarray(mask) > 100) for (value, _), mask in zip(self.truths, masks, strict=True)]
        return Screen(image, truths)


def personal_screen(dice: random.Random, look: Look, font: FontOf) -> Screen:
    """Rows of personal data of all kinds between harmless rows."""
    drawing = Drawing(dice, look, font)
    drawing.write(40, 60, dice.choice(("订单详情", "客户档案", "工单处理", "Customer record")), 46)
    for x, y in _places(drawing):
        personal = dice.random() < 0.7
        value = drawing.source.personal(dice.choice(KINDS)) if personal else drawing.source.harmless()
        _row(drawing, x, y, value)
    return drawing.done()


def harmless_screen(dice: random.Random, look: Look, font: FontOf) -> Screen:
    """A page of a shop, a courier or a form without anybody's data."""
    drawing = Drawing(dice, look, font)
    drawing.write(40, 60, dice.choice(("全部订单", "商品详情", "物流信息", "售后服务", "My orders")), 46)
    for x, y in _places(drawing):
        _row(drawing, x, y, drawing.source.harmless())
    return drawing.done()


def symbol_screen(dice: random.Random, look: Look, font: FontOf) -> Screen:
    """A QR code and a bar code among rows."""
    drawing = Drawing(dice, look, font)
    small = look is Look.SMALL
    side = dice.randint(180, 260) if small else dice.randint(300, 640)
    drawing.paste(_qr_code(dice, side), dice.randint(40, 300), 260, "barcode")
    x, y = (1100, 300) if look is Look.SIDEWAYS else (120, 1200)
    drawing.paste(_bar_code(dice, 420 if small else 760), x, y, "barcode")
    for y in range(60, 200, 100):
        _row(drawing, 40, y, drawing.source.harmless())
    return drawing.done()


def document_screen(dice: random.Random, look: Look, font: FontOf) -> Screen:
    """A photographed identity card, held a little askew, on a page that shows it."""
    drawing = Drawing(dice, look, font)
    drawing.write(40, 60, dice.choice(("实名认证", "资料审核", "附件预览")), 46)
    width = 560 if look is Look.SMALL else dice.randint(700, 980)
    card = _id_card(drawing, width)
    tilt = dice.uniform(-_MOST_TILT, _MOST_TILT)
    turned = card.convert("RGBA").rotate(tilt, Image.Resampling.BICUBIC, expand=True)
    x, y = dice.randint(10, 60), 200 if look is Look.SIDEWAYS else dice.randint(300, 900)
    drawing.image.paste(turned, (x, y), turned)
    mask = Image.new("L", drawing.image.size, 0)
    mask.paste(turned.getchannel("A"), (x, y))
    drawing.truths.append((Value("id_photo", "", ""), mask))
    return drawing.done()


def _places(drawing: Drawing) -> list[tuple[int, int]]:
    if drawing.look is Look.SIDEWAYS:
        return [(60 + column * 1180, 170 + row * 170) for column in range(2) for row in range(5)]
    return [(50, _TOP + row * _PITCH) for row in range(_ROWS)]


def _row(drawing: Drawing, x: int, y: int, value: Value) -> None:
    layout = drawing.dice.choice((_one_line, _two_columns, _under_heading, _sentence))
    layout(drawing, x, y, value, drawing.letters())


def _one_line(drawing: Drawing, x: int, y: int, value: Value, size: int) -> None:
    _fitted(
        drawing, drawing.write(x, y, drawing.dice.choice((f"{value.label}:", f"{value.label}: ")), size), y, value, size
    )


def _two_columns(drawing: Drawing, x: int, y: int, value: Value, size: int) -> None:
    end = drawing.write(x, y, value.label, size)
    _fitted(drawing, max(x + 330, end + size), y, value, size)


def _under_heading(drawing: Drawing, x: int, y: int, value: Value, size: int) -> None:
    drawing.write(x, y, value.label, min(size, 34))
    _fitted(drawing, x, y + round(1.6 * size), value, size)


def _sentence(drawing: Drawing, x: int, y: int, value: Value, size: int) -> None:
    size = min(size, 34)
    _fitted(drawing, drawing.write(x, y, f"您好,您的{value.label}是", size), y, value, size)


def _fitted(drawing: Drawing, x: int, y: int, value: Value, size: int) -> None:
    """In as many lines as the room asks for."""
    right = x + 700 if drawing.look is Look.SIDEWAYS else drawing.image.width - 30
    text, line = value.text, 0
    while text:
        fit = next((n for n in range(len(text), 0, -1) if drawing.font(size).getlength(text[:n]) <= right - x), 1)
        if fit < len(text) and value.kind != "address":  # only addresses break; other values shrink
            return _fitted(drawing, x, y, value, size - 2)
        drawing.write(x, y + round(line * 1.35 * size), text[:fit], size, value)
        text, line = text[fit:], line + 1
    return None


def _qr_code(dice: random.Random, side: int) -> Image.Image:
    content = f"https://pay.example.com/{dice.getrandbits(96):x}"
    out = io.BytesIO()
    segno.make(content, error=dice.choice("LMQ"), micro=False).save(out, kind="png", scale=8, border=3)
    return Image.open(out).convert("RGB").resize((side, side), Image.Resampling.BILINEAR)


def _bar_code(dice: random.Random, width: int) -> Image.Image:
    kind, digits = dice.choice((("code128", 18), ("ean13", 12), ("code39", 10), ("itf", 12)))
    made = barcode.get(kind, "".join(dice.choices("0123456789", k=digits)), writer=ImageWriter())
    picture = made.render({"write_text": False, "quiet_zone": 4.0})
    return picture.convert("RGB").resize((width, round(width * 0.3)), Image.Resampling.BILINEAR)


def _id_card(drawing: Drawing, width: int) -> Image.Image:
    """As the real one is laid out: six fields on the left, a portrait on the right, the number below."""
    dice, zh, unit = drawing.dice, drawing.source.zh, width / 100
    noise = np.random.default_rng(dice.randrange(1 << 30)).normal(0, 5, (round(63 * unit), width, 3))
    card = Image.fromarray(np.clip(np.array((214, 228, 236)) + noise, 0, 255).astype(np.uint8))
    draw, font = ImageDraw.Draw(card), drawing.font(round(3.6 * unit))
    rows = (
        ("姓名", zh.name()),
        ("性别", dice.choice("男女") + "  民族  汉"),
        ("出生", "1986 年 3 月 12 日"),
        ("住址", _address(zh)),
    )
    for place, (label, text) in enumerate(rows):
        draw.text((6 * unit, (7 + 9 * place) * unit), label, font=font, fill="#2a5a8a")
        draw.text((17 * unit, (7 + 9 * place) * unit), text, font=font, fill="#111111")
    draw.text((6 * unit, 54 * unit), "公民身份号码", font=font, fill="#2a5a8a")
    draw.text((34 * unit, 54 * unit), zh.ssn(), font=font, fill="#111111")
    draw.ellipse((70 * unit, 12 * unit, 88 * unit, 36 * unit), fill="#c89878")
    draw.rectangle((66 * unit, 34 * unit, 92 * unit, 46 * unit), fill="#3b4a63")
    return card


def _address(zh: object) -> str:
    return str(zh.street_address())  # type: ignore[attr-defined]
