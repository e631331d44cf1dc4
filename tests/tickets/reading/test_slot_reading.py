"""A flow's slots are filled from the ticket; what is missing or ambiguous is said, with candidates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tickets.conftest import REFERENCE, flow_file
from tickets.errors import InvalidSlot
from tickets.flows.slots import apply_answers, choices, periods, read_slots, writing
from tickets.flows.slots.spec import Option
from tickets.models import Department, SlotSource, Ticket
from tickets.services.tickets.changes import create_ticket

MP4 = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 64
REFUND = flow_file("complaint_refund")["definition"]
CODE = flow_file("resend_code")["definition"]


def unsaved(text: str, mobile: str = "") -> Ticket:
    return Ticket(number="T1", subject="s", text=text, customer_mobile=mobile)


def values(definition: dict[str, Any], text: str, mobile: str = "") -> dict[str, str]:
    return read_slots(definition, unsaved(text, mobile)).values


def test_the_reference_complaint_fills_every_slot() -> None:
    assert values(REFUND, REFERENCE) == {
        "order_number": "202405218876",
        "reason": "质量问题",
        "refund": "全额",
        "compensation": "50.00",
    }


def test_each_value_knows_the_place_it_came_from() -> None:
    places = {found.name: REFERENCE[found.start : found.end] for found in read_slots(REFUND, unsaved(REFERENCE)).found}
    assert places == {
        "order_number": "202405218876",
        "reason": "充不上电",
        "refund": "全额",
        "compensation": "50元",
    }


def test_a_missing_order_number_is_said_to_be_missing() -> None:
    reading = read_slots(REFUND, unsaved("耳机坏了,全额退款"))
    assert [spec.name for spec in reading.missing] == ["order_number"]
    assert not reading.complete


MOBILE = {"name": "mobile", "kind": "mobile", "label": {"zh": "手机号"}}


@pytest.mark.parametrize(("from_customer", "offered"), [(True, {"13755556666"}), (False, set())])
def test_the_records_number_is_offered_only_where_the_flow_is_about_the_customers_own(
    from_customer: bool, offered: set[str]
) -> None:
    specs = {"slots": [{**MOBILE, "from_customer": from_customer}]}
    reading = read_slots(specs, unsaved("验证码发到13900001111还是别的?", "13755556666"))
    ((_spec, places),) = reading.doubtful
    assert {each.value for each in places if each.source == SlotSource.RECORD} == offered


@pytest.mark.parametrize(
    ("text", "found"),
    [("麻烦处理一下", {"reply": "已登记"}), ("回复内容:请稍候。", {"reply": "请稍候。"}), ("别回复内容:请稍候。", {})],
)
def test_a_flows_own_value_stands_where_the_ticket_speaks_of_none(text: str, found: dict[str, str]) -> None:
    """A single character before the words is no line of a form, and may refuse them."""
    spec = {"name": "reply", "kind": "text", "label": {"zh": "回复"}, "words": ["回复内容"], "default": "已登记"}
    assert values({"slots": [{**spec, "to_line_end": True}]}, text) == found


def test_two_order_numbers_are_ambiguous_and_both_are_offered() -> None:
    reading = read_slots(REFUND, unsaved("202405218876和202405218877都坏了,全额退款"))
    [(spec, candidates)] = reading.ambiguous
    assert spec.name == "order_number"
    assert [found.value for found in candidates] == ["202405218876", "202405218877"]


def test_two_refund_amounts_are_ambiguous() -> None:
    reading = read_slots(REFUND, unsaved("订单202405218876坏了,退款50元,还是退款60元"))
    assert [[found.value for found in candidates] for _spec, candidates in reading.ambiguous] == [["50.00", "60.00"]]


def test_nobody_asked_for_compensation_so_none_is_filled_in() -> None:
    assert "compensation" not in values(REFUND, "订单202405218876坏了,全额退款")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("充不上电", "质量问题"),
        ("坏了", "质量问题"),
        ("盒子压坏了", "物流破损"),
        ("外箱破损", "物流破损"),
        ("不想要了", "七天无理由"),
        ("少发了一件", "少件错发"),
        ("和描述不符", "与描述不符"),
        ("It is defective", "质量问题"),
        ("充不上电,盒子还压坏了", "质量问题"),
    ],
)
def test_a_reason_is_recognised_by_phrases(text: str, reason: str) -> None:
    assert values(REFUND, text)["reason"] == reason


def test_a_phrase_that_is_denied_does_not_count() -> None:
    assert values(REFUND, "不是质量问题,是不想要了")["reason"] == "七天无理由"


def test_the_customers_own_number_is_taken_where_the_text_has_none() -> None:
    assert values(CODE, "收不到验证码", "138 1234 5678") == {"mobile": "13812345678"}
    assert values(CODE, "收不到验证码,号码13900139001", "13812345678") == {"mobile": "13900139001"}
    assert values(CODE, "收不到验证码", "") == {}


def test_an_attached_video_fills_its_slot_under_its_name_on_the_phone(department: Department) -> None:
    ticket = create_ticket(
        user=None,
        subject="s",
        text=REFERENCE,
        department=department,
        files=[SimpleUploadedFile("开箱 视频.MP4", MP4)],
    )
    found = {found.name: found for found in read_slots(REFUND, ticket).found}["unboxing_video"]
    assert found.value == f"开箱视频_{ticket.number[-4:]}.mp4"
    assert found.shown == "开箱_视频.mp4"
    assert (found.source, found.start) == (SlotSource.ATTACHMENT, None)


def test_of_two_videos_the_operator_chooses_one(department: Department) -> None:
    files = [SimpleUploadedFile(name, MP4) for name in ("a.mp4", "b.mp4")]
    ticket = create_ticket(user=None, subject="s", text=REFERENCE, department=department, files=files)
    reading = read_slots(REFUND, ticket)
    [(spec, candidates)] = reading.ambiguous
    assert [found.shown for found in candidates] == ["a.mp4", "b.mp4"]
    chosen = apply_answers(REFUND, ticket, reading, {spec.name: "b.mp4"})
    assert chosen.complete
    assert chosen.found[-1].attachment_id == candidates[1].attachment_id
    with pytest.raises(InvalidSlot):
        apply_answers(REFUND, ticket, reading, {spec.name: "c.mp4"})


@pytest.mark.parametrize(
    ("name", "answer", "value"),
    [
        ("order_number", "2024 0521 8876", "202405218876"),
        ("order_number", "123456", "123456"),
        ("refund", "全额", "全额"),
        ("refund", "五十", "50.00"),
        ("reason", "物流破损", "物流破损"),
        ("reason", "坏了", "质量问题"),
    ],
)
def test_an_operators_answer_is_read_like_the_ticket(name: str, answer: str, value: str) -> None:
    ticket = unsaved("退款")
    reading = apply_answers(REFUND, ticket, read_slots(REFUND, ticket), {name: answer})
    assert reading.values[name] == value
    assert {found.source for found in reading.found if found.name == name} == {SlotSource.OPERATOR}


@pytest.mark.parametrize(
    "answers",
    [
        {"order_number": "不知道"},
        {"refund": "很多"},
        {"refund": "二百五十abc"},
        {"compensation": "30或40"},
        {"compensation": "50元左右"},
        {"compensation": "-3"},
        {"compensation": "全额"},
        {"nothing": "1"},
        {"reason": "x" * 501},
    ],
)
def test_an_answer_that_does_not_fit_is_refused_in_words(answers: dict[str, str]) -> None:
    ticket = unsaved("退款")
    with pytest.raises(InvalidSlot) as refused:
        apply_answers(REFUND, ticket, read_slots(REFUND, ticket), answers)
    assert refused.value.message


def test_an_empty_answer_changes_nothing() -> None:
    ticket = unsaved(REFERENCE)
    reading = read_slots(REFUND, ticket)
    assert apply_answers(REFUND, ticket, reading, {"order_number": "  "}).values == reading.values


def test_a_longer_phrase_hides_the_shorter_one_inside_it() -> None:
    options = (Option(value="坏", phrases=("坏了",)), Option(value="压", phrases=("压坏",)))
    assert [span.value for span in choices.options("盒子压坏了", options)] == ["压"]


def test_free_text_stands_behind_its_word_up_to_the_end_of_the_sentence() -> None:
    [span, *_] = writing.behind("请把地址改成:浙江省杭州市西湖区文三路1号,3幢。谢谢", ("地址改成", "改成"))
    assert span.value == "浙江省杭州市西湖区文三路1号,3幢"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-01到2024-05-31", "2024-03-01/2024-05-31"),
        ("3月1日至5月31日", "2024-03-01/2024-05-31"),
        ("导出11月1日到12月31日", "2023-11-01/2023-12-31"),
        ("最近三个月", "2024-03-15/2024-06-15"),
        ("近30天", "2024-05-16/2024-06-15"),
        ("past 3 months", "2024-03-15/2024-06-15"),
        ("2024年3月1日到2024年5月31日", "2024-03-01/2024-05-31"),
    ],
)
def test_a_range_of_dates_is_read(text: str, expected: str) -> None:
    assert [span.value for span in periods.date_ranges(text, date(2024, 6, 15))] == [expected]


@pytest.mark.parametrize(
    ("text", "about", "expected"),
    [
        ("12月3日到12月5日", "", None),  # of last year, or in some days
        ("12月3日到12月5日", "账单周期", "2023-12-03/2023-12-05"),
        ("12月3日到12月5日", "入住日期", "2024-12-03/2024-12-05"),
        ("帮我预订12月3日到12月5日", "", "2024-12-03/2024-12-05"),
        ("导出1月3日到1月5日的流水", "", "2024-01-03/2024-01-05"),
        ("1月3日到1月5日", "", None),
        ("11月20日到11月25日", "", "2024-11-20/2024-11-25"),
        ("11月20日到12月5日", "", "2024-11-20/2024-12-05"),  # today is within
        ("from 3 Dec to 5 Dec", "Dates of the stay", "2024-12-03/2024-12-05"),
        ("Dec 30th through Jan 2nd", "Leave", "2024-12-30/2025-01-02"),
        ("请假12/3~12/5", "", "2024-12-03/2024-12-05"),
        ("12/3 to 12/5", "Leave", None),  # December, or March and May
    ],
)
def test_the_days_of_a_range_without_a_year_are_of_the_time_that_is_spoken_of(
    text: str, about: str, expected: str | None
) -> None:
    found = periods.date_ranges(text, date(2024, 11, 29), about)
    assert [span.value for span in found if span.doubt is None] == ([expected] if expected else [])


@pytest.mark.parametrize("text", ["2月30日到3月40日", "近0天", "最近九九九九个月", "5月31日到3月1日", "近999999天"])
def test_what_is_no_range_gives_none(text: str) -> None:
    found = periods.date_ranges(text, date(2024, 6, 15))
    assert [span.value for span in found if span.doubt is None] == []


@given(
    st.text(alphabet="我订单号2024０５２１8876,，。退款全额半补偿五十元¥坏了压不想要近三个月到-日年 \n", max_size=150)
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reading_any_text_never_breaks_and_points_inside_it(text: str) -> None:
    ticket = unsaved(text)
    reading = read_slots(REFUND, ticket)
    for found in [*reading.found, *(each for _spec, several in reading.ambiguous for each in several)]:
        assert found.start is None or 0 <= found.start < (found.end or 0) <= len(text)
        assert found.value


def test_files_that_a_run_brought_back_are_not_taken_for_the_customers(ticket: Ticket, run: Any) -> None:
    from tickets.services.tickets.changes import add_attachment

    add_attachment(ticket, ContentFile(MP4, name="屏幕.mp4"), from_run=run)
    assert "unboxing_video" not in read_slots(REFUND, ticket).values


@pytest.mark.parametrize("text", ["换了新手机,请给我登记的手机号再发一次", "发到我新手机号上"])
def test_a_telephone_that_is_only_named_is_asked_for_with_the_records_number_to_choose(text: str) -> None:
    reading = read_slots(CODE, unsaved(text, "13755556666"))
    assert reading.found == []
    ((_spec, offered),) = reading.doubtful
    assert [(each.value, each.source) for each in offered if each.value] == [("13755556666", "record")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("RT 工单: 20417\n回复内容: 您好!退款已提交。请留意,还有问题吗?\n谢谢", "您好!退款已提交。请留意,还有问题吗?"),
        ("回复内容:已处理;不用再寄。", "已处理;不用再寄。"),
        ("回复内容:\n已经处理。", "已经处理。"),
        ("reply content: Done. Thank you!", "Done. Thank you!"),
    ],
)
def test_a_text_may_be_read_to_the_end_of_its_line(text: str, value: str) -> None:
    """A reply to a customer has several sentences, and a question in it is no doubt about it."""
    spec = {"name": "reply", "kind": "text", "label": {"zh": "回复"}, "words": ["回复内容", "reply content"]}
    assert values({"slots": [{**spec, "to_line_end": True}]}, text) == {"reply": value}
