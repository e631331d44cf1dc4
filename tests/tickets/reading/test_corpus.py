"""A ticket's value is taken only whole and only where it is meant: 3,400 texts with their right answers."""

from __future__ import annotations

import json

import pytest

from tests.tickets.conftest import flow_file
from tests.tickets.reading_corpus import RECORD, Case, cases, judged, recommendations, unwilling
from tickets.demo import FIXTURES
from tickets.flows.slots import read_slots
from tickets.models import Ticket
from tickets.services.flows.recommendation import weigh

FLOWS = [(path.stem, flow_file(path.stem)["definition"]) for path in sorted(FIXTURES.glob("flows/*.json"))]
MOST_NEEDLESS = 0.035  # of the texts
Judgement = tuple[list[str], list[str]]
MOST_MISSED = 0.02  # of the recommendations

# As people reported them: texts that were once read wrongly, by flow, and the slot that must be right or asked.
REPORTED = (
    [
        ("complaint_refund", "refund", text, right)
        for text, right in [
            ("退款1千2百元", "1200.00"),
            ("退款1万5千元", "15000.00"),
            ("退款2百50元", "250.00"),
            ("退款二佰五十元", "250.00"),
            ("退款1 299元", "1299.00"),
            ("退款两百 五十元", "250.00"),
            ("退款两千零十元", "2010.00"),
            ("退款一千零十五元", "1015.00"),
            ("退款1块5毛8", "1.58"),
            ("退款12元50分", "12.50"),
            ("退款1二0元", None),
            ("退款三百五百元", None),
            ("退款3千5百元", "3500.00"),
            ("退款$50", None),
            ("退款-50元", None),
            ("退款0元", None),
            ("退款300-400元", None),
            ("退款50元左右", None),
            ("至少退款50元", None),
            ("最多退款50元", None),
        ]
    ]
    + [
        ("complaint_refund", "compensation", text, right)
        for text, right in [
            ("我朋友上次补偿500元", None),
            ("客服说最多20元补偿", None),
            ("不要补偿50元券", None),
            ("补偿50", "50.00"),
            ("compensate me fifty yuan", "50.00"),
            ("补偿二百五十块零五毛", "250.50"),
            ("补偿1千2百元", "1200.00"),
        ]
    ]
    + [
        ("complaint_refund", "order_number", text, right)
        for text, right in [
            ("Shopee订单号260118Q2Y6E59M没收到", "260118Q2Y6E59M"),
            ("虾皮订单 2605090756Y8R4", "2605090756Y8R4"),
            ("订单号DD2024052100012AB 退款", "DD2024052100012AB"),
            ("内部订单 R-2024-00017", "R-2024-00017"),
            ("Temu PO-211-01234567890123456 not received", "PO-211-01234567890123456"),
            ("订单号2024\u200b05218876", "202405218876"),
            ("订单号202405\n218876", "202405218876"),
            ("微信支付交易单号4200001234202405211234567890,钱付了没发货", None),
            ("支付宝交易号2024052122001412345678901234", None),
            ("中通78412345678901一直没动", None),
            ("物流号 78412345678901", None),
            ("退货单号 784123456789012", None),
            ("手机IMEI 861234567890123", None),
            ("商品条码6901234567892", None),
            ("发票号码 24312000000012345678", None),
            ("会员卡 6222021234567890123", None),
            ("工单号 202405210001234", None),
            ("下单时间20240521143000", None),
            ("电话0755-26001234567", None),
        ]
    ]
    + [
        ("resend_code", "mobile", text, None)
        for text in [
            "请把验证码发到一三八零零五五五五零三",
            "没收到验证码,请重发到138001380001(新号)",
            "换成1380013800",
            "新手机是138.0013.8000",
            "新手机是13800l38000",
            "新号138\u200b0013\u200b8000",
            "新手机是+852 9123 4567",
            "尾号8000那个手机",
            "换成我老公的手机",
        ]
    ]
)


@pytest.fixture(scope="module")
def judgements() -> list[tuple[Case, Judgement]]:
    return [(case, judged(case)) for case in cases()]


def test_no_value_is_wrong_without_being_asked(judgements: list[tuple[Case, Judgement]]) -> None:
    assert [(case.flow, case.text, wrong) for case, (wrong, _needless) in judgements if wrong] == []


def test_hardly_a_question_is_needless(judgements: list[tuple[Case, Judgement]]) -> None:
    asked = [(case.text, needless) for case, (_wrong, needless) in judgements if needless]
    assert len(asked) <= MOST_NEEDLESS * len(cases()), asked


def test_there_are_texts_enough_in_both_languages() -> None:
    assert len(cases()) >= 400
    assert sum(case.text.isascii() for case in cases()) >= 60


@pytest.mark.parametrize(("flow", "slot", "text", "right"), REPORTED)
def test_what_was_once_read_wrongly_is_right_or_asked(flow: str, slot: str, text: str, right: str | None) -> None:
    ticket = Ticket(number="T1", subject="", text=text, customer_mobile=RECORD)
    assert read_slots(flow_file(flow)["definition"], ticket).values.get(slot) in {None, right}


def test_flows_are_recommended_for_what_is_wanted_and_a_person_for_the_rest() -> None:
    missed = []
    for text, right in recommendations():
        advice = weigh(text, FLOWS)
        got = "person" if advice.person else advice.flow
        if got not in right.split("|"):
            missed.append((text, got, right))
    assert len(missed) <= MOST_MISSED * len(recommendations()), missed


def test_no_flow_is_recommended_against_the_customer_s_will() -> None:
    ready = [(text, weigh(text, FLOWS)) for text, right in unwilling() if "|" not in right]
    assert [(text, advice.flow) for text, advice in ready if advice.flow and not advice.person] == []


@pytest.mark.parametrize(
    "text", ["不要退款", "先别退款", "只想问什么时候发货", "不用重发了", "我不是来退款的", "I don't want a refund"]
)
def test_a_refusal_or_a_question_recommends_no_change(text: str) -> None:
    advice = weigh(text, FLOWS)
    assert advice.person or advice.flow == "order_status"
    assert advice.reasons


def test_of_the_demonstration_s_tickets_only_the_upset_and_the_disputed_one_go_to_a_person() -> None:
    tickets = json.loads((FIXTURES / "tickets.json").read_text("utf-8"))
    texts = [f"{ticket['subject']}\n{ticket['text']}" for ticket in tickets]
    to_a_person = [text for text in texts if weigh(text, FLOWS).person]
    assert [text.split("\n")[0] for text in to_a_person] == ["再不处理我就投诉到12315!!!", "套餐扣费有争议"]
