"""A flow whose trade the readers have never seen (hotels, banks, utilities, games) works from its definition alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.tickets.reading.test_wishes import ALL_FLOWS
from tests.tickets.reading_corpus import ASKED, FOLDER, NOTHING, RECORD
from tickets.flows.slots import read_slots
from tickets.models import Ticket
from tickets.services.flows.recommendation import weigh

STRANGE = json.loads((FOLDER / "strange.json").read_text("utf-8"))
FLOWS: dict[str, Any] = STRANGE["flows"]
TEXTS: list[dict[str, Any]] = STRANGE["texts"]
MOST_NEEDLESS = 0.15  # of the texts
MOST_MISSED = 0.05  # of the recommendations


def test_no_value_of_a_strange_flow_is_wrong_without_being_asked() -> None:
    wrong, needless = [], []
    for case in TEXTS:
        if not case["reads"]:
            continue
        reading = read_slots(FLOWS[case["reads"]], Ticket(number="T1", text=case["text"], customer_mobile=RECORD))
        asked = {spec.name for spec, _found in reading.asked}
        for slot, right in case["values"].items():
            taken, wanted = reading.values.get(slot), RECORD if right == "record" else right
            if taken not in {None, wanted} or (taken is None and wanted not in {ASKED, NOTHING} and slot not in asked):
                wrong.append((case["text"], slot, taken))
            elif slot in asked and right != ASKED:
                needless.append((case["text"], slot))
    assert wrong == []
    assert len(needless) <= MOST_NEEDLESS * len(TEXTS), needless


def test_a_strange_flow_is_recommended_by_its_own_words() -> None:
    flows = [*ALL_FLOWS, *FLOWS.items()]
    advice = [(case, weigh(case["text"], flows)) for case in TEXTS if case["flow"]]
    got = [(case, "person" if each.person else each.flow) for case, each in advice]
    missed = [(case["text"], flow) for case, flow in got if flow not in case["flow"].split("|")]
    assert len(missed) <= max(1, MOST_MISSED * len(TEXTS)), missed


@pytest.mark.parametrize(
    ("text", "cabin"),
    [
        ("经济舱太挤了,帮我升舱到商务舱", "商务舱"),
        ("从商务舱降到经济舱", "经济舱"),
        ("经济舱或者商务舱都行", None),
        ("升到商务舱还是头等舱", None),
    ],
)
def test_of_two_options_the_one_that_a_change_leads_to_is_meant(text: str, cabin: str | None) -> None:
    found = read_slots(FLOWS["change_seat"], Ticket(number="T1", text=text))
    assert found.values.get("cabin") == cabin


def test_a_free_text_ends_where_another_slot_s_word_or_the_writer_s_talk_begins() -> None:
    text = "角色名叫墨染青衣,区服是长安一区。卡片"
    found = read_slots(FLOWS["recover_game"], Ticket(number="T1", text=text))
    assert found.values["role"] == "墨染青衣"
    assert found.values["server"] == "长安一区"
    card = read_slots(FLOWS["dispute_charge"], Ticket(number="T1", text="盗刷,尾号8812,我人在家"))
    assert card.values["card"] == "8812"


METER = {
    "match": {"keywords": {"水表读错": 3, "多扣水费": 3}, "threshold": 3},
    "slots": [{"name": "account", "kind": "order_number", "label": {"zh": "户号"}, "words": ["户号"]}],
    "instruction": {"zh": {"clauses": [{"text": "x"}]}},
}


def test_a_dispute_about_charges_goes_to_the_flow_that_is_for_it_and_else_to_a_person() -> None:
    assert not weigh("水表读错了,多扣水费 20", [("meter", METER)]).person
    assert weigh("水表读错了,还多扣话费 20", [("meter", METER)]).person


@pytest.mark.parametrize(
    ("words", "text", "number"),
    [
        (["卡号", "card number"], "会员卡号 GY2093381", "GY2093381"),
        (["卡号", "card number"], "银行卡号 6222021234567890123", None),
        (["卡号", "card number"], "my bank card number 6222021234567890123", None),
        (["card number"], "membership card number GY2093381", "GY2093381"),
        (["编号"], "合同编号 HT20260301", None),
        (["编号", "合同号"], "合同编号 HT20260301", "HT20260301"),
        (["票号"], "发票号 044031900111", None),
        (["运单号", "单号"], "快递单号 SF1029384756102", "SF1029384756102"),
        (["单号"], "快递单号 SF1029384756102", None),
    ],
)
def test_the_whole_noun_of_a_number_says_whose_it_is(words: list[str], text: str, number: str | None) -> None:
    flow = {**METER, "slots": [{"name": "n", "kind": "order_number", "label": {"zh": "号码"}, "words": words}]}
    assert read_slots(flow, Ticket(number="T1", text=text)).values.get("n") == number


_SEVERAL = {
    **METER,
    "slots": [
        {"name": "house", "kind": "order_number", "label": {"zh": "户号"}, "words": ["户号", "customer number"]},
        {"name": "phone", "kind": "mobile", "label": {"zh": "联系手机"}, "from_customer": True},
        {"name": "holder", "kind": "name", "label": {"zh": "户名"}, "words": ["户名", "户主"], "required": False},
        {"name": "plate", "kind": "text", "label": {"zh": "车牌"}, "words": ["车牌号", "车牌"], "required": False},
    ],
}


@pytest.mark.parametrize(
    "text",
    [
        "户号8800123456和8800123457",
        "户号8800123456、8800123457",
        "户号是8800123456还是8800123465我记不清",
        "customer number 8800123456 or 8800123465",
    ],
)
def test_of_two_numbers_that_a_word_joins_none_is_taken(text: str) -> None:
    assert "house" not in read_slots(_SEVERAL, Ticket(number="T1", text=text)).values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("户号3301123456,打不着火", {"house": "3301123456", "phone": RECORD}),
        ("customer number 3301123456, the boiler is off", {"house": "3301123456", "phone": RECORD}),
        ("户号3301123456 电话13800138000", {"house": "3301123456", "phone": "13800138000"}),
        ("户号3301123456,退到户名王小明的卡里", {"house": "3301123456", "holder": "王小明"}),
        ("户号3301123456,户主叫陈可", {"house": "3301123456", "holder": "陈可"}),
        ("户号3301123456,户主本人", {"house": "3301123456", "holder": None}),
        ("户号3301123456,车牌号 浙A·12345 昨天进的小区", {"house": "3301123456", "plate": "浙A·12345"}),
    ],
)
def test_each_slot_takes_what_bears_its_noun_and_no_more(text: str, values: dict[str, str | None]) -> None:
    read = read_slots(_SEVERAL, Ticket(number="T1", text=text, customer_mobile=RECORD)).values
    assert {name: read.get(name) for name in values} == values


def test_a_word_that_ends_with_a_mark_has_its_value_directly_behind_it() -> None:
    slot = {"name": "seat", "kind": "text", "label": {"zh": "座位"}, "words": ["seat no."]}
    found = read_slots({**METER, "slots": [slot]}, Ticket(number="T1", text="seat no.AB12"))
    assert found.values == {"seat": "AB12"}


_GYM = {
    **METER,
    "slots": [
        {
            "name": "card",
            "kind": "choice",
            "label": {"zh": "卡种"},
            "options": [
                {"value": "季卡", "phrases": ["季卡", "quarterly pass"]},
                {"value": "年卡", "phrases": ["年卡", "yearly pass"]},
            ],
        },
        {"name": "file", "kind": "order_number", "label": {"zh": "档案号"}, "words": ["档案号", "file number"]},
        {"name": "receipt", "kind": "order_number", "label": {"zh": "收据号"}, "words": ["收据号", "receipt number"]},
        {"name": "order", "kind": "order_number", "label": {"zh": "订单号"}, "required": False},
        {"name": "title", "kind": "text", "label": {"zh": "称呼"}, "words": ["署名", "sign as"]},
        {"name": "days", "kind": "date_range", "label": {"zh": "停卡日期"}},
    ],
}


def _gym(text: str) -> dict[str, str]:
    return read_slots(_GYM, Ticket(number="T1", text=text)).values


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("现在是年卡,太贵了,想降", None),
        ("别给我换成年卡", None),
        ("不要再给我自动续年卡了", None),
        ("don't switch me to the yearly pass", None),
        ("not interested in the yearly pass", None),
        ("我要办年卡", "年卡"),
        ("原来办的是季卡,换成年卡", "年卡"),
        ("please move 13800138000 from the quarterly pass to the yearly pass", "年卡"),
    ],
)
def test_an_option_that_is_had_now_or_refused_is_not_chosen(text: str, card: str | None) -> None:
    assert _gym(text).get("card") == card


def test_a_number_that_bears_another_slot_s_noun_is_none_of_this_one() -> None:
    found = _gym("档案号DA20240817X,订单202408175562,收据号88120345")
    assert (found["file"], found["order"], found["receipt"]) == ("DA20240817X", "202408175562", "88120345")
    assert "receipt" not in _gym("订单202408175562,收据丢了")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("署名个人,订单202408175562", "个人"),
        ("署名写错了,应该是张三,之前是李四", None),
        ("署名不变", None),
        ("署名:不变居士", "不变居士"),
        ("sign as Blue Team, phone 13800138000", "Blue Team"),
    ],
)
def test_a_free_text_is_a_value_and_not_what_is_said_of_it(text: str, title: str | None) -> None:
    assert _gym(text).get("title") == title


def test_of_two_ranges_the_former_one_is_not_meant_and_dotted_numbers_are_only_offered() -> None:
    moved = _gym("原定2026年12月1日到2026年12月3日,改到2026年12月24日到2026年12月26日")
    assert moved["days"] == "2026-12-24/2026-12-26"
    assert "days" not in _gym("停卡 12.24-12.26")


_LOCKER = {
    **METER,
    "slots": [
        {"name": "box", "kind": "order_number", "label": {"zh": "柜号"}, "words": ["BOX", "柜号"]},
        {"name": "fee", "kind": "money", "label": {"zh": "退租金"}, "words": ["退租金", "租金", "rent"], "half": True},
        {
            "name": "size",
            "kind": "choice",
            "label": {"zh": "柜区"},
            "options": [{"value": "大柜", "phrases": ["大柜"]}],
        },
        {"name": "home", "kind": "address", "label": {"zh": "取件地址"}, "words": ["取件地址"]},
        {"name": "visit", "kind": "date_range", "label": {"zh": "上门日期"}},
    ],
}


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("BOX123456789 打不开", "box", "123456789"),
        ("BOX 123456789 打不开", "box", "123456789"),
        ("柜号KX88120345A(贴纸上是KX88120345B)", "box", None),
        ("柜号KX88120345A,不是KX88120345B", "box", "KX88120345A"),
        ("柜号KX88120345A and KX88120346A, both", "box", None),
        ("退租金300,用了一半", "fee", "300.00"),
        ("交了300,用了一半", "fee", None),
        ("退租金一半", "fee", "半额"),
        ("退租金30元6次", "fee", None),
        ("取件地址:上海市静安区南京西路1601号 柜区大柜", "home", "上海市静安区南京西路1601号"),
        ("取件地址:上海市静安区南京西路1601号 柜区:大柜", "home", "上海市静安区南京西路1601号"),
    ],
)
def test_a_value_is_whole_and_its_own_in_words_that_no_flow_of_ours_has(
    text: str, slot: str, value: str | None
) -> None:
    assert read_slots(_LOCKER, Ticket(number="T1", text=text)).values.get(slot) == value


_PARCEL = {
    **METER,
    "slots": [
        {
            "name": "from",
            "kind": "address",
            "label": {"zh": "发货地址"},
            "words": ["发货地址", "发自", "sender address"],
        },
        {
            "name": "to",
            "kind": "address",
            "label": {"zh": "到货地址"},
            "words": ["到货地址", "运到", "receiver address"],
        },
        {"name": "waybill", "kind": "order_number", "label": {"zh": "托运单号"}, "words": ["托运单号", "单号"]},
        {"name": "loss", "kind": "money", "label": {"zh": "损失", "en": "Loss"}, "words": ["损失", "赔", "loss claim"]},
        {"name": "goods", "kind": "text", "label": {"zh": "货名"}, "words": ["货名", "托运的"], "required": False},
    ],
}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "发自杭州市西湖区文三路478号运到上海市静安区南京西路1601号",
            {"from": "杭州市西湖区文三路478号", "to": "上海市静安区南京西路1601号"},
        ),
        (
            "发货地址:杭州市西湖区文三路478号 到货地址:上海市静安区南京西路1601号 损失:300元",
            {"from": "杭州市西湖区文三路478号", "to": "上海市静安区南京西路1601号", "loss": "300.00"},
        ),
        ("到货地址上海市静安区南京西路1601号,单号TY20240817", {"to": "上海市静安区南京西路1601号"}),
        ("到货地址上海市静安区南京西路1601号,箱子压烂赔300", {"to": None}),  # how far it goes is asked
        (
            "sender address 5 Park Row, Leeds LS1 5HD, receiver address 12 High Street, York YO1 8QR, loss claim 300",
            {"from": "5 Park Row, Leeds LS1 5HD", "to": "12 High Street, York YO1 8QR", "loss": "300.00"},
        ),
        ("托运的是《青花瓷瓶》,碎了三个", {"goods": "青花瓷瓶"}),
    ],
)
def test_an_address_ends_where_another_value_begins(text: str, values: dict[str, str | None]) -> None:
    read = read_slots(_PARCEL, Ticket(number="T1", text=text)).values
    assert {name: read.get(name) for name in values} == values
