"""Amounts are read in digits, Chinese numerals and words, and belong to the word they stand beside."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.flows.slots import money, numerals
from tickets.flows.slots.money.words import Words
from tickets.flows.slots.numbers import amounts
from tickets.flows.slots.text import MOST_PLACES, Doubt, even

DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """A reference writer for 1-99,999: digit and unit, 零 for gaps."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return chinese(high) + "万" + gap + (chinese(low) if low else "")
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return text


def found(text: str) -> list[str]:
    return [span.value for span in amounts.amounts(even(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50元", "50.00"),
        ("¥50", "50.00"),
        ("￥50", "50.00"),
        ("¥1,299.90", "1299.90"),
        ("1.2万元", "12000.00"),
        ("五十元", "50.00"),
        ("一百二十块", "120.00"),
        ("一百二十块五", "120.50"),
        ("两万元", "20000.00"),
        ("99块9", "99.90"),
        ("50块钱", "50.00"),
        ("三千零五十元", "3050.00"),
        ("十五块", "15.00"),
        ("300 RMB", "300.00"),
        ("５０元", "50.00"),
        ("89.9元", "89.90"),
        ("3百元", "300.00"),
    ],
)
def test_an_amount_is_read_however_it_is_written(text: str, expected: str) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize("text", ["5升", "第五十个", "万元户", "二十二", "订单202405218876", "3.5mm"])
def test_what_is_no_money_is_left(text: str) -> None:
    assert [value for value in found(text) if value] == []


@given(st.integers(1, 99_999))
@settings(max_examples=400, deadline=None)
def test_every_chinese_numeral_means_its_number(number: int) -> None:
    assert numerals.numeral(chinese(number)) == number


@given(st.text(alphabet=numerals.NUMERALS, max_size=12))
def test_a_heap_of_numerals_never_breaks_the_reader(text: str) -> None:
    value = numerals.numeral(text)
    assert value is None or value >= 0


def wished(text: str, own: str = "补偿", rival: str = "退款") -> list[tuple[str, Doubt | None]]:
    found = money.wished(even(text), (own,), (rival,), full=own == "退款", half=False)
    return [(span.value, span.doubt) for span in found]


def test_an_amount_belongs_to_the_word_it_stands_beside() -> None:
    assert wished("全额退款并补偿50元") == [("50.00", None)]
    assert wished("全额退款并补偿50元", "退款", "补偿") == [("全额", None)]
    assert wished("要50元补偿,退款99.9元") == [("50.00", None)]
    assert wished("要50元补偿,退款99.9元", "退款", "补偿") == [("99.90", None)]
    assert wished("退款100元补偿50元") == wished("100元退款50元补偿") == [("50.00", None)]


def test_an_amount_in_another_clause_is_not_asked_for() -> None:
    assert wished("花了399元买的,要求退款", "退款", "补偿") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50", "50.00"), ("¥50", "50.00"), ("五十元", "50.00"), ("五十", "50.00"), ("全额", "全额"), ("退一半", "半额")],
)
def test_an_operator_may_type_an_amount_in_any_of_these_ways(text: str, expected: str) -> None:
    assert money.read_one(text) == expected


@pytest.mark.parametrize("text", ["", "abc", "50元或60元", "-50", "退50元给我"])
def test_what_is_not_one_amount_is_refused(text: str) -> None:
    assert money.read_one(text) is None


@given(st.text(alphabet="0123456789.,¥￥元块角万千百十一二三两零 退补偿全额半", max_size=60))
@settings(max_examples=300, deadline=None)
def test_every_amount_is_where_its_place_says(text: str) -> None:
    smooth = even(text)
    last = 0
    for span in amounts.amounts(smooth):
        assert last <= span.start < span.end <= len(text)
        assert span.doubt or float(span.value) > 0
        last = span.end


def test_amounts_are_written_in_sentences_as_people_write_them() -> None:
    assert [amounts.plain(value) for value in ("50.00", "99.90", "1200.00", "全额")] == ["50", "99.9", "1200", "全额"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3元5角9分", "3.59"),
        ("3元9角", "3.90"),
        ("3元99分", "3.99"),
        ("3元零5分", "3.05"),
        ("3元5角10分", ""),
        ("3元十角", ""),
        ("3.5元5角", ""),
    ],
)
def test_an_amount_in_parts_is_one_only_where_each_part_has_its_size(text: str, value: str) -> None:
    assert found(text) == [value]


def test_of_more_wishes_than_are_read_the_next_is_a_question_at_its_place() -> None:
    text = even("退款1元。" * (MOST_PLACES + 3))
    found = money.wished(text, ("退款",), ("补偿",), full=False, half=False)
    assert len(found) == MOST_PLACES + 1
    last = found[-1]
    assert (last.value, last.doubt, text[last.start : last.end]) == ("", Doubt.UNCLEAR, "1元")
    assert all(span.doubt is None for span in found[:-1])


def test_what_is_wished_twice_without_an_amount_is_one_question() -> None:
    [place] = money.unnamed("要求退款,请尽快退款", ("退款",), ("补偿",))
    assert (place.start, place.end, place.doubt) == (2, 4, Doubt.UNCLEAR)
    assert money.unnamed("退款", ("退款",), ())[0].start == 0
    assert money.unnamed("不用退款", ("退款",), ("补偿",)) == []


@pytest.mark.parametrize(
    ("own", "rivals", "facts"),
    [
        (("扣款",), ("退款",), True),
        (("charge of",), (), True),
        (("退款",), (), False),
        (("扣款", "补偿"), (), False),
    ],
)
def test_what_was_paid_is_a_fact_whatever_other_slots_wish(own: tuple[str, ...], rivals: tuple[str, ...], facts: bool):
    assert Words(own, rivals).facts is facts


@pytest.mark.parametrize(("text", "sure"), [("扣款50元", True), ("我朋友被扣款50元", False), ("没有扣款50元", False)])
def test_a_fact_of_somebody_else_or_that_is_denied_is_no_fact_of_the_writers(text: str, sure: bool) -> None:
    found = money.wished(text, ("扣款",), (), full=False, half=False)
    assert [span.value for span in found if span.doubt is None] == (["50.00"] if sure else [])
