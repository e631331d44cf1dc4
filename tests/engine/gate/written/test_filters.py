"""Bars right over a list: what tells that a part only leaves some of its entries out."""

from __future__ import annotations

import pytest

from cs_agent.observation import Observation, Role
from tests.engine.gate.test_gate_kinds import ORDERS, bar, node, page, records
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.written.test_bars import BACK, foot

TRIPS = (("杭州", "05-12 出发"), ("宁波", "05-13 出发"), ("上海", "05-14 出发"))
PUPILS = (("甲", "二班", "待补考"), ("乙", "三班", "待补考"))


def over(*names: str, rows: tuple[tuple[str, ...], ...] = TRIPS, title: str = "行程", chosen: int = 0) -> Observation:
    return page(*records(*rows, title=title), *bar(*names, role=Role.OTHER, chosen=chosen, top=102, height=30))


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(over("全部", "自驾", "公务"), id="a part shows everything"),
        pytest.param(over("全部出差", "我发起的", "我参加的", title="出差管理"), id="all of what a longer head says"),
        pytest.param(over("全部行程", "我发起的", "我参加的"), id="all of what the page is called"),
        pytest.param(over("待补考", "已补考", "已免考", rows=PUPILS, title="成绩"), id="states that an entry says"),
        pytest.param(over("待补考(2)", "已补考", "已免考", rows=PUPILS, title="成绩"), id="states with counts"),
    ],
)
def test_a_bar_that_leaves_out_entries_of_the_list_under_it_is_one_of_tabs(seen):
    assert passes(seen, 270, 117)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(over("自驾", "公务", "其他用途"), id="ways of working"),
        pytest.param(over("全部", "自驾", "公务", title="转派给"), id="a page that hands over"),
        pytest.param(over("全部", "自驾", "公务", title="抢单"), id="a page of an action"),
        pytest.param(over("全部", "自驾", "公务", rows=TRIPS[:1]), id="no list"),
        pytest.param(over("全部", "自驾", "立即支付"), id="an action among the parts"),
        pytest.param(over("全部", "自驾", "公务", chosen=5), id="none is chosen"),
        pytest.param(over("已读", "已处理", "已关注", rows=PUPILS, title="成绩"), id="states that nothing bears"),
        pytest.param(over("05-12 周日", "05-13 周一", "05-14 周二"), id="days, to which all may be moved"),
        pytest.param(over("待补考", "已补考", "已免考", rows=PUPILS, title="订单 88231"), id="a page of one paper"),
        pytest.param(over("全部", "制冷", "睡眠", title="房间"), id="ways of working beside everything"),
        pytest.param(over("一层", "二层", "待补考", rows=PUPILS, title="成绩"), id="few states"),
    ],
)
def test_a_bar_that_may_as_well_work_on_the_list_under_it_asks(seen):
    assert not passes(seen, 270, 117)


def test_the_next_thing_to_touch_under_such_a_bar_is_the_list():
    seen = over("全部", "自驾", "公务")
    switch = node("夜间", (20, 134, 520, 138), Role.SWITCH, clickable=True, checkable=True)
    assert not passes(page(*(seen.nodes or ()), switch), 270, 117)
    assert passes(over("全部", "自驾", "公务", rows=ORDERS), 270, 117)


def test_a_bar_at_the_foot_one_part_of_which_the_page_is_called_by_is_one_of_tabs_beside_a_way_back():
    head = node("发现好货", (200, 60, 340, 100))
    assert passes(foot(also=(BACK, head)), 270, 1150)
    assert not passes(foot(also=(BACK, node("通话中", (200, 60, 340, 100)))), 270, 1150)
    assert not passes(foot(names=("发现", "立即支付", "我的"), also=(BACK, head)), 270, 1150)
