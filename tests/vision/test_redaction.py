"""What is hidden from whom, in text and in pictures."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cs_agent.geometry import Box
from cs_agent.observation import TextLine, UiNode
from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.personal_data.search import find
from cs_agent.vision.reader import RapidOcrReader
from cs_agent.vision.redaction import Audience, RedactionPolicy, find_in_lines, redact_text, text_box
from cs_agent.vision.redaction.pictures import FILL, redact_image
from tests.vision import pictures
from tests.vision.personal_data.test_search import id_card, mobile

POLICY = RedactionPolicy()
STORED, VIEWER, MODEL = Audience.STORED, Audience.VIEWER, Audience.MODEL


def line(text: str, left: int, top: int, height: int = 50) -> TextLine:
    width = round(sum(1.0 if ord(char) > 0x2E80 else 0.56 for char in text) * height * 0.85)
    return TextLine(text, Box(left, top, left + width, top + height))


def kinds(*lines: TextLine) -> list[DataKind]:
    return [finding.kind for finding in find_in_lines(lines)]


def test_hidden_values_are_replaced_by_the_name_of_their_kind() -> None:
    text = "客户13812345678,密码:abc123,订单202405218876"
    assert redact_text(text, POLICY, STORED) == "客户[手机号],密码:[密码],订单202405218876"


def test_a_model_is_shown_what_it_needs_and_no_secrets() -> None:
    text = "电话 13812345678 证件 11010519491231002X 验证码:482913"
    assert redact_text(text, POLICY, MODEL) == "电话 13812345678 证件 [身份证号] 验证码:[验证码]"


def test_a_policy_that_hides_nothing_changes_nothing() -> None:
    text = "客户13812345678"
    assert redact_text(text, RedactionPolicy.nothing(), STORED) == text


def test_a_policy_is_read_from_json_and_names_what_is_wrong() -> None:
    policy = RedactionPolicy.from_json({"model": ["mobile"], "viewer": []})
    assert policy.hidden_from(MODEL) == {DataKind.MOBILE}
    assert policy.hidden_from(VIEWER) == frozenset()
    assert policy.hidden_from(STORED) == POLICY.stored
    with pytest.raises(ValueError, match="guests"):
        RedactionPolicy.from_json({"guests": []})
    with pytest.raises(ValueError, match="shoe_size"):
        RedactionPolicy.from_json({"model": ["shoe_size"]})


@given(st.text(max_size=120))
def test_nothing_that_is_hidden_is_left_in_the_text(text: str) -> None:
    redacted = redact_text(text, POLICY, STORED)
    assert not [span for span in find(text) if len(span.value) > 5 and text[span.start : span.end] in redacted]


def test_a_label_left_of_its_value_explains_it() -> None:
    assert kinds(line("登录密码:", 40, 300), line("hunter2!", 600, 304)) == [DataKind.PASSWORD]
    assert kinds(line("验证码", 40, 300), line("482913", 600, 304)) == [DataKind.CODE]


def test_a_label_above_its_value_explains_it() -> None:
    assert kinds(line("验证码", 40, 300), line("482913", 40, 380)) == [DataKind.CODE]


@pytest.mark.parametrize(
    "lines",
    [
        (line("482913", 40, 380),),
        (line("验证码", 40, 300), line("482913", 40, 900)),
        (line("验证码", 700, 300), line("482913", 40, 380)),
        (line("订单", 40, 300), line("482913", 40, 380)),
    ],
)
def test_a_number_without_a_label_near_it_is_a_number(lines: tuple[TextLine, ...]) -> None:
    assert kinds(*lines) == []


def test_a_number_in_two_pieces_of_one_row_is_found_in_both() -> None:
    first = line("138 1234", 40, 300)
    second = line("5678", first.box.right + 20, 303)
    findings = find_in_lines((first, second))
    assert [(finding.line, finding.kind) for finding in findings] == [(0, DataKind.MOBILE), (1, DataKind.MOBILE)]


def test_pieces_far_apart_are_not_one_number() -> None:
    assert kinds(line("138 1234", 40, 300), line("5678", 800, 303)) == []


def test_a_span_is_boxed_within_its_line_and_covers_its_characters() -> None:
    whole = line("收货人 13812345678 上海", 40, 300)
    start = whole.text.index("138")
    box = text_box(whole, start, start + 11)
    assert whole.box.left < box.left < box.right < whole.box.right
    assert box.width > whole.box.width * 0.35
    assert text_box(whole, 0, len(whole.text)) == Box(40, 300, whole.box.right, 350)


def test_an_order_number_below_its_heading_is_left_alone() -> None:
    assert kinds(line("订单号", 40, 300), line("13812345678", 40, 380)) == []
    assert kinds(line("订单联系人", 40, 300), line("13812345678", 40, 380)) == [DataKind.MOBILE]


def test_an_address_that_breaks_is_hidden_to_its_end() -> None:
    first = line("收货地址:浙江省杭州市西湖区文三", 40, 300)
    second = line("路478号华星时代广场B座", 40, 365)
    assert {finding.line for finding in find_in_lines((first, second, line("提交订单", 40, 430)))} == {0, 1}


def test_a_name_left_of_the_column_of_its_label_is_found() -> None:
    assert kinds(line("收货人", 40, 300), line("欧阳小红", 600, 304)) == [DataKind.NAME]


def hidden(*lines: TextLine) -> set[str]:
    return {lines[finding.line].text[finding.start : finding.end] for finding in find_in_lines(lines)}


def test_a_label_with_its_value_beside_it_says_nothing_of_the_label_below() -> None:
    screen = (line("姓名", 40, 300), line("王建国", 600, 304), line("用户ID", 40, 380), line("用户U100014", 600, 384))
    assert hidden(*screen) == {"王建国"}


def test_a_code_over_its_caption_is_found() -> None:
    assert hidden(line("2-5-3018", 40, 300), line("取件码", 40, 365)) == {"2-5-3018"}


def test_the_name_over_an_address_is_found() -> None:
    screen = (
        line("Shipping address", 40, 300),
        line("Wairimu Kamau", 40, 365),
        line("PO Box 77, Mombasa 80100", 40, 430),
    )
    assert {"Wairimu Kamau", "PO Box 77, Mombasa 80100"} <= hidden(*screen)


def test_an_order_below_an_address_is_no_part_of_it() -> None:
    screen = (
        line("Lindenweg 7", 40, 300),
        line("50667 Köln", 40, 365),
        line("Bestellnummer 302-9981234-1122", 40, 430),
    )
    assert "Bestellnummer 302-9981234-1122" not in hidden(*screen)


def drawn() -> tuple[Image.Image, TextLine]:
    image = pictures.blank()
    box = pictures.write(image, 40, 300, "13812345678")
    return image, TextLine("13812345678", box)


def test_a_hidden_value_is_gone_from_the_picture_for_good() -> None:
    image, secret = drawn()
    covered = redact_image(image, [secret], POLICY, STORED)
    area = (secret.box.left, secret.box.top, secret.box.right, secret.box.bottom)
    assert covered.crop(area).getcolors() == [(secret.box.area, FILL)]
    assert image.crop(area).getcolors() != [(secret.box.area, FILL)]
    assert covered.crop((0, 400, 1080, 1600)).tobytes() == image.crop((0, 400, 1080, 1600)).tobytes()


def test_what_must_be_confirmed_is_never_hidden() -> None:
    image, secret = drawn()
    kept = redact_image(image, [secret], POLICY, VIEWER, keep=[secret.box.grown(10)])
    assert kept.tobytes() == image.tobytes()


def test_password_fields_of_the_tree_are_hidden_whatever_they_show() -> None:
    field = UiNode("••••", Box(100, 800, 900, 880), password=True)
    covered = redact_image(pictures.blank(), [], POLICY, STORED, nodes=[field])
    assert covered.getpixel((500, 840)) == FILL
    open_policy = RedactionPolicy(stored=frozenset({DataKind.MOBILE}))
    assert redact_image(pictures.blank(), [], open_policy, STORED, nodes=[field]).getpixel((500, 840)) != FILL


def test_a_box_beyond_the_picture_does_no_harm() -> None:
    image = pictures.blank()
    line_outside = TextLine("13812345678", Box(1000, 1590, 1400, 1700))
    assert redact_image(image, [line_outside], POLICY, STORED).size == image.size


@pytest.mark.parametrize("seed", [1])
def test_on_a_real_page_the_ocr_cannot_read_hidden_numbers_any_more(seed: int) -> None:
    rng = random.Random(seed)
    secrets = [mobile(rng), id_card(rng)]
    image = pictures.blank()
    pictures.write(image, 40, 200, f"收货人 张三 {secrets[0]}")
    pictures.write(image, 40, 320, f"证件号 {secrets[1]}")
    pictures.write(image, 40, 440, "订单号 202405218876")
    reader = RapidOcrReader()
    covered = redact_image(image, reader.read(image), POLICY, STORED)
    left = "".join(item.text for item in reader.read(covered)).replace(" ", "")
    assert "202405218876" in left
    assert not any(secret[place : place + 5] in left for secret in secrets for place in range(len(secret) - 4))


@given(
    st.sampled_from(["13", "15", "18", "19"]),
    st.text("0123456789", min_size=9, max_size=9),
    st.text("1lI|!丨xXoO", min_size=1, max_size=2),
    st.sampled_from(["", " "]),
)
def test_a_mobile_number_is_covered_whatever_the_caret_behind_it_is_read_as(start, rest, caret, gap):
    number = start + rest
    text = f"{number}{gap}{caret}"
    box = Box(0, 0, 20 * len(text), 30)
    found = find_in_lines([TextLine(text, box, 0.9)])
    assert any(each.box.left <= 0 and each.box.right >= 20 * len(number) for each in found)


def test_the_rest_of_an_orders_number_is_no_caret():
    assert find_in_lines([TextLine("订单号:138001380001", Box(0, 0, 400, 30), 0.9)]) == ()


def test_the_last_digit_of_a_hotline_is_no_caret():
    assert find_in_lines([TextLine("客服热线 400-394-2701", Box(0, 0, 400, 30), 0.9)]) == ()
