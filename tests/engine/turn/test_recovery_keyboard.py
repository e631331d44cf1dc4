"""A keyboard is told from text that happens to hold many of its characters."""

from __future__ import annotations

import pytest
from PIL import Image

from cs_agent.engine.screen.hindrances import covers
from cs_agent.geometry import Box, Point
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine


def _screen(*lines: TextLine) -> Observation:
    return Observation(Screenshot(Image.new("RGB", (1080, 2400)), 0.0), ForegroundApp("a"), lines)


def _keys(row: str, top: int) -> tuple[TextLine, ...]:
    return tuple(TextLine(key, Box(20 + 105 * n, top, 100 + 105 * n, top + 80)) for n, key in enumerate(row))


@pytest.mark.parametrize("row", ["qwertyuiop", "ASDFGHJKL", "zxcvbnm"])
def test_a_touch_on_a_row_of_keys_is_covered(row: str) -> None:
    assert covers(_screen(*_keys(row, 1700)), Point(500, 1740))


def test_a_row_read_as_one_line_is_covered_too() -> None:
    assert covers(_screen(TextLine("q w e r t y u i o p", Box(20, 1700, 1060, 1780))), Point(500, 1740))


def test_a_row_with_keys_missed_by_ocr_is_still_a_keyboard() -> None:
    assert covers(_screen(*[key for key in _keys("asdfghjkl", 1700) if key.text not in "as"]), Point(500, 1740))


@pytest.mark.parametrize("text", ["202405218876", "13812345678", "1234567890", "power tools", "asd", "请输入订单号"])
def test_text_beside_a_button_is_no_keyboard(text: str) -> None:
    field = TextLine(text, Box(80, 330, 700, 390))
    button = TextLine("查询", Box(890, 330, 980, 390))
    assert not covers(_screen(field, button), Point(930, 360))


def test_a_touch_above_the_keyboard_is_free() -> None:
    assert not covers(_screen(*_keys("qwertyuiop", 1700)), Point(500, 900))
