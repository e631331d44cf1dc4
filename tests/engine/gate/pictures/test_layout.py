"""Lists, bars and forms that are known from a picture alone, and pages that look alike and act at once."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Tap, Type
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import Box, Point
from cs_agent.observation import ForegroundApp, Observation, Role, Screenshot, TextLine, UiNode
from tests.engine.gate.test_gate_kinds import SIZE

GROUND, BLUE, INK, GREY = "#f0f1f4", "#2468dc", "#222222", "#777777"
ORDERS = (
    ("订单 20240511", "¥59.00", "待发货"),
    ("订单 20240527", "¥12.00", "已完成"),
    ("订单 20240530", "¥9.00", "已完成"),
)


class Drawn:
    """A page in bands of white on a ground; a word is a box of its ink."""

    def __init__(self) -> None:
        self.image, self.lines = Image.new("RGB", (540, 1200), GROUND), []

    def band(self, top: int, bottom: int, edge: int = 0) -> None:
        ImageDraw.Draw(self.image).rectangle((edge, top, 539 - edge, bottom - 1), fill="white")

    def word(self, text: str, x: int, y: int, ink: str = INK, *, right: bool = False) -> None:
        wide = sum(20 if sign > "~" else 11 for sign in text)
        box = Box(x - wide if right else x, y, x if right else x + wide, y + 22)
        for at in range(box.left, box.right, 10):
            ImageDraw.Draw(self.image).rectangle((at, y + 2, at + 5, y + 19), fill=ink)
        self.lines.append(TextLine(text, box, 0.99))

    def shape(self, box: tuple[int, int, int, int], colour: str) -> None:
        ImageDraw.Draw(self.image).rectangle(box, fill=colour)

    def head(self, title: str) -> None:
        self.band(40, 100)
        self.word(title, 70, 60)
        self.shape((20, 62, 36, 78), INK)

    def bar(self, *names: str, chosen: int | None = 0, top: int = 110) -> None:
        self.band(top, top + 50)
        for n, name in enumerate(names):
            middle = (2 * n + 1) * 540 // (2 * len(names))
            self.word(
                name, middle - sum(10 if sign > "~" else 5 for sign in name), top + 14, BLUE if n == chosen else INK
            )

    def rows(self, *rows: tuple[str, ...], top: int = 180, high: int = 90) -> None:
        for n, (name, value, *state) in enumerate(rows):
            y = top + n * (high + 4)
            self.band(y, y + high)
            self.word(name, 24, y + 14)
            self.word(value, 24, y + 52, GREY)
            for text in state:
                self.word(text, 516, y + 14, right=True)

    def seen(self, nodes: tuple[UiNode, ...] | None = None) -> Observation:
        return Observation(Screenshot(self.image, 5.0), ForegroundApp("com.app"), tuple(self.lines), nodes)


def touched(drawn: Drawn, x: int, y: int, nodes: tuple[UiNode, ...] | None = None, **context) -> str:
    act = Tap(Point(x, y).to_norm(SIZE))
    return decide(act, drawn.seen(nodes), confidence=1.0, context=StepContext(**context)).vouched_by


def orders(title: str = "订单", bar: tuple[str, ...] = ("全部", "待发货", "已完成"), rows=ORDERS, **options) -> Drawn:
    drawn = Drawn()
    drawn.head(title)
    drawn.bar(*bar, **options)
    drawn.rows(*rows)
    return drawn


def test_a_bar_over_a_list_and_the_lists_entries_are_known_as_in_a_tree():
    assert touched(orders(), 270, 135) == "kind:tab"
    assert touched(orders(), 300, 230) == "kind:record"  # on its blank paper
    assert touched(orders(), 60, 195) == "kind:record"  # on a value
    assert not touched(orders(), 300, 230, put_in=True)
    assert not touched(orders(bar=("自动", "待发货", "已完成")), 270, 135)


def at_foot(*names: str) -> Drawn:
    drawn = orders("房态")
    drawn.band(1100, 1200)
    for n, name in enumerate(names):
        middle = (2 * n + 1) * 540 // (2 * len(names))
        drawn.shape((middle - 14, 1115, middle + 14, 1140), BLUE if n == 0 else GREY)
        drawn.word(name, middle - 5 * len(name), 1150, BLUE if n == 0 else INK)
    return drawn


def test_the_signs_over_the_words_of_a_foot_bar_are_parts_of_it():
    assert touched(at_foot("Rooms", "Bills", "Codes"), 270, 1135) == "kind:tab"
    assert not touched(at_foot("Rooms", "Bills", "Codes"), 200, 1135)  # between two parts
    assert not touched(at_foot("Shuffle", "Bills", "Release"), 270, 1135)


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(orders(title="抢单"), id="a page of a deed"),
        pytest.param(orders(title="转派给"), id="a page that hands over"),
        pytest.param(orders(chosen=None), id="no part is drawn as chosen"),
        pytest.param(orders(rows=tuple((name, "待办", "待办") for name in ("甲", "乙", "丙"))), id="no papers"),
        pytest.param(orders(rows=ORDERS[:1]), id="no list"),
    ],
)
def test_a_picture_of_a_page_that_may_act_on_a_touch_asks(drawn):
    assert not touched(drawn, 300, 230)


@pytest.mark.parametrize(
    "bar", [("待发货", "部分发货", "已发货"), ("New", "Won", "Lost")], ids=["a shipment's", "a lead's"]
)
def test_states_over_the_parts_of_one_thing_may_be_set(bar):
    drawn = orders(title="陈女士的订单", bar=bar, top=150, rows=())
    drawn.word("雨伞 x1 深蓝", 24, 115)
    drawn.rows(("05-11 下单", "¥59.00", "完成"), ("05-11 备注", "¥0.00", "完成"), top=220)
    assert not touched(drawn, 270, 175)


def test_words_that_all_entries_have_may_be_buttons_without_a_fill():
    drawn = orders()
    for n in range(3):
        drawn.word("小票", 440, 232 + 94 * n, BLUE)
    assert not touched(drawn, 460, 243)
    assert touched(drawn, 300, 215) == "kind:record"


def test_signs_in_an_entry_are_no_blank_paper():
    drawn = orders()
    drawn.shape((300, 225, 330, 245), GREY)
    assert not touched(drawn, 315, 235)


def form(end: str | None = "保存", name: str = "金额", value: str = "5000.00", at: int = 190) -> Drawn:
    drawn = Drawn()
    drawn.head("新的一笔")
    drawn.band(110, 190)
    drawn.word(name, 24, 140)
    if value:
        drawn.word(value, at, 140)
    if end:
        drawn.shape((24, 900, 515, 970), BLUE)
        drawn.word(end, 240, 924, "white")
    return drawn


def test_what_a_field_of_a_form_holds_is_touched_as_the_field():
    assert touched(form(), 400, 150) == "kind:filled"
    assert touched(form(name="附加说明", at=500 - 84), 470, 150) == "kind:filled"
    assert touched(form(name="Odometer", end="Off it goes"), 400, 150) == "kind:filled"  # it begins by its name
    assert not touched(form(name="Odometer", end="Off it goes", at=416), 470, 150)


def marked(drawn: Drawn) -> Drawn:
    for n in range(9):
        drawn.shape((500 + (n if n < 5 else 8 - n), 146 + n, 502 + (n if n < 5 else 8 - n), 146 + n), GREY)
    return drawn


def switched(drawn: Drawn) -> Drawn:
    drawn.shape((460, 142, 510, 164), BLUE)
    return drawn


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(form(end=None), id="nothing ends the page"),
        pytest.param(form(name="急停", value="未触发", at=450), id="how something stands"),
        pytest.param(form(name="重启", value="3 days", at=440), id="a deed at the right edge"),
        pytest.param(form(name="注销账号", value=""), id="words alone"),
        pytest.param(form(name="联系人", value="13800002231"), id="a number to call"),
        pytest.param(form(value="立即支付"), id="a bidding value"),
        pytest.param(form(end="确认支付"), id="a page of money, where the row may change who gets it"),
        pytest.param(marked(form(name="作废上一张", value="24112000005")), id="a mark that more lies behind"),
        pytest.param(switched(form(name="自动代扣", value="每月")), id="a switch"),
    ],
)
def test_other_rows_on_a_form_ask(drawn):
    assert not touched(drawn, 400, 150)


def looked_up(button: str = "查询", typed: str = "SF13022311", head: str = "快递") -> Drawn:
    drawn = Drawn()
    drawn.head(head)
    drawn.shape((24, 110, 420, 160), "white")
    drawn.word(typed, 60, 124)
    drawn.word(button, 450, 124, BLUE)
    return drawn


def test_enter_in_the_field_beside_a_search_button_does_what_the_button_does():
    enter = Type("\n")
    for button, allowed in (("查询", True), ("搜索", True), ("发送", False), ("核销", False)):
        context = StepContext(typed="SF13022311")
        verdict = decide(enter, looked_up(button).seen(), confidence=1.0, context=context)
        assert (verdict.kind is VerdictKind.ALLOW) is allowed
    assert decide(enter, looked_up().seen(), confidence=1.0).kind is not VerdictKind.ALLOW


def test_words_at_the_left_of_their_box_beside_a_search_button_are_a_fields():
    assert touched(looked_up(), 300, 135) == "kind:field"
    assert touched(looked_up("发送"), 300, 135) == ""


def test_a_tree_that_tells_of_nothing_that_reacts_proves_nothing_and_the_picture_is_gone_by():
    texts = tuple(UiNode(line.text, line.box, role=Role.TEXT) for line in orders().lines)
    assert touched(orders(), 270, 135, nodes=texts) == "kind:tab"
    assert not touched(orders(title="抢单"), 300, 230, nodes=texts)
    other = UiNode("", Box(0, 1000, 540, 1100), clickable=True)
    assert not touched(orders(), 270, 135, nodes=(*texts, other))


def area(hint: str = "补充说明", ink: str = "#a5a5a5", end: str | None = "完成保养") -> Drawn:
    drawn = form(end=end, name="金额", value="")
    drawn.band(300, 480)
    drawn.word(hint, 24, 315, ink)
    return drawn


def test_the_blank_paper_under_a_pale_hint_is_a_fields():
    assert touched(area(), 270, 420) == "kind:field"
    pointing = area()
    pointing.word("点击空白处即接单", 24, 560)
    signed = area()
    signed.shape((240, 400, 300, 440), GREY)
    for other in (area(ink=INK), area(end=None), area(hint="立即支付"), area(hint="按住说话"), pointing, signed):
        assert not touched(other, 270, 420)


def test_the_phones_own_bar_and_the_icons_of_the_head_tell_nothing_of_the_page():
    bar = ("待发货", "配送中", "已完成")
    drawn = orders(bar=bar)
    drawn.word("10:24", 20, 8)
    drawn.word("5G 86%", 460, 8)
    drawn.word("V", 26, 60)
    assert touched(drawn, 270, 135) == "kind:tab"
    assert not touched(orders(bar=bar, title="订单 20240511"), 270, 135)  # states of one order, which may be set
    one = orders(bar=bar)
    one.word("陈女士", 20, 8)  # no clock stands beside it
    assert not touched(one, 270, 135)


def under_field(hint: str, title: str = "我的办件", colour: str = "#e4e6ea") -> Drawn:
    drawn = Drawn()
    drawn.head(title)
    drawn.shape((0, 100, 539, 159), "white")
    drawn.shape((16, 108, 523, 152), colour)
    drawn.word(hint, 32, 119, "#a0a0a0")
    drawn.bar("全部", "办理中", "已办结", top=164)
    numbers = ("受理号 202611020018", "受理号 202609110231", "受理号 202607300077")
    rows = zip(("居住证签注", "社保转移", "公积金提取"), numbers, ("办理中", "已办结", "已办结"), strict=True)
    drawn.rows(*rows, top=220)
    return drawn


def test_a_hint_in_its_field_is_a_field_and_no_head_of_the_list_below():
    assert touched(under_field("请输入办件编号"), 300, 270) == "kind:record"
    assert not touched(under_field("请输入办件编号", title="转派给"), 300, 270)
    assert not touched(under_field("请输入转派对象"), 300, 270)


def test_what_was_typed_beside_a_look_up_found_the_entries_that_bear_it():
    drawn = looked_up(typed="20240511", head="订单查询")
    rows = tuple(
        (f"订单 2024051101{n}", f"2024-0{n}-01", state) for n, state in ((1, "待发货"), (2, "已发货"), (3, "已完成"))
    )
    drawn.rows(*rows, top=180)
    assert touched(drawn, 300, 230, typed="20240511") == "kind:record"
    assert not touched(drawn, 300, 230)
    other = looked_up("发送", typed="20240511", head="订单查询")
    other.rows(*rows, top=180)
    assert not touched(other, 300, 230, typed="20240511")
