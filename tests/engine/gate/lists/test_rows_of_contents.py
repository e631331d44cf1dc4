"""Rows with the mark › that lead to what a page keeps, told from rows that act and bear the same mark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import ImageDraw

from cs_agent.engine.gate.decide import StepContext
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, TextLine
from tests.engine.gate.test_gate_kinds import node, tap
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.written.test_form_rows import form

AT = (270, 235)


def rows(*texts: str, title: str = "首页", mark: bool = True) -> Observation:
    seen = form(texts, end=False, **({} if mark else {"mark": None}))
    nodes = tuple(replace(each, text=title) if each.text == "寄件" else each for each in seen.nodes or ())
    return replace(seen, nodes=nodes)


def drawn(seen: Observation) -> Observation:
    """The same page by its picture alone."""
    lines = tuple(TextLine(each.text, each.box, 0.99) for each in seen.nodes or () if each.text)
    image = seen.screenshot.image.copy()
    for y in (200, 268):
        ImageDraw.Draw(image).line((0, y, 540, y), "#e0e0e0", 2)
    return replace(seen, nodes=None, lines=lines, screenshot=replace(seen.screenshot, image=image))


@pytest.mark.parametrize(
    "texts",
    [
        ("收入明细", "12 项"),
        ("同一顾客", "历史 7 笔"),
        ("用电明细", "近12个月"),
        ("报修记录", "共1条"),
        ("Ended orders", "4"),
        ("Security groups", "2"),
        ("Volumes", "80 GiB"),
        ("Files", "31 files"),
        ("怎么看表", "图解"),
        ("How transfers work", "2 min"),
    ],
    ids=" ".join,
)
def test_a_row_that_counts_what_lies_behind_it_opens_that(texts):
    assert tap(rows(*texts), *AT).vouched_by == "kind:record"
    assert not passes(rows(*texts, mark=False), *AT)
    assert not tap(rows(*texts), *AT, StepContext(put_in=True)).vouched_by
    assert not tap(rows(*texts), *AT, StepContext(led="转派")).vouched_by


def test_such_a_row_is_known_by_its_picture_where_its_words_are_read_to_the_end():
    seen = drawn(rows("收入明细", "12 项"))
    assert passes(seen, *AT)
    assert not passes(drawn(rows("收入明细", "12 项", mark=False)), *AT)
    assert not passes(drawn(rows("收入明细", "12 项", title="转派给")), *AT)
    assert not passes(drawn(rows("注销账号", "不可恢复")), *AT)


@pytest.mark.parametrize(
    "texts",
    [
        ("收入明细",),
        ("催办", "2 次"),
        ("催办", "2 项"),
        ("打印小票", "3 张"),
        ("每日签到", "已连续 3 天"),
        ("红包待领", "2 个"),
        ("一键加群", "福利群"),
        ("客服热线", "95588"),
        ("报警电话", "110"),
        ("临时密码", "未生成"),
        ("标定数据", "上次 05-01"),
        ("固件", "1.2.3"),
        ("门锁", "已锁"),
        ("清空记录", "31 条"),
        ("作废上一张", "24112000005"),
        ("优惠券", "3 张可用"),
        ("南门", "在线"),
        ("Merge notes", "3"),
        ("Reset codes", "2"),
        ("Ship orders", "4"),
        ("Enable alerts", "2"),
        ("Disable guests", "2"),
        ("Ping hosts", "12"),
        ("Shred documents", "3"),
        ("Balance accounts", "2"),
        ("Prevent losses", "2"),
        ("Reminder", "2 sent"),
        ("Customer copy", "Not sent"),
        ("Sprinklers", "On"),
        ("Lights", "3"),
        ("Drivers", "4 free"),
        ("Cancel membership", "30 days"),
        ("Free up space", "3.2 GB"),
        ("Notizen löschen", "3"),
        ("Why not? Join", "2"),
    ],
    ids=" ".join,
)
def test_a_row_that_may_act_asks_whatever_it_counts(texts):
    assert not passes(rows(*texts), *AT)
    assert not passes(drawn(rows(*texts)), *AT)


@pytest.mark.parametrize("title", ["选择要恢复的数据", "Restore", "Choose what to delete", "Share with Ben", "转派给"])
def test_on_a_page_on_which_something_is_chosen_or_handed_over_such_a_row_is_that_thing(title):
    assert not passes(rows("Photos", "214 items", title=title), *AT)
    assert not passes(rows("收入明细", "12 项", title=title), *AT)


def test_what_a_page_says_about_touching_its_rows_counts():
    seen = rows("收入明细", "12 项")
    said = node("点击即导出", (20, 130, 300, 160))
    assert not passes(replace(seen, nodes=(*seen.nodes, said)), *AT)


def test_a_row_with_a_button_or_a_mark_to_set_in_it_is_not_known_by_what_it_says():
    seen = rows("收入明细", "12 项")
    for inner in (
        node("导出", (400, 215, 480, 255), Role.BUTTON, clickable=True, parent=1),
        node("", (400, 215, 480, 255), Role.SWITCH, checkable=True, parent=1),
    ):
        assert not passes(replace(seen, nodes=(*seen.nodes, inner)), *AT)


def test_text_that_joins_a_row_is_no_third_part_of_it():
    seen = rows("收入明细", "12 项")
    joined = replace(seen.nodes[1], description="收入明细, 12 项")
    assert passes(replace(seen, nodes=(seen.nodes[0], joined, *seen.nodes[2:])), *AT)
    merged = (seen.nodes[0], joined)
    lines = (TextLine("收入明细", Box(20, 220, 200, 250), 0.99), TextLine("12 项", Box(260, 220, 440, 250), 0.99))
    assert passes(replace(seen, nodes=merged, lines=lines), *AT)
