"""Whatever a page says, nothing that may act passes as one of the harmless kinds: pages made at random, by kind."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cs_agent.engine.actions.values import Back, DoubleTap, Home, LongPress, Swipe, Tap
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.gate.lists.sections import is_content
from cs_agent.engine.run.state import VerdictKind
from cs_agent.engine.screen.words import clears_text, go_back, leaves_a_dialog, looks_up
from cs_agent.geometry import Box, NormPoint
from cs_agent.observation import Observation, Role, TextLine, UiNode
from tests.engine.gate.test_gate_kinds import ORDERS, bar, browsed, dialog, node, page, picker, search, tap

few = settings(max_examples=40, deadline=None)
PHRASES = st.one_of(
    st.text("天地人山水火风云办结派核销放行签盖开关锁上下左右新旧其它", min_size=1, max_size=8),
    st.from_regex(r"[A-Z][a-z]{1,9}( [a-z]{2,9}){0,2}", fullmatch=True),
)
DEEDS = st.sampled_from(
    [
        *("提交审核", "立即支付", "删除订单", "确认收货", "转账给商家", "发布", "注销账号", "同意并继续"),
        *("Submit order", "Pay now", "Delete account", "Send message", "Confirm purchase", "Transfer money"),
    ]
)
LABELS = st.one_of(PHRASES, DEEDS)
CONTROL_ROLES = st.sampled_from(
    [Role.BUTTON, Role.OTHER, Role.IMAGE, Role.TEXT, Role.LIST, Role.SWITCH, Role.CHECK_BOX]
)
CONTEXTS = st.builds(StepContext, typed=st.sampled_from(["", "1001", "20240"]), put_in=st.booleans())
TOUCHES = st.sampled_from([Tap, DoubleTap, LongPress])


@st.composite
def pieces(draw: st.DrawFn, label: str, box: tuple[int, int, int, int], parent: int) -> list[UiNode]:
    """The label's spans side by side, as many as one for each letter."""
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(label) - 1)), max_size=len(label) - 1)))
    edges = [0, *cuts, len(label)]
    left, top, right, bottom = box
    wide = (right - left) // max(1, len(label))
    return [
        node(label[start:end], (left + start * wide, top, left + end * wide, bottom), parent=parent)
        for start, end in itertools.pairwise(edges)
        if label[start:end].strip()
    ]


def words_of_kinds(label: str) -> bool:
    return any(names(label) for names in (go_back, looks_up, leaves_a_dialog, clears_text))


def passes(seen: Observation, x: int, y: int, context: StepContext | None = None, touch=Tap) -> bool:
    return tap(seen, x, y, context, touch).kind is VerdictKind.ALLOW


@few
@given(LABELS, LABELS, CONTROL_ROLES, st.integers(0, 380), st.integers(0, 1100), CONTEXTS, TOUCHES)
def test_a_lone_control_never_passes_wherever_it_stands(label, title, role, left, top, context, touch):
    assume(not words_of_kinds(label))
    box = Box(left, top, left + 150, top + 60)
    control = UiNode(label, box, role=role, package="com.app", clickable=True)
    seen = page(node(title, (160, 20, 400, 60)), control)
    assert not passes(seen, box.center.x, box.center.y, context, touch)


@few
@given(LABELS, st.data(), CONTEXTS)
def test_a_bottom_bar_never_passes_in_however_many_pieces_its_words_are_drawn(label, data, context):
    bottom = [
        node("", (0, 1100, 540, 1180), Role.OTHER, clickable=True),
        node("共3件", (20, 1120, 120, 1160), parent=0),
    ]
    seen = page(*bottom, *data.draw(pieces(label, (300, 1120, 520, 1160), 0)))
    assert not any(passes(seen, x, 1140, context) for x in (60, 310, 500))


@few
@given(DEEDS, st.data(), st.integers(0, 2))
def test_a_deed_in_pieces_never_passes_as_a_tab_or_an_entry(label, data, place):
    tabs = bar("", "", "")
    tabs = [*tabs, *data.draw(pieces(label, (place * 180 + 10, 130, place * 180 + 170, 170), place))]
    assert not passes(page(*tabs), place * 180 + 90, 150)
    entries = browsed(*ORDERS)
    root = 1 + 4 * place
    top = 140 + place * 120
    entries = [replace(each, text="") if number == root + 1 else each for number, each in enumerate(entries)]
    entries += data.draw(pieces(label, (40, top + 10, 240, top + 40), root))
    assert not passes(page(*entries), 300, top + 50)


@few
@given(st.lists(PHRASES, min_size=3, max_size=6, unique=True), CONTEXTS)
def test_rows_of_single_phrases_never_pass_as_records(labels, context):
    rows = [node("", (20, 200 + 100 * n, 520, 290 + 100 * n), Role.OTHER, clickable=True) for n in range(len(labels))]
    texts = [node(text, (40, 230 + 100 * n, 300, 260 + 100 * n), parent=n) for n, text in enumerate(labels)]
    seen = page(*rows, *texts, *bar("全部", "待发货", "已完成"))
    assert not any(passes(seen, 300, 245 + 100 * n, context) for n in range(len(labels)))


@few
@given(LABELS, CONTEXTS)
def test_the_answers_of_a_dialog_never_pass_but_the_one_that_leaves(label, context):
    assume(not words_of_kinds(label))
    seen = dialog("办理这项业务吗", label, "再想想")
    assert not passes(seen, 100, 650, context)
    assert not passes(dialog(f"要{label}还是再想想", "再想想", label), 100, 650, context)


@few
@given(LABELS, st.data(), CONTEXTS)
def test_what_stands_in_a_sheet_without_an_end_of_its_own_never_passes(label, data, context):
    assume(not words_of_kinds(label))
    seen = picker("取消")
    nodes = list(seen.nodes)
    place = data.draw(st.integers(1, 5))
    nodes[place] = replace(nodes[place], text=label)
    assert not passes(replace(seen, nodes=tuple(nodes)), 270, 800 + (place - 1) * 60 + 30, context)


@few
@given(LABELS, st.sampled_from(["1001", "", "2002"]), st.booleans())
def test_a_button_beside_a_field_never_passes_as_its_search_by_other_words(label, typed, put_in):
    assume(not looks_up(label) and not clears_text(label))
    assert not passes(search(label), 460, 140, StepContext(typed=typed, put_in=put_in))


@few
@given(PHRASES, st.integers(120, 360), st.integers(-1, 1))
def test_cells_of_unlike_widths_or_without_just_one_that_shows_are_no_tabs(label, edge, chosen):
    assume(not words_of_kinds(label) and not is_content(label))
    width = edge if edge != 180 else 200
    cells = [(0, width), (width, width + (540 - width) // 3), (width + (540 - width) // 3, 540)]
    nodes = [
        node(label if n == 2 else f"项{n}", (a, 120, b, 180), Role.OTHER, clickable=True, checked=chosen == n)
        for n, (a, b) in enumerate(cells)
    ]
    assert not passes(page(*nodes), (cells[2][0] + 540) // 2, 150)
    alike = [replace(each, checked=False) for each in bar("项0", "项1", label, role=Role.OTHER)]
    assert not passes(page(*alike), 450, 150)


NARROWING = [
    ("something was put in", {}, StepContext(put_in=True)),
    ("a deed led here", {}, StepContext(led="转派")),
    ("the field that was searched in asks for whom", {}, StepContext(focus="搜索要转给的同事")),
    ("a head below the title says what is chosen for", {"head": "选择接收人"}, StepContext()),
    ("things are marked", {"head": "已选 2 项"}, StepContext()),
    ("the page is cancelled, not gone back from", {"corner": "取消"}, StepContext()),
    ("the page ends with choosing", {"corner": "Done"}, StepContext()),
    ("its entries are buttons", {"role": Role.BUTTON}, StepContext()),
]


@pytest.mark.parametrize(("why", "change", "context"), NARROWING, ids=[why for why, _, _ in NARROWING])
def test_a_record_under_tabs_passes_until_something_tells_that_its_list_acts(why, change, context):
    nodes = browsed(*ORDERS)
    assert passes(page(*nodes), 300, 190)
    if "head" in change:
        nodes.append(node(change["head"], (20, 130, 200, 139)))
    if "corner" in change:
        nodes.append(node(change["corner"], (10, 20, 80, 60), Role.BUTTON, clickable=True))
    if "role" in change:
        nodes = [
            replace(each, role=change["role"]) if each.clickable and each.box.height == 100 else each for each in nodes
        ]
    assert not passes(page(*nodes), 300, 190, context), why


PASSING = {
    "record": (page(*browsed(*ORDERS)), (300, 190), StepContext()),
    "tab": (page(*bar("全部", "待发货", "已完成")), (270, 150), StepContext()),
    "search": (search(), (460, 140), StepContext(typed="1001")),
    "choice": (picker("取消", "完成"), (270, 950), StepContext()),
}


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("text", ["请输入支付密码", "确认付款 ¥35.00", "确定要删除该订单吗", "Authorize this app"])
def test_on_pages_of_payment_deletion_and_authorisation_no_kind_but_leaving_vouches(kind, text):
    seen, (x, y), context = PASSING[kind]
    assert passes(seen, x, y, context)
    told = replace(seen, nodes=(*seen.nodes, node(text, (60, 720, 480, 760))))
    assert not passes(told, x, y, context)


@few
@given(st.sampled_from(sorted(PASSING)), LABELS)
def test_words_that_the_picture_shows_on_a_control_and_the_tree_does_not_tell_take_its_vouch_away(kind, label):
    seen, (x, y), context = PASSING[kind]
    drawn = TextLine(label, Box(x - 30, y - 12, x + 30, y + 12), 0.99)
    said = "".join(f"{each.text}{each.description}" for each in seen.nodes)
    assume(len(label) > 2 and not set(label) & set(said))
    assert not passes(replace(seen, lines=(drawn,)), x, y, context)


@few
@given(
    LABELS, st.sampled_from([Role.BUTTON, Role.SLIDER, Role.SWITCH, Role.IMAGE]), st.integers(150, 900), st.booleans()
)
def test_a_swipe_that_begins_or_ends_on_a_control_never_passes(label, role, top, begins):
    control = node(label, (150, top, 390, top + 60), role, clickable=True)
    on, off = NormPoint(500, (top + 30) * 1000 // 1200), NormPoint(500, 950)
    action = Swipe(on, off) if begins else Swipe(off, on)
    assert decide(action, page(control), confidence=1.0).kind is not VerdictKind.ALLOW
    across = Swipe(on, NormPoint(120, on.y)) if begins else Swipe(NormPoint(120, on.y), on)
    assert decide(across, page(control), confidence=1.0).kind is not VerdictKind.ALLOW


@few
@given(st.lists(LABELS, max_size=4))
def test_going_back_and_home_is_always_open(labels):
    nodes = [
        node(text, (20, 100 + 90 * n, 500, 170 + 90 * n), Role.BUTTON, clickable=True) for n, text in enumerate(labels)
    ]
    seen = page(node("标题", (20, 20, 99, 60)), *nodes)
    assert decide(Back(), seen, confidence=1.0).kind is VerdictKind.ALLOW
    assert decide(Home(), seen, confidence=1.0).kind is VerdictKind.ALLOW
