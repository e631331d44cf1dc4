"""On a picture alone, at its measure: which words and which places still prove something, and which do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.gate.decide import StepContext
from cs_agent.engine.gate.findings import GatePolicy, Scene
from cs_agent.engine.gate.pictures.bars import is_filter, is_foot_of_app
from cs_agent.engine.gate.pictures.entries import is_row_of_record
from cs_agent.engine.gate.pictures.told import tell
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.screen.page import read_page
from cs_agent.engine.screen.targets import find_target
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation, Screenshot, TextLine
from tests.engine.gate.lists.test_rows_of_contents import drawn, rows
from tests.engine.gate.pictures.test_frames import FIELD, PLAIN
from tests.engine.gate.pictures.test_layout import BLUE, GREY, INK, Drawn, form, orders, touched
from tests.engine.gate.test_gate_kinds import page, tap
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.written.test_edges import pictured


def scene_of(seen: Observation, **known) -> Scene:
    return Scene(seen, read_page(seen), FlowRules(), GatePolicy(), **known)


def line_of(seen: Observation, text: str) -> Box:
    return next(line.box for line in seen.lines if line.text == text)


def filters(left: int, right: int) -> Observation:
    """Three states, of which the first is drawn as chosen, from one edge to the other."""
    drawn = Drawn()
    drawn.head("订单")
    drawn.word("全部", left, 124, BLUE)
    drawn.word("待发货", 240, 124)
    drawn.word("已完成", right, 124, right=True)
    return drawn.seen()


@pytest.mark.parametrize(("right", "is_bar"), [(424, True), (423, False)])
def test_a_bar_of_filters_reaches_across_most_of_the_page(right: int, is_bar: bool) -> None:
    seen = filters(100, right)
    assert is_filter(line_of(seen, "待发货"), scene_of(seen)) is is_bar


def foot(*names: str, title: str = "房态", sign: bool = True, below: bool = False, high: int = 1150) -> Observation:
    drawn = Drawn()
    if title:
        drawn.word(title, 70, 60)
    if sign:
        drawn.shape((20, 62, 36, 78), INK)
    for n, name in enumerate(names):
        middle = (2 * n + 1) * 540 // (2 * len(names))
        for stroke in (-14, -3, 8):
            drawn.shape((middle + stroke, high - 35, middle + stroke + 5, high - 10), BLUE if n == 0 else GREY)
        wide = sum(10 if mark > "~" else 5 for mark in name)
        drawn.word(name, middle - wide, high, BLUE if n == 0 else INK)
    if below:
        drawn.word("同意并继续", 200, 1174)
    return drawn.seen()


OWN = ("首页", "房价", "房型")


@pytest.mark.parametrize(
    ("seen", "known", "leads"),
    [
        pytest.param(foot(*OWN, sign=False), {}, True, id="a page without a way back"),
        pytest.param(foot(*OWN), {}, False, id="a sign in the corner, which may go back"),
        pytest.param(foot(*OWN, title="", sign=False), {}, False, id="a page without words in its head"),
        pytest.param(foot(*OWN, title="首页有房"), {}, True, id="the page is called by the chosen part"),
        pytest.param(foot(*OWN, sign=False), {"put_in": True}, False, id="something was put in"),
        pytest.param(foot(*OWN, sign=False, below=True), {}, False, id="words below it"),
        pytest.param(foot(*OWN, sign=False, high=1080), {}, False, id="further up"),
    ],
)
def test_words_under_signs_along_the_lower_edge_lead_between_pages_where_nothing_else_may_be_meant(seen, known, leads):
    assert is_foot_of_app(line_of(seen, "房价"), scene_of(seen, **known)) is leads


@pytest.mark.parametrize(
    ("name", "value", "end", "filled"),
    [
        ("金额", "5000.00", "保存", True),
        ("金额", "ราคา", "保存", False),  # the value is in a script that is not read
        ("ราคา", "5000.00", "保存", False),
        ("附加说明", "5000.00", "提交并转为已受理", True),  # a button's name, although it ends like a state
        ("附加说明", "5000.00", "结果已受理", False),
    ],
)
def test_a_forms_row_is_of_words_that_are_read_and_its_page_ends_by_a_button(name, value, end, filled):
    row = form(name=name, value=value, end=end, at=416 if name == "附加说明" else 190)
    assert (touched(row, 470 if name == "附加说明" else 400, 150) == "kind:filled") is filled


def looked_up(left: int, *, box: tuple[int, int] = (24, 420), button: str = "查询", at: int = 450) -> Drawn:
    """What was typed in its box, beside a button."""
    drawn = Drawn()
    drawn.head("快递")
    drawn.shape((box[0], 110, box[1], 160), "white")
    drawn.word("SF13022311", left, 124)
    drawn.word(button, at, 124, BLUE)
    return drawn


@pytest.mark.parametrize(
    ("drawn", "x", "is_field"),
    [
        pytest.param(looked_up(60), 300, True, id="at the left of its box"),
        pytest.param(looked_up(108), 300, True, id="as far from the edge as a field's words begin"),
        pytest.param(looked_up(109), 300, False, id="further from the edge"),
        pytest.param(looked_up(60, box=(24, 205)), 190, False, id="in the middle of its box"),
        pytest.param(looked_up(60, box=(24, 206)), 190, True, id="a little left of it"),
        pytest.param(looked_up(60, box=(40, 191)), 180, True, id="with room for one more sign"),
        pytest.param(looked_up(60, box=(40, 190)), 180, False, id="without"),
        pytest.param(looked_up(60), 428, False, id="on the edge of the button"),
        pytest.param(looked_up(60, box=(24, 539)), 440, False, id="too near to the button's words"),
        pytest.param(looked_up(60, button="发送"), 300, False, id="beside a button that sends"),
    ],
)
def test_the_box_beside_a_search_button_is_a_field_where_its_words_begin_at_the_left(drawn, x, is_field):
    assert (touched(drawn, x, 150) == "kind:field") is is_field


@pytest.mark.parametrize("text", ["Pay all of the rest now and take this new address", "转账,打到下面这个收款的账户"])
def test_a_sentence_that_bids_in_a_frame_is_no_empty_field_although_it_ends_in_what_a_field_holds(text):
    assert passes(PLAIN.seen(), *FIELD)
    assert not passes(replace(PLAIN, text=text).seen(), *FIELD)


@pytest.mark.parametrize(("right", "searches"), [(440, True), (441, False)])
def test_a_search_button_may_begin_right_where_the_words_of_its_field_end(right: int, searches: bool) -> None:
    typed, button = TextLine("1001", Box(40, 215, right, 245)), TextLine("搜索", Box(440, 215, 510, 245))
    verdict = tap(pictured(typed, button), 470, 230, StepContext(typed="1001"))
    assert (verdict.vouched_by == "kind:search") is searches


def filled_button(top: int) -> Observation:
    """A word on a fill of which only a little is drawn."""
    image = Image.new("RGB", (540, 1200), "white")
    ImageDraw.Draw(image).rectangle((220, top - 12, 320, top + 32), fill=BLUE)
    ImageDraw.Draw(image).rectangle((250, top + 4, 290, top + 15), fill="white")
    return Observation(Screenshot(image, 5.0), page().app, (TextLine("签到", Box(240, top, 300, top + 20), 0.99),))


@pytest.mark.parametrize(("top", "wide"), [(1032, True), (1031, False)])
def test_a_button_at_the_foot_is_told_as_wide_as_such_buttons_are(top: int, wide: bool) -> None:
    [button] = [each for each in tell(scene_of(filled_button(top))) if each.clickable]
    assert (button.box.width >= 140) is wide


def chevron(drawn: Drawn, top: int) -> None:
    for n in range(15):
        x = 496 + (n if n < 8 else 14 - n)
        drawn.shape((x, top + n, x + 2, top + n), GREY)


PAPERS = (("王芳", "单号 20240511"), ("李强", "单号 20240527"), ("张伟", "单号 20240530"))


def marked_rows(*rows: tuple[str, str], also: str = "") -> Drawn:
    """Entries that end in the mark ›; `also` stands at the right in each."""
    drawn = Drawn()
    drawn.head("订单")
    for n, (name, value) in enumerate(rows):
        top = 180 + 94 * n
        drawn.band(top, top + 90)
        drawn.word(name, 24, top + 19)
        drawn.word(value, 24, top + 47, GREY)
        drawn.word(also, 480, top + 19, right=True) if also else None
        chevron(drawn, top + 38)
    return drawn


def test_the_blank_paper_of_an_entry_that_ends_in_the_mark_that_more_follows_opens_it():
    assert touched(marked_rows(*PAPERS), 350, 243) == "kind:record"
    assert touched(marked_rows(*PAPERS), 350, 230) == "kind:record"


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(marked_rows(("10:30", PAPERS[0][1]), *PAPERS[1:]), id="a time that is taken by a touch"),
        pytest.param(marked_rows(*PAPERS[:2]), id="two entries"),
    ],
)
def test_the_blank_paper_of_an_entry_that_may_do_something_asks(drawn):
    assert not touched(drawn, 350, 243)


def test_by_the_mark_at_its_end_no_entry_opens_in_which_a_sentence_bids():
    for also, opens in (("", True), ("签收,货款随即打给对方", False)):
        seen = marked_rows(*PAPERS, also=also).seen()
        assert is_row_of_record(find_target(seen, Point(350, 243)), scene_of(seen)) is opens


def test_a_bar_of_an_orders_page_is_one_on_a_picture_too():
    assert touched(orders(), 270, 135) == "kind:tab"
    assert not touched(orders(), 270, 135, put_in=True)


@pytest.mark.parametrize(("y", "opens"), [(260, True), (261, False)])
def test_the_blank_paper_of_an_entry_is_no_further_from_its_value_than_that_is_high(y: int, opens: bool) -> None:
    seen = marked_rows(*PAPERS).seen()
    assert is_row_of_record(find_target(seen, Point(350, y)), scene_of(seen)) is opens


@pytest.mark.parametrize(("x", "leads_back"), [(162, True), (163, False)])
def test_words_that_go_back_stand_in_the_corner(x: int, leads_back: bool) -> None:
    back = TextLine("返回", Box(140, 60, 190, 90), 0.99)
    assert (tap(pictured(back), x, 75).vouched_by == "kind:back") is leads_back


@pytest.mark.parametrize(("x", "opens"), [(507, True), (508, False)])
def test_the_mark_at_the_end_of_a_row_is_no_part_of_what_opens_it(x: int, opens: bool) -> None:
    assert passes(drawn(rows("收入明细", "12 项")), x, 235) is opens


def test_words_below_a_row_without_a_fill_do_not_end_its_page():
    unfilled = form(end=None)
    unfilled.word("保存", 240, 924)
    assert touched(form(), 400, 150) == "kind:filled"
    assert touched(unfilled, 400, 150) != "kind:filled"


def test_by_the_mark_at_its_end_no_entry_opens_in_which_a_button_is_drawn():
    filled, plain = marked_rows(*PAPERS), marked_rows(*PAPERS)
    for n in range(3):
        filled.shape((390, 192 + 94 * n, 480, 222 + 94 * n), BLUE)
        filled.word("小票", 415, 196 + 94 * n, "white")
        plain.word("小票", 415, 196 + 94 * n)
    for page_drawn, opens in ((plain, True), (filled, False)):
        seen = page_drawn.seen()
        assert is_row_of_record(find_target(seen, Point(350, 243)), scene_of(seen)) is opens
