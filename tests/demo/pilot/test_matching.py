"""How well a text on the screen fits: digits exactly, spellings generously, anything else below the asking limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.demo.pilot.goals.lexicon import Concept
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.matching import WEAK, score


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("质量问题", "质量问题"),
        ("质量问题", "O质量问题"),
        ("质量问题", "○ 质量问题"),
        ("全额退款", "全额退款 ¥399.00"),
        ("补偿50元", "补偿 ¥50.00"),
        ("202405218876", "订单号:202405218876"),
        ("202405218876", "2024 0521 8876"),
        ("13812345678", "138****5678"),
        ("13812345678", "138 1234 5678"),
        ("Full refund", "FULL REFUND $24.00"),
        ("Quality issue", "Quality issues"),
        ("重新发送验证码", "重发验证码"),
        ("搜索", "查询"),
        ("退换原因", "退货原因"),
        ("提交审核", "提交"),
    ],
)
def test_what_means_the_same_is_accepted(wanted: str, seen: str) -> None:
    assert score(wanted, seen) >= WEAK


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("补偿50元", "补偿500元"),
        ("补偿50元", "补偿5元"),
        ("202405218876", "202405218877"),
        ("202405218876", "2024052188761"),
        ("13812345678", "138****5679"),
        ("13812345678", "****"),
        ("全额退款", "部分退款"),
        ("提交审核", "取消"),
        ("质量问题", "物流问题"),
        ("Full refund", "Partial refund"),
        ("发送成功", "订单"),
        ("第2步", "第12步"),
    ],
)
def test_what_means_something_else_is_not(wanted: str, seen: str) -> None:
    assert score(wanted, seen) < WEAK


def test_exact_beats_synonym_beats_part() -> None:
    assert score("提交审核", "提交审核") > score("搜索", "查询") > score("质量问题", "有质量问题的商品说明")


@given(st.text(max_size=60), st.text(max_size=60))
def test_scores_stay_between_nought_and_one(wanted: str, seen: str) -> None:
    assert 0 <= score(wanted, seen) <= 1


@given(st.integers(10**9, 10**18), st.integers(0, 9))
def test_a_number_with_one_digit_more_is_another_number(number: int, digit: int) -> None:
    assert score(str(number), f"单号 {number}{digit}") == 0
    assert score(str(number), f"单号 {digit}{number}") == 0
    assert score(str(number), f"单号 {number}") >= 0.99


def test_amounts_are_compared_by_value() -> None:
    assert matching.numbers("¥1,399.00 和 50.50") == ("1399", "50.5")


def test_english_words_do_not_match_inside_others() -> None:
    assert Concept.CODE not in matching.concepts("decoder")
    assert Concept.CODE in matching.concepts("Your codes")
