"""What is harmless by its own kind, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Back, LongPress, Swipe, Tap, Type, Wait
from cs_agent.engine.gate import kinds, vouches
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.gate.hazards import Hazard, find_hazard
from cs_agent.engine.gate.reasons import told, voucher_reason
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.state import Verdict, VerdictKind
from cs_agent.engine.screen.targets import find_target
from cs_agent.geometry import Box, NormPoint, Point, Size
from cs_agent.observation import AppKind, ForegroundApp, Observation, Role, Screenshot, TextLine, UiNode

SIZE = Size(540, 1200)
PAPER = Image.new("RGB", (540, 1200), "white")


def node(text: str, box: tuple[int, int, int, int], role: Role = Role.TEXT, **options) -> UiNode:
    return UiNode(text, Box(*box), role=role, package=options.pop("package", "com.app"), **options)


def page(*nodes: UiNode, image: Image.Image = PAPER, lines: tuple[TextLine, ...] = (), kind=AppKind.APP) -> Observation:
    return Observation(Screenshot(image, 5.0), ForegroundApp("com.app", kind=kind), lines, nodes)


def tap(seen: Observation, x: int, y: int, context: StepContext | None = None, touch=Tap) -> Verdict:
    return decide(touch(Point(x, y).to_norm(SIZE)), seen, confidence=1.0, context=context)


def records(*texts: tuple[str, ...], title: str = "订单", width: int = 500) -> list[UiNode]:
    """Entries of a name, a value, and where it is given how each stands."""
    nodes = [node(title, (200, 60, 340, 100))]
    for number, (name, value, *state) in enumerate(texts):
        top, parent = 140 + number * 120, len(nodes)
        nodes.append(node("", (20, top, 20 + width, top + 100), Role.OTHER, clickable=True))
        nodes.append(node(name, (40, top + 10, 200, top + 40), parent=parent))
        nodes.append(node(value, (40, top + 55, 300, top + 85), parent=parent))
        nodes += [node(text, (310, top + 10, 400, top + 40), parent=parent) for text in state]
    return nodes


def browsed(*texts: tuple[str, ...], title: str = "订单", width: int = 500) -> list[UiNode]:
    """Records below the tabs of a page in which things are looked up."""
    return [*records(*texts, title=title, width=width), *bar("全部", "待发货", "已完成", top=102, height=30)]


ORDERS = (
    ("王芳", "单号 20240511", "待发货"),
    ("李强", "单号 20240527", "已完成"),
    ("张伟", "单号 20240530", "已完成"),
)


def test_one_of_three_like_records_whose_values_differ_opens():
    assert tap(page(*browsed(*ORDERS)), 300, 190).vouched_by == "kind:record"


def test_a_list_that_only_looks_like_records_asks_as_its_entries_may_act_at_once():
    assert tap(page(*records(*ORDERS)), 300, 190).kind is VerdictKind.ASK
    assert tap(page(*records(*ORDERS, title="")), 300, 190).kind is VerdictKind.ASK


def test_what_tells_records_from_a_list_to_choose_from_is_how_the_page_is_built():
    field = node("20240", (20, 100, 400, 130), Role.SEARCH, clickable=True)
    searched = page(*records(*ORDERS), field)
    assert tap(searched, 300, 190, StepContext(typed="20240")).vouched_by == "kind:record"
    assert tap(searched, 300, 190).kind is VerdictKind.ASK  # nobody searched
    assert tap(searched, 300, 190, StepContext(typed="别的")).kind is VerdictKind.ASK
    ends = [node("›", (480, 150 + 120 * n, 500, 220 + 120 * n), parent=1 + 4 * n) for n in range(3)]
    assert tap(page(*records(*ORDERS), *ends), 300, 190).vouched_by == "kind:record"
    marks = [node("", (470, 160 + 120 * n, 500, 190 + 120 * n), Role.RADIO, checkable=True, parent=1) for n in range(3)]
    assert tap(page(*browsed(*ORDERS), *marks), 300, 190).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize("days", [("Nov 3", "Nov 21", "Oct 9"), ("May 1, 2026", "June 2, 2026", "Sept 30, 2026")])
def test_days_that_begin_with_the_month_are_values(days):
    texts = [(name, day, state) for (name, _, state), day in zip(ORDERS, days, strict=True)]
    assert tap(page(*browsed(*texts)), 300, 190).vouched_by == "kind:record"
    named = [(name, f"Maya {number}", state) for number, (name, _, state) in enumerate(ORDERS)]
    assert not tap(page(*browsed(*named)), 300, 190).vouched_by  # no month


@pytest.mark.parametrize("title", ["待发药", "合并到工单", "登记到合同"])
def test_papers_under_a_head_of_what_is_still_to_be_done_or_given_ask(title):
    assert not tap(page(*browsed(*ORDERS, title=title)), 300, 190).vouched_by
    assert tap(page(*browsed(*ORDERS, title="待发货")), 300, 190).vouched_by == "kind:record"


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (ORDERS[:2], "订单"),  # two are no list
        ((("设备", "单号 1234"),) * 3, "订单"),  # nothing differs
        ((("注销账号", "说明"), ("退出", "说明"), ("清退", "说明")), "设置"),  # no values
        (ORDERS, "转派给"),
        (ORDERS, "选择接手的坐席"),
        (ORDERS, "Assign to"),
        (ORDERS, "Choose an agent"),
        ((*ORDERS[:2], ("立即支付", "单号 20240530", "已完成")), "订单"),
    ],
)
def test_a_list_that_is_no_list_of_records_or_that_hands_something_over_asks(texts, title):
    last = 140 + 120 * (len(texts) - 1) + 50
    assert tap(page(*browsed(*texts, title=title)), 300, last).kind is not VerdictKind.ALLOW


def test_a_record_asks_where_something_was_put_in_and_beside_its_own_buttons():
    seen = page(*browsed(*ORDERS))
    assert tap(seen, 300, 190, StepContext(put_in=True)).kind is VerdictKind.ASK
    with_button = [*records(*ORDERS), node("办结", (420, 200, 500, 235), Role.BUTTON, clickable=True, parent=1)]
    assert tap(page(*with_button), 460, 215).kind is not VerdictKind.ALLOW
    assert tap(page(*with_button), 300, 190).vouched_by == "kind:record"


def test_a_narrow_card_with_a_price_is_no_record():
    assert tap(page(*browsed(*ORDERS, width=200)), 100, 190).kind is VerdictKind.ASK


def bar(*labels: str, role: Role = Role.TAB, chosen: int = 0, top: int = 120, height: int = 60) -> list[UiNode]:
    width = 540 // len(labels)
    return [
        node(label, (n * width, top, n * width + width, top + height), role, clickable=True, checked=n == chosen)
        for n, label in enumerate(labels)
    ]


def test_the_tabs_of_a_tab_bar_are_harmless_and_a_bar_of_actions_is_not():
    assert tap(page(*bar("全部", "待发货", "已完成")), 270, 150).vouched_by == "kind:tab"
    assert tap(page(*bar("客服", "收藏", "就它了", role=Role.OTHER, chosen=-1)), 450, 150).kind is VerdictKind.ASK
    assert tap(page(*bar("全部", "提交订单")), 400, 150).kind is VerdictKind.CONFIRM
    assert tap(page(*bar("全部", "待发货")), 400, 150, StepContext(put_in=True)).kind is VerdictKind.ASK


def search(label: str = "查询", typed: str = "1001", hint: str = "", **button) -> Observation:
    field = node(typed, (20, 120, 400, 170), Role.EDIT, clickable=True, description=hint)
    place = button.pop("box", (410, 120, 520, 170))
    return page(field, node(label, place, Role.BUTTON, clickable=True))


def test_the_button_of_the_search_field_that_was_just_typed_into_is_harmless():
    assert tap(search(), 460, 140, StepContext(typed="1001")).vouched_by == "kind:search"


@pytest.mark.parametrize(
    ("seen", "typed"),
    [
        (search(), ""),
        (search(), "2002"),
        (search("征信查询"), "1001"),
        (search("提交"), "1001"),
        (search(box=(20, 300, 520, 360)), "1001"),
    ],
)
def test_what_only_looks_like_a_search_asks(seen, typed):
    y = 330 if any(each.box.top == 300 for each in seen.nodes) else 140
    assert tap(seen, 460, y, StepContext(typed=typed)).kind is not VerdictKind.ALLOW


def dimmed(card: Box, paper: str = "#5a5a5a") -> Image.Image:
    """A card over a page whose own words show through the dimming."""
    image = Image.new("RGB", (540, 1200), paper)
    words(image, *(Box(60, y, 360, y + 24) for y in range(140, 1060, 60)))
    ImageDraw.Draw(image).rectangle((card.left, card.top, card.right, card.bottom), fill="white")
    return image


def words(image: Image.Image, *places: Box, ink: str = "#141414") -> None:
    """Strokes side by side, as letters are."""
    for place in places:
        for x in range(place.left, place.right, 14):
            ImageDraw.Draw(image).rectangle((x, place.top, x + 5, place.bottom), fill=ink)


CARD = Box(60, 480, 480, 700)


def dialog(message: str, *answers: str) -> Observation:
    width = CARD.width // len(answers)
    buttons = [
        node(text, (60 + n * width, 620, 60 + (n + 1) * width, 700), Role.BUTTON, clickable=True)
        for n, text in enumerate(answers)
    ]
    return page(node(message, (100, 520, 440, 560)), *buttons, image=dimmed(CARD))


def test_of_a_dialog_only_the_answer_that_leaves_is_harmless():
    seen = dialog("办理这项业务吗", "再想想", "办")
    assert tap(seen, 100, 650).vouched_by == "kind:leave"
    assert tap(seen, 420, 650).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize(
    "seen",
    [
        dialog("确定取消订单吗?", "取消", "确定"),
        dialog("取消后不能恢复", "取消", "返回"),
        dialog("办理吗", "先这样", "办"),
        replace(dialog("办理吗", "取消", "办"), screenshot=Screenshot(PAPER, 5.0)),
    ],
)
def test_a_dialog_about_leaving_itself_or_with_other_words_or_no_dialog_asks(seen):
    assert tap(seen, 100, 650).kind is not VerdictKind.ALLOW


def picker(*ends: str) -> Observation:
    sheet = Box(0, 700, 540, 1200)
    items = [node(f"选项{n}", (0, 800 + n * 60, 540, 860 + n * 60), Role.OTHER, clickable=True) for n in range(5)]
    heads = [node(text, (n * 400, 700, n * 400 + 140, 760), Role.BUTTON, clickable=True) for n, text in enumerate(ends)]
    return page(*heads, *items, image=dimmed(sheet))


def test_a_choice_in_a_picker_whose_end_must_still_be_pressed_is_harmless_and_its_end_is_not():
    assert tap(picker("取消", "完成"), 270, 950).vouched_by == "kind:choice"
    assert tap(picker("取消", "完成"), 460, 730).kind is not VerdictKind.ALLOW
    assert tap(picker("取消"), 270, 950).kind is VerdictKind.ASK  # a sheet of actions


def test_a_mark_or_switch_on_an_ordinary_page_asks():
    for role in (Role.CHECK_BOX, Role.RADIO, Role.SWITCH):
        mark = node("接收", (20, 200, 520, 260), role, clickable=True, checkable=True)
        seen = page(mark, node("说明", (20, 20, 99, 60)))
        assert tap(seen, 100, 230).kind is not VerdictKind.ALLOW


def test_a_word_within_a_field_is_as_harmless_as_the_field_unless_it_commits():
    counted, sending = (
        page(node("王芳", (20, 200, 520, 260), Role.EDIT, clickable=True), node(word, (400, 210, 510, 250)))
        for word in ("2/20", "立即支付")
    )
    assert tap(counted, 450, 230).vouched_by == "kind:field"
    judged = tap(sending, 450, 230)
    assert (judged.kind, judged.vouched_by) == (VerdictKind.CONFIRM, "")


def test_a_field_is_harmless_to_touch_and_a_password_is_for_a_person():
    seen = page(node("请输入金额", (20, 200, 520, 260), Role.EDIT, clickable=True))
    assert tap(seen, 100, 230).vouched_by == "kind:field"
    assert tap(seen, 100, 230, touch=LongPress).vouched_by == "kind:field"
    secret = page(node("", (20, 200, 520, 260), Role.EDIT, clickable=True, password=True))
    assert tap(secret, 100, 230).kind is VerdictKind.TAKE_OVER


def test_an_app_of_the_flow_is_opened_from_the_home_screen_by_its_icon():
    """Another app may only be named like a home screen, and show the lamps of a house."""
    rules, touch = FlowRules(app_names=("短信平台",)), Tap(Point(70, 260).to_norm(SIZE))
    icon = node("短信平台", (20, 200, 120, 320), Role.OTHER, clickable=True, app_kind=AppKind.HOME)
    home, row = page(icon, kind=AppKind.HOME), page(replace(icon, box=Box(20, 200, 520, 320)), kind=AppKind.HOME)
    assert decide(touch, home, rules, confidence=1.0).vouched_by == "kind:launcher"
    assert decide(touch, row, rules, confidence=1.0).kind is VerdictKind.ASK
    assert tap(home, 70, 260).kind is VerdictKind.ASK


def test_a_bar_that_is_one_control_is_read_whole():
    parts = [
        node("", (0, 1100, 540, 1180), Role.OTHER, clickable=True),
        node("共1件", (20, 1120, 120, 1160), parent=0),
        node("提", (300, 1120, 330, 1160), parent=0),
        node("交", (330, 1120, 360, 1160), parent=0),
    ]
    assert tap(page(*parts), 60, 1140).kind is VerdictKind.CONFIRM


def test_a_description_counts_beside_the_visible_text():
    button = node("好", (20, 200, 120, 260), Role.BUTTON, clickable=True, description="立即支付")
    assert tap(page(button), 60, 230).kind is VerdictKind.CONFIRM


FIELD = node("请输入姓名", (20, 200, 520, 260), Role.EDIT, clickable=True)


@pytest.mark.parametrize(
    "seen",
    [
        replace(page(FIELD), nodes_at=4.0),  # older than the picture
        page(node("", (0, 0, 1200, 540)), FIELD),  # of another rotation
        page(FIELD, lines=(TextLine("立即支付", Box(40, 210, 200, 250)),)),  # of another page
    ],
)
def test_a_tree_that_is_not_of_the_picture_proves_nothing(seen):
    assert tap(seen, 100, 230).kind is not VerdictKind.ALLOW
    assert tap(page(FIELD), 100, 230).kind is VerdictKind.ALLOW


def test_a_point_outside_all_controls_asks():
    assert tap(page(FIELD), 300, 900).kind is VerdictKind.ASK


@pytest.mark.parametrize(
    "text",
    [
        "# 秒后自动接单",
        "将在 # 秒后自动提交",
        "Submitting in # seconds",
        "Auto-accept in #s",
        "#秒后为您自动续费",
        "倒计时结束后默认同意",
        "Order placed automatically when the timer ends",
        "时间一到即视为放弃",
    ],
)
def test_a_page_that_counts_down_to_an_act_is_shown_to_a_human_whatever_is_done(text):
    seen = page(node(text.replace("#", "5"), (20, 100, 520, 140)), FIELD)
    assert find_hazard(seen).hazard is Hazard.ACTS_BY_ITSELF
    for action in (Tap(NormPoint(200, 190)), Wait(2.0)):
        assert decide(action, seen, confidence=1.0).kind is VerdictKind.ASK
    assert decide(Type("王"), seen, confidence=1.0).kind is not VerdictKind.ALLOW
    assert decide(Back(), seen).kind is VerdictKind.ALLOW


@pytest.mark.parametrize(
    "text",
    [
        "59秒后重新获取",
        "5s 后跳过广告",
        "Resend in 30s",
        "已于 3 秒前自动保存",
        "图片可点击查看大图",
        "Move the slider to set a price",
    ],
)
def test_a_count_that_does_nothing_is_no_hazard(text):
    assert find_hazard(page(node(text, (20, 100, 520, 140)))) is None


@pytest.mark.parametrize(
    "text",
    [
        "登录环境异常",
        "您的账号存在风险",
        "请先关闭屏幕共享",
        "检测到无障碍服务正在运行",
        "请完成安全验证",
        "向右拖动滑块填充拼图",
        "Verify you are human",
        "Unusual activity detected on your account",
        "Screen sharing detected",
        "请在下图依次点击:春 花 秋",
        "Drag the piece into place",
        "Select all squares with traffic lights",
    ],
)
def test_a_screen_that_suspects_the_phone_hands_over(text):
    seen = page(node(text, (20, 100, 520, 140)), FIELD)
    assert decide(Tap(NormPoint(200, 190)), seen, confidence=1.0).kind is VerdictKind.TAKE_OVER


CODE = [node("请输入验证码", (20, 100, 520, 140)), node("", (20, 200, 520, 260), Role.EDIT, focused=True)]
BOXES = [node("", (20 + 90 * n, 200, 90 + 90 * n, 260), Role.EDIT, focused=n == 0) for n in range(5)]


@pytest.mark.parametrize("nodes", [CODE, BOXES, [node("工号", (20, 200, 520, 260), Role.EDIT, focused=True)]])
def test_a_field_that_may_submit_itself_is_asked_about_before_it_is_filled(nodes):
    assert decide(Type("482913"), page(*nodes), confidence=1.0).kind is VerdictKind.CONFIRM


def test_a_swipe_up_over_entries_passes_and_over_buttons_and_sliders_asks():
    up = Swipe(NormPoint(500, 300), NormPoint(500, 120))
    assert decide(up, page(*records(*ORDERS)), confidence=1.0).kind is VerdictKind.ALLOW
    for role in (Role.BUTTON, Role.SLIDER, Role.SWITCH):
        seen = page(node("乙", (200, 320, 340, 400), role, clickable=True))
        assert decide(up, seen, confidence=1.0).kind is not VerdictKind.ALLOW
    sideways = Swipe(NormPoint(900, 160), NormPoint(100, 160))
    assert decide(sideways, page(*records(*ORDERS)), confidence=1.0).kind is VerdictKind.ASK


def test_a_swipe_from_a_button_in_an_entry_moves_the_list_and_from_what_is_dragged_asks():
    up = Swipe(Point(460, 455).to_norm(SIZE), Point(460, 215).to_norm(SIZE))

    def with_ends(text: str, role: Role) -> Observation:
        ends = [
            node(text, (420, 200 + 120 * n, 500, 235 + 120 * n), role, clickable=True, parent=1 + 4 * n)
            for n in range(3)
        ]
        return page(*records(*ORDERS), *ends)

    assert decide(up, with_ends("办结", Role.BUTTON), confidence=1.0).kind is VerdictKind.ALLOW
    for text, role in (("", Role.IMAGE), ("办结", Role.SLIDER), ("办结", Role.SWITCH), ("长按接单", Role.BUTTON)):
        assert decide(up, with_ends(text, role), confidence=1.0).kind is not VerdictKind.ALLOW


def test_the_number_of_things_chosen_is_no_part_of_a_buttons_name() -> None:
    assert {vouches._bare(text) for text in ("Done", "Done (2)", "Done(12)", "Done (2/9)")} == {vouches._bare("done")}
    assert vouches._bare("Pay (CNY 20)") != vouches._bare("Pay")


def test_a_row_of_answers_is_no_bar_of_tabs_although_one_is_drawn_in_another_colour():
    image = PAPER.copy()
    ImageDraw.Draw(image).rectangle((40, 140, 90, 160), fill="#1677ff")
    for labels in (("Yes please", "No", "Later"), ("很好", "一般", "不行")):
        nodes = bar(*labels, role=Role.OTHER, chosen=-1)
        assert tap(page(*nodes, image=image), 270, 150).kind is VerdictKind.ASK


def test_tabs_that_only_the_picture_shows_tell_of_the_list_below_and_are_touched_where_they_filter_it():
    image = PAPER.copy()
    draw = ImageDraw.Draw(image)
    for n, colour in enumerate(("#1677ff", "#333333", "#333333")):
        draw.rectangle((n * 180 + 40, 110, n * 180 + 90, 124), fill=colour)

    def drawn(first: str, rows=ORDERS) -> list[UiNode]:
        return [*records(*rows), *bar(first, "待发货", "已完成", role=Role.OTHER, chosen=-1, top=102, height=30)]

    assert tap(page(*drawn("待付款"), image=image), 300, 190).vouched_by == "kind:record"
    assert tap(page(*drawn("待付款"), image=image), 270, 117).vouched_by == "kind:tab"  # an entry bears its name
    stateless = [row[:2] for row in ORDERS]
    assert tap(page(*drawn("待付款", stateless), image=image), 270, 117).kind is VerdictKind.ASK
    assert tap(page(*drawn("待付款", stateless), image=image), 300, 190).kind is VerdictKind.ASK
    assert tap(page(*drawn("全部"), image=image), 270, 117).vouched_by == "kind:tab"  # all else leaves something out
    assert tap(page(*drawn("全部")), 300, 190).kind is VerdictKind.ASK  # none is drawn as the chosen one


@pytest.mark.parametrize("left", ["余 12 号", "剩余 3", "满200减25", "12 left", "可预约", "In stock"])
def test_what_is_on_offer_is_taken_by_a_touch_and_is_no_record(left):
    offers = browsed(*ORDERS)
    assert tap(page(*offers), 300, 190).vouched_by == "kind:record"
    assert tap(page(*offers, node(left, (400, 195, 510, 225), parent=1)), 300, 190).kind is not VerdictKind.ALLOW


def test_a_bright_card_on_a_dark_page_is_no_dialog():
    image = Image.new("RGB", (540, 1200), "#1b2a3a")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 500, 510, 760), fill="white")
    draw.rectangle((200, 100, 340, 130), fill="white")  # the page's title
    nodes = [
        node("", (30, 500, 510, 760), Role.OTHER),
        node("Room 301", (60, 520, 480, 560), parent=0),
        node("Cancel", (30, 690, 270, 760), Role.OTHER, clickable=True, parent=0),
        node("Directions", (270, 690, 510, 760), Role.OTHER, clickable=True, parent=0),
    ]
    assert tap(page(*nodes, image=image), 150, 720).kind is VerdictKind.ASK


@pytest.mark.parametrize("sign", ["‹", "", "×", "\ue5c4", "←"])
def test_a_mark_without_words_in_the_corner_has_no_name_whatever_title_stands_beside_it(sign):
    title = TextLine("删除客户", Box(90, 20, 400, 60))
    across = node("删除客户", (0, 0, 540, 80))
    seen = page(across, node(sign, (10, 10, 70, 70), Role.BUTTON, clickable=True), lines=(title,))
    verdict = tap(seen, 40, 40)
    assert [reason.code for reason in verdict.reasons] == ["corner"]
    named = page(across, node("提交", (10, 10, 70, 70), Role.BUTTON, clickable=True), lines=(title,))
    assert tap(named, 40, 40).kind is VerdictKind.CONFIRM


def test_a_word_drawn_in_pieces_is_one_word_and_two_values_apart_are_two():
    def entry(*parts: tuple[str, int, int]) -> Observation:
        row = node("", (20, 300, 520, 360), Role.OTHER, clickable=True)
        return page(row, *[node(text, (left, 310, right, 340), parent=0) for text, left, right in parts])

    assert tap(entry(("提", 40, 70), ("交", 70, 100)), 60, 325).kind is VerdictKind.CONFIRM
    assert tap(entry(("提交", 40, 100), ("审核", 105, 160)), 60, 325).kind is VerdictKind.CONFIRM
    assert (
        tap(entry(("重", 40, 70), ("新", 75, 105), ("签", 110, 140), ("收", 145, 175)), 60, 325).kind
        is VerdictKind.CONFIRM
    )
    apart = tap(entry(("西安", 40, 100), ("已签收", 430, 510)), 60, 325)
    assert apart.kind is VerdictKind.ASK


def test_a_dialog_is_one_although_the_dimmed_page_below_still_says_its_title():
    image = dimmed(Box(60, 500, 480, 760), "#777777")
    card = node("", (60, 500, 480, 760), Role.OTHER)
    said = [node("订单详情", (0, 0, 540, 80)), card, node("要换一个吗", (80, 520, 460, 560), parent=1)]
    answers = [
        node("关闭", (60, 690, 270, 760), Role.BUTTON, clickable=True, parent=1),
        node("换成功率", (270, 690, 480, 760), Role.BUTTON, clickable=True, parent=1),
    ]
    assert tap(page(*said, *answers, image=image), 160, 720).vouched_by == "kind:leave"
    assert tap(page(*said, *answers, image=image), 380, 720).kind is not VerdictKind.ALLOW
    behind = node("再来一单", (40, 900, 500, 960), Role.BUTTON, clickable=True)
    assert tap(page(*said, *answers, behind, image=image), 160, 720).kind is VerdictKind.ASK


def test_a_page_that_is_clickable_as_a_whole_is_no_other_end_for_a_lone_field():
    whole = node("", (0, 0, 540, 1200), Role.OTHER, clickable=True)
    lone = node("", (20, 200, 520, 260), Role.EDIT, clickable=True, focused=True, parent=0)
    typed = decide(
        Type("482913"), page(whole, node("请输入短信里的数字", (20, 120, 520, 160), parent=0), lone), confidence=1.0
    )
    assert typed.kind is VerdictKind.CONFIRM


@pytest.mark.parametrize(
    ("action", "voucher"),
    [
        (Back(), "kind:back"),
        (Wait(1.0), "kind:wait"),
        (Type("二楼"), "kind:type"),
        (Swipe(NormPoint(500, 700), NormPoint(500, 300)), "kind:scroll"),
        (Tap(NormPoint(500, 190)), "kind:field"),
    ],
)
def test_whatever_passes_says_in_both_languages_what_it_is_harmless_by(action, voucher):
    fields = [
        node("", (20, 200 + 80 * n, 520, 260 + 80 * n), Role.EDIT, clickable=True, focused=not n) for n in range(2)
    ]
    verdict = decide(action, page(*fields), confidence=1.0)
    assert (verdict.kind, verdict.vouched_by) == (VerdictKind.ALLOW, voucher)
    (reason,) = verdict.reasons
    assert not any(char.isascii() and char.isalpha() for char in told(reason, "zh"))
    assert voucher.partition(":")[2] not in (told(reason, "zh"), told(reason, "en"))


@pytest.mark.parametrize("kind", [name for name, _ in kinds._KINDS])
def test_every_kind_has_its_words(kind):
    reason = voucher_reason(f"kind:{kind}", "标签")
    assert kind not in told(reason, "zh")
    assert told(reason, "zh") != told(reason, "en")


def test_who_vouched_is_told_with_the_number_by_which_it_is_found():
    assert "第 3 步" in told(voucher_reason("route:2", "下一步"), "zh")
    assert "17" in told(voucher_reason("editor:17", "下一步"), "en")
    assert "“下一步”" in told(voucher_reason("flow", "下一步"), "zh")


def pictured(*extra: TextLine) -> Observation:
    """Found orders as a picture shows them: each with a text that may be a button drawn without a fill."""
    lines = [TextLine("20240", Box(40, 90, 200, 120))]
    for n, number in enumerate(("20240511", "20240527", "20240530")):
        top = 180 + 150 * n
        lines += [
            TextLine(f"单号 {number}", Box(40, top, 260, top + 30)),
            TextLine("催办", Box(420, top, 500, top + 30)),
        ]
    image = PAPER.copy()
    for line in lines:
        ImageDraw.Draw(image).rectangle(
            (line.box.left, line.box.top + 8, line.box.right, line.box.top + 20), fill="#333"
        )
    return Observation(Screenshot(image, 5.0), ForegroundApp("com.app"), (*lines, *extra))


def test_on_a_picture_alone_only_the_naming_line_of_what_was_searched_opens():
    found = StepContext(typed="20240")
    assert tap(pictured(), 120, 195, found).vouched_by == "kind:record"
    assert tap(pictured(), 460, 195, found).kind is not VerdictKind.ALLOW  # may be a button
    assert tap(pictured(), 120, 195).kind is VerdictKind.ASK  # nobody searched: the list may act at once
    assert tap(pictured(), 120, 195, StepContext(typed="99999")).kind is VerdictKind.ASK
    assert tap(pictured(TextLine("余 3 号", Box(300, 190, 380, 215))), 120, 195, found).kind is VerdictKind.ASK
    assert tap(pictured(), 120, 195, StepContext(typed="20240", put_in=True)).kind is VerdictKind.ASK


def test_going_back_is_vouched_for_in_the_corner_only():
    back = {"role": Role.BUTTON, "clickable": True}
    assert tap(page(node("返回", (10, 50, 80, 110), **back)), 45, 80).vouched_by == "kind:back"
    for box in ((10, 700, 80, 760), (400, 50, 470, 110)):
        verdict = tap(page(node("返回", box, **back)), box[0] + 35, box[1] + 30)
        assert verdict.vouched_by != "kind:back"


@pytest.mark.parametrize(("name", "is_tab"), [("Weekly overview", True), ("Weekly overviews", False)])
def test_a_tab_has_a_short_name(name: str, is_tab: bool):
    """14 letters at most, blanks left out."""
    vouched = tap(page(*bar("All", name, "Done")), 270, 150).vouched_by
    assert (vouched == "kind:tab") is is_tab


def test_the_only_field_of_a_page_that_asks_for_a_code_may_send_itself_off():
    field = node("", (20, 200, 520, 260), Role.EDIT, clickable=True)
    assert kinds.submits_by_itself(field, page(node("请输入短信验证码", (20, 100, 500, 140)), field))
    assert kinds.submits_by_itself(replace(field, description="验证码"), page(field, field))
    assert not kinds.submits_by_itself(field, page(node("请输入姓名", (20, 100, 500, 140)), field))


def test_one_character_of_the_picture_neither_agrees_nor_disagrees_with_the_tree():
    button = node("下一步", (20, 200, 520, 260), Role.BUTTON, clickable=True)
    mark = TextLine("×", Box(480, 210, 500, 230), 0.9)
    target = find_target(page(button, lines=(mark,)), Point(100, 230))
    assert kinds.picture_agrees(target, page(button, lines=(mark,)))
    elsewhere = TextLine("别的页面", Box(20, 900, 200, 930), 0.9)
    assert kinds.picture_agrees(target, page(button, lines=(elsewhere,)))
    other = TextLine("立即支付", Box(200, 210, 340, 250), 0.9)
    assert not kinds.picture_agrees(target, page(button, lines=(other,)))
