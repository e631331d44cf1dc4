"""Rows of a form that open what can be chosen, told from rows that act; and the mark at their end."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.gate.decide import StepContext
from cs_agent.engine.screen.drawn.chevrons import ends_in_chevron
from cs_agent.engine.screen.words import names_a_thing
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role
from tests.engine.gate.test_gate_kinds import node, page, tap
from tests.engine.gate.test_gate_properties import passes

ROWS = (("物流公司", "顺丰"), ("送达日期", "请选择"))
ARROW = [(508, -8), (516, 0), (508, 8)]
END = node("保存", (20, 1100, 520, 1160), Role.BUTTON, clickable=True)


def drawn(row: int, mark: list[tuple[int, int]] | None) -> Image.Image:
    image = Image.new("RGB", (540, 1200), "white")
    if mark is not None:
        for at in range(row):
            ImageDraw.Draw(image).line([(x, y + 235 + 70 * at) for x, y in mark], "#999999", 2)
    return image


def form(
    *rows: tuple[str, ...], end: bool = True, mark: list[tuple[int, int]] | None = ARROW, role: Role = Role.OTHER
) -> Observation:
    nodes = [node("寄件", (200, 60, 340, 100))]
    for number, texts in enumerate(rows):
        top, parent = 200 + 70 * number, len(nodes)
        nodes.append(node("", (0, top, 540, top + 69), role, clickable=True))
        nodes += [
            node(text, (20 + 240 * n, top + 20, 200 + 240 * n, top + 50), parent=parent) for n, text in enumerate(texts)
        ]
    return page(*nodes, *([END] if end else []), image=drawn(len(rows), mark))


def test_a_row_of_a_form_opens_what_can_be_chosen_also_once_something_was_put_in():
    seen = form(*ROWS)
    assert tap(seen, 270, 235).vouched_by == "kind:list"
    assert passes(form(("送达日期", "2024-05-12"), ROWS[0]), 270, 235)
    assert tap(seen, 270, 305, StepContext(put_in=True)).vouched_by == "kind:list"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(form(*ROWS, end=False), id="nothing else ends the page"),
        pytest.param(form(*ROWS, mark=None), id="no mark"),
        pytest.param(form(*ROWS, role=Role.BUTTON), id="buttons"),
        pytest.param(form(ROWS[0]), id="no other row, no field"),
        *(
            pytest.param(form(row, ROWS[1]), id=" ".join(row))
            for row in (
                ("注销账号",),
                ("清除缓存", "23.5 MB"),
                ("重启网关", "已运行 3 天"),
                ("遣散人员", "3 人"),
                ("提交审核", "请选择"),
                ("客服热线", "95588"),
                ("语音通话", "免费"),
                ("余额提现", "¥120.00"),
                ("收件地址", "立即使用"),
                ("优惠名称", "2 张可用"),
                ("Restart", "Up 3 days"),
                ("Sync date", "Today"),
                ("住所", "東京都渋谷区の図"),
                ("物流公司", "顺丰", "次日达"),
            )
        ),
    ],
)
def test_a_row_that_may_act_asks(seen):
    assert not passes(seen, 270, 235)


@pytest.mark.parametrize(
    ("mark", "found"),
    [
        (ARROW, True),
        ([(516, -8), (508, 0), (516, 8)], False),
        ([(504, -4), (512, 4), (520, -4)], False),
        ([(508, -8), (516, -8), (516, 8)], False),
        ([(508, 0), (520, 0)], False),
        ([(508, -30), (538, 0), (508, 30)], False),
        (None, False),
    ],
    ids=["right", "left", "down", "a corner", "a dash", "too large", "nothing"],
)
def test_a_mark_that_points_right_ends_a_row(mark, found):
    assert ends_in_chevron(drawn(1, mark), Box(0, 200, 540, 269)) is found


@pytest.mark.parametrize(
    ("label", "thing"),
    [
        *((label, True) for label in ("物流公司", "领取方式", "付款状态", "收件人电话", "Reason", "Payment method")),
        *((label, False) for label in ("切换账号", "核对金额", "语音通话", "提交", "公告", "Print notes", "Restart")),
    ],
)
def test_a_label_names_a_thing_where_no_verb_acts_on_it(label, thing):
    assert names_a_thing(label) is thing
