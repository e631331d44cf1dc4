"""Screens of many trades on which a touch acts although it looks like looking: queues, staff, devices, calls, modes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Type
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, Screenshot, TextLine
from tests.engine.gate.test_gate_kinds import ORDERS, PAPER, bar, browsed, dimmed, node, page, records, tap, words
from tests.engine.gate.test_gate_properties import few, passes
from tests.engine.gate.test_gate_strangers import ENTRY, listed, screens, segments, standing

ACTING = screens("""
a ward round: 病区 | 王芳; 住院号 20240511 | 李强; 住院号 20240527 | 张伟; 住院号 20240530
a hall of drips: 输液 | 12床; 250ml 09:10 | 15床; 500ml 09:25 | 21床; 100ml 09:40
guests who come: 抵店客人 | 王芳 1203; 2024-05-11 14:00 | 李强 1208; 2024-05-11 15:30 | 张伟 1502; 2024-05-11 18:00
street lamps: 路灯 | NB-0231; 昨日 12.4 度 | NB-0232; 昨日 11.9 度 | NB-0233; 昨日 13.1 度
machines with a day: 空压站 | 2号机; 最后上报 05-11 | 3号机; 最后上报 05-12 | 4号机; 最后上报 05-13
riders who are free: 运力 | 钱进; 今日 12 单 | 孙勇; 今日 18 单 | 周通; 今日 20 单
a counter's line: 户籍业务 | B0231; 等 12 分钟 | B0232; 等 18 分钟 | B0233; 等 25 分钟
cars that stand: 停车场 | 沪A12345; ¥15.00 | 沪B22345; ¥10.00 | 苏E32345; ¥20.00
a class: 三年级二班 | 王芳; 24051101 | 李强; 24051102 | 张伟; 24051103
a waiting room: Waiting room | Ada; 09:10 Dr Stone | Liam; 09:25 Dr Stone | Noor; 09:40 Dr Reyes
doors: Doors | North 101; battery 82% | North 102; battery 79% | Store 103; battery 64%
guests due: Arrivals | Ada; 12 May 14:00 | Liam; 12 May 15:30 | Noor; 13 May 18:00
keys of a house: Board | Key 101; 2024-05-11 | Key 102; 2024-05-11 | Key 103; 2024-05-12
trailers of a yard: Yard | Trailer 221; dock 4, 12 May | Trailer 222; dock 5, 12 May | Trailer 223; dock 6, 13 May
no word that tells: Blue team | Ada; 12 of 40 | Liam; 18 of 40 | Noor; 31 of 40
""")


@pytest.mark.parametrize("name", ACTING)
def test_a_list_of_people_places_or_things_asks_although_it_stands_under_tabs(name):
    title, rows = ACTING[name]
    assert tap(listed(title, *standing(rows)), *ENTRY).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize("tabs", [("空闲", "忙碌", "全部"), ("候诊", "过号", "全部"), ("All", "Idle", "Off duty")])
def test_tabs_that_sort_people_tell_of_a_list_that_acts_whatever_its_entries_bear(tabs):
    rows = standing((f"钱{n}", f"05-1{n} ¥{n}0.00") for n in range(1, 4))
    assert passes(listed("今日", *rows), *ENTRY)
    assert not passes(listed("今日", *rows, tabs=tabs), *ENTRY)


@few
@given(
    st.lists(st.text("赵钱孙李周吴郑王冯陈", min_size=2, max_size=3), min_size=3, max_size=3, unique=True),
    st.sampled_from(["{} 分", "第 {} 位", "{} km", "No {}", "+{}", "{}%", "1390000{}"]),
    st.lists(st.integers(10, 9999), min_size=3, max_size=3, unique=True),
)
def test_entries_that_bear_no_day_no_sum_and_no_number_of_a_paper_are_not_taken_for_papers(names, form, numbers):
    rows = [(name, form.format(number)) for name, number in zip(names, numbers, strict=True)]
    assert not passes(listed("今日", *rows), *ENTRY)


def found(title: str, typed: str, *rows: tuple[str, str], hint: str = "") -> Observation:
    field = node(typed, (20, 100, 400, 130), Role.EDIT, clickable=True, description=hint)
    return page(*records(*rows, title=title), field, node("搜索", (410, 100, 520, 130), Role.BUTTON, clickable=True))


STAFF = tuple((f"钱{name}", f"1390013800{n}") for n, name in enumerate("进多勇"))


@pytest.mark.parametrize(
    ("title", "typed", "hint", "opened"),
    [
        ("骑手", "钱", "", False),
        ("结果", "钱", "输入姓名", False),
        ("结果", "10023", "搜索工号", False),
        ("Couriers", "20240511", "Search", False),
        ("会员", "钱", "", True),
        ("结果", "钱", "搜索客户", True),
        ("结果", "20240511", "搜索", True),  # by the number of an order
        ("结果", "13900138001", "搜索", False),  # a telephone's is anybody's
    ],
)
def test_people_who_were_searched_open_where_they_are_customers_and_ask_where_they_may_be_staff(
    title, typed, hint, opened
):
    assert passes(found(title, typed, *STAFF, hint=hint), *ENTRY, StepContext(typed=typed)) is opened


def asked_in(card: Image.Image | None, said: tuple[str, ...], *answers: str) -> Observation:
    """A window with some lines of words and a row of answers, over a page that shows through."""
    box = Box(60, 480, 480, 700)
    width = box.width // len(answers)
    lines = [node(text, (80, 490 + 40 * n, 460, 525 + 40 * n), parent=0) for n, text in enumerate(said)]
    parts = [
        node(text, (60 + n * width, 620, 60 + (n + 1) * width, 700), Role.BUTTON, clickable=True, parent=0)
        for n, text in enumerate(answers)
    ]
    return page(node("", (60, 480, 480, 700), Role.OTHER), *lines, *parts, image=card or dimmed(box))


LEAVING = (150, 660)


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        (("Smoke in block 3", "flat 201"), ("Dismiss", "Map")),
        (("烟感报警", "3栋 201"), ("知道了", "去看看")),
        (("来电", "王芳"), ("稍后", "接听")),
        (("Incoming request", "Bed 12"), ("Later", "Go")),
        (("正在上传", "病历 3/9"), ("取消", "转到后台")),
        (("Sending payslips", "3 of 9"), ("Cancel", "Hide it")),
        (("预约", "王芳 05-11 09:10 内科"), ("取消", "改期")),
        (("Booking", "Ada Byrne, 12 May 09:10"), ("Cancel", "Move")),
        (("工单 88231 处理好了?", "客户说可以用了"), ("关闭", "保留")),
        (("Is case 88231 solved?",), ("Close", "Keep open")),
        (("Complaint 88231", "Guest in 1203"), ("Dismiss", "Uphold")),
        (("What shall we do with this booking?",), ("Cancel", "Reschedule")),
        (("这个预约怎么办?",), ("取消", "改期")),
        (("Your stay",), ("Cancel", "Reschedule")),
        (("结束本次问诊吗?",), ("关闭", "继续问诊")),
        (("05-11 的床位还要吗?",), ("取消", "换床")),
        (("Do you still need the room?",), ("Cancel", "Extend")),
        (("会诊邀请", "心内科"), ("稍后", "加入")),
        (("Shift offer", "Friday"), ("Not now", "Take it")),
        (("新订单 ¥23.10", "距您 1.2 公里"), ("不了", "我接")),
        (("Ana gives you her shift", "16 May, 08:00"), ("No, thanks", "Sure")),
        (("王芳 05-11 内科",), ("再想想", "改期")),
    ],
)
def test_what_ends_a_call_an_alarm_a_booking_or_a_case_is_no_answer_that_only_leaves(said, answers):
    assert tap(asked_in(None, said, *answers), *LEAVING).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        (("确定让王芳出院吗?",), ("取消", "出院")),
        (("Discharge Ada?", "Bed 12 becomes free."), ("Cancel", "Discharge")),
        (("新版本", "去更新 3.2 版"), ("关闭", "更新")),
        (("王芳 05-11 内科",), ("取消", "确定")),
    ],
)
def test_the_answer_that_declines_what_is_asked_or_proposed_leaves(said, answers):
    assert tap(asked_in(None, said, *answers), *LEAVING).vouched_by == "kind:leave"


@few
@given(st.integers(60, 190), st.booleans(), st.booleans())
def test_a_card_on_a_plain_grey_page_is_no_window_over_another(grey, titled, footed):
    """All that such a page shows, its tree tells."""
    image = Image.new("RGB", PAPER.size, (grey, grey, grey))
    ImageDraw.Draw(image).rectangle((60, 480, 480, 700), fill="white")
    seen = asked_in(image, ("确定续住一晚吗?",), "取消", "续住")
    told = [Box(160, 90, 380, 125)] * titled + [Box(160, 1050, 380, 1080)] * footed
    words(image, *told, ink="#101010")
    beside = tuple(node("自助退房 1203", (box.left, box.top, box.right, box.bottom)) for box in told)
    assert not passes(replace(seen, nodes=(*seen.nodes, *beside)), *LEAVING)
    assert passes(asked_in(None, ("确定续住一晚吗?",), "取消", "续住"), *LEAVING)


def asking(word: str, typed: str, *, hint: str = "", top: int = 120, title: str = "服务") -> Observation:
    field = node(typed, (20, top, 400, top + 50), Role.EDIT, clickable=True, focused=True, description=hint)
    return page(
        node(title, (200, 60, 340, 100)),
        field,
        node(word, (410, top, 520, top + 50), Role.BUTTON, clickable=True),
    )


@pytest.mark.parametrize(
    ("word", "typed", "hint", "top", "searched"),
    [
        ("查询", "在哪退房", "说说您的问题", 1100, False),
        ("查找", "查询我的订单", "", 1100, False),  # the word is the customer's own
        ("查询", "明早停水", "广播内容", 120, False),
        ("Find", "late check out", "Ask anything", 120, False),
        ("Go", "vip", "Search or create a label", 120, False),
        ("搜索", "钱进", "搜索并呼叫", 120, False),
        ("Search", "how many days are left", "", 120, False),
        ("查询", "110101199001011234", "", 120, False),
        ("查询", "1001", "", 120, True),
        ("查询", "王芳", "客户姓名", 120, True),
        ("搜索", "耳机", "", 120, True),
        ("Find", "TK-88211", "", 120, True),
    ],
)
def test_a_look_up_beside_a_message_is_no_search_and_neither_is_its_line_break(word, typed, hint, top, searched):
    seen, known = asking(word, typed, hint=hint, top=top), StepContext(typed=typed)
    assert (tap(seen, 460, top + 25, known).vouched_by == "kind:search") is searched
    entered = decide(Type(typed + "\n"), seen, confidence=1.0, context=known)
    assert (entered.kind is VerdictKind.ALLOW) is searched


@pytest.mark.parametrize(
    "parts",
    [
        *(("挂起", "合并", "转出"), ("布防", "撤防", "在家"), ("Hold", "Merge", "Route"), ("Ready", "Break", "Off")),
        ("全部", "挂起", "合并"),  # everything, and what is done with it
        ("全部完成", "全部开启", "新建"),
        ("All off", "All on", "New"),
    ],
)
def test_a_segmented_control_whose_parts_name_no_filters_is_a_bar_of_deeds(parts):
    for n in range(3):
        assert not passes(segments(*parts), 90 + 180 * n, 117)


@pytest.mark.parametrize(
    "parts",
    [
        ("上线", "小休", "下线"),
        ("在家", "离家", "撤防"),
        ("Auto", "Manual", "Off"),
        ("营业", "打烊", "歇业"),
        ("开诊", "停诊", "满诊"),
    ],
)
def test_a_bar_that_switches_a_way_of_working_is_no_bar_of_tabs(parts):
    assert tap(page(*bar(*parts)), 270, 150).kind is not VerdictKind.ALLOW
    assert tap(page(*bar(*parts, role=Role.OTHER)), 270, 150).kind is not VerdictKind.ALLOW


def test_a_bar_with_a_part_for_everything_lists_by_such_states():
    assert tap(page(*bar("All", "Online", "Closed")), 270, 150).vouched_by == "kind:tab"


def sheet(title: str, end_at: tuple[int, int, int, int], role: Role = Role.OTHER) -> Observation:
    rows = [
        node(text, (0, 760 + 80 * n, 540, 840 + 80 * n), role, clickable=True, checkable=role is Role.RADIO)
        for n, text in enumerate(("修好了", "要返工", "没人应", "退回", "改天")[: 4 + (end_at[1] < 760)])
    ]
    end = node("确定", end_at, Role.BUTTON, clickable=True)
    head = node(title, (200, 705, 340, 755))
    return page(head, *rows, end, image=dimmed(Box(0, 700, 540, 1200)))


def test_rows_over_a_button_may_act_at_once_unless_they_can_be_marked_or_the_choice_can_be_taken_back():
    below, above = (20, 1100, 520, 1160), (430, 705, 530, 755)
    for title in ("处理结果", "选择处理结果"):
        assert tap(sheet(title, below), 270, 860).kind is not VerdictKind.ALLOW
    assert tap(sheet("选择处理结果", below, Role.RADIO), 270, 860).vouched_by == "kind:choice"
    assert tap(sheet("选择处理结果", above), 270, 860).kind is not VerdictKind.ALLOW  # it may only close
    seen, cancel = sheet("选择处理结果", above), node("取消", (10, 705, 110, 755), Role.BUTTON, clickable=True)
    assert tap(replace(seen, nodes=(*seen.nodes, cancel)), 270, 860).vouched_by == "kind:choice"


def drawn(text: str, left: int, *, width: int = 150, grey: str = "#8a8a8a") -> Observation:
    """Grey words in an outlined box across the page."""
    image, box = PAPER.copy(), Box(left, 508, left + width, 532)
    ImageDraw.Draw(image).rectangle((20, 490, 520, 550), outline="#c8c8c8", width=2)
    words(image, Box(box.left, box.top + 6, box.right, box.bottom - 6), ink=grey)
    return Observation(Screenshot(image, 5.0), page().app, (TextLine(text, box, 0.99),))


@pytest.mark.parametrize(
    "text", ["Enter gate 12", "输入库存", "补充物料", "Find a driver", "Add a night", "查找并呼叫"]
)
def test_on_a_picture_alone_words_that_may_bid_are_no_hint_wherever_they_stand(text):
    for left in (36, 195):
        assert not passes(drawn(text, left), left + 75, 520)


@pytest.mark.parametrize("text", ["请输入姓名", "Enter your name", "搜索订单", "补充说明"])
def test_on_a_picture_alone_a_hint_stands_at_the_left_of_its_field_and_a_buttons_words_in_the_middle(text):
    assert tap(drawn(text, 36), 110, 520).vouched_by == "kind:field"
    assert not passes(drawn(text, 195), 270, 520)


BLUE, INK = "#1677ff", "#333333"
Drawn = tuple[str, int, int]  # words, and where they begin


def in_picture(*parts: Drawn, paper: str = "white", sheet: int = 0, blue: str = "") -> Observation:
    """Words at their places, 20 px a character; a light sheet from that height down; one of them drawn in blue."""
    image = Image.new("RGB", PAPER.size, paper)
    if sheet:
        words(image, *(Box(60, y, 360, y + 24) for y in range(140, sheet - 60, 60)))
        ImageDraw.Draw(image).rectangle((0, sheet, 540, 1200), fill="white")
    lines = [TextLine(text, Box(left, top, left + 20 * len(text), top + 30), 0.99) for text, left, top in parts]
    for line in lines:
        words(image, line.box, ink=BLUE if line.text == blue else INK)
    return Observation(Screenshot(image, 5.0), page().app, tuple(lines))


def outlined(seen: Observation, *places: Box) -> Observation:
    image = seen.screenshot.image.copy()
    for place in places:
        ImageDraw.Draw(image).rectangle((place.left, place.top, place.right, place.bottom), outline="#999999", width=2)
    return replace(seen, screenshot=Screenshot(image, 5.0))


def test_on_a_picture_alone_a_price_in_an_outline_is_a_button():
    rows = [(f"¥1{n}.00", 400, 240 + 150 * n) for n in range(3)]
    seen = in_picture(("单据", 220, 60), ("Q20240", 40, 120), *rows)
    known = StepContext(typed="20240")
    assert tap(seen, 450, 255, known).vouched_by == "kind:record"
    assert not passes(outlined(seen, *(Box(385, y - 12, 515, y + 42) for _, _, y in rows)), 450, 255, known)


def actions(gap: int) -> Observation:
    """A sheet of deeds whose last row says 取消, so far below the others."""
    rows = [
        node(text, (0, 900 + 70 * n, 540, 970 + 70 * n), clickable=True)
        for n, text in enumerate(("改期", "换房", "开票"))
    ]
    last = node("取消", (0, 1110 + gap, 540, 1180 + gap), clickable=True)
    return page(*rows, last, image=dimmed(Box(0, 890, 540, 1200)))


def test_the_word_that_leaves_a_sheet_is_set_apart_from_its_deeds():
    assert tap(actions(12), 270, 1160).vouched_by == "kind:leave"
    assert not passes(actions(0), 270, 1145)


def entries(*rows: tuple[str, ...], left: int = 40) -> list[Drawn]:
    """Lines one under the other, and a word at the right that may be a button without a fill."""
    drawn = [(text, left, 240 + 150 * n + 45 * k) for n, row in enumerate(rows) for k, text in enumerate(row)]
    return [*drawn, *(("催办", 460, 240 + 150 * n) for n in range(len(rows)))]


PAPERS = tuple((f"单号 2024051{n}", f"¥1{n}.00", state) for n, state in enumerate(("待发货", "已完成", "已完成")))


@pytest.mark.parametrize(
    ("title", "rows", "opened"),
    [
        ("单据", PAPERS, True),
        ("骑手", PAPERS, False),
        ("转派给", PAPERS, False),
        ("结果", tuple((f"工号 1002{n}", "在岗") for n in range(3)), False),
        ("结果", tuple((f"1390013800{n}", f"05-1{n}") for n in range(3)), False),  # a touch on it may call
    ],
)
def test_on_a_picture_alone_what_was_searched_opens_by_a_value_where_it_is_papers(title, rows, opened):
    seen, known = in_picture((title, 220, 60), ("Q钱进", 40, 120), *entries(*rows)), StepContext(typed="钱进")
    assert passes(seen, 120, 255, known) is opened
    assert not passes(seen, 480, 255, known)
    assert not passes(seen, 120, 255, replace(known, put_in=True))
    assert not passes(seen, 120, 255, replace(known, led="转派"))


@pytest.mark.parametrize(
    ("bar_", "chosen", "is_bar"),
    [
        (("全部", "待发货", "已完成"), "全部", True),
        (("All", "Open", "Closed"), "Open", True),
        (("全部", "待发货", "已完成"), "", False),  # none of them is the chosen one
        (("已到", "未到", "请假"), "已到", False),  # of nothing in all
        (("全部", "挂起", "已完成"), "全部", False),
    ],
)
def test_on_a_picture_alone_a_bar_of_filters_holds_everything_and_shows_the_chosen_one(bar_, chosen, is_bar):
    parts = [(text, 40 + 190 * n, 160) for n, text in enumerate(bar_)]
    seen = in_picture(("单据", 220, 60), *parts, *entries(*PAPERS), blue=chosen)
    assert (tap(seen, 240, 175).vouched_by == "kind:tab") is is_bar
    assert (tap(seen, 120, 255).vouched_by == "kind:record") is is_bar
    stateless = in_picture(("单据", 220, 60), *parts, *entries(*(row[:2] for row in PAPERS)), blue=chosen)
    assert not passes(stateless, 120, 255)
    assert not passes(seen, 240, 175, StepContext(put_in=True))


def test_on_a_picture_alone_a_sign_in_the_corner_is_left_by_back_and_a_word_there_is_not():
    def codes(text: str) -> list[str]:
        seen = in_picture((text, 24, 40), ("退房", 220, 40))
        return [reason.code for reason in tap(seen, 34, 55).reasons]

    assert codes("K") == ["corner"]
    assert "corner" not in codes("办")
    assert "corner" not in codes("删除")
    blank = in_picture(("退房", 220, 40))
    assert "corner" not in [reason.code for reason in tap(blank, 34, 55).reasons]


def wheel(title: str, end: str = "确定", *, paper: str = "#5a5a5a", end_at: int = 480) -> Observation:
    rows = [(text, 240, 860 + 70 * n) for n, text in enumerate(("内科", "外科", "儿科", "眼科"))]
    return in_picture(("取消", 20, 720), (title, 210, 720), (end, end_at, 720), *rows, paper=paper, sheet=700)


@pytest.mark.parametrize(
    ("seen", "chooses"),
    [
        (wheel("选择科室"), True),
        (wheel("转给科室"), False),
        (wheel("选择科室", "转诊"), False),
        (wheel("选择科室", end_at=300), False),
        (wheel("选择科室", paper="#f4f4f4"), False),  # a page of two papers, none of them dimmed
    ],
)
def test_on_a_picture_alone_the_words_of_a_pickers_sheet_choose_and_its_end_asks(seen, chooses):
    assert (tap(seen, 260, 945).vouched_by == "kind:choice") is chooses
    assert (tap(seen, 40, 735).vouched_by == "kind:leave") is chooses
    assert not passes(seen, 500, 735)


def test_on_a_picture_alone_what_was_typed_shows_where_its_field_is():
    seen = in_picture(("Q1001", 60, 120), ("1001", 60, 400))
    assert tap(seen, 100, 135, StepContext(typed="1001")).vouched_by == "kind:field"
    assert not passes(seen, 100, 415, StepContext(typed="1001"))
    assert not passes(seen, 100, 135, StepContext(typed="2002"))


def test_a_list_of_papers_still_opens_under_tabs_and_with_buttons_of_its_own():
    assert tap(page(*browsed(*ORDERS)), *ENTRY).vouched_by == "kind:record"
