"""A label that wraps in its control is one label; two texts on a tile stay two."""

from __future__ import annotations

import pytest

from cs_agent.demo.pilot.reading.page import Item
from cs_agent.demo.pilot.reading.wrapping import whole_labels
from cs_agent.demo.pilot.sight import Look, Panel
from cs_agent.geometry import Box

PAGE = 1080
CONTROL = Panel(Box(60, 800, 370, 1010), Look.OUTLINED, (255, 240, 232))
CARD = Panel(Box(60, 800, 1020, 1010), Look.OUTLINED, (255, 255, 255))


def item(text: str, box: Box, panel: Panel | None = CONTROL) -> Item:
    return Item(text, box, panel=panel)


@pytest.mark.parametrize(
    ("first", "rest", "whole"),
    [
        (item("退货退", Box(154, 835, 323, 905)), item("款", Box(154, 903, 234, 972)), "退货退款"),
        (item("申请退货", Box(95, 835, 335, 895)), item("退款", Box(155, 900, 275, 960)), "申请退货退款"),
        (item("Return and", Box(90, 835, 340, 885)), item("refund", Box(130, 890, 300, 940)), "Return and refund"),
    ],
    ids=["from the left edge", "centred", "English"],
)
def test_a_label_that_had_no_room_on_its_line_is_one(first: Item, rest: Item, whole: str) -> None:
    (label,) = whole_labels([first, rest], PAGE)
    assert (label.text, label.lines, label.box) == (whole, 2, Box.around([first.box, rest.box]))


@pytest.mark.parametrize(
    "rest",
    [
        item("已收到货", Box(120, 903, 240, 940)),
        item("仅退款", Box(120, 960, 280, 1005)),
        item("款", Box(154, 903, 234, 973), None),
    ],
    ids=["a smaller text", "a text further down", "a text beside the control"],
)
def test_a_title_and_what_stands_below_it_are_two(rest: Item) -> None:
    first = item("退货退", Box(154, 835, 323, 905))
    assert whole_labels([first, rest], PAGE) == (first, rest)


def test_a_short_title_leaves_room_and_is_not_joined() -> None:
    first, rest = item("全部", Box(80, 835, 200, 895)), item("订单", Box(80, 900, 200, 960))
    assert whole_labels([first, rest], PAGE) == (first, rest)


def test_lines_on_a_card_are_not_a_label() -> None:
    first = item("收到货后发现只有一边响,充电也充不进去,", Box(90, 835, 1000, 885), CARD)
    rest = item("请处理", Box(90, 890, 240, 940), CARD)
    assert whole_labels([first, rest], PAGE) == (first, rest)


def test_three_texts_on_a_tile_stay_three() -> None:
    three = [item(text, Box(154, top, 323, top + 60)) for text, top in (("话费充", 805), ("值五十", 868), ("元", 930))]
    assert whole_labels(three, PAGE) == tuple(three)
