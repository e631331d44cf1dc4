"""What a human touched is told by the words under the finger, and by nothing else."""

from __future__ import annotations

import pytest

from cs_agent.geometry import Box, Point
from cs_agent.observation import TextLine
from tickets.runner.pictures.touched import control_at

LINES = (
    TextLine("提交审核", Box(40, 100, 160, 130)),
    TextLine("订单详情", Box(40, 20, 160, 50)),
    TextLine("这是一段很长的说明文字," * 4, Box(0, 300, 400, 330)),
    TextLine("整行", Box(0, 400, 400, 440)),
    TextLine("修改", Box(340, 405, 390, 435)),
)


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ((100, 115), "提交审核"),
        ((100, 140), "提交审核"),  # the padding of a button
        ((100, 200), ""),
        ((100, 315), ""),  # a text, not a control
        ((360, 420), "修改"),
        ((100, 420), "整行"),
    ],
)
def test_the_smallest_line_under_the_finger_names_the_touch(point: tuple[int, int], name: str) -> None:
    assert control_at(LINES, Point(*point)) == name
