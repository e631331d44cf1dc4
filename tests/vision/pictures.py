"""Draws pages to read and compare: real fonts, known texts and places."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from cs_agent.geometry import Box

SIZE = (1080, 1600)
INK, PAPER = "#222222", "#f5f5f5"


@lru_cache(maxsize=1)
def _font_file() -> tuple[str, int] | None:
    """A font with Chinese characters, and the face in its file, as fontconfig knows it."""
    command = ["fc-match", "-f", "%{file}|%{index}", "sans-serif:lang=zh-cn"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    file, _, index = answer.partition("|")
    return (file, int(index) & 0xFFFF) if Path(file).is_file() else None


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont:
    found = _font_file()
    if found is None:
        pytest.skip("no font with Chinese characters")
    return ImageFont.truetype(found[0], size, index=found[1])


def blank() -> Image.Image:
    return Image.new("RGB", SIZE, PAPER)


def write(image: Image.Image, x: int, y: int, text: str, size: int = 42) -> Box:
    """Write on the image; where the ink is."""
    draw = ImageDraw.Draw(image)
    draw.text((x, y), text, font=font(size), fill=INK)
    left, top, right, bottom = draw.textbbox((x, y), text, font=font(size))
    return Box(int(left), int(top), int(right), int(bottom))


def erase(image: Image.Image, box: Box) -> None:
    ImageDraw.Draw(image).rectangle((box.left, box.top, box.right, box.bottom), fill=PAPER)


def labels(image: Image.Image, y: int, texts: Sequence[str], gap: int, size: int = 42) -> list[Box]:
    """Words side by side, so many pixels apart."""
    x, boxes = 40, []
    for text in texts:
        boxes.append(write(image, x, y, text, size))
        x = boxes[-1].right + gap
    return boxes


def page() -> Image.Image:
    """A page of an ordinary app, with the texts below at 40, y."""
    image = blank()
    write(image, 40, 20, "12:34", 34)
    for place, text in enumerate(ROWS):
        write(image, 40, 160 + place * 110, text)
    return image


ROWS = (
    "退款申请",
    "订单号:202405218876",
    "商品:蓝牙耳机 Pro",
    "退款金额 ¥399.00",
    "身份证号 11010519491231002X",
    "收货人 13812345678",
    "提交审核",
    "Resend verification code",
)
