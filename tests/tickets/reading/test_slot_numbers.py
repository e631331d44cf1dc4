"""Order numbers, mobile numbers and ID cards are read from a ticket's text, and nothing else is taken for them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs_agent.vision.personal_data.numbers.checks import is_id_card
from tickets.flows.slots.numbers import orders as order_numbers
from tickets.flows.slots.numbers.id_cards import id_cards
from tickets.flows.slots.numbers.phones import mobiles
from tickets.flows.slots.text import even

ID_CARD = "11010519491231002X"
MESSY = st.text(alphabet="0123456789０９１３８ -－—,，。、单号订快递运身份证退款元+86ABx\n第", max_size=120)


def orders(text: str) -> list[str]:
    """The values that are taken without a question."""
    return list(dict.fromkeys(span.value for span in order_numbers.orders(even(text)) if span.doubt is None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("订单号202405218876", ["202405218876"]),
        ("订单 2024-0521-8876 坏了", ["202405218876"]),
        ("我的单是 2024 0521 8876。", ["202405218876"]),
        ("单号是２０２４０５２１８８７６，坏了", ["202405218876"]),
        ("订单号:12345678,不要了", ["12345678"]),
        ("Order #JD20240521 please", ["JD20240521"]),
        ("202405218876和202405218877都坏了", ["202405218876", "202405218877"]),
        ("202405218876 202405218877", ["202405218876", "202405218877"]),
        ("订单202405218876,再说一次202405218876", ["202405218876"]),
        ("订单202405218876电话13812345678", ["202405218876"]),
        ("订单202405218876 13812345678", ["202405218876"]),
        ("订单号 ABCDE123", ["ABCDE123"]),
        ("订单号 " + "2025031177" * 3 + "42", ["2025031177" * 3 + "42"]),
        ("6901234567893 坏了", ["6901234567893"]),  # no bar code: its last digit is wrong
    ],
)
def test_an_order_number_is_found_however_it_is_written(text: str, expected: list[str]) -> None:
    assert orders(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "我的电话是13812345678",
        "+86 138 1234 5678",
        "快递单号SF202405218876",
        "运单号 773012345678901",
        f"身份证{ID_CARD}",
        "2024-05-21 到 2024-05-31",
        "12345678",
        "银行卡6222021234567890123",
        "没有号码",
        "",
        "订单号 ABCDEF12",
        "订单号 " + "2025031177" * 3 + "428",
        "我买的8613900001111没到",
        "6901234567892 坏了",  # a bar code: its last digit is right
    ],
)
def test_other_numbers_are_not_taken_for_an_order(text: str) -> None:
    assert orders(text) == []


def test_an_order_number_behind_the_right_word_wins_over_the_form_of_an_id_card() -> None:
    assert orders("订单号110105194912310021") == ["110105194912310021"]


@pytest.mark.parametrize(
    "text", ["13812345678", "138-1234-5678", "138 1234 5678", "+86 13812345678", "８６１３８１２３４５６７８"]
)
def test_a_mobile_number_is_found_with_spaces_dashes_and_country_code(text: str) -> None:
    assert [span.value for span in mobiles(even(text))] == ["13812345678"]


@pytest.mark.parametrize("text", ["12812345678", "1381234567", "138123456789", "A13812345678", "020-88881234"])
def test_what_is_no_mobile_number_is_left(text: str) -> None:
    assert mobiles(even(text)) == []


def test_an_id_card_needs_a_date_and_the_right_check_digit() -> None:
    assert is_id_card(ID_CARD)
    assert not is_id_card("110105194912310021")
    assert not is_id_card("11010519491331002X")
    assert [span.value for span in id_cards(even(f"身份证号{ID_CARD.lower()}。"))] == [ID_CARD]


@given(MESSY)
@settings(max_examples=300, deadline=None)
def test_every_number_is_where_its_place_says(text: str) -> None:
    smooth = even(text)
    assert len(smooth) == len(text)
    for span in [*order_numbers.orders(smooth), *mobiles(smooth), *id_cards(smooth)]:
        found = "".join(char for char in smooth[span.start : span.end] if char.isalnum()).upper()
        assert span.doubt or found.endswith("".join(filter(str.isalnum, span.value.upper())))


@given(st.text(max_size=200))
@example("\ufa61")  # a compatibility form of 視
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_is_made_even_without_moving_a_character(text: str) -> None:
    assert len(even(text)) == len(text)
    assert even(even(text)) == even(text)


@pytest.mark.parametrize("behind", ["", "。", "。今天天气很好", "!麻烦快点", ",谢谢"])
@pytest.mark.parametrize(
    "line",
    ["地址改成杭州市余杭区文一西路969号 13900001111 王芳", "新地址:上海市浦东新区世纪大道100号 王芳 18611112222"],
)
def test_the_telephone_beside_a_recipients_name_and_address_is_not_the_writers_whatever_follows(
    line: str, behind: str
) -> None:
    assert mobiles(even(line + behind)) == []
