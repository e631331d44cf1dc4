"""Reading what will be submitted: from tree and picture, with state, in every common layout, set beside the ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cs_agent.engine.confirm.field_compare import Expectation, compare, is_full
from cs_agent.engine.confirm.field_items import inline_value, is_caption
from cs_agent.engine.confirm.field_marks import marked
from cs_agent.engine.confirm.fields import amounts_by_caption, read_view, set_beside_ticket
from cs_agent.engine.confirm.fields_generic import generic_fields
from cs_agent.engine.run.flow import ConfirmField, FieldKind
from cs_agent.engine.screen.text import money, show_money
from cs_agent.geometry import Box, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine
from cs_agent.testing.screens import lay_out

REASON = ConfirmField("reason", "原因", ("退换原因", "退款原因"), FieldKind.TEXT, "质量问题")
REFUND = ConfirmField("refund", "退款", ("退款金额",), FieldKind.MONEY, "399")
FILES = ConfirmField("files", "附件", ("附件", "凭证"), FieldKind.FILE, "开箱视频.mp4")
EXTRA = ConfirmField("extra", "补偿", ("补偿金额", "补偿"), FieldKind.MONEY, "50", required=False)


def seen(rows, view="both", size=Size(1080, 2400)) -> Observation:
    layout = lay_out(rows, size=size)
    return Observation(
        Screenshot(layout.image(), 0.0),
        ForegroundApp("com.example.app"),
        layout.lines() if view != "tree" else (),
        layout.nodes() if view != "picture" else None,
    )


def value(rows, field, view="both") -> str:
    found = read_view(seen(rows, view), (field,))
    return found[field.name].value if field.name in found else ""


NUMBER = ConfirmField(
    "mobile",
    "手机号",
    ("手机号",),
    expected="13901234567",
    screen_sentences=("将向 {} 重新发送", "will be sent to {}"),
)


@pytest.mark.parametrize(
    "text",
    [
        "将向 13901234567 重新发送一条验证码短信,确认发送吗?",
        "将向13901234567重新发送一条验证码短信，确认发送吗？",
        "A new code WILL be sent to 13901234567. Send it?".replace(".", ","),
        "A new code will be sent to 13901234567?",
    ],
)
@pytest.mark.parametrize("view", ["both", "tree", "picture"])
def test_a_field_is_read_from_the_sentence_that_names_it_before_any_caption(text, view):
    found = read_view(seen([["label:手机号", "text:13900000000"], f"text:{text}"], view), (NUMBER,))
    assert found["mobile"].value == "13901234567"


@pytest.mark.parametrize("text", ["将向用户说明", "重新发送", "code sent to 13901234567"])
def test_a_sentence_that_is_not_the_flows_names_nothing(text):
    assert "mobile" not in read_view(seen([f"text:{text}"]), (NUMBER,))


@pytest.mark.parametrize("view", ["both", "tree", "picture"])
@pytest.mark.parametrize(
    ("rows", "field", "wanted"),
    [
        ([["label:退款金额", "text:¥399.00"]], REFUND, "¥399.00"),
        (["text:退款金额:¥399.00"], REFUND, "¥399.00"),
        (["text:退款金额 ¥399.00"], REFUND, "¥399.00"),
        (["label:退款金额", "text:¥399.00"], REFUND, "¥399.00"),
        (["label:*退款金额(必填)", "text:¥399.00"], REFUND, "¥399.00"),
        ([["label:退款金额", "input:399.00"]], REFUND, "399.00"),
        ([["label:退换原因", "text:质量问题"], ["label:备注", "text:无"]], REASON, "质量问题"),
        (["label:退款原因", "text:质量问题"], REASON, "质量问题"),
        (["label:退换原因", "radio:七天无理由", "radio*:质量问题"], REASON, "质量问题"),
        (
            ["label:退换原因", ["radio*:质量问题", "radio:七天无理由"], "label:退款方式", ["radio*:全额退款"]],
            REASON,
            "质量问题",
        ),
        (["label:附件", "text:开箱视频.mp4"], FILES, "开箱视频.mp4"),
        ([["label:凭证", "text:开箱视频.mp4"], "text:箱子.jpg"], FILES, "开箱视频.mp4、箱子.jpg"),
        (["text:开箱视频.mp4 1.2 MB"], FILES, "开箱视频.mp4"),
        (["title:附件 1", "text:开箱视频.mp4"], FILES, "开箱视频.mp4"),
        (["title:附件(2)", "text:开箱视频.mp4", "text:箱子.jpg"], FILES, "开箱视频.mp4、箱子.jpg"),
        ([["label:退款金额", "hint:请输入金额"]], REFUND, ""),
        (["text:退款说明", "text:原路退回"], REFUND, ""),
        (["label:退款", "text:提交后原路退回"], ConfirmField("r", "退款", ("退款",), FieldKind.MONEY), ""),
    ],
)
def test_a_value_is_found_where_it_stands(rows, field, wanted, view):
    assert value(rows, field, view) == wanted


@pytest.mark.parametrize(("mark", "wanted"), [("check*", "补偿50元"), ("check", "")])
def test_a_tick_counts_only_when_it_is_set(mark, wanted):
    assert value([f"{mark}:补偿50元"], EXTRA) == wanted


def test_no_choice_made_is_no_value_even_where_the_options_stand_below_the_caption():
    assert value(["label:退换原因", "radio:质量问题", "radio:七天无理由"], REASON) == ""


def test_a_value_that_tree_and_picture_show_differently_is_marked():
    page = seen([["label:退款金额", "text:¥399.00"]])
    painted = tuple(replace(line, text="¥899.00") if line.text == "¥399.00" else line for line in page.lines)
    (field,) = set_beside_ticket((REFUND,), read_view(replace(page, lines=painted), (REFUND,)))
    assert field.differs
    assert "¥399.00" in field.note
    assert "¥899.00" in field.note


def test_small_mistakes_of_ocr_are_no_difference():
    page = seen([["label:退换原因", "text:SOLO 10l"]])
    read = tuple(replace(line, text="S0L0 101") if line.text.startswith("SOLO") else line for line in page.lines)
    found = read_view(replace(page, lines=read), (REASON,))["reason"]
    assert (found.value, found.other, found.source) == ("SOLO 10l", "", "both")


def test_a_missing_required_field_is_shown_as_missing_and_an_optional_one_left_out():
    fields = set_beside_ticket((REFUND, EXTRA), {})
    assert [(field.name, field.screen_value, field.differs, field.source) for field in fields] == [
        ("refund", "", True, "none")
    ]
    assert fields[0].ticket_value == "¥399.00"
    assert fields[0].note


def test_a_correction_replaces_what_the_ticket_says():
    found = read_view(seen([["label:退款金额", "text:¥399.00"]]), (REFUND,))
    assert not set_beside_ticket((REFUND,), found)[0].differs
    corrected = set_beside_ticket((REFUND,), found, corrections={"refund": "300"})[0]
    assert (corrected.differs, corrected.ticket_value) == (True, "¥300.00")


FULL = ConfirmField("refund", "退款", ("退款金额",), FieldKind.MONEY, "全额", ("实付金额", "订单金额"))


@pytest.mark.parametrize(
    ("screen", "paid", "differs"),
    [
        ("¥399.00", "¥399.00", False),
        ("¥399", "399.00元", False),
        ("¥199.00", "¥399.00", True),
        ("¥399.00", None, True),
        ("全额退款", None, False),
        ("全额退款", "¥399.00", False),
    ],
)
def test_in_full_is_compared_with_what_was_paid(screen, paid, differs):
    found = read_view(seen([["label:退款金额", f"text:{screen}"]]), (replace(FULL, kind=FieldKind.TEXT),))
    known = {"实付金额": paid} if paid else {}
    assert set_beside_ticket((FULL,), found, seen=known)[0].differs is differs


def test_amounts_are_remembered_by_their_caption():
    page = seen([["label:实付金额", "text:¥1,299.00"], ["label:运费", "text:¥0.00"], ["label:状态", "text:已签收"]])
    assert amounts_by_caption(page, ("实付金额", "订单金额")) == {"实付金额": "¥1,299.00"}


@pytest.mark.parametrize(
    ("expected", "screen", "differs"),
    [
        ("399", "¥399.00", False),
        ("¥ 1,299.00", "1299元", False),
        ("50元", "补偿50元", False),
        ("50", "¥5.00", True),
        ("50", "约50元", False),
        ("50", "五十", True),
        ("1.2万元", "¥12,000", False),
        ("", "¥399.00", False),
    ],
)
def test_money_is_compared_by_its_number(expected, screen, differs):
    assert bool(compare(screen, Expectation(FieldKind.MONEY, expected))[2]) is differs


@pytest.mark.parametrize(
    ("expected", "screen", "differs"),
    [
        ("质量问题", "质量问题", False),
        ("质量问题", "质量问题。", False),
        ("质量问题", "非质量问题", True),
        ("上海市浦东新区 1号", "上海市浦东新区1号", False),
        ("上海市浦东新区1号", "上海市浦东新区2号", True),
        ("", "任意", False),
    ],
)
def test_text_is_compared_by_its_letters(expected, screen, differs):
    assert bool(compare(screen, Expectation(FieldKind.TEXT, expected))[2]) is differs


@pytest.mark.parametrize(
    ("expected", "screen", "differs"),
    [
        ("开箱视频.mp4", "开箱视频.mp4", False),
        ("IMG_20240520_101010.jpg", "IMG_2024…1010.jpg", False),
        ("a.mp4,b.jpg", "a.mp4", True),
        ("a.mp4", "a.mp4、secret.pdf", True),
        ("a.mp4", "b.mp4", True),
    ],
)
def test_files_are_compared_by_name(expected, screen, differs):
    assert bool(compare(screen, Expectation(FieldKind.FILE, expected))[2]) is differs


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("¥399", 399.0),
        ("399.00元", 399.0),
        ("¥ 1,299.00", 1299.0),
        ("￥50", 50.0),
        ("-¥20.00", -20.0),
        ("RMB 12.5", 12.5),
        ("实付 ¥399.00(含运费 ¥0.00)", None),
        ("3.5万元", 35000.0),
        ("订单 12 共 ¥8.00", 8.0),
        ("无", None),
        ("1.2.3", None),
    ],
)
def test_money_is_read_however_it_is_written(text, amount):
    assert money(text) == amount


@given(st.integers(0, 10_000_000))
def test_what_is_shown_as_money_is_read_as_the_same_amount(cents):
    assert money(show_money(cents / 100)) == pytest.approx(cents / 100)


@pytest.mark.parametrize(
    ("text", "full"),
    [("全额", True), ("全额退款", True), ("全部", True), ("in full", True), ("非全额", False), ("399", False)],
)
def test_in_full_is_known_by_its_words(text, full):
    assert is_full(text) is full


@given(st.text(max_size=30), st.text(max_size=10))
def test_no_text_breaks_the_reading_of_captions(text, caption):
    assert isinstance(inline_value(text, caption), str)
    assert is_caption(text, caption) in (True, False)


def options(chosen: int | None, size: int = 40) -> tuple[Image.Image, list[Box]]:
    """Three radio buttons with labels, one of them filled."""
    image = Image.new("RGB", (400, 300), "white")
    draw, boxes = ImageDraw.Draw(image), []
    for row in range(3):
        top = 40 + 80 * row
        draw.ellipse((40, top, 40 + size, top + size), outline=(120, 120, 120), width=3)
        if row == chosen:
            draw.ellipse((48, top + 8, 32 + size, top + size - 8), fill=(220, 40, 40))
        boxes.append(Box(100, top, 300, top + size))
    return image, boxes


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_a_filled_mark_is_told_from_empty_ones_on_the_picture(chosen):
    image, boxes = options(chosen)
    assert marked(image, boxes) == [row == chosen for row in range(3)]


def test_marks_that_are_all_alike_are_not_guessed():
    image, boxes = options(None)
    assert set(marked(image, boxes)) == {None}
    blank = Image.new("RGB", (400, 300), "white")
    assert set(marked(blank, boxes)) == {None}


def test_without_a_tree_the_chosen_option_is_read_from_its_mark():
    image, boxes = options(1)
    lines = [TextLine("退换原因", Box(40, 4, 200, 30))]
    lines += [TextLine(text, box) for text, box in zip(("不想要了", "质量问题", "其他"), boxes, strict=True)]
    page = Observation(Screenshot(image, 0.0), ForegroundApp("a"), tuple(lines), None)
    assert read_view(page, (REASON,))["reason"].value == "质量问题"


def test_a_page_without_a_flow_tells_pairs_inputs_and_choices_but_no_clock_and_no_password():
    rows = [
        ["text:10:21"],
        ["text:‹", "text:新消息"],
        ["label:收件人", "text:张三"],
        ["label:内容", "input:您好"],
        ["label:密码", "password:abc"],
        "text:快递:顺丰",
        "check*:加急",
        "---",
        "button:发送",
    ]
    page = seen(rows)
    found = {field.label: field.screen_value for field in generic_fields(page, None, nameless="内容")}
    assert found == {"收件人": "张三", "内容": "您好", "快递": "顺丰", "✓加急": "加急"}


def test_the_text_of_a_message_is_shown_although_no_caption_names_its_field():
    page = seen(["title:客服会话", "text:您好,请问有什么可以帮您", "---", ["input:已为您补发优惠券", "button:发送"]])
    fields = generic_fields(page, None, nameless="内容")
    assert ("内容", "已为您补发优惠券") in [(field.label, field.screen_value) for field in fields]


def test_a_crowded_page_tells_only_what_is_nearest_to_the_button():
    rows = [[f"label:项目{n}", f"text:值{n}"] for n in range(20)]
    page = seen([*rows, "button:发送"])
    fields = generic_fields(page, lay_out([*rows, "button:发送"]).find("发送").box, nameless="内容")
    assert len(fields) == 8
    assert fields[-1].screen_value == "值19"
