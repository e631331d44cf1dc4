"""Where a line of text is two labels, and where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.geometry import Box
from cs_agent.vision.labels import Glyph, split_merged_labels

EM = 40


def line(text: str, gaps: dict[int, float] | None = None, pitch: float = 1.0) -> tuple[str, Box, tuple[Glyph, ...]]:
    """A line as OCR returns it: characters at their centres, `gaps[i]` ems of nothing before the i-th."""
    x, glyphs = 100.0, []
    for index, char in enumerate(text.replace(" ", "")):
        x += (gaps or {}).get(index, 0.0) * EM
        width = (1.0 if ord(char) > 0x2E80 else 0.55) * pitch * EM
        glyphs.append(Glyph(char, x + width / 2))
        x += width
    return text, Box(100, 500, round(x), 500 + round(EM * 1.15)), tuple(glyphs)


def split(text: str, gaps: dict[int, float] | None = None, pitch: float = 1.0) -> list[str]:
    return [part for part, _ in split_merged_labels(*line(text, gaps, pitch))]


@pytest.mark.parametrize(
    ("text", "gaps", "parts"),
    [
        ("质量问题七天无理由物流破损", {4: 1.5, 9: 1.5}, ["质量问题", "七天无理由", "物流破损"]),
        ("全部待付款 待发货", {2: 1.2, 5: 1.2}, ["全部", "待付款", "待发货"]),
        ("OK Cancel", {2: 2.0}, ["OK", "Cancel"]),
        ("退款金额¥399.00", {4: 6.0}, ["退款金额", "¥399.00"]),
        ("订单号202405218876", None, ["订单号202405218876"]),
        ("收货人 张三 138 1234 5678", {3: 0.3, 5: 0.3, 8: 0.3, 12: 0.3}, ["收货人 张三 138 1234 5678"]),
        ("Resend the code now", {6: 0.3, 9: 0.3, 13: 0.3}, ["Resend the code now"]),
        ("登录", {1: 1.4}, ["登录"]),  # a spaced-out word
        ("是否", {1: 4.0}, ["是", "否"]),
        ("1 2 3 4 5 6", dict.fromkeys(range(1, 6), 1.2), ["1 2 3 4 5 6"]),  # code boxes
        ("张", None, ["张"]),
    ],
)
def test_a_line_is_split_where_a_gap_is_wide_and_unlike_the_others(
    text: str, gaps: dict[int, float] | None, parts: list[str]
) -> None:
    assert split(text, gaps) == parts


def test_widely_tracked_text_stays_whole() -> None:
    assert split("售后服务中心", pitch=1.6) == ["售后服务中心"]


def test_each_part_gets_the_box_of_its_own_characters() -> None:
    text, box, glyphs = line("是否确认", {2: 3.0})
    (_, first), (_, second) = split_merged_labels(text, box, glyphs)
    assert first.right <= second.left
    assert (first.left, second.right) == (box.left, box.right)
    assert (first.top, first.bottom) == (box.top, box.bottom)


def test_characters_without_sure_places_are_not_split() -> None:
    text, box, glyphs = line("全部待付款", {2: 3.0})
    assert split_merged_labels(text, box, glyphs[:-1]) == [(text, box)]
    assert split_merged_labels(text, box, ()) == [(text, box)]


@given(
    st.text(st.sampled_from("退款申请是否AB19¥."), min_size=1, max_size=20),
    st.dictionaries(st.integers(1, 19), st.floats(0, 8), max_size=4),
)
def test_splitting_loses_no_character_and_keeps_their_order(text: str, gaps: dict[int, float]) -> None:
    parts = split_merged_labels(*line(text, gaps))
    assert "".join(part for part, _ in parts) == text
    assert all(box.width > 0 for _, box in parts)
    assert [box.left for _, box in parts] == sorted(box.left for _, box in parts)
