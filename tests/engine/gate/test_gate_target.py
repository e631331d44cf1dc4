"""What lies under a touch point, and what kind of page it lies on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Tap
from cs_agent.engine.gate.decide import decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.engine.screen.page import Nature, is_search_page, read_page
from cs_agent.engine.screen.targets import control_box, find_target, has_ink, row_texts
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import AppKind, ForegroundApp, Observation, Screenshot, TextLine, UiNode
from cs_agent.phone.adb.android_names import role_of
from cs_agent.testing.screens import lay_out

SIZE = Size(540, 1200)
BLANK = Image.new("RGB", (540, 1200), "white")


def page(
    *nodes: UiNode, lines: tuple[TextLine, ...] = (), image: Image.Image = BLANK, tree: bool = True
) -> Observation:
    return Observation(Screenshot(image, 0.0), ForegroundApp("com.app"), lines, nodes if tree else None)


def node(text: str, box: tuple[int, int, int, int], kind: str = "TextView", **options) -> UiNode:
    return UiNode(text, Box(*box), role=role_of(f"android.widget.{kind}"), package="com.app", **options)


def line(text: str, box: tuple[int, int, int, int], score: float = 0.99) -> TextLine:
    return TextLine(text, Box(*box), score)


def laid(rows, **options) -> Observation:
    layout = lay_out(rows, size=SIZE)
    return Observation(
        Screenshot(layout.image(), 0.0),
        ForegroundApp("com.app", kind=options.get("app_kind", AppKind.APP)),
        layout.lines(),
        layout.nodes(),
    )


def test_the_innermost_control_is_meant():
    seen = page(
        node("", (0, 0, 540, 1200), "FrameLayout"),
        node("订单 1001", (0, 100, 540, 260), clickable=True, parent=0),
        node("删除订单", (400, 200, 530, 250), "Button", clickable=True, parent=1),
    )
    assert find_target(seen, Point(450, 220)).labels[0] == "删除订单"
    assert find_target(seen, Point(100, 150)).labels == ("订单 1001",)


def test_a_field_for_a_whole_message_is_a_field_and_what_lies_in_it_is_meant_first():
    seen = page(
        node("", (0, 0, 540, 1200), "FrameLayout"),
        node("您的退款已经提交。", (20, 400, 520, 900), "EditText", clickable=True, parent=0),
        node("发送", (420, 840, 510, 890), "Button", clickable=True, parent=1),
    )
    assert find_target(seen, Point(270, 650)).editable
    assert find_target(seen, Point(460, 860)).labels[0] == "发送"
    assert decide(Tap(Point(270, 650).to_norm(SIZE)), seen, confidence=1.0).kind is VerdictKind.ALLOW
    assert decide(Tap(Point(460, 860).to_norm(SIZE)), seen, confidence=1.0).kind is not VerdictKind.ALLOW


def test_a_button_without_words_is_named_by_what_it_holds():
    seen = page(
        node("", (20, 100, 520, 200), "View", clickable=True),
        node("立即", (30, 120, 100, 180), parent=0),
        node("支付", (110, 120, 180, 180), parent=0),
    )
    assert find_target(seen, Point(400, 150)).label == "立即 支付"


def test_a_card_is_named_by_its_first_text():
    texts = [
        node(text, (30, 110 + 20 * n, 200, 128 + 20 * n), parent=0) for n, text in enumerate(("标题", "a", "b", "c"))
    ]
    seen = page(node("", (20, 100, 520, 260), "View", clickable=True), *texts)
    target = find_target(seen, Point(400, 200))
    assert (target.label, target.card) == ("标题", True)


def test_the_line_under_the_point_counts_beside_the_cards_own_name():
    texts = [
        node(text, (30, 110 + 20 * n, 200, 128 + 20 * n), parent=0) for n, text in enumerate(("标题", "a", "b", "c"))
    ]
    seen = page(
        node("", (20, 100, 520, 260), "View", clickable=True), *texts, lines=(line("删除订单", (380, 190, 470, 215)),)
    )
    assert find_target(seen, Point(420, 200)).labels == ("标题", "删除订单")


@pytest.mark.parametrize(
    ("nodes", "choice", "switch"),
    [
        ([node("全额退款", (20, 100, 300, 160), "RadioButton", clickable=True, checkable=True)], True, False),
        (
            [
                node("", (20, 100, 300, 160), "View", clickable=True),
                node("", (20, 110, 50, 140), "CheckBox", checkable=True, parent=0),
                node("全额退款", (60, 110, 200, 140), parent=0),
            ],
            True,
            False,
        ),
        (
            [node("", (20, 110, 50, 140), "RadioButton", checkable=True), node("全额退款", (60, 105, 200, 145))],
            True,
            False,
        ),
        ([node("免密支付", (20, 100, 520, 160), "Switch", clickable=True, checkable=True)], False, True),
        (
            [
                node("全额退款", (20, 100, 300, 160), "Button", clickable=True),
                node("", (310, 110, 340, 140), "CheckBox", checkable=True),
            ],
            False,
            False,
        ),
    ],
)
def test_a_choice_is_told_from_a_switch_and_from_a_button(nodes, choice, switch):
    target = find_target(page(*nodes), Point(100, 125))
    assert (target.choice, target.switch) == (choice, switch)


def test_a_field_and_its_password():
    seen = page(node("abc", (20, 100, 520, 160), "EditText", password=True))
    target = find_target(seen, Point(100, 130))
    assert target.editable
    assert target.password


def test_a_whole_page_is_no_control():
    seen = page(node("页面", (0, 0, 540, 1200), "View", clickable=True))
    assert find_target(seen, Point(270, 600)).labels == ()


def test_on_a_picture_the_line_under_the_point_is_meant_then_the_nearest():
    lines = (line("取消", (60, 1000, 140, 1030)), line("提交", (380, 1000, 460, 1030)))
    seen = page(lines=lines, tree=False)
    assert find_target(seen, Point(420, 1015)).label == "提交"
    assert find_target(seen, Point(420, 1050)).label == "提交"
    assert find_target(seen, Point(100, 1015)).label == "取消"
    assert find_target(seen, Point(270, 300)).label == ""


def test_the_blank_middle_of_a_row_belongs_to_its_words_and_an_icon_there_does_not():
    row = (line("清空记录", (20, 500, 140, 530)),)
    seen = page(lines=row, tree=False)
    assert find_target(seen, Point(300, 515)).label == "清空记录"
    drawn = BLANK.copy()
    ImageDraw.Draw(drawn).rectangle((290, 505, 310, 525), fill="black")
    assert find_target(page(lines=row, image=drawn, tree=False), Point(300, 515)).label == ""


def test_ink_is_told_from_blank_paper():
    drawn = BLANK.copy()
    ImageDraw.Draw(drawn).ellipse((95, 95, 110, 110), fill="black")
    assert has_ink(drawn, Point(100, 100))
    assert not has_ink(drawn, Point(400, 400))
    assert not has_ink(drawn, Point(539, 1199))


def test_words_beside_a_box_are_given_left_to_right():
    seen = laid([["text:右", "text:左"], "text:下"])
    box = lay_out([["text:右", "text:左"], "text:下"], size=SIZE).find("左").box
    assert row_texts(seen, Box(0, box.top, 540, box.bottom)) == ("右", "左")


def test_the_control_box_is_the_reacting_node_or_nothing():
    seen = page(node("提交", (20, 100, 520, 160), "Button", clickable=True))
    assert control_box(seen, Point(30, 120)) == Box(20, 100, 520, 160)
    assert control_box(seen, Point(30, 900)) is None
    assert control_box(replace(seen, nodes=None), Point(30, 120)) is None


@given(st.integers(-50, 600), st.integers(-50, 1300))
def test_any_point_has_a_target(x, y):
    seen = laid(["title:页", ["row:甲", "icon:x"], "button:提交"])
    assert find_target(seen, Point(x, y)).point == Point(x, y)
    assert find_target(replace(seen, nodes=None), Point(x, y)).point == Point(x, y)


NATURES = [
    (["title:收银台", "text:需支付 ¥9.00"], {Nature.PAYMENT}),
    (["title:订单详情", ["label:支付方式", "text:微信"], ["label:实付金额", "text:¥9.00"]], set()),
    (["label:转账金额", "text:¥9.00"], {Nature.TRANSFER}),
    (["label:退款金额", "text:¥9.00"], {Nature.REFUND}),
    (["text:删除后无法恢复"], {Nature.DELETION}),
    (["text:This cannot be undone."], {Nature.DELETION}),
    (["text:该应用将获取你的昵称"], {Nature.AUTHORISATION}),
    (["text:Acme wants to access your account"], {Nature.AUTHORISATION}),
    (["text:请输入支付密码"], {Nature.PASSWORD, Nature.PAYMENT}),
    (["hint:发消息"], {Nature.COMPOSE}),
    (["hint:Type a message"], {Nature.COMPOSE}),
    (["text:已选择 3 项"], {Nature.SELECTION}),
    (["text:2 selected"], {Nature.SELECTION}),
    (["title:最近项目"], {Nature.PICKER}),
    (["title:支付失败"], {Nature.FAILED}),
    (["hint:备注", "button:提交"], {Nature.SUBMIT}),
    (["title:首页", "row:我的订单", "row:客服"], set()),
]


@pytest.mark.parametrize(("rows", "natures"), NATURES)
def test_a_page_has_the_natures_its_words_say(rows, natures):
    assert read_page(laid(rows)).natures == frozenset(natures)


def test_a_permission_dialog_is_known_by_its_app_or_by_its_words():
    assert Nature.PERMISSION in read_page(laid(["text:?"], app_kind=AppKind.PERMISSION)).natures
    words = ["###", "text:是否允许“地图”获取位置信息?", ["button:拒绝", "button:允许"]]
    assert Nature.PERMISSION in read_page(laid(words)).natures
    assert Nature.PERMISSION not in read_page(laid(["text:允许七天内无理由退货"])).natures


@pytest.mark.parametrize(
    ("rows", "dialog"),
    [
        (["###", "text:确定删除吗?", ["button:取消", "button:删除"]], True),
        (["###", "text:Are you sure?", ["button:Cancel", "button:OK"]], True),
        (["title:确定", "button:确定"], False),
        (["text:需要帮助吗?", "row:常见问题"], False),
    ],
)
def test_a_dialog_asks_and_offers_both_answers(rows, dialog):
    assert read_page(laid(rows)).dialog is dialog


@pytest.mark.parametrize(
    ("rows", "form"),
    [
        (["hint:姓名", "button:提交"], True),
        (["radio:甲", "radio:乙"], True),
        (["switch:夜间模式"], False),
        (["hint:搜索商品"], False),
        (["hint:请输入订单号", "button:查询"], False),
        (["text:一", "text:二"], False),
        (["hint:请输入订单号", "hint:请输入姓名", "button:查询"], True),
    ],
)
def test_a_form_holds_fields_or_choices_that_are_not_for_searching(rows, form):
    assert read_page(laid(rows)).form is form


@pytest.mark.parametrize(
    ("rows", "searching"),
    [
        (["hint:搜索"], True),
        (["hint:请输入单号", "button:查询"], True),
        (["hint:备注"], False),
        (["title:搜索结果"], True),
    ],
)
def test_a_search_page_is_known(rows, searching):
    assert is_search_page(laid(rows)) is searching


def test_a_pad_of_digits_and_the_amounts_of_a_page():
    pad = [[f"button:{n}" for n in range(3 * row + 1, 3 * row + 4)] for row in range(3)]
    found = read_page(laid(["title:付款", "text:共 ¥9.50 含运费 3元", *pad]))
    assert found.keypad
    assert set(found.amounts) == {9.5, 3.0}


def test_a_lone_letter_read_from_the_icon_of_a_control_is_no_name_however_certain():
    sign = node("", (20, 60, 70, 110), "ImageView", clickable=True, description="返回")
    assert find_target(page(sign, lines=(line("V", (30, 65, 50, 100)),)), Point(45, 85)).names == ("返回",)
    bare = replace(sign, description="")
    seen = page(bare, lines=(line("V", (30, 65, 50, 100)),), image=_with_ink(Point(45, 85)))
    assert find_target(seen, Point(45, 85)).corner
    assert find_target(page(sign, lines=(line("退", (30, 65, 50, 100)),)), Point(45, 85)).names == ("返回", "退")
    key = node("", (20, 600, 170, 700), clickable=True)
    assert find_target(page(key, lines=(line("5", (80, 630, 110, 670)),)), Point(95, 650)).names == ("5",)


def _with_ink(point: Point) -> Image.Image:
    image = BLANK.copy()
    ImageDraw.Draw(image).line((point.x - 8, point.y, point.x + 8, point.y - 16), "black", 4)
    return image


def test_an_icon_read_as_one_line_with_the_title_beside_it_has_not_the_title_s_name():
    sign = node("", (20, 60, 70, 110), "ImageView", clickable=True, description="Open navigation drawer")
    read = (line("三 Bookings", (20, 60, 220, 110)),)
    titled = page(sign, node("Bookings", (80, 60, 300, 110)), lines=read)
    assert find_target(titled, Point(45, 85)).names == ("Open navigation drawer",)
    assert "三 Bookings" in find_target(page(sign, lines=read), Point(45, 85)).names  # nothing else tells it
    longer = page(sign, node("Bookings", (80, 60, 300, 110)), lines=(line("Delete Bookings", (20, 60, 220, 110)),))
    assert "Delete Bookings" in find_target(longer, Point(45, 85)).names
