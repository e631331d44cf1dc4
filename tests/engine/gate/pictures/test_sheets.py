"""A picker's sheet by its picture alone: its words only choose where its head has both a way out and an end."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Tap
from cs_agent.engine.gate.decide import decide
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine

SIZE = Size(540, 1200)
ITEMS = ("少件", "破损", "错发", "漏发", "其他")


def sheet(left: str, left_at: tuple[int, int] = (20, 80)) -> Observation:
    image = Image.new("RGB", (540, 1200), "#5a5a5a")
    ImageDraw.Draw(image).rectangle((0, 700, 540, 1200), fill="white")
    lines = [TextLine(left, Box(left_at[0], 715, left_at[1], 745), 0.99)]
    lines += [TextLine("选择原因", Box(215, 715, 325, 745), 0.99), TextLine("完成", Box(460, 715, 520, 745), 0.99)]
    lines += [TextLine(text, Box(240, 800 + 70 * n, 300, 830 + 70 * n), 0.99) for n, text in enumerate(ITEMS)]
    for line in lines:
        for x in range(line.box.left, line.box.right, 8):
            ImageDraw.Draw(image).rectangle((x, line.box.top + 4, x + 3, line.box.bottom - 4), fill="#222222")
    return Observation(Screenshot(image, 0.0), ForegroundApp("com.example.repair"), tuple(lines), None)


def voucher(seen: Observation, y: int = 955) -> str:
    return decide(Tap(Point(270, y).to_norm(SIZE)), seen, confidence=1.0).vouched_by


def test_words_of_a_wheel_only_choose_between_a_way_out_and_an_end() -> None:
    assert voucher(sheet("取消")) == "kind:choice"


@pytest.mark.parametrize(("left", "at"), [("三级", (20, 80)), ("清空", (20, 80)), ("取消", (150, 210))])
def test_without_a_way_out_at_the_left_the_end_may_only_close_what_a_touch_has_done(
    left: str, at: tuple[int, int]
) -> None:
    assert voucher(sheet(left, at)) == ""
