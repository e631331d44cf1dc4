"""What a customer answers fills a slot only where it is certain; everything else is a person's business."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.flows.slots import SlotSpec
from tickets.flows.slots.replies import own_words, read_reply

TODAY = date(2026, 11, 27)
ORDER = "4471902386615024"
MOBILE = "13912345678"


def spec(name: str, kind: str, **more: Any) -> SlotSpec:
    return SlotSpec.model_validate({"name": name, "kind": kind, "label": {"zh": name}, **more})


SPECS = (
    spec("order", "order_number"),
    spec("mobile", "mobile"),
    spec("money", "money", words=["退款", "退"], full=True),
    spec("name", "name", words=["收货人"]),
    spec("address", "address", words=["收货地址"]),
    spec("text", "text", words=["问题"]),
)


def read(text: str, *questions: str) -> dict[str, str]:
    return dict(read_reply(SPECS, [[name] for name in questions], text, TODAY).values)


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("order", ORDER, ORDER),
        ("order", "JD2024112700", "JD2024112700"),
        ("order", f"好的,{ORDER},谢谢!", ORDER),
        ("order", f"my order number is {ORDER}", ORDER),
        ("mobile", "139 1234 5678", MOBILE),
        ("money", "50", "50.00"),
        ("money", "全额", "全额"),
        ("money", "退我50元就行", "50.00"),
        ("address", "上海市浦东新区世纪大道100号2栋501室", "上海市浦东新区世纪大道100号2栋501室"),
        ("name", "收货人张三", "张三"),
    ],
)
def test_a_plain_answer_to_one_question_is_taken(asked: str, text: str, value: str) -> None:
    assert read(text, asked) == {asked: value}


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("order", f"我朋友的订单是{ORDER}"),
        ("order", f"这是我老公的\n{ORDER}"),
        ("order", f"不是{ORDER}"),
        ("order", f"应该是{ORDER}吧"),
        ("order", f"{ORDER}或者4471902386615025"),
        ("order", f"{ORDER},这个不是我的"),
        ("order", f"订单号是{ORDER}。算了不用了"),
        ("order", "44719023866…"),
        ("mobile", f"是{MOBILE}吗?"),
        ("mobile", f"{MOBILE}或13912345679"),
        ("money", "50到100"),
        ("money", "大概50元"),
        ("money", "不退了"),
        ("address", "不知道"),
        ("name", "好的"),
        ("name", "收到"),
        ("text", "不知道"),
        ("text", "什么意思?"),
        ("order", ""),
    ],
)
def test_somebody_elses_refused_doubted_ranged_and_empty_answers_fill_nothing(asked: str, text: str) -> None:
    assert read(text, asked) == {}


def test_what_is_not_certain_is_offered_with_its_doubt() -> None:
    found = read_reply(SPECS, [["mobile"]], f"我妈妈的号码是{MOBILE}", TODAY)
    assert [(span.value, str(span.doubt)) for span in found.offers["mobile"]] == [(MOBILE, "other_person")]


def test_numbered_answers_go_to_their_questions() -> None:
    text = f"1. {ORDER}\n2、张三\n3) 屏幕碎了,不能开机"
    assert read(text, "order", "name", "text") == {"order": ORDER, "name": "张三", "text": "屏幕碎了,不能开机"}
    assert read(f"1、{ORDER}\n2、不知道", "order", "name") == {"order": ORDER}


def test_a_half_answer_fills_the_half() -> None:
    assert read(MOBILE, "order", "mobile") == {"mobile": MOBILE}
    assert read(f"{ORDER}\n{MOBILE}", "order", "mobile") == {"order": ORDER, "mobile": MOBILE}


@pytest.mark.parametrize(
    "mail",
    [
        "{}\n\nOn Fri, Nov 27, 2026 at 10:00 AM Support <a@b.c> wrote:\n> 订单号 99887766554433221?",
        "{}\n\n-----Original Message-----\nFrom: a@b.c\n订单号 99887766554433221",
        "{}\n\n发件人: 客服 <a@b.c>\n订单号 99887766554433221",
        "> 订单号 99887766554433221?\n{}",
        "{}\n\n-- \n李雷\n订单号 99887766554433221",
    ],
)
def test_quotes_and_signatures_of_a_mail_are_no_answer(mail: str) -> None:
    assert read(mail.format(ORDER), "order") == {"order": ORDER}


def test_lines_of_our_own_question_are_not_taken_for_the_answer() -> None:
    asked = f"您提到了几个订单号:{ORDER}、4471902386615025。请问是哪一个?"
    assert own_words(f"{asked}\n不清楚", asked) == "不清楚"
    found = read_reply(SPECS, [["order"]], f"{asked}\n第一个", TODAY, asked=asked)
    assert not found.values


SPEAKS_AGAINST = ("我朋友的", "我同事的", "不是", "别用", "好像是", "如果是", "可能是", "客服说是")


@given(st.sampled_from(SPEAKS_AGAINST), st.integers(10**15, 10**16 - 1), st.sampled_from(["order", "mobile"]))
def test_no_word_against_a_value_is_passed_over(words: str, number: int, asked: str) -> None:
    value = str(number) if asked == "order" else f"139{number % 10**8:08d}"
    noun = "订单号" if asked == "order" else ""
    assert read(f"{words}{noun}{value}", asked) == {}


@given(st.text(max_size=300), st.permutations(["order", "mobile", "money", "name", "address", "text"]))
def test_any_text_is_read_without_an_error_and_values_stand_in_it(text: str, names: list[str]) -> None:
    for name, value in read(text, *names).items():
        assert value
        if name in {"address", "text"}:
            assert value in text


def test_one_line_that_would_answer_two_questions_is_offered_for_both_and_answers_none() -> None:
    specs = (spec("mobile", "mobile"), spec("other", "mobile"))
    found = read_reply(specs, [["mobile"], ["other"]], MOBILE, TODAY)
    assert found.values == {}
    assert {name: [(each.value, each.start, each.end) for each in spans] for name, spans in found.offers.items()} == {
        name: [(MOBILE, 0, len(MOBILE))] for name in ("mobile", "other")
    }


def test_an_answer_with_a_number_goes_on_over_the_lines_below_it_up_to_the_next_number() -> None:
    text = f"1. {ORDER}\n2. 新号\n{MOBILE}"
    assert read(text, "order", "mobile") == {"order": ORDER, "mobile": MOBILE}


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        (("order", "money"), f"{ORDER}\n45", {"order": ORDER, "money": "45.00"}),
        (("order", "mobile"), f"{ORDER}\n{MOBILE}", {"order": ORDER, "mobile": MOBILE}),
        (("mobile", "money"), f"{MOBILE}\n45", {"mobile": MOBILE, "money": "45.00"}),
        (("order", "money"), f"1、{ORDER} 2、退45", {"order": ORDER, "money": "45.00"}),
        (("name", "address"), "王芳\n杭州市西湖区文三路478号", {"name": "王芳", "address": "杭州市西湖区文三路478号"}),
        (("order", "mobile"), f"{MOBILE}\n{ORDER}", {"mobile": MOBILE}),  # in another order: the order's is offered
        (("mobile", "order"), f"老公的 {MOBILE}\n{ORDER}", {}),
        (("order", "money"), f"1.{ORDER},2.5折退45", {}),
    ],
)
def test_a_line_for_each_question_or_numbers_on_one_line_answer_them(
    asked: tuple[str, ...], text: str, values: dict[str, str]
) -> None:
    assert read(text, *asked) == values
