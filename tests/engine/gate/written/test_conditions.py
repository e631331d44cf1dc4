"""Single conditions of the gate's rules, each with the page on which it alone decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.gate.lists.actions import names_an_action
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, UiNode
from tests.engine.gate.test_gate_kinds import ORDERS, PAPER, bar, dialog, node, page, picker, records, tap
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.test_gate_strangers import ENTRY

ITEM = (270, 890)


@pytest.mark.parametrize(
    ("head", "called"),
    [
        ("转账", True),
        ("新建工单", False),  # a page that an action's control opens
        ("抢单", True),
        ("Confirm order", True),
        ("退款(原路返回)", True),
        ("微信支付", False),  # a way of paying
        ("快递发送", False),  # the action is not its first word
        ("发送给王芳的包裹今天到", False),  # a sentence
        ("Submit the numbers of this quarter", False),
        ("付款时间:05-01", False),
        ("删除中…", False),
        ("订单", False),
    ],
)
def test_a_page_is_called_by_an_action_where_the_action_is_its_short_name(head, called):
    assert names_an_action(head) is called


def one_control(*, box: tuple[int, int, int, int] = (0, 800, 540, 1100), words: int = 5) -> Observation:
    """A sheet whose wheel is one control with its items as texts."""
    seen = picker("取消", "完成")
    heads = [each for each in seen.nodes if each.role is Role.BUTTON]
    wheel = node("", box, Role.OTHER, clickable=True)
    texts = [node(f"选项{n}", (200, 805 + n * 60, 340, 855 + n * 60), parent=len(heads)) for n in range(words)]
    return replace(seen, nodes=(*heads, wheel, *texts))


def test_the_items_of_a_wheel_that_is_one_control_are_told_by_the_text_that_is_touched():
    assert tap(one_control(), *ITEM).vouched_by == "kind:choice"
    assert not passes(one_control(words=2), 270, 830)


def titled(head: UiNode | None, action: str = "作废") -> Observation:
    seen = picker("取消", "完成")
    named = tuple(replace(each, text=action) if each.text == "选项2" else each for each in seen.nodes)
    return replace(seen, nodes=(*named, head) if head else named)


@pytest.mark.parametrize(
    ("head", "passed"),
    [
        (node("选择原因", (200, 705, 340, 755)), True),
        (None, False),
        (node("原因", (200, 705, 340, 755)), False),
        (node("选择原因", (200, 400, 340, 440)), False),  # of the page below
        (node("选择原因", (200, 705, 340, 755), clickable=True), False),  # a control
    ],
    ids=["in the sheet", "none", "another", "over the sheet", "reacts"],
)
def test_only_under_the_pickers_own_head_are_actions_mere_choices(head, passed):
    assert passes(titled(head), 270, 950) is passed


def test_on_a_page_that_is_a_picker_by_its_title_actions_are_mere_choices():
    def chosen(title: str) -> bool:
        items = [node(name, (0, 200 + n * 60, 540, 260 + n * 60), clickable=True) for n, name in enumerate("甲乙丙")]
        items.append(node("作废", (0, 380, 540, 440), clickable=True))
        end = node("完成", (440, 60, 530, 100), Role.BUTTON, clickable=True)
        return passes(page(node(title, (200, 60, 340, 100)), end, *items), 270, 410)

    assert chosen("选择原因")
    assert not chosen("原因")


PAD = [
    node(str(n), (20 + n % 3 * 170, 700 + n // 3 * 90, 180 + n % 3 * 170, 780 + n // 3 * 90), clickable=True)
    for n in range(10)
]


def keys(ask: str, *extra: UiNode, digits: list[UiNode] = PAD) -> Observation:
    return page(node(ask, (60, 200, 480, 240)), *digits, *extra)


@pytest.mark.parametrize(
    ("seen", "at", "taken_over"),
    [
        (keys("请输入支付密码"), (100, 740), True),
        (keys("请输入取件码"), (100, 740), False),
        (keys("请输入支付密码", digits=PAD[:4]), (100, 740), False),
        (keys("请输入支付密码", node("删", (360, 970, 520, 1050), clickable=True)), (440, 1010), False),
        (keys("请输入支付密码", node("00", (360, 970, 520, 1050), clickable=True)), (440, 1010), False),
        (page(node("", (60, 200, 480, 260), Role.EDIT, clickable=True, password=True)), (270, 230), True),
    ],
    ids=["a key of a PIN pad", "of another pad", "of no pad", "no digit", "two digits", "a password field"],
)
def test_the_digits_of_a_pin_are_for_a_person(seen, at, taken_over):
    assert (tap(seen, *at).kind is VerdictKind.TAKE_OVER) is taken_over


def under(parts: list[UiNode]) -> bool:
    """Whether an entry opens under these words, of which the first is drawn in another colour."""
    image = PAPER.copy()
    for n, part in enumerate(each for each in parts if each.label):
        box = part.box
        colour = "#333333" if n else "#1677ff"
        ImageDraw.Draw(image).rectangle((box.left + 30, 110, box.left + 80, 124), fill=colour)
    return passes(page(*records(*ORDERS), *parts, image=image), *ENTRY)


def words(*labels: str) -> list[UiNode]:
    return bar(*labels, role=Role.OTHER, chosen=-1, top=102, height=30)


def narrowed(parts: list[UiNode], by: int) -> list[UiNode]:
    return [replace(each, box=Box(each.box.left, each.box.top, each.box.right - by, each.box.bottom)) for each in parts]


def test_words_over_a_list_are_tabs_only_side_by_side_across_the_page():
    assert under(words("待付款", "待发货", "已完成"))
    assert not under(narrowed(words("待付款", "待发货", "已完成"), 20))
    assert not under(words("待付款", "待发货"))
    assert not under(words("待付款", "待发货", "已完成", "已取消")[:3])
    assert not under(words("待付款", "", "已完成"))


def test_a_head_of_only_dimmed_words_makes_no_window_of_a_bright_page():
    seen = replace(
        dialog("办理吗", "再想想", "办"), screenshot=page(image=Image.new("RGB", (540, 1200), "white")).screenshot
    )
    assert not passes(seen, 100, 650)
