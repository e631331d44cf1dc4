"""Where a code, a number, a clause and a doubt end: one character more or less makes another value or a question."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.tickets.conftest import flow_file
from tickets.flows.slots import choices, numerals, read_slots, text
from tickets.flows.slots.kinds import KINDS, Scene
from tickets.flows.slots.numbers import amounts, codes, orders
from tickets.flows.slots.spec import Option, parse_specs
from tickets.flows.slots.text import Doubt, Span
from tickets.models import Ticket

REFUND = flow_file("complaint_refund")["definition"]


def number_of(words: str) -> str | None:
    """The order number that is certain, where there is just one."""
    sure = {span.value for span in orders.orders(words) if span.doubt is None}
    return sure.pop() if len(sure) == 1 else None


@pytest.mark.parametrize(
    ("behind", "apart"),
    [
        ("2件", True),
        ("120元", True),
        ("123456个", True),
        ("1234567个", False),
        ("2. 坏了", True),
        ("12) 坏了", True),
        ("123) 坏了", False),
        ("22.5", False),
        ("¥1200", True),
        ("2025-03-11", True),
        ("20250311", True),
        ("3 pieces", True),
        ("100 broken", True),
        ("1000 broken", False),
        ("1234", False),
    ],
)
def test_a_count_a_sum_a_date_and_an_items_number_are_no_part_of_the_number_before_them(
    behind: str, apart: bool
) -> None:
    assert number_of(f"订单号202503117742 {behind}") == ("202503117742" if apart else None)


def test_a_mobile_number_behind_an_order_is_none_and_two_orders_are_two() -> None:
    assert number_of("订单号202503117742 13900001111") == "202503117742"
    assert [span.value for span in orders.orders("订单202503117742 202503119911")] == ["202503117742", "202503119911"]


@pytest.mark.parametrize(
    ("words", "sums"),
    [
        ("退款1，299元", ["1299.00"]),
        ("¥1，299.00", ["1299.00"]),
        ("买了2，300元", [""]),
        ("12，000元", ["12000.00"]),
        ("99块一", ["99.10"]),
        ("99块98", [""]),
        ("50元一张", ["50.00"]),
        ("50元5角3天内", ["50.50"]),
        ("1.退款50元 2.道歉", ["50.00"]),
        ("50元 2.5倍", [""]),
        ("①50元②道歉", [""]),
        ("退款50元②道歉", ["50.00"]),
        ("50元②0", [""]),
    ],
)
def test_a_chinese_comma_and_a_bare_tail_belong_to_a_sum_only_where_it_reads_as_one(
    words: str, sums: list[str]
) -> None:
    assert [span.value for span in amounts.amounts(words)] == sums


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("退款99块9毛5", "99.95"),
        ("退款9毛", "0.90"),
        ("退款5元3角9分", "5.39"),
        ("退款5元99分", "5.99"),
        ("退款10毛", ""),
        ("退款十角", ""),
        ("退款5元10角", ""),
        ("退款5元3角10分", ""),
        ("退款5元100分", ""),
        ("退我3块10毛5", ""),
        ("退我3块十毛5", ""),
        ("退我3块九毛5", "3.95"),
    ],
)
def test_a_place_of_small_change_holds_no_more_than_the_next_one_is_worth(words: str, value: str) -> None:
    assert [money.span.value for money in amounts.money_in(words)] == [value]


@pytest.mark.parametrize(
    ("words", "ranged"),
    [
        ("50元到60元", True),
        ("50元钱到60元", True),
        ("50元钱 到 60元", True),
        ("50元或者是60元", True),
        ("50元还是¥60", True),
        ("50 and 60 yuan", True),
        ("50 yuan and 60 yuan", False),
        ("50 yuan or 60 yuan", True),
        ("50元,60元", False),
        ("50元到1234567", True),
        ("50元到12345678", False),
        ("50元到12345678元", True),
    ],
)
def test_two_sums_with_a_to_between_them_are_the_ends_of_one_and_an_account_is_no_sum(words: str, ranged: bool) -> None:
    found = amounts.money_in(words)
    assert ({each.span.doubt for each in found} == {Doubt.RANGE}) is ranged


@pytest.mark.parametrize("before", [*"十三半上下前后大小第几数.每2零"])
def test_a_phrase_that_begins_with_a_number_is_none_behind_what_goes_before_a_number(before: str) -> None:
    choice = (Option(value="x", phrases=("三个月", "近一年")),)
    assert choices.options(f"{before}三个月", choice) == []
    assert [span.value for span in choices.options(f"{before}近一年", choice)] == ["x"]


@pytest.mark.parametrize("before", ["", "近", "这", "过去", " ", ","])
def test_a_phrase_that_begins_with_a_number_is_one_behind_anything_else(before: str) -> None:
    assert len(choices.options(f"{before}三个月", (Option(value="x", phrases=("三个月",)),))) == 1


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("查202503117742", "202503117742"),
        ("查20250311774", None),
        ("查8613900001111", None),
        ("查008613900001111", None),
        ("查AB8613900001111", "AB8613900001111"),
        ("查AB20250311", "AB20250311"),
        ("查AB2025031", None),
        ("查202503117742@mail.example", None),
        ("查a@202503117742", None),
        ("查110101199003078515", None),
        ("20250311订单", None),
        ("订单20250311", "20250311"),
        ("订单2025031", "2025031"),
        ("订单12345", None),
        ("订单号12345", "12345"),
        ("订单" + "1" * 40, "1" * 40),
        ("订单" + "1" * 41, ""),
        ("订单20*2503117742", ""),
    ],
)
def test_a_number_is_found_by_its_noun_or_by_its_length_and_form(words: str, value: str | None) -> None:
    assert [span.value for span in orders.orders(words)] == ([] if value is None else [value])


def test_what_an_operator_is_offered_are_the_options_or_else_the_suggestions() -> None:
    specs = {spec.name: spec for spec in parse_specs(REFUND)}
    assert specs["reason"].choices == tuple(option.value for option in specs["reason"].options)
    assert specs["refund"].choices == ("全额",)
    assert specs["order_number"].choices == ()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2024-0611-9920", "202406119920"),
        ("2024 0611 9920", "202406119920"),
        ("2024-0611-99", "2024061199"),
        ("2024-0611-9", "202406119"),
        ("9024-0611", "90240611"),
        ("2024-0611-99201", "2024-0611-99201"),
        ("2024-061-9920", "2024-061-9920"),
        ("20240-6119-9201", "20240-6119-9201"),
        ("2024-06A1-9920", "2024-06A1-9920"),
        ("2024 061 9920", None),
        ("20240 6119 9201", None),
        ("2024 0611\n9920", None),
    ],
)
def test_only_groups_of_four_with_a_shorter_last_one_are_one_number(written: str, value: str | None) -> None:
    assert number_of(f"订单号:{written}") == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("999999999", 999999999),
        ("1000000000", None),
        ("1,234,567", 1234567),
        ("1,23,456", None),
        ("0", 0),
        ("01", None),
        ("1.25", Decimal("1.25")),
        ("1.255", None),
        ("一千零一十", 1010),
        ("一千零十", 1010),
        ("一百零十", None),
        ("一百十五", 115),
        ("二百五", 250),
        ("二百零五", 205),
        ("二百零", None),
        ("一千二", 1200),
        ("一千零二", 1002),
        ("十", 10),
        ("百", None),
        ("零五", None),
        ("五零", None),
        ("三四", None),
        ("一百二百", None),
        ("一百一千", None),
        ("廿一", 21),
        ("卅", 30),
        ("一万二", 12000),
        ("一万零五百", 10500),
        ("一万五百", 10500),
        ("一万五十", None),
        ("一万零五", 10005),
        ("一万一万", None),
        ("一万十", None),
        ("万", None),
        ("一亿二", 120000000),
        ("一亿零二万", 100020000),
        ("3千5百", 3500),
        ("3千5", 3500),
        ("1千", 1000),
        ("３千", None),
        ("1百50", 150),
        ("3千50", None),
        ("2百50", 250),
        ("1万2", 12000),
        ("1万20", None),
        ("1万2000", 12000),
        ("10万5千", 105000),
        ("12百", None),
        ("0千", None),
        ("5百3千", None),
        ("1.25万", 12500),
        ("1.2345678万", None),
        ("1.5万2", None),
        ("1.5万2千", None),
        ("1" * 40, None),
        ("一" * 41, None),
        ("", None),
    ],
)
def test_a_number_has_one_reading_or_none(written: str, value: int | Decimal | None) -> None:
    assert numerals.number(written) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("one hundred and five", 105),
        ("a hundred", 100),
        ("hundred", 100),
        ("thousand", 1000),
        ("thousand and one", 1001),
        ("nine hundred", 900),
        ("ten hundred", None),
        ("two thousand three hundred", 2300),
        ("one thousand and one", 1001),
        ("thousand thousand", None),
        ("one thousand two thousand", None),
        ("twenty one", 21),
        ("ninety nine", 99),
        ("twenty ten", None),
        ("twenty twenty", None),
        ("one twenty", None),
        ("five five", None),
        ("nineteen one", None),
        ("zero", None),
        ("fifty dogs", None),
    ],
)
def test_english_words_are_one_number_or_none(words: str, value: int | None) -> None:
    assert numerals.spelled(words.split()) == value


def asked(words: str) -> set[str]:
    return {spec.name for spec, _offers in read_slots(REFUND, Ticket(number="T", subject="", text=words)).asked}


@pytest.mark.parametrize(
    ("words", "is_asked"),
    [
        ("全额退款", False),
        ("不要补偿50元,全额退款", False),
        ("补偿50元吗", True),
        ("客服说补偿50元", True),
        ("上次补偿了50元", True),
        ("不要补偿20元的券,能补偿50元吗", True),
    ],
)
def test_a_refusal_answers_what_need_not_be_given_and_nothing_else_does(words: str, is_asked: bool) -> None:
    assert ("compensation" in asked(words)) is is_asked


def test_a_refusal_leaves_what_must_be_given_a_question() -> None:
    assert "refund" in asked("不要全额退款")


def test_no_text_gives_an_attachment() -> None:
    [spec, *_] = [spec for spec in parse_specs(REFUND) if spec.is_file]
    assert KINDS[spec.kind].read(spec, Scene("见附件 开箱视频.mp4", (spec,), date(2026, 1, 1))) == []


@pytest.mark.parametrize(
    ("at", "before", "after", "sentence", "mark"),
    [
        (0, "", "甲", "", ","),
        (1, "甲", "", "甲", ","),
        (2, "", "乙", "甲,", "。"),
        (3, "乙", "", "甲,乙", "。"),
        (4, "", "丙", "", ""),
    ],
)
def test_a_clause_ends_at_every_mark_and_a_sentence_only_at_its_own(
    at: int, before: str, after: str, sentence: str, mark: str
) -> None:
    words = "甲,乙。丙"
    found: tuple[Any, ...] = (
        text.clause_before(words, at),
        text.clause_after(words, at),
        text.sentence_before(words, at),
        text.mark_after(words, at),
    )
    assert found == (before, after, sentence, mark)
    assert text.clause_before(words, at, 1) == before[-1:]


def test_of_one_value_the_place_that_counts_most_is_kept() -> None:
    doubts = [Doubt.QUOTED, Doubt.QUESTION, None]
    spans = [Span("50", place, place + 2, doubt) for place, doubt in enumerate(doubts)]
    assert text.distinct(spans) == [spans[2]]
    assert text.distinct(spans[:2]) == [spans[1]]
    assert text.distinct([Span("2", 4, 5), Span("1", 2, 3)]) == [Span("1", 2, 3), Span("2", 4, 5)]


def test_of_more_codes_than_are_judged_it_is_said_that_there_are_more() -> None:
    numbers = [f"订单号{202400000000 + 7 * n}{chr(0x4E00 + n)}" for n in range(codes.MOST_PLACES + 1)]
    found = orders.orders(",".join(numbers))
    assert len(found) == codes.MOST_PLACES + 1
    assert (found[-1].value, found[-1].doubt) == ("", Doubt.UNCLEAR)
    assert len(orders.orders(",".join(numbers[:-1]))) == codes.MOST_PLACES
    assert all(span.value for span in orders.orders(",".join(numbers[:-1])))
