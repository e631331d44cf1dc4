"""What each word makes of a touch, what stands over a list, and where the picture and the tree are of one control."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.gate.decide import StepContext
from cs_agent.engine.gate.kinds import picture_agrees
from cs_agent.engine.gate.windows.pickers import is_choice
from cs_agent.engine.run.state import VerdictKind
from cs_agent.engine.screen.drawn.windows import front_window
from cs_agent.engine.screen.targets import find_target
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation, Role, TextLine, UiNode
from tests.engine.gate.test_gate_kinds import bar, node, page, picker, pictured, records, tap
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.test_gate_strangers import ENTRY

CONTROL = Box(20, 600, 520, 660)


@pytest.mark.parametrize(
    ("said", "shown", "agrees"),
    [
        ("提交申请单", "提交", True),
        ("提交", "提交申请单", True),
        ("Submit order", "Subrnit order", True),
        ("abcde", "abcxy", True),
        ("abcde", "abxyz", False),
        ("查看详情", "删除账号", False),
    ],
)
def test_a_control_is_the_one_that_is_drawn_there_where_most_letters_are_the_same(said, shown, agrees):
    control = node(said, (20, 600, 520, 660), Role.BUTTON, clickable=True)
    seen = page(control, lines=(TextLine(shown, Box(200, 615, 340, 645)),))
    assert picture_agrees(find_target(seen, Point(60, 630)), seen) is agrees
    assert picture_agrees(find_target(seen, Point(270, 630)), seen) is agrees


def test_one_text_that_agrees_excuses_no_other_that_is_touched():
    control = node("客户 1001", (20, 600, 520, 660), Role.OTHER, clickable=True)
    lines = (TextLine("客户 1001", Box(40, 615, 160, 645)), TextLine("注销", Box(400, 615, 460, 645)))
    seen = page(control, lines=lines)
    assert picture_agrees(find_target(seen, Point(100, 630)), seen)
    assert not picture_agrees(find_target(seen, Point(430, 630)), seen)


PLACES = (("甲", "积了 120"), ("乙", "积了 121"), ("丙", "积了 122"))
ENDS = [node("›", (480, 150 + 120 * n, 500, 220 + 120 * n), parent=1 + 3 * n) for n in range(3)]


def over(*also: UiNode, title: str = "今日") -> bool:
    """Whether an entry opens that is no paper, so that it must be a customer's by what stands over the list."""
    return passes(page(*records(*PLACES, title=title), *ENDS, *also), *ENTRY)


def test_whose_entries_a_list_has_is_told_by_its_head_a_bar_over_it_or_what_its_field_is_for():
    field = node("", (20, 105, 520, 135), Role.EDIT, clickable=True, description="会员")
    assert over(title="会员")
    assert over(field)
    assert over(*bar("会员", "积分", top=105, height=30, role=Role.OTHER))
    assert not over()
    assert not over(*bar("会员", top=105, height=30, role=Role.OTHER))  # one button over the list
    assert not over(*bar("会员", "积分", top=600, height=30, role=Role.OTHER))
    assert not over(replace(field, text="会员", description=""))
    assert not over(replace(field, box=Box(20, 600, 520, 640)))


def test_a_word_in_an_entry_over_the_touched_one_says_nothing_of_the_list():
    parts = [
        node(text, (300 + 100 * n, 150, 390 + 100 * n, 180), Role.OTHER, clickable=True, parent=1)
        for n, text in enumerate(("会员", "积分"))
    ]
    seen = page(*records(*PLACES, title="今日"), *ENDS, *parts)
    assert not passes(seen, 300, 430)


def offered(text: str, *around: str) -> Observation:
    button = node(text, (20, 600, 520, 660), Role.BUTTON, clickable=True)
    others = [node(each, (60, 200 + 60 * n, 480, 240 + 60 * n)) for n, each in enumerate(around)]
    return page(button, *others)


FORM = node("", (20, 400, 520, 460), Role.EDIT, clickable=True, description="备注")


@pytest.mark.parametrize(
    ("seen", "kind", "code"),
    [
        (offered("提交审核"), VerdictKind.CONFIRM, "commit_word"),
        (offered("长按下单"), VerdictKind.CONFIRM, "hold"),
        (offered("确定"), VerdictKind.CONFIRM, "affirms"),
        (offered("允许", "要允许地图访问位置信息吗?", "拒绝"), VerdictKind.CONFIRM, "permission"),
        (offered("全额退款", "退款原因"), VerdictKind.CONFIRM, "option"),
        (offered("全额退款"), VerdictKind.ASK, "unproven"),
        (offered("申请退款", "收银台"), VerdictKind.CONFIRM, "opens_or_does"),
        (offered("申请退款"), VerdictKind.ASK, "unproven"),
        (offered("重试", "提交失败", "应付"), VerdictKind.CONFIRM, "retries"),
        (offered("重试"), VerdictKind.ASK, "unproven"),
        (offered("下一步", "收银台"), VerdictKind.CONFIRM, "advances"),
        (offered("下一步"), VerdictKind.ASK, "unproven"),
        (offered("驳回"), VerdictKind.CONFIRM, "refuses"),
        (offered("某某"), VerdictKind.ASK, "unproven"),
    ],
    ids=lambda value: value.nodes[0].text + str(len(value.nodes)) if isinstance(value, Observation) else None,
)
def test_words_say_what_a_touch_means_and_the_page_whether_they_say_enough(seen, kind, code):
    verdict = tap(seen, 270, 630)
    assert (verdict.kind, verdict.reasons[0].code, verdict.irreversible) == (kind, code, True)


