"""Personal data of many countries: who speaks, numbers, devices, and labels of other languages.

Promise: 8. The texts are written as people and programs of these countries write them.
"""

from __future__ import annotations

import pytest

from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.personal_data.search import find


def found(text: str) -> list[tuple[DataKind, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Abena Asare: where is it?\nAgent: One moment, please.", "Abena Asare", id="a-role-answers"),
        pytest.param(
            "Phạm Thị Lan: em chưa nhận được hàng ạ\nCSKH: dạ anh cho em xin mã đơn",
            "Phạm Thị Lan", id="all-lines-are-said"
        ),
        pytest.param("Ebele Obi: pls help\nRider: I am at the gate\nEbele Obi: ok", "Ebele Obi", id="speaks-again"),
        pytest.param("甲方(出租方):方志新", "方志新", id="label-with-a-note"),
        pytest.param("口座名義 タナカ ジロウ", "タナカ ジロウ", id="japanese-holder"),
        pytest.param("Folasade Bello: I paid twice for this.", "Folasade Bello", id="first-person"),
        pytest.param(
            "Олег Сидоров: где мой заказ?\nОператор: Уточните номер, пожалуйста.", "Олег Сидоров", id="cyrillic"
        ),
        pytest.param("渡辺直美:まだ届きません\n担当:お調べします。", "渡辺直美", id="japanese"),
        pytest.param("한지민: 아직 못 받았어요\n상담원: 확인해 드리겠습니다", "한지민", id="korean"),
        pytest.param("أحمد السيد: لم يصل الطلب؟\nالدعم: ما هو رقم الطلب؟", "أحمد السيد", id="arabic"),
        pytest.param("Un saludo,\nRocío Paredes", "Rocío Paredes", id="closing-with-a-comma"),
        pytest.param("Mit freundlichen Grüßen\nHeidrun Vogt", "Heidrun Vogt", id="german-closing"),
        pytest.param("よろしくお願いします。\n森本 勇", "森本 勇", id="japanese-closing"),
        pytest.param("氏名 松井 玲奈", "松井 玲奈", id="japanese-label-and-a-space"),
        pytest.param("성명 오세훈", "오세훈", id="korean-label-and-a-space"),
        pytest.param("Titular: Inés Cárdenas", "Inés Cárdenas", id="spanish-holder"),
        pytest.param("Lieferung an Herrn Detlef Kranz", "Detlef Kranz", id="german-title"),
        pytest.param("Уважаемая Нина Павловна, заказ готов", "Нина Павловна", id="russian-greeting"),
        pytest.param('"Nowak, Piotr" <p.nowak@mail.pl>', "Nowak, Piotr", id="mailbox-in-quotes"),
        pytest.param("由 邓丽芸 创建", "邓丽芸", id="handed-with-spaces"),
        pytest.param("88, Thabo Mokwena, phone +27 82 555 0101", "Thabo Mokwena", id="beside-a-number"),
        pytest.param('{"nick": "西瓜太郎君"}', "西瓜太郎君", id="nickname-of-a-program"),
        pytest.param("customer_name: Nur Aisyah binti Rahman", "Nur Aisyah binti Rahman", id="setting"),
        pytest.param("receiver=%E6%9D%8E", "%E6%9D%8E", id="percent-encoded"),
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_language(text: str, name: str) -> None:
    assert (DataKind.NAME, name) in found(text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        pytest.param("PPS No: 7654321WA", DataKind.ID_CARD, "7654321WA", id="ireland"),
        pytest.param("87654321X", DataKind.ID_CARD, "87654321X", id="spain-by-its-check"),
        pytest.param("BNCMRA80A01H501A", DataKind.ID_CARD, "BNCMRA80A01H501A", id="italy-by-its-check"),
        pytest.param("주민등록번호 900214-2345678", DataKind.ID_CARD, "900214-2345678", id="south-korea"),
        pytest.param("ИНН 7707083893", DataKind.ID_CARD, "7707083893", id="russia-tax"),
        pytest.param("AHV 756.9217.0769.85", DataKind.ID_CARD, "756.9217.0769.85", id="switzerland"),
        pytest.param("ic_no: 900131-10-5566", DataKind.ID_CARD, "900131-10-5566", id="malaysia"),
        pytest.param("CURP HEGG560427MVZRRL05", DataKind.ID_CARD, "HEGG560427MVZRRL05", id="mexico"),
        pytest.param("口座番号 7654321", DataKind.BANK_CARD, "7654321", id="japanese-account"),
        pytest.param("12 Jalan Raja, 50400 Ipoh", DataKind.ADDRESS, "12 Jalan Raja, 50400 Ipoh", id="number-first"),
        pytest.param("工号 A20417", DataKind.ID_CARD, "A20417", id="work-number"),
        pytest.param("Kontonummer 9988776655", DataKind.BANK_CARD, "9988776655", id="german-account"),
        pytest.param("IMEI1 353918052107063", DataKind.DEVICE, "353918052107063", id="imei"),
        pytest.param("ae:12:4f:00:9b:71", DataKind.DEVICE, "ae:12:4f:00:9b:71", id="hardware-address"),
        pytest.param("来自 114.88.12.7 的登录", DataKind.DEVICE, "114.88.12.7", id="network-address"),
        pytest.param("车架号 LHGCM567112345678", DataKind.PLATE, "LHGCM567112345678", id="chassis"),
        pytest.param("0917 555 0123", DataKind.PHONE, "0917 555 0123", id="dialled-within-a-country"),
        pytest.param(
            "Тел. нет\nЕлена Ким: где он?\nОператор: Номер?\nЕлена Ким: 0501234567",
            DataKind.PHONE, "0501234567", id="all-that-is-said"
        ),
        pytest.param("Date de naissance : 02/03/1987", DataKind.BIRTH_DATE, "02/03/1987", id="french-birth-date"),
        pytest.param("生年月日 平成5年8月9日", DataKind.BIRTH_DATE, "平成5年8月9日", id="japanese-era"),
        pytest.param("Reisepass Nr. C4VJ90K2T", DataKind.PASSPORT, "C4VJ90K2T", id="german-passport"),
        pytest.param(
            "ул. Садовая, д. 3, кв. 41, Тула", DataKind.ADDRESS, "ул. Садовая, д. 3, кв. 41, Тула", id="russian-street"
        ),
        pytest.param(
            "العنوان: شارع النيل 12، القاهرة", DataKind.ADDRESS, "شارع النيل 12، القاهرة", id="arabic-address"
        ),
        pytest.param("包裹已到枫林小区6幢2单元", DataKind.ADDRESS, "枫林小区6幢2单元", id="without-the-verb"),
        pytest.param(
            "地址:苏州市姑苏区人民路88号,下午在家",
            DataKind.ADDRESS,
            "苏州市姑苏区人民路88号",
            id="without-what-goes-on",
        ),
        pytest.param("用户名 river_song77", DataKind.MESSENGER, "river_song77", id="user-name"),
    ],
)  # fmt: skip
def test_a_number_and_a_place_is_found_as_its_country_writes_it(text: str, kind: DataKind, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.5 and 127.0.0.1",
        "固件版本 8.8.4.100",
        "Sendungsnummer 00340434161094042557",
        "伝票番号:1234-5678-9012",
        "رقم الطلب 88120934",
        "Category: Electronics. Rating: 4.7",
        "Preis 19,99 €, Lieferzeit 2–3 Werktage, Artikelnummer 4012345",
        "呼叫时长 3分12秒",
        "员工申请年假 3 天",
        "会员权益:生日礼包",
        "颜色:曜石黑,数量:1",
        "Customer Service: we are open from 9 to 5.",
        "87654321A",
        "订单号 87654321X",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []
