"""Whatever stands around a value belongs to it: no part of a longer number is ever taken, and normal forms stay."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tickets.flows.slots import choices, money, numerals, periods, writing
from tickets.flows.slots.numbers import amounts, orders
from tickets.flows.slots.numbers.phones import phones
from tickets.flows.slots.spec import Option, SlotSpec
from tickets.flows.slots.text import Doubt, Span, even

DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=6)
JUNK = st.tuples(
    st.text(alphabet="0123456789一二三五十百千万", min_size=1, max_size=4),
    st.text(alphabet=".,-\u200b ②xX*'·~+", max_size=2),
).map("".join)
AMOUNTS = st.integers(1, 9_999_99).map(lambda cents: Decimal(cents) / 100)


def taken(spans: list[Span]) -> set[str]:
    return {span.value for span in spans if span.doubt is None}


def wished(text: str) -> set[str]:
    return taken(money.wished(even(text), ("退款",), ("补偿",), full=True, half=False))


@given(AMOUNTS, JUNK)
@settings(max_examples=600, deadline=None)
def test_an_amount_in_the_midst_of_other_digits_is_never_a_shorter_one(amount: Decimal, junk: str) -> None:
    """What is taken from "退款" + junk + amount + "元" is the whole number that stands there, or nothing."""
    whole = numerals.number(f"{junk}{amount}")
    assert wished(f"退款{junk}{amount}元") <= ({f"{whole:.2f}"} if whole else set())


@given(AMOUNTS)
@settings(max_examples=300, deadline=None)
def test_an_amount_written_as_it_is_stored_is_read_back(amount: Decimal) -> None:
    assert wished(f"退款{amount:.2f}元") == {f"{amount:.2f}"}
    assert money.read_one(f"{amount:.2f}") == f"{amount:.2f}"
    assert money.read_one(amounts.plain(f"{amount:.2f}")) == f"{amount:.2f}"


@given(st.integers(100_000_000_000, 99_999_999_999_999_999), JUNK, st.booleans())
@settings(max_examples=600, deadline=None)
def test_no_part_of_a_longer_code_is_an_order_number(number: int, junk: str, behind: bool) -> None:
    assume(not any(char in junk for char in " ,"))  # blanks and commas may divide two numbers; see below
    written = f"{number}{junk}" if behind else f"{junk}{number}"
    found = taken(orders.orders(even(f"订单号{written}")))
    plain = "".join(char for char in even(written) if char.isalnum() or char == "-").strip("-")
    assert found <= {plain, plain.replace("-", "")}


@given(
    st.integers(100_000_000_000, 999_999_999_999), st.sampled_from([" ", "\n", ",", "\u200b", "、"]), st.integers(1, 10)
)
@settings(max_examples=300, deadline=None)
def test_an_order_number_cut_in_two_is_not_its_first_half(number: int, cut: str, at: int) -> None:
    text = str(number)
    halves = text[:at] + cut + text[at:]
    assert taken(orders.orders(f"订单号{halves}")) <= {text}


@given(st.text(alphabet="0123456789", min_size=1, max_size=4), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_mobile_number_with_digits_too_many_or_too_few_is_asked(more: str, behind: bool) -> None:
    number = "13812345678"
    text = number + more if behind else more + number
    assume(not (not behind and more in {"86", "0086"}))
    assert not taken(phones(f"手机{text}"))
    assert not taken(phones(f"手机{number[: -len(more)]}"))


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["{0}", "+86 {0}", "{1} {2} {3}", "{1}-{2}-{3}"])
)
@settings(max_examples=200, deadline=None)
def test_a_mobile_number_is_read_in_each_of_its_forms(number: str, form: str) -> None:
    text = "我的手机是" + form.format(number, number[:3], number[3:7], number[7:])
    assert taken(phones(text)) == {number}


@given(st.dates(date(2020, 1, 1), date(2024, 12, 31)), st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_a_period_written_as_it_is_stored_is_read_back(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    assert taken(periods.date_ranges(f"{first}到{last}", date(2025, 6, 1))) == {f"{first}/{last}"}


@pytest.mark.parametrize(
    "text",
    [
        "近日收到多起投诉",
        "近年来",
        "最近天天打电话",
        "最近月底",
        "过去日子",
        "最近周末",
        "近两年多",
        "近一个半月",
        "近0天",
    ],
)
def test_a_unit_without_a_whole_number_is_no_period(text: str) -> None:
    assert not taken(periods.date_ranges(text, date(2024, 5, 21)))


@pytest.mark.parametrize(("length", "is_taken"), [(199, True), (200, False)])
def test_an_address_that_reaches_the_longest_may_go_on_beyond_and_is_asked(length: int, is_taken: bool) -> None:
    start, end = "浙江省杭州市西湖区文三路", "小区1号楼"
    address = start + "幸福大道"[: (length - 17) % 4] + "幸福大道" * ((length - 17) // 4) + end
    assert len(address) == length
    assert taken(writing.addresses(f"新地址:{address}", ("新地址",))) == ({address} if is_taken else set())


@pytest.mark.parametrize(
    ("behind", "is_taken"), [(" 4321", True), (" 43210987", True), (" 432", False), (" 4", False), ("", True)]
)
def test_a_few_digits_behind_a_mobile_number_may_belong_to_it_and_four_are_a_number_of_their_own(
    behind: str, is_taken: bool
) -> None:
    assert taken(phones(f"新手机13912345678{behind}")) == ({"13912345678"} if is_taken else set())


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("上月5日到本月3日的投诉", "2026-02-05/2026-03-03"),
        ("上个月5号到20号的投诉", "2026-02-05/2026-02-20"),
        ("本月1日至10日", "2026-03-01/2026-03-10"),
        ("当月2号到12号", "2026-03-02/2026-03-12"),
        ("这个月2号到12号", "2026-03-02/2026-03-12"),
        ("这个月2号到上个月12号", None),
        ("上个月2号到31号", None),
    ],
)
def test_last_month_is_the_one_before_and_every_other_word_is_this_one(text: str, period: str | None) -> None:
    assert taken(periods.date_ranges(text, date(2026, 3, 15))) == ({period} if period else set())


@pytest.mark.parametrize(("days", "is_taken"), [(1200, True), (1201, False)])
def test_a_length_beyond_the_longest_is_a_slip_of_the_pen(days: int, is_taken: bool) -> None:
    today = date(2026, 3, 15)
    period = f"{today - timedelta(days=days)}/{today}"
    assert taken(periods.date_ranges(f"近{days}天的投诉", today)) == ({period} if is_taken else set())


def test_last_month_of_a_january_is_the_december_before() -> None:
    found = periods.date_ranges("上个月28号到这个月5号", date(2026, 1, 9))
    assert taken(found) == {"2025-12-28/2026-01-05"}


def test_the_year_in_front_decides() -> None:
    assert taken(periods.date_ranges("去年5月1日到5月7日", date(2024, 5, 21))) == {"2023-05-01/2023-05-07"}
    assert taken(periods.date_ranges("近一年半的投诉", date(2024, 5, 21))) == {"2022-11-21/2024-05-21"}


@given(st.integers(2, 99))
def test_a_phrase_with_a_number_is_no_part_of_a_longer_number(number: int) -> None:
    options = (Option(value="近三个月", phrases=("近三个月", "近3个月", "三个月")),)
    found = taken(choices.options(f"近{number}个月的投诉", options))
    assert found == ({"近三个月"} if number == 3 else set())


@given(st.text(alphabet="旧新原老地址改成为:,。 \n上海市浦东区路号12室王13812345678谢我不了吗", max_size=80))
@settings(max_examples=300, deadline=None)
def test_an_address_lies_in_the_text_and_begins_no_other_field(text: str) -> None:
    for span in writing.addresses(even(text), ("新地址", "地址改成")):
        assert 0 <= span.start <= span.end <= len(text)
        if span.doubt is None:
            assert span.value == even(text)[span.start : span.end]
            assert "地址" not in span.value


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("不要退款50元", Doubt.NEGATED),
        ("如果不行就退款50元", Doubt.CONDITION),
        ("退款50元吗", Doubt.QUESTION),
        ("退款50元左右", Doubt.RANGE),
        ("客服说退款50元", Doubt.HEARSAY),
        ("我朋友退款50元", Doubt.OTHER_PERSON),
        ("上次退款50元", Doubt.OTHER_TIME),
        ("好像退款50元", Doubt.HEDGED),
        ("退款50美元", Doubt.CURRENCY),
        ("退款5O元", Doubt.UNREADABLE),
    ],
)
def test_each_doubt_is_named(text: str, doubt: Doubt) -> None:
    found = money.wished(even(text), ("退款",), (), full=True, half=False)
    assert doubt in {span.doubt for span in found}


@given(st.integers(0, 999_999))
@settings(max_examples=300, deadline=None)
def test_a_number_in_digits_is_that_number(number: int) -> None:
    assert numerals.number(str(number)) == number
    assert numerals.number(f"{number:,}") == number


@given(st.text(alphabet=numerals.NUMERALS + "0123456789.,", max_size=60))
@settings(max_examples=400, deadline=None)
def test_a_heap_of_digits_and_numerals_is_one_number_or_none(text: str) -> None:
    value = numerals.number(text)
    assert value is None or value >= 0


@given(DIGITS, DIGITS)
def test_digits_and_numerals_mixed_without_a_unit_are_no_number(first: str, last: str) -> None:
    assert numerals.number(f"{first}二{last}") is None


RECENT = (Option(value="三个月", phrases=("近三个月",)), Option(value="一年", phrases=("近一年",)))


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("导出近三个月", None),
        ("导出近三个月7天一份", Doubt.UNCLEAR),
        ("导出近三个月和最近7天", Doubt.UNCLEAR),
        ("导出近三个月,不是7天", None),
    ],
)
def test_another_length_of_time_right_beside_a_period_leaves_it_open(text: str, doubt: Doubt | None) -> None:
    assert [(span.value, span.doubt) for span in choices.options(text, RECENT)] == [("三个月", doubt)]


@pytest.mark.parametrize(
    ("text", "found"), [("不太喜欢", True), ("不喜欢", True), ("不 喜欢", True), ("喜欢", False), ("不喜太欢", False)]
)
def test_what_is_not_so_may_be_softened_right_behind_the_not(text: str, found: bool) -> None:
    assert bool(choices.options(text, (Option(value="x", phrases=("不喜欢",)),))) is found


def test_a_slot_is_called_in_the_readers_language_and_else_in_chinese() -> None:
    labels = {"zh": "订单号", "en": "Order"}
    both, chinese = (
        SlotSpec.model_validate({"name": "order", "kind": "order_number", "label": label})
        for label in (labels, {"zh": "订单号"})
    )
    for language, told in (("zh-hans", "订单号"), ("en", "Order"), (None, "订单号")):
        with override(language):
            assert both.label == told
            assert chinese.label == "订单号"
