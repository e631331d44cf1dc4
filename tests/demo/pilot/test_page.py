"""Pages read from drawn screens with the real text reader: fields, marks beside labels, dialogs, sameness."""

from __future__ import annotations

from functools import lru_cache

import pytest
from PIL import Image

from cs_agent.demo.pilot.reading.looking import joined_words, look
from cs_agent.demo.pilot.reading.page import Page, same_page
from cs_agent.demo.pilot.sight import IconKind, MarkState
from cs_agent.geometry import Box
from cs_agent.observation import TextLine
from cs_agent.vision.reader import RapidOcrReader
from tests.demo.pilot.screens import Sheet


@lru_cache(maxsize=1)
def reader() -> RapidOcrReader:
    return RapidOcrReader(threads=1)


def seen(sheet: Sheet) -> Page:
    return look(sheet.image, reader())


@lru_cache(maxsize=1)
def form() -> Page:
    sheet = Sheet("white").text("退货申请", 440, 90, 56)
    sheet.text("退货理由", 60, 300)
    for number, (label, chosen) in enumerate((("质量问题", True), ("发错商品", False), ("不想要了", False))):
        y = 420 + 120 * number
        sheet.radio(90, y, chosen).text(label, 150, y - 30)
    sheet.tick_box(90, 900, False).text("全额退款 ¥399.00", 150, 870)
    sheet.text("联系电话", 60, 1040).field((60, 1110, 1020, 1210), "请输入手机号")
    sheet.field((60, 1400, 1020, 1500))
    sheet.button("提交", (60, 2150, 1020, 2280))
    return seen(sheet)


class ReadsTheGlassAsQ:
    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        return (TextLine("书名", Box(100, 260, 220, 330), 0.99), TextLine("Q", Box(850, 250, 950, 350), 0.93))


def test_a_magnifier_that_was_read_as_a_letter_is_still_a_magnifier() -> None:
    page = look(Sheet("white").magnifier(900, 300).image, ReadsTheGlassAsQ())
    assert len(page.icon(IconKind.MAGNIFIER)) == 1
    assert [item.text for item in page.items] == ["书名"]


def test_marks_belong_to_the_labels_beside_them() -> None:
    states = {label: form().mark_of(form().hits(label)[0].item) for label in ("质量问题", "发错商品", "全额退款")}
    assert {label: mark.state for label, mark in states.items() if mark} == {
        "质量问题": MarkState.CHOSEN,
        "发错商品": MarkState.EMPTY,
        "全额退款": MarkState.EMPTY,
    }


def test_fields_are_found_with_their_hints_and_without() -> None:
    fields = form().fields
    assert [(place.text, place.hint) for place in fields] == [("请输入手机号", True), ("", False)]


def test_the_heading_is_not_offered_as_a_control_and_the_button_is_one() -> None:
    assert form().title is not None
    assert form().title.text == "退货申请"  # type: ignore[union-attr]
    assert form().hits("退货申请") == []
    assert form().hits("提交")[0].item.button


def test_a_prompt_is_not_offered_as_a_control() -> None:
    assert form().hits("请输入手机号") == []


def test_only_what_lies_on_a_dialog_can_be_touched() -> None:
    sheet = Sheet("white").text("我的订单", 440, 90, 56).text("删除订单", 60, 500)
    sheet = sheet.dimmed_with_card((120, 900, 960, 1400))
    page = seen(sheet.text("确认提交吗?", 380, 1000).text("取消", 300, 1280).text("确定", 700, 1280))
    assert page.dialog is not None
    assert [item.text for item in page.items] == ["确认提交吗?", "取消", "确定"]
    assert "删除订单" in [item.text for item in page.behind]


def test_a_dialog_is_seen_between_system_bars_that_stay_bright() -> None:
    sheet = Sheet("white").text("修改收货地址", 440, 90, 56).dimmed_with_card((150, 930, 930, 1420))
    sheet.pen.rectangle((0, 0, 1080, 75), fill="#4060e0")
    sheet.pen.rectangle((0, 2275, 1080, 2400), fill="white")
    page = seen(sheet.text("确认修改收货地址?", 340, 1000).text("取消", 330, 1290).text("确认修改", 640, 1290))
    assert [item.text for item in page.items] == ["确认修改收货地址?", "取消", "确认修改"]


def test_a_page_is_the_same_as_itself_and_not_as_it_is_after_scrolling() -> None:
    def listing(first: int) -> Page:
        sheet = Sheet("white").text("12:3" + str(first % 10), 40, 20, 36)
        for number in range(10):
            sheet.text(f"订单 2024{first + number}", 60, 200 + 200 * number)
        return seen(sheet)

    one, same, scrolled = listing(100), listing(100), listing(104)
    assert same_page(one.signature, same.signature)
    assert not same_page(one.signature, scrolled.signature)


def test_a_loading_page_says_so_and_a_full_one_does_not() -> None:
    assert seen(Sheet("white")).loading
    assert seen(Sheet("white").text("加载中...", 440, 1200)).loading
    assert not form().loading


def test_a_chip_in_colour_stands_out_from_its_neighbours() -> None:
    sheet = Sheet("white").text("规格", 60, 300)
    for number, (label, lit) in enumerate((("平装", False), ("精装", True), ("电子书", False))):
        left = 60 + 320 * number
        sheet.pen.rounded_rectangle(
            (left, 400, left + 260, 500),
            16,
            fill="#fdecea" if lit else "white",
            outline="#c0392b" if lit else "#bbbbbb",
            width=4,
        )
        sheet.text(label, left + 80, 420, colour="#c0392b" if lit else "#333333")
    page = seen(sheet)
    lit = {label: page.highlighted(page.hits(label)[0].item) for label in ("平装", "精装", "电子书")}
    assert lit == {"平装": False, "精装": True, "电子书": False}


def line(text: str, left: int, right: int, top: int = 100) -> TextLine:
    return TextLine(text, Box(left, top, right, top + 60))


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        ([line("Item", 100, 200), line("missing", 225, 400)], ["Item missing"]),
        ([line("Item", 100, 200), line("Price", 500, 600)], ["Item", "Price"]),
        ([line("质量问题", 100, 300), line("其他", 320, 400)], ["质量问题", "其他"]),
        ([line("One", 100, 200), line("Two", 220, 300, top=400)], ["One", "Two"]),
    ],
)
def test_english_words_of_one_phrase_are_put_together(lines: list[TextLine], texts: list[str]) -> None:
    assert [one.text for one in joined_words(lines)] == texts
