"""Bars of equal parts: which are tabs by where they stand, whatever they are called, and what tabs tell of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageDraw

from cs_agent.engine.actions.values import Tap
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.gate.lists.sections import is_content
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import Box, NormPoint
from cs_agent.observation import Observation, Role, UiNode
from tests.engine.gate.test_gate_kinds import ORDERS, PAPER, bar, browsed, node, page, records, tap
from tests.engine.gate.test_gate_properties import LABELS, few, passes
from tests.engine.gate.test_gate_strangers import ENTRY, listed

NAMES = ("发现", "Angebote", "Conta")
SHELF = [node(f"货{n}", (20, 200 + 90 * n, 520, 280 + 90 * n), Role.OTHER, clickable=True) for n in range(4)]
PAGES = node("", (0, 180, 540, 1200), Role.PAGER)
FOOT = (270, 1150)


def foot(
    names: tuple[str, ...] = NAMES,
    *,
    chosen: int | None = 0,
    word: int = 1165,
    low: int = 1195,
    above: int = 4,
    also: tuple[UiNode, ...] = (),
    drawn: tuple[str, ...] = (),
) -> Observation:
    """Pictures with words under them along the lower edge; the chosen part does not react, as it shows already."""
    nodes, width, image = [*SHELF[:above], *also], 540 // len(names), PAPER.copy()
    for n, name in enumerate(names):
        part = node(
            "", (n * width, 1110, n * width + width, low), Role.OTHER, clickable=n != chosen, checked=n == chosen
        )
        nodes += [part, node(name, (n * width + 50, word, n * width + 110, word + 20), parent=len(nodes))]
        if drawn:
            box = (n * width + 50, word + 2, n * width + 110, word + 18)
            ImageDraw.Draw(image).rectangle(box, fill=drawn[n])
    return page(*nodes, image=image)


def test_the_bar_at_the_foot_of_an_apps_own_page_is_one_of_tabs_in_any_language():
    assert tap(foot(), *FOOT).vouched_by == "kind:tab"


BACK = node("返回", (10, 20, 90, 60), Role.OTHER, clickable=True)
SIGN = node("", (10, 20, 90, 60), Role.IMAGE, clickable=True)
PORTRAIT = node("我的资料", (10, 20, 90, 60), Role.IMAGE, clickable=True)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(foot(also=(BACK,)), id="a page that is gone back from"),
        pytest.param(foot(also=(SIGN,)), id="a wordless sign in the corner"),
        pytest.param(foot(word=1140), id="words beside their pictures"),
        pytest.param(foot(low=1105 + 5), id="further up"),
        pytest.param(foot(above=2), id="a call, with little else to touch"),
        pytest.param(foot(also=(node("挂断电话", (200, 1196, 340, 1199), clickable=True),)), id="something below"),
        pytest.param(foot(chosen=None, drawn=("#1677ff", "#333333", "#333333")), id="only drawn, as a button may be"),
        pytest.param(
            foot(("甲方", "乙方", "丙方", "丁方"), chosen=None, drawn=(*["#1677ff"] * 2, *["#333333"] * 2)),
            id="two are",
        ),
        pytest.param(foot(names=("发现", "立即支付", "我的")), id="one does something"),
        *(
            pytest.param(foot(names=("Home", action, "Me")), id=f"one does something: {action}")
            for action in (
                "Encaisser",
                "Cobrar",
                "Öffnen",
                "解錠",
                "결제",
                "Оплатить",
                "Gönder",
                "شراء",
                "จ่าย",
                "Thanh toán",
                "Panik",
            )
        ),
        pytest.param(foot(names=("发现", "我的")), id="two parts"),
    ],
)
def test_a_bar_that_stands_otherwise_is_one_of_actions(seen):
    assert tap(seen, 270, 1150 if seen.nodes[-2].box.bottom > 1150 else 1105).kind is not VerdictKind.ALLOW


def test_a_portrait_in_the_corner_is_no_way_back():
    assert passes(foot(also=(PORTRAIT,)), *FOOT)


@few
@given(
    st.lists(LABELS.filter(lambda name: not is_content(name)), min_size=3, max_size=4, unique=True), st.integers(0, 2)
)
def test_a_bar_over_nothing_that_is_looked_through_may_switch_a_mode_unless_a_part_names_contents(labels, chosen):
    seen = page(node("卧室", (200, 60, 340, 100)), *bar(*labels, role=Role.OTHER, chosen=chosen), *SHELF[1:])
    assert not any(passes(seen, 540 // len(labels) * n + 30, 150) for n in range(len(labels)))


def test_a_bar_over_papers_that_it_sorts_and_of_which_one_part_is_chosen_is_one_of_tabs():
    parts = bar("Alle", "Offen", "Fertig", role=Role.OTHER, top=102, height=30)
    over = [
        *records(*((state, value) for state, (_, value, *_) in zip(("Offen", "Fertig", "Offen"), ORDERS, strict=True))),
        *parts,
    ]
    assert tap(page(*over), 270, 117).vouched_by == "kind:tab"
    assert not passes(page(*records(*ORDERS), *parts), 270, 117)  # it may as well be how one works: Fahrt, Pause
    sorting = bar("全部", "待付款", "退货中", role=Role.OTHER, top=102, height=30)
    assert passes(page(*records(*ORDERS), *sorting), 270, 117)
    uneven = [replace(each, box=each.box.grown(0)) for each in over]
    last = uneven[-1].box
    uneven[-1] = replace(uneven[-1], box=type(last)(last.left, last.top, last.right - 60, last.bottom))
    assert not passes(page(*uneven), 270, 117)
    rooms = records(("书房", "21 度"), ("卧室", "22 度"), ("客厅", "23 度"), title="暖气")
    assert not passes(page(*rooms, *bar("Alle", "Offen", "Fertig", role=Role.OTHER, top=102, height=30)), 270, 117)


@pytest.mark.parametrize(
    "names", [("To ship", "Shipped", "Done"), ("To approve", "Approved", "Rejected"), ("待付款", "完成")]
)
def test_tabs_may_be_called_by_what_is_done_or_to_be_done(names):
    seen = page(*bar(*names))
    assert all(passes(seen, 540 // len(names) * n + 30, 150) for n in range(1, len(names)))


@pytest.mark.parametrize("names", [("Aus", "Sparsam", "Warm"), ("Deutsch", "English", "Français"), ("甲", "乙", "丙")])
def test_what_the_phone_calls_tabs_must_show_something_as_ways_of_working_are_called_so_too(names):
    tabs = bar(*names)
    assert passes(page(*tabs, PAGES), 270, 150)
    for other in (
        *((), SHELF),  # the rooms that are heated so
        (replace(PAGES, role=Role.LIST, scrollable=True),),
        (replace(PAGES, box=Box(0, 600, 540, 1200)),),  # of a panel that the bar works on
        (replace(PAGES, box=Box(0, 60, 540, 1200)),),  # the page moves, not what a tab shows
        (replace(PAGES, box=Box(0, 180, 540, 700)),),  # pictures of what is switched
        (replace(PAGES, box=Box(0, 180, 400, 1200)),),
    ):
        assert not passes(page(*tabs, *other), 270, 150)


def test_what_the_phone_calls_tabs_sorts_papers_that_bear_their_names():
    states = ("Offen", "Fertig", "Offen")
    over = records(*((state, value) for state, (_, value, *_) in zip(states, ORDERS, strict=True)))
    assert passes(page(*over, *bar("Alle", "Offen", "Fertig", top=102, height=30)), 270, 117)
    assert not passes(page(*over, *bar("Leise", "Turbo", "Warm", top=102, height=30)), 270, 117)


@pytest.mark.parametrize("mode", ["布防", "Armed", "勿扰", "Eco"])
def test_one_way_of_working_among_the_names_makes_a_bar_one_of_such(mode):
    tabs = bar("一层", mode, "二层")
    assert not any(passes(page(*tabs, PAGES), x, 150) for x in (270, 450))
    assert passes(page(*bar("全部", mode, "二层"), PAGES), 450, 150)


OPENED = ("全部", "待发货", "已完成")
UNSORTED = ("推荐", "附近", "上门")


@pytest.mark.parametrize(
    ("rows", "tabs", "opened"),
    [
        pytest.param((("日包", "¥2.00"), ("周包", "¥10.00"), ("月包", "¥30.00")), UNSORTED, False, id="for sale"),
        pytest.param((("日包", "¥2.00"), ("周包", "¥10.00"), ("月包", "¥30.00")), OPENED, False, id="to be bought"),
        pytest.param(
            (("日包", "¥2.00", "已用完"), ("周包", "¥10.00", "使用中"), ("月包", "¥30.00", "已用完")),
            UNSORTED,
            True,
            id="bought",
        ),
        pytest.param(
            (("离家", "2026-05-12"), ("观影", "2026-05-10"), ("就寝", "2026-05-11")), UNSORTED, False, id="scenes"
        ),
        pytest.param(
            (("午餐 ¥12.00", "05-12"), ("打车 ¥30.00", "05-11"), ("超市 ¥9.00", "05-10")),
            UNSORTED,
            False,
            id="of a few days",
        ),
        pytest.param(
            (("纸 ¥12.00", "上门"), ("笔 ¥30.00", "附近"), ("本 ¥9.00", "送达")),
            UNSORTED,
            True,
            id="states that tabs name",
        ),
        pytest.param(
            (("纸 ¥12.00", "上门"), ("笔 ¥30.00", "上门"), ("本 ¥9.00", "上门")), UNSORTED, False, id="one state"
        ),
        pytest.param(
            (("Papel", "R$ 12,00", "Entregue"), ("Caneta", "R$ 30,00", "Entregue"), ("Livro", "R$ 9,00", "Cancelado")),
            ("Todos", "Em andamento", "Entregues"),
            True,
            id="a state in another number than its tab",
        ),
        pytest.param(
            (("票 882341", "12号"), ("票 882342", "13号"), ("票 882343", "14号")), OPENED, False, id="a number alone"
        ),
    ],
)
def test_under_tabs_an_entry_opens_only_if_it_is_of_papers_that_stand_differently(rows, tabs, opened):
    assert passes(listed("今日", *rows, tabs=tabs), *ENTRY) is opened


@pytest.mark.parametrize("name", ["停用", "归档", "删除地址", "设为默认", "Archive", "Remove card", "Disable"])
def test_beside_a_button_that_keeps_the_list_in_order_a_touch_may_take_the_entry(name):
    rows = (("Sorry for it", "Nov 3"), ("It is on its way", "Oct 3"), ("A photo, please", "Jan 3"))
    beside = (420, 200, 500, 235)
    assert not passes(page(*records(*rows), node(name, beside, Role.BUTTON, clickable=True, parent=1)), *ENTRY)
    done = node("发货", beside, Role.BUTTON, clickable=True, parent=1)
    assert tap(page(*records(*rows), done), *ENTRY).vouched_by == "kind:record"


PENDING = (("Order 20417", "Nov 3", "Pending"), ("Order 20418", "Nov 2", "Pending"), ("Order 20419", "Oct 31", "Done"))


@pytest.mark.parametrize(
    ("title", "done", "opened"),
    [
        ("Refunds", "Refunded", False),
        ("Approvals", "Approved", False),
        ("Escalations", "Escalated", False),
        ("Shipments", "Shipped", False),
        ("Refunds", "Closed", True),
        ("Orders", "Refunded", True),
        ("Orders", "Shipped", True),
    ],
)
def test_a_page_that_is_called_by_what_its_tabs_say_was_done_may_do_it_at_a_touch(title, done, opened):
    rows = [(*texts, state.replace("Done", done)) for *texts, state in PENDING]
    assert passes(listed(title, *rows, tabs=("All", "Pending", done)), *ENTRY) is opened


@pytest.mark.parametrize(
    ("times", "more", "opened"),
    [
        (("Nov 3, 11:20", "Nov 3, 11:22", "Nov 3, 11:31"), "", False),
        (("Nov 3, 11:20", "Nov 2, 11:22", "Oct 3, 11:31"), "", True),
        (("Nov 3", "Nov 3", "Nov 3"), "", True),
        (("Nov 3, 11:20", "Nov 3, 11:22", "Nov 3, 11:31"), " · $12.50", True),
    ],
)
def test_entries_of_one_day_with_a_time_each_come_in_now_and_are_worked_off(times, more, opened):
    states = ("New", "Ready", "Ready")
    rows = [
        (f"Order 2041{n}", f"{time}{more}", state) for n, (time, state) in enumerate(zip(times, states, strict=True))
    ]
    assert passes(listed("Live orders", *rows, tabs=("All", "New", "Ready")), *ENTRY) is opened


@pytest.mark.parametrize(
    ("title", "rows", "opened"),
    [
        ("候诊", (("A012 王芳", "09:12"), ("A013 李强", "09:15"), ("A014 张伟", "09:20")), False),
        ("柜门", (("01 号格口", "占用 12 天"), ("02 号格口", "占用 13 天"), ("03 号格口", "占用 14 天")), False),
        ("今日", (("甲", "积了 120"), ("乙", "积了 121"), ("丙", "积了 122")), False),
        ("会员", (("甲", "积了 120"), ("乙", "积了 121"), ("丙", "积了 122")), True),
        ("账单", (("五月", "¥59.00"), ("四月", "¥62.30"), ("三月", "¥59.00")), True),
    ],
)
def test_a_mark_that_more_lies_behind_opens_papers_and_customers_only(title, rows, opened):
    ends = [node("›", (480, 150 + 120 * n, 500, 220 + 120 * n), parent=1 + 3 * n) for n in range(3)]
    assert passes(page(*records(*rows, title=title), *ends), *ENTRY) is opened


def test_where_actions_are_buttons_in_the_entries_a_text_with_a_number_names_a_value():
    rows = (("保存草稿 16427844", "¥12"), ("保存草稿 16427845", "¥13"), ("保存草稿 16427846", "¥14"))
    button = node("下架", (420, 200, 500, 235), Role.BUTTON, clickable=True, parent=1)
    assert tap(page(*browsed(*rows)), *ENTRY).kind is VerdictKind.CONFIRM
    assert tap(page(*records(*rows), button), *ENTRY).vouched_by == "kind:record"
    bare = (("保存草稿", "¥12.00"), ("保存草稿", "¥13.00"), ("保存草稿", "¥14.00"))
    assert tap(page(*records(*bare), button), *ENTRY).kind is VerdictKind.CONFIRM


def test_a_word_of_doing_in_a_value_of_an_entry_says_nothing_where_the_touch_is_not_on_it():
    rows = [(f"Update 6954741{n}", f"¥1{n}.00", state) for n, state in enumerate(("待发货", "已完成", "已完成"))]
    seen = page(*browsed(*rows))
    assert passes(seen, 300, 225)
    assert tap(seen, 100, 165).kind is VerdictKind.CONFIRM  # on the words themselves
    alike = [("Update", *row[1:]) for row in rows]
    assert tap(page(*browsed(*alike)), 300, 225).kind is VerdictKind.CONFIRM  # called alike in all, as a button is
    bidding = [(f"Pay now 6954741{n}", *row[1:]) for n, row in enumerate(rows)]
    assert tap(page(*browsed(*bidding)), 300, 225).kind is VerdictKind.CONFIRM


def test_a_page_that_counts_down_is_left_by_its_own_way_back():
    seen = page(BACK, node("10 秒后自动提交", (60, 500, 480, 540)), node("再等等", (60, 700, 480, 760), clickable=True))
    assert tap(seen, 50, 40).vouched_by == "kind:back"
    assert tap(seen, 270, 730).kind is not VerdictKind.ALLOW
    warned = page(BACK, node("账号存在风险,请完成验证", (60, 500, 480, 540)))
    assert tap(warned, 50, 40).kind is VerdictKind.TAKE_OVER


def test_a_name_that_says_where_up_leads_is_androids_way_back_in_its_corner():
    for name in ("转到上一层级", "Nach oben", "前に戻る"):
        seen = page(replace(BACK, text=name), node(name, (10, 500, 90, 540), clickable=True))
        assert tap(seen, 50, 40).vouched_by == "kind:back"
        assert not passes(seen, 50, 520)


def field_with(caption: UiNode, *others: UiNode, password: bool = False) -> Observation:
    box = (200, 195, 520, 245)
    return page(caption, node("", box, Role.EDIT, clickable=True, password=password), *others)


LEFT = node("昵称", (20, 200, 160, 240))
OVER = node("昵称", (200, 150, 300, 190))


@pytest.mark.parametrize("caption", [LEFT, OVER])
def test_words_that_do_not_react_beside_a_field_or_over_it_are_touched_like_the_field(caption):
    at = caption.box.center
    assert tap(field_with(caption), at.x, at.y).vouched_by == "kind:field"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(field_with(replace(LEFT, text="立即支付")), id="an action"),
        pytest.param(field_with(LEFT, password=True), id="a password's"),
        pytest.param(field_with(replace(LEFT, text="@")), id="a sign"),
        pytest.param(
            field_with(LEFT, node("", (165, 200, 195, 240), Role.IMAGE, clickable=True)), id="a control between"
        ),
        pytest.param(field_with(LEFT, node("+86", (165, 200, 195, 240))), id="words between"),
        pytest.param(field_with(replace(LEFT, box=replace(LEFT.box, left=522, right=538))), id="right of it"),
        pytest.param(field_with(LEFT, node("", (20, 245, 180, 290), Role.EDIT, clickable=True)), id="two fields"),
        pytest.param(field_with(replace(LEFT, clickable=True)), id="it reacts"),
        pytest.param(field_with(replace(OVER, box=replace(OVER.box, left=20, right=120))), id="not over its start"),
        pytest.param(field_with(replace(OVER, box=replace(OVER.box, top=40, bottom=80))), id="far over it"),
    ],
)
def test_other_words_by_a_field_ask(seen):
    at = seen.nodes[0].box.center
    assert decide(Tap(at.to_norm(seen.size)), seen, confidence=1.0).kind is not VerdictKind.ALLOW


def test_a_lone_point_of_nothing_by_a_field_is_no_caption():
    seen = field_with(node("", (20, 200, 160, 240)))
    assert decide(Tap(NormPoint(160, 183)), seen, confidence=1.0, context=StepContext()).kind is VerdictKind.ASK


@pytest.mark.parametrize(
    "names",
    [("Feed", "Inbox", "Me"), ("Door", "Alerts", "Trips"), ("Battle", "My clan", "Messages"), ("店铺", "消息", "我的")],
)
def test_a_part_at_the_foot_that_is_one_of_several_places_leads_there_from_a_page_that_is_gone_back_from(names):
    assert tap(foot(names=names, also=(BACK,)), *FOOT).vouched_by == "kind:tab"


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("Inbox", "Archive it", "Me"), id="the part itself is no place"),
        pytest.param(("Deck", "Inbox", "Heart"), id="no other part is a place"),
        pytest.param(("On air", "Off air", "Settings"), id="a state"),
        pytest.param(("Stop", "Start", "More"), id="a way of working"),
        pytest.param(("Inbox", "Messages", "Delete"), id="an action among places"),
        pytest.param(("收件", "归档", "我的"), id="an action without a word known"),
    ],
)
def test_one_place_at_the_foot_makes_the_others_none(names):
    assert not passes(foot(names=names, also=(BACK,)), *FOOT)
    assert not passes(foot(names=("Inbox", "Messages", "Me"), also=(BACK,), chosen=None), *FOOT)