@pytest.mark.parametrize(("label", "code"), [("全额退款", "option"), ("申请退款", "opens_or_does")])
def test_what_opens_elsewhere_may_be_done_at_once_on_a_form(label, code):
    seen = offered(label)
    assert [one.code for one in tap(replace(seen, nodes=(*seen.nodes, FORM)), 270, 630).reasons] == [code]


def chooses(change: dict, *, of: str = "选项2", ends: tuple[str, ...] = ("取消", "完成"), rest: int = 5) -> bool:
    """Whether that item of a picker still chooses, so changed, among that many items."""
    seen = picker(*ends)
    kept = [each for each in seen.nodes if not each.text.startswith("选项") or int(each.text[2:]) < rest]
    nodes = tuple(replace(each, **change) if each.text == of else each for each in kept)
    return tap(replace(seen, nodes=nodes), 270, 950).vouched_by == "kind:choice"


@pytest.mark.parametrize(
    "change",
    [
        {"role": Role.SWITCH, "checkable": True},
        {"role": Role.SLIDER},
        {"text": "完成"},
        {"text": "", "description": "确定"},
    ],
    ids=["a switch", "a slider", "an end", "an end by its description"],
)
def test_an_item_that_does_more_than_being_chosen_is_no_choice(change):
    assert chooses({})
    assert not chooses(change)


def test_two_items_are_no_picker():
    assert chooses({}, rest=3)
    seen = picker("取消", "完成")
    two = tuple(each for each in seen.nodes if each.text not in ("选项0", "选项1", "选项4"))
    assert tap(replace(seen, nodes=two), 270, 950).kind is not VerdictKind.ALLOW


def searched(*extra: TextLine, **known) -> bool:
    """Whether a number of an order that a search found opens on a picture alone."""
    return tap(pictured(*extra), 150, 195, StepContext(typed="20240", **known)).vouched_by == "kind:record"


@pytest.mark.parametrize(
    "line",
    [
        TextLine("チケット", Box(180, 40, 320, 70)),
        TextLine("転送先", Box(180, 40, 320, 70)),
        TextLine("转派给", Box(180, 40, 320, 70)),
        TextLine("抢单", Box(180, 40, 320, 70)),
        TextLine("点击条目即可核销", Box(40, 900, 400, 930)),
        TextLine("剩余 3", Box(40, 900, 160, 930)),
    ],
    ids=[
        "a head that is not read",
        "one in Japanese characters alone",
        "handing over",
        "a name of a deed",
        "a hint",
        "something left to be had",
    ],
)
def test_on_a_picture_alone_a_page_that_says_more_than_that_it_was_searched_opens_nothing(line):
    assert searched()
    assert not searched(line)


def test_on_a_picture_alone_nothing_opens_where_something_was_put_in_or_a_deed_led():
    assert not searched(put_in=True)
    assert not searched(led="转派")
    assert not searched(TextLine("已选择 2 项", Box(40, 900, 240, 930)))


@pytest.mark.parametrize(
    ("title", "typed", "opened"),
    [("会员", "王芳", True), ("结果", "2024051100231", True), ("结果", "王芳", False), ("结果", "10023", False)],
)
def test_people_on_a_picture_open_where_they_are_customers_or_were_found_by_a_papers_number(title, typed, opened):
    texts = [(title, 60), (typed, 110)]
    texts += [text for n in range(3) for text in (("甲乙丙"[n], 190 + 120 * n), (f"积了 12{n}", 230 + 120 * n))]
    lines = tuple(TextLine(text, Box(30, top - 12, 30 + 20 * len(text), top + 12), 0.99) for text, top in texts)
    seen = replace(page(lines=lines), nodes=None)
    assert (tap(seen, 60, 230, StepContext(typed=typed)).kind is VerdictKind.ALLOW) is opened


def test_a_field_among_a_pickers_items_is_no_choice_and_neither_is_a_place_without_a_control():
    seen = picker("取消", "完成")
    window, at = front_window(seen), Point(270, 950)
    target = find_target(seen, at)
    assert is_choice(target, seen, window)
    assert not is_choice(replace(target, node=None), seen, window)
    nodes = list(seen.nodes or ())
    nodes[target.node or 0] = replace(nodes[target.node or 0], role=Role.EDIT, enabled=False)
    assert not is_choice(target, replace(seen, nodes=tuple(nodes)), window)
