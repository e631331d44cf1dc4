"""A ticket that came from a page is read as the page showed it, and its values are marked where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.conftest import flow_file
from tickets.flows.slots import read_slots
from tickets.flows.slots.markup import plain
from tickets.flows.slots.text import Span
from tickets.models import Ticket


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>退款</p>", "\n退款\n"),
        ('<td class="a">退款</td><td>66</td>', "退款 | 66 | "),
        ("退<b>款</b>66", "退款66"),
        ("退款<del>40</del>45元", "退款45元"),
        ("退款&nbsp;66&yen;", "退款 66¥"),
        ("金额      66", "金额 66"),
        ("3024  1055", "3024  1055"),
        ("a<b and c>d", "a<b and c>d"),
        ("R&D; <3", "R&D; <3"),
    ],
)
def test_tags_entities_and_blanks_are_read_as_a_page_shows_them(source: str, shown: str) -> None:
    assert plain(source).text == shown


def test_a_value_is_marked_where_it_stands_in_the_source() -> None:
    text = '<div>退款<b>66</b>元</div><p>订单&nbsp;<span style="x">302410558872</span></p>'
    found = read_slots(flow_file("complaint_refund")["definition"], Ticket(number="T1", subject="", text=text)).found
    places = {each.name: text[each.start : each.end] for each in found}
    assert places == {"refund": "66</b>元", "order_number": "302410558872"}


@given(st.lists(st.sampled_from(["<b>", "</p>", "&amp;", "&nbsp;", "   ", "退", "6", "<del>1</del>", "\n", "<", "&"])))
def test_every_character_knows_its_place(parts: list[str]) -> None:
    source = "".join(parts)
    seen = plain(source)
    for at, char in enumerate(seen.text):
        place = seen.at_source(Span("", at, at + 1))
        assert 0 <= place.start < place.end <= len(source)
        assert source[place.start] in {char, "<", "&", " "}
