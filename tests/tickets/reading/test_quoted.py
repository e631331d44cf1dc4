"""A ticket is read as the page or letter that it came from showed it: what stands in a quoted letter, a signature or
the service's line of a chat is offered and never taken; a value is marked where it stands in the source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.conftest import flow_file
from tickets.flows.slots import quoted, read_slots
from tickets.flows.slots.markup import plain
from tickets.flows.slots.text import Doubt, Span, even
from tickets.models import Ticket

OFFER = "退款 60 元,订单号 202501093381"
QUOTED = {
    "lines": "同意\n> {}",
    "below an English head": "ok\n\nOn Mon, Jan 6, 2025, Support <a@b.example> wrote:\n\n{}",
    "below a head over two lines": "ok\n\nOn Mon, Jan 6, 2025 at 9:12 AM Shop \n<help@shop.example> wrote:\n> {}",
    "below a Chinese head": "好的\n客服 <a@b.example> 于2025年1月9日周四 10:02写道:\n{}",
    "below the head of a mail program": "好\n\n发件人: 客服\n发送时间: 2025年1月9日\n主题: 回复\n\n{}",
    "below a line": "好\n________________________________\nFrom: Support\nSubject: RE\n{}",
    "in a signature": "你好,请处理\n-- \n张三 采购\n{}",
    "below a closing": "请处理\nBest regards,\nLi Wei\n{}",
    "said by the service": "客服:{}",
    "said by the service in a dialogue": "客服小王:您好\n{}\n我:在的",
    "said by the seller in a dialogue": "[10:21] 卖家: {}\n[10:22] 我: 在",
    "said last in a dialogue": "我:你好\n客服:您好\n我:在吗\n客服:在的\n{}",
    "said last in a dialogue that the customer only begins": "我:你好\n客服:您好\n客服:在的\n{}",
}


def reading(text: str) -> tuple[dict[str, str], dict[str, set[Doubt | None]]]:
    """The values taken, and the doubts of the others by slot."""
    found = read_slots(flow_file("complaint_refund")["definition"], Ticket(number="T1", subject="", text=text))
    return found.values, {spec.name: {each.doubt for each in spans} for spec, spans in found.doubtful}


@pytest.mark.parametrize("text", QUOTED.values(), ids=QUOTED)
def test_what_others_wrote_is_offered_and_never_taken(text: str) -> None:
    values, doubtful = reading(text.format(OFFER))
    assert not {"refund", "order_number"} & set(values)
    assert doubtful["refund"] == doubtful["order_number"] == {Doubt.QUOTED}


@pytest.mark.parametrize("text", QUOTED.values(), ids=QUOTED)
def test_the_writers_own_value_counts_beside_it(text: str) -> None:
    first, rest = text.format(OFFER).split("\n", 1) if "\n" in text else ("", text.format(OFFER))
    own = f"要求退款 88 元,订单号 202599887766\n{first}\n{rest}"
    values, _doubtful = reading(own)
    assert values["refund"] == "88.00"
    assert values["order_number"] == "202599887766"


@pytest.mark.parametrize(
    "text",
    [
        f"---------- Forwarded message ---------\nFrom: Li\nSubject: help\n\n{OFFER}",
        f"在 2025年1月9日,客服 <a@b.example> 写道:\n> 您好\n{OFFER}",
        f"发件人:张三\n收件人:李四\n{OFFER}",
        f"卖家:某旗舰店\n{OFFER}",
        f"客户:张三\n客服:小王\n{OFFER}",
        f"{OFFER}\n发自我的iPhone",
        f"--\n{OFFER}",
        f"> 您好,请问有什么可以帮您\n{OFFER}",
        f"客服:您好\n我:{OFFER}",
        f"Agent: hello\nMe: {OFFER}",
    ],
    ids=[
        "a forwarded letter that is all there is",
        "an answer below what it quotes",
        "the sender of a parcel",
        "a form that names the seller",
        "a form that names who took the call",
        "a line added by the telephone",
        "a line at the top",
        "below one quoted line",
        "the customer's turn",
        "the customer's turn in English",
    ],
)
def test_the_writers_own_words_are_taken(text: str) -> None:
    values, _doubtful = reading(text)
    assert values["refund"] == "60.00"
    assert values["order_number"] == "202501093381"


def test_the_quoted_telephone_keeps_the_records_from_being_taken() -> None:
    ticket = Ticket(number="T1", subject="", text="收不到\n> 新号 15900011122", customer_mobile="13812340007")
    assert "mobile" not in read_slots(flow_file("resend_code")["definition"], ticket).values


def test_a_value_is_quoted_where_it_stands_in_a_stretch_or_reaches_into_one() -> None:
    reach = {(0, 4): False, (3, 5): True, (4, 8): True, (5, 6): True, (7, 9): True, (8, 9): False, (0, 12): True}
    assert {place: quoted.touches([(4, 8)], Span("x", *place)) for place in reach} == reach


@given(st.text("客服我:>-\n 退5元onwrote:@1From", max_size=80))
def test_no_character_moves_and_only_whole_stretches_go(text: str) -> None:
    smooth = even(text)
    stretches = quoted.elsewhere(smooth)
    left = quoted.without(smooth, stretches)
    assert len(left) == len(text)
    assert all(0 <= start < end <= len(text) for start, end in stretches)
    gone = {at for stretch in stretches for at in range(*stretch)}
    assert all(left[at] == smooth[at] for at in range(len(text)) if at not in gone)
    assert all(left[at] in " 。" for at in gone)


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
