"""Personal data in text: found however it is written, and left alone where it only looks like it."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.personal_data.numbers.checks import is_id_card, passes_luhn
from cs_agent.vision.personal_data.search import find

ID, CARD, MOBILE = DataKind.ID_CARD, DataKind.BANK_CARD, DataKind.MOBILE
EMAIL, PASSWORD, CODE = DataKind.EMAIL, DataKind.PASSWORD, DataKind.CODE
PHONE, VOUCHER, NAME, ADDRESS = DataKind.PHONE, DataKind.VOUCHER, DataKind.NAME, DataKind.ADDRESS
BIRTH = DataKind.BIRTH_DATE
PLATE, PASSPORT, MESSENGER = DataKind.PLATE, DataKind.PASSPORT, DataKind.MESSENGER


def found(text: str) -> list[tuple[DataKind, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "original"),
    [
        ("身份证号11010519491231002X", ID, "11010519491231002X"),
        ("11010519491231002x 张三", ID, "11010519491231002x"),
        ("110105 19491231 002X", ID, "110105 19491231 002X"),
        ("11O1O5 1949I231 OO2X", ID, "11O1O5 1949I231 OO2X"),
        ("１１０１０５１９４９１２３１００２Ｘ", ID, "１１０１０５１９４９１２３１００２Ｘ"),
        ("身份证 110105194912310029", ID, "110105194912310029"),  # one digit misread, but labelled
        ("ID card: 110105491231002", ID, "110105491231002"),
        ("110105194912310029", ID, "110105194912310029"),  # one digit mistyped
        ("11010520231332002X", ID, "11010520231332002X"),  # a misread month; no other number ends in X
        ("13812345678", MOBILE, "13812345678"),
        ("收货人 张三 138 1234 5678", MOBILE, "138 1234 5678"),
        ("138-1234-5678转2", MOBILE, "138-1234-5678"),
        ("+86 138 1234 5678", MOBILE, "86 138 1234 5678"),
        ("8613812345678", MOBILE, "8613812345678"),
        ("l38l2345678", MOBILE, "l38l2345678"),
        ("tel13812345678", MOBILE, "13812345678"),
        ("验证码已发送至13812345678", MOBILE, "13812345678"),
        ("6222021234567890128", CARD, "6222021234567890128"),
        ("4111 1111 1111 1111", CARD, "4111 1111 1111 1111"),
        ("卡号 6222 0212 3456 7890 123", CARD, "6222 0212 3456 7890 123"),
        ("zhang.san@qq.com", EMAIL, "zhang.san@qq.com"),
        ("邮箱：a＠b.com。", EMAIL, "a＠b.com"),
        ("li_si+vip @ mail.example .com", EMAIL, "li_si+vip @ mail.example .com"),
        ("密码:abc12345", PASSWORD, "abc12345"),
        ("登录密码是 Qwe!2024", PASSWORD, "Qwe!2024"),
        ("Password: hunter2", PASSWORD, "hunter2"),
        ("您的验证码是 482913,5分钟内有效", CODE, "482913"),
        ("【短信平台】482913(登录验证码)", CODE, "482913"),
        ("Your verification code is 123 456", CODE, "123 456"),
        ("OTP 9931", CODE, "9931"),
        ("验证码 482-913", CODE, "482-913"),
        ("验证码 11-2203", CODE, "11-2203"),
    ],
)
def test_personal_data_is_found_in_the_original_text(text: str, kind: DataKind, original: str) -> None:
    assert (kind, original) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "最近验证码 2026-11-22 03:28:19",
        "最近验证码 2026-11-2203:28:19",
        "验证码 11-22 03:28 已送达",
        "2026-11-22 登录验证码",
        "订单号202405218876",
        "订单号:2024052188761234567",
        "运单号 13812345678",
        "快递单号 6222021234567890128",
        "¥399.00 补偿 ¥50.00",
        "2024-05-21 18:02:33",
        "验证码 60秒后重发",
        "验证码5分钟内有效",
        "忘记密码 登录",
        "Password Login",
        "Illl OOOO lOl",
        "20110519491231002",  # no province, no X
        "订单号 110105194912310029",  # named as an order's, and the checksum fails
        "12345678901",
        "400-820-8820",
        "尾号 0128 的储蓄卡",
        "金额 1234.56 元",
        "验证码: 订单 12345678",
        "@张三 你好",
        "",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "快递员 王师傅 13912345678",
        "快递员电话13912345678",
        "物流客服:13912345678",
        "订单收货手机 139 1234 5678",
        "订单联系人:李四 13912345678",
        "运单已签收,联系13912345678",
        "工单来电号码:13912345678",
        "ticket from 13912345678",
        "订单 13912345678",
        "订单号 2024052188761234,13912345678",
        "订单号 13912345678(收件人电话)",
        "(139)1234-5678",
        "139.1234.5678",
        "139\u200b1234\u200b5678",
        "1 3 9 1 2 3 4 5 6 7 8",
        "一三九一二三四五六七八",
        "+86 (139) 1234 5678",
    ],
)
def test_a_word_nearby_excuses_no_mobile_number(text: str) -> None:
    assert MOBILE in {kind for kind, _ in found(text)}


@pytest.mark.parametrize("before", ["订单号 ", "运单号:", "快递单号是", "流水编号:", "Order no. ", "tracking number: "])
def test_a_number_that_an_order_is_directly_named_by_is_the_orders(before: str) -> None:
    assert found(f"{before}13912345678") == []


@pytest.mark.parametrize("between", ["收件人 ", "手机 ", "客服:", "2024 ", "联系电话"])
def test_a_word_between_the_orders_name_and_the_number_ends_the_excuse(between: str) -> None:
    assert MOBILE in {kind for kind, _ in found(f"订单号 {between}13912345678")}


@pytest.mark.parametrize(
    "text", ["交易账户 6222021234567890128", "收款账户 6222021234567890121", "订单退款至卡号 6222021234567890121"]
)
def test_an_account_beside_words_of_an_order_is_hidden(text: str) -> None:
    assert [kind for kind, _ in found(text)] == [CARD]


@pytest.mark.parametrize(
    ("text", "kind", "original"),
    [
        ("座机 010-62345678 转801", PHONE, "010-62345678 转801"),
        ("021-6234 5678", PHONE, "021-6234 5678"),
        ("+1 415 555 2671", PHONE, "1 415 555 2671"),
        ("call me at (415) 555-2671", PHONE, "415) 555-2671"),
        ("+852 9123 4567", PHONE, "852 9123 4567"),
        ("电话:62345678", PHONE, "62345678"),
        ("收货人:张三", NAME, "张三"),
        ("收货人 欧阳娜娜 收", NAME, "欧阳娜娜"),
        ("收货人周 勤 15822220002", NAME, "周 勤"),
        ("联系人:司马 青", NAME, "司马 青"),
        ("签收人:本人(王五)", NAME, "王五"),
        ("收件人:家人（贺敏）", NAME, "贺敏"),
        ("乘机人 章远/ZHANG YUAN", NAME, "ZHANG YUAN"),
        ("发票抬头:个人 李四 税号:", NAME, "李四"),
        ("抬头 赵敏", NAME, "赵敏"),
        ("医师:华佗", NAME, "华佗"),
        ("0770 (ask for Priya)", NAME, "Priya"),
        ("姓　　名：陶　小　满", NAME, "陶　小　满"),
        ("收件人 鄭 遠 先生", NAME, "鄭 遠"),
        ("加群:123456789 领券", MESSENGER, "123456789"),
        ("交流群 987654321", MESSENGER, "987654321"),
        ("联系人：阿依古丽·买买提", NAME, "阿依古丽·买买提"),
        ("客户:张三要求退款", NAME, "张三"),
        ("我叫王小明,耳机坏了", NAME, "王小明"),
        ("刚才李女士来电", NAME, "李女士"),
        ("Recipient: John Smith, 12:30", NAME, "John Smith"),
        ("Dear Mr. Brown, your order", NAME, "Brown"),
        ("收货地址:上海市浦东新区张江路100弄5号301室", ADDRESS, "上海市浦东新区张江路100弄5号301室"),
        ("在幸福小区3栋2单元501", ADDRESS, "在幸福小区3栋2单元501"),
        ("广东省深圳市南山区科技园", ADDRESS, "广东省深圳市南山区科技园"),
        ("to 221B Baker Street, London NW1 6XE", ADDRESS, "221B Baker Street, London NW1 6XE"),
        ("出生日期:1990-05-12 性别:女", BIRTH, "1990-05-12"),
        ("生日 民國79年5月12日", BIRTH, "民國79年5月12日"),
        ("DOB: 12/05/1990", BIRTH, "12/05/1990"),
        ("李娜(女,1985/03/09)", NAME, "李娜"),
        ("李娜(女,1985/03/09)", BIRTH, "1985/03/09"),
        ("GPS: 31.230416, 121.473701", ADDRESS, "31.230416, 121.473701"),
        ("meet at 51.50735, -0.12776", ADDRESS, "51.50735, -0.12776"),
        ("身分證字號:A123456789", ID, "A123456789"),
        ("Z683365(5)", ID, "Z683365(5)"),
        ("SSN 219-09-9999", ID, "219-09-9999"),
        ("Codice fiscale: RSSMRA85T10A562S", ID, "RSSMRA85T10A562S"),
        ("Aadhaar 2345 6789 0123", ID, "2345 6789 0123"),
        ("Driver's licence number MORGA657054SM9IJ", PASSPORT, "MORGA657054SM9IJ"),
        ("車號 ABC-1234", PLATE, "ABC-1234"),
        ("Authorization: Bearer abcd.efgh1234.ijkl", PASSWORD, "abcd.efgh1234.ijkl"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", PASSWORD, "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
        ("postgres://app:Pa55w0rd@db:5432/orders", PASSWORD, "Pa55w0rd"),
        ("662817 is your Facebook confirmation code", CODE, "662817"),
        ("OTP for txn INR 2,300.00 is 448120", CODE, "448120"),
        ("客户李雪梅来电说空调不制冷", NAME, "李雪梅"),
        ("收件人改成我妈周桂兰,电话", NAME, "周桂兰"),
        ("刚才那单,收周晓彤,15200001111", NAME, "周晓彤"),
        ("入住人:方志远、蒋欣 2 人", NAME, "蒋欣"),
        ("姓  名:屠洪刚", NAME, "屠洪刚"),
        ("请联系贾经理", NAME, "贾经理"),
        ("我叫Lily,想退货", NAME, "Lily"),
        ("From: Laura Palmer <laura@example.org>", NAME, "Laura Palmer"),
        ("Contact: Anna Müller <a@b.de>", NAME, "Anna Müller"),
        ("이름: 김민수 전화: 010-1234-5678", NAME, "김민수"),
        ("ФИО: Смирнова Анна, тел.: 8 (912) 345-67-89", NAME, "Смирнова Анна"),
        ("тел.: 8 (912) 345-67-89", PHONE, "8 (912) 345-67-89"),
        ("電話番号:03-1234-5678", PHONE, "03-1234-5678"),
        ("虚拟号 17012345678 转 2231", MOBILE, "17012345678 转 2231"),
        ("我的手机号是138零零138零零零", MOBILE, "138零零138零零零"),
        ("account no. 12345678", CARD, "12345678"),
        ("IBAN: DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX", CARD, "DE89 3704 0044 0532 0130 00"),
        ("Via Roma 12, 20121 Milano", ADDRESS, "Via Roma 12, 20121 Milano"),
        ("in der Lindenstraße 5, 80331 München", ADDRESS, "Lindenstraße 5, 80331 München"),
        ("卡主申屠雅,卡6212 2612 0200 1234 569", CARD, "6212 2612 0200 1234 569"),
        ("老板微信boss-liu888", MESSENGER, "boss-liu888"),
        ("密钥 A1b2C3d4E5f6G7h8", PASSWORD, "A1b2C3d4E5f6G7h8"),
        ("總機 62345678", PHONE, "62345678"),
        ("call me on 07911 123456", PHONE, "07911 123456"),
        ("電話:0912-345-678", PHONE, "0912-345-678"),
        ("收貨人:張三", NAME, "張三"),
        ("姓名:Mary Johnson", NAME, "Mary Johnson"),
        ("亲爱的李雷,您好", NAME, "李雷"),
        ("请输入 305178 完成登录", CODE, "305178"),
        ("背面三位 321", VOUCHER, "321"),
        ("军官证 军字第12345678号", PASSPORT, "12345678"),
        ("永居证 ABC123456789012", PASSPORT, "ABC123456789012"),
        ("WJ京1234A", PLATE, "WJ京1234A"),
        ("京A·12345 停在楼下", PLATE, "京A·12345"),
        ("车牌 沪AD12345", PLATE, "沪AD12345"),
        ("护照 EA1234567", PASSPORT, "EA1234567"),
        ("P<CHNZHANG<<SAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", PASSPORT, "P<CHNZHANG<<SAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ("微信:zhang_san88", MESSENGER, "zhang_san88"),
        ("QQ号 123456789", MESSENGER, "123456789"),
        ("取件码 5-2-1234", VOUCHER, "5-2-1234"),
        ("凭8-1-2034到驿站取件", VOUCHER, "8-1-2034"),
        ("券码:ABCD-EFGH-1234", VOUCHER, "ABCD-EFGH-1234"),
        ("CVV2: 456", VOUCHER, "456"),
        ("付款码 134567890123456789", VOUCHER, "134567890123456789"),
        ("G-123456 is your Google verification code.", CODE, "G-123456"),
        ("验证码:8F3K2Q", CODE, "8F3K2Q"),
        ("IBAN GB29 NWBK 6016 1331 9268 19", CARD, "GB29 NWBK 6016 1331 9268 19"),
    ],
)
def test_every_kind_is_found_in_the_forms_it_is_written_in(text: str, kind: DataKind, original: str) -> None:
    assert (kind, original) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "联系人: 暂无",
        "收货人 请选择",
        "发票抬头 南山科技有限公司",
        "发票抬头:个人",
        "抬头类型 个人 企业",
        "收件人:家人(已签收)",
        "please ask for Help",
        "收货人 高 级会员",
        "联系人 未 填写",
        "户主 江 苏 南京",
        "人群 100000 人",
        "群 12345678.50元",
        "姓名\t电话\t操作",
        "客户:要求全额退款",
        "用户:登录失败",
        "客户满意度 95",
        "Product name: Bluetooth Headphones",
        "IP地址:192.168.1.1",
        "微信支付 39.90元",
        "微信支付成功",
        "客服热线 400-820-8820",
        "优惠券 满100减20",
        "联系时间 2024-05-21 18:02:33",
        "交易单号 4200001234202405211234567890",
        "[确认] 退款:¥399.00 | 补偿:¥50.00 | 原因:质量问题",
        "深圳市",
        "3-5个工作日内原路退回",
        "库存 12345678",
        "版本 v3.12.45 型号 AB-1234",
        "错误码 305178",
        "王者荣耀",
        "亲爱的顾客,您好",
        "手机号后四位 8899,验证码收不到",
        "Sort code 20-00-00, zip code 62704",
        "Call 1-800-275-8777 for help",
        "热线 95338 / 400-811-1111",
        "户名:杭州云雀科技有限公司",
        "会员权益 12 项",
        "From: no-reply@shop.com",
        "temperature 21.5, 22.4",
        "生日礼券 3 张",
        "User name or password is wrong.",
        "INSTALLED_APPS, insufficient_quota: each line is recognised by itself",
        "Errors are RFC 9457 problem details; code is for programs",
        "检查地址是否以 /v1 结尾",
        "备注只有同事能看到",
        "Signed by Standard Webhooks",
        "shipped via UPS 1Z999AA10123456784",
        "max_tokens=4096 tokens used: 1823",
        '{"mobileModel":"M2102K1C","osVersion":"14"}',
        '{"name":"戴森吹风机 HD15","stock":32}',
        "Name\tQty\tPrice\nSteel Bolt\t100\t0.12",
        "日期,订单数,金额\n2024-05-20,1203,89201.50",
        "git commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "输入 3 件商品完成支付",
    ],
)
def test_what_a_page_needs_to_be_understood_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ('{"receiver_name":"刘畅","smsCode":660812}', ["刘畅", "660812"]),
        ('{"name":"Lars Svensson","phone":"+46 70 123 45 67"}', ["Lars Svensson", "46 70 123 45 67"]),
        ("receiver=沈腾&addr=中关村大街27号&sku=1002", ["沈腾", "中关村大街27号"]),
        ("<收件人>万茜</收件人><qty>2</qty>", ["万茜"]),
        ("<td>收货人</td><td>戴玉</td>", ["戴玉"]),
        ('{"lat":22.543096,"lng":114.057865,"zoom":12}', ["22.543096", "114.057865"]),
        ("X-Api-Key: 9f8e7d6c5b4a39281706", ["9f8e7d6c5b4a39281706"]),
        ("姓名\t手机\t商品\n田甜\t13677778888\t保温杯", ["田甜", "13677778888"]),
        ("order_id,customer_name,total\n9001,丁一,88.00\n9002,Grace Hopper,120.50", ["丁一", "Grace Hopper"]),
        ("| 客户姓名 | 问题 |\n|---|---|\n| 阿丽亚 | 无法开机 |", ["阿丽亚"]),
    ],
)
def test_names_of_fields_and_headings_of_columns_are_labels(text: str, personal: list[str]) -> None:
    assert [original for _, original in found(text)] == personal


def test_an_address_leaves_the_number_inside_it_its_own_kind() -> None:
    text = "地址:北京市朝阳区建国路88号院 13812345678 6号楼"
    assert [kind for kind, _ in found(text)][:2] == [ADDRESS, MOBILE]


def test_several_kinds_in_one_text_are_all_found() -> None:
    text = "客户 13812345678,邮箱 a@b.cn,证件 11010519491231002X,密码:pa55word"
    assert [kind for kind, _ in found(text)] == [MOBILE, EMAIL, ID, PASSWORD]


@pytest.mark.parametrize(
    ("number", "valid"),
    [("11010519491231002X", True), ("110105194912310021", False), ("11010519490231002X", False), ("9" * 18, False)],
)
def test_an_identity_number_needs_its_check_digit_and_a_birth_date(number: str, valid: bool) -> None:
    assert is_id_card(number) is valid


def test_luhn_knows_a_known_card() -> None:
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")


def id_card(rng: random.Random) -> str:
    digits = f"{rng.randrange(110101, 659001)}{rng.randrange(1940, 2015)}{rng.randrange(1, 13):02}"
    digits += f"{rng.randrange(1, 29):02}{rng.randrange(1000):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def bank_card(rng: random.Random) -> str:
    body = "62" + "".join(rng.choices("0123456789", k=16))
    return next(body + check for check in "0123456789" if passes_luhn(body + check))


def mobile(rng: random.Random) -> str:
    return f"1{rng.choice('3456789')}{rng.randrange(10**9):09}"


def spoiled(number: str, rng: random.Random) -> str:
    """As OCR may give it: a space here and there, some letters for digits."""
    chars = [{"0": rng.choice("0OO0"), "1": rng.choice("1lI1")}.get(char, char) for char in number]
    for place in sorted(rng.sample(range(3, len(chars) - 2), rng.randrange(3)), reverse=True):
        chars.insert(place, " ")
    guessed = sum(not char.isdigit() and char not in " X" for char in chars)
    return "".join(chars) if guessed <= 0.3 * len(number) else number


@example(seed=5256219, make=id_card, before="")  # its first half reads as another country's number
@given(
    st.integers(0, 10**9),
    st.sampled_from([id_card, bank_card, mobile]),
    st.sampled_from(["", "客户:", "电话 ", "tel ", "(卡)"]),
)
def test_numbers_spoiled_by_ocr_are_found_whole(seed: int, make, before: str) -> None:  # type: ignore[no-untyped-def]
    rng = random.Random(seed)
    number = make(rng)
    kind = {id_card: ID, bank_card: CARD, mobile: MOBILE}[make]
    spelled = spoiled(number, rng)
    spans = find(f"{before}{spelled}。")
    assert [(span.kind, span.value, span.start, span.end) for span in spans] == [
        (kind, number, len(before), len(before) + len(spelled))
    ]


@given(st.text(max_size=200))
def test_spans_are_in_order_apart_and_inside_the_text(text: str) -> None:
    end = 0
    for span in find(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@pytest.mark.parametrize(
    ("text", "covered", "kept"),
    [
        ("地址:成都市武侯区天府三街69号1栋808,买的是小米手环8", "天府三街69号1栋808", "小米手环8"),
        ("ship to 1788 Nanjing West Road, Block B Room 1204, order HX20240519G14", "Room 1204", "HX20240519G14"),
        ("ID No. 330106199512083329  Name 林雨桐  Result: passed", "林雨桐", "Result: passed"),
    ],
)
def test_an_address_ends_where_another_matter_begins_and_a_column_s_name_is_one(
    text: str, covered: str, kept: str
) -> None:
    hidden = "|".join(original for _kind, original in found(text))
    assert covered in hidden
    assert kept not in hidden
