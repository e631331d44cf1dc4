"""Screens of strange products, written for these tests: what passes and what asks on each, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import DoubleTap, LongPress, Type, Wait
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.gate.lists.sections import is_content
from cs_agent.engine.run.state import VerdictKind
from cs_agent.engine.screen.words import LabelKind, names_a_value, sense
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, Screenshot, TextLine
from tests.engine.gate.test_gate_kinds import (
    ORDERS,
    PAPER,
    bar,
    browsed,
    dialog,
    dimmed,
    node,
    page,
    picker,
    records,
    search,
    tap,
)
from tests.engine.gate.test_gate_properties import DEEDS, LABELS, few, passes

ENTRY = (300, 190)  # in the first entry of a list


def listed(title: str, *rows: tuple[str, ...], tabs: tuple[str, ...] = ("全部", "本周", "我的")) -> Observation:
    """A list under real tabs, the strongest sign of a list that is looked through."""
    return page(*records(*rows, title=title), *bar(*tabs, top=102, height=30))


def standing(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The same entries, each with a word that says how it stands, as those that are looked through have it."""
    return [(*row, state) for row, state in zip(rows, ("已完成", "处理中", "已完成"), strict=False)]


PEOPLE = "Ana; ext 2211 | Luis; ext 2212 | Eva; ext 2213"


def screens(table: str) -> dict[str, tuple[str, tuple[tuple[str, ...], ...]]]:
    """Lines of "name: title | the texts; of a row | …" as name → title and rows."""
    found = {}
    for line in table.strip().replace("PEOPLE", PEOPLE).splitlines():
        name, rest = line.split(": ", 1)
        title, *rows = rest.split(" | ")
        found[name] = title.strip(), tuple(tuple(row.split("; ")) for row in rows)
    return found


ACTING = screens("""
a bank's payees: 转账 | 王芳; 尾号 1234 | 李强; 尾号 5678 | 张伟; 尾号 9012
a driver's orders to grab: 听单大厅 | 1.2 公里; ¥23.10 | 2.4 公里; ¥31.50 | 3.1 公里; ¥45.00
orders of a pool: 抢单 | 修空调 05-01; ¥120.00 | 修冰箱 05-02; ¥150.00 | 通下水 05-03; ¥90.00
times at a doctor's: Dr Stone | 09:00; Room 301 | 09:10; Room 302 | 09:20; Room 303
time ranges: 门诊 | 09:00-09:10; 诊室 11 | 09:10-09:20; 诊室 12 | 09:20-09:30; 诊室 13
calls: 通话 | 张医生; 13800138001 | 李医生; 13800138002 | 王医生; 13800138003
calls in English: Recents | Bob; 555-0101 | Ann; 555-0102 | Zoe; 555-0103
votes: 活动 | 选手 12 号; 2310 票 | 选手 15 号; 1890 票 | 选手 21 号; 980 票
an auction: 拍卖 | 紫砂壶; 当前价 ¥320 | 字画; 当前价 ¥1200 | 邮票; 当前价 ¥88
points: 商城 | 保温杯; 3200 积分 | 雨伞; 1800 积分 | U 盘; 2500 积分
tickets to claim: Queue | Claim TK-88211; 12 May | Claim TK-88212; 12 May | Claim TK-88213; 13 May
plans: Plans | Basic; $9.00 | Plus; $19.00 | Pro; $49.00
backups: 备份 | 2024-05-01 10:12; 1.2 GB | 2024-05-02 10:12; 1.3 GB | 2024-05-03 10:12; 1.4 GB
people to add: 添加好友 | 王芳; 尾号 8001 | 李强; 尾号 8002 | 张伟; 尾号 8003
Spanish: Asignar a | PEOPLE
Portuguese: Encaminhar para | PEOPLE
Italian: Invia a | PEOPLE
French: Envoyer à | PEOPLE
German: Zuweisen an | PEOPLE
Turkish: Kime atansın | PEOPLE
Vietnamese: Gửi cho | PEOPLE
Indonesian: Kirim ke | PEOPLE
Japanese: 担当者を選択 | PEOPLE
Korean: 담당자 지정 | PEOPLE
Russian: Назначить | PEOPLE
Arabic: إرسال إلى | PEOPLE
traditional Chinese: 轉派給 | PEOPLE
no head at all:  | PEOPLE
""")


@pytest.mark.parametrize("name", ACTING)
def test_a_list_that_may_act_asks_although_it_stands_under_tabs(name):
    title, rows = ACTING[name]
    assert tap(listed(title, *standing(rows)), *ENTRY).kind is not VerdictKind.ALLOW


OPENING = screens("""
orders: 订单 | 黄焖鸡 05-01 12:10; ¥23.00; 已完成 | 拉面 05-02 18:20; ¥28.00; 配送中 | 烤鱼 05-03 19:00; ¥88.00; 已完成
tickets: Tickets | Refund; Ana, 12 May 2026; Open | Crash; Leo, 11 May 2026; Pending | Wrong; Sam, 9 Jun 2026; Open
orders in English: Orders | Lamp; $23.00; Shipped | Desk; $128.00; On hold | Chair; $88.00; Shipped
bills with a sign: 账单 | 午餐 05-01; -¥50.00 | 工资 05-01; +¥8000.00 | 超市 05-02; -¥32.10
refund: 售后 | 单号:TK2411; 退款金额 ¥21; 处理中 | 单号:TK2412; 退款金额 ¥22; 已退款 | 单号:TK2413; 退款金额 ¥23; 已退款
a year of bills: 账单 | 1月 2024-01-05; ¥21.00 | 4月 2024-04-05; ¥22.00 | 9月 2024-09-05; ¥23.00
reports: 检查报告 | 血常规; 2023-05-01 08:10 | 尿常规; 2023-11-02 09:11 | 胸片; 2024-05-03 10:12
invoices: Invoices | May; 5 May 2024; $9.00 | March; 5 Mar 2024; $9.00 | January; 5 Jan 2024; $9.00
traditional Chinese: 訂單 | 王芳; 單號 20240511; 待發貨 | 李強; 單號 20240527; 已完成 | 張偉; 單號 20240530; 已完成
states that only the tabs name: Orders | Lamp; $23.00; 我的 | Desk; $128.00; 本周 | Chair; $88.00; 我的
""")

KEPT_AND_HAD = screens("""
an auction: Lots | Lot 12 Vase; 12 May 2026; $320.00 | Lot 13 Clock; 12 May 2026; $120.00 | Lot 14; 13 May 2026; $88.00
trips to take: Trips | Trip 88121; 05-12 14:00; $12.40 | Trip 88122; 05-12 14:10; $9.10 | Trip 88123; 05-12 14:25; $15
medicine to order again: 处方 | 处方号 2026051201; ¥35.60 | 处方号 2026051102; ¥12.00 | 处方号 2026051003; ¥48.00
payments to approve: Today | Wire 88213; 12 May; Pending | Wire 88214; 12 May; Pending | Wire 88219; 11 May; Pending
vouchers for months: Rewards | Tea; Until 30 May 2026 | Cake; Until 30 Jun 2026 | Milk; Until 31 Dec 2026
gifts of a year: Rewards | 10% off; 30 May 2026; Saved | $5 off; 30 Jun 2026; New | 8% off; 31 Dec 2026; Saved
tasks that a touch ticks off: Tasks | Call 12; Due 12 May; Open | Send 13; Due 13 May; Done | Book 14; Due 14 May; Open
coupons: 优惠 | 满减 05-01; -¥5.00 | 满减 05-01; -¥8.00 | 满减 05-02; -¥3.00
""")


@pytest.mark.parametrize("name", KEPT_AND_HAD)
def test_papers_that_do_not_tell_that_they_are_kept_may_be_had_or_decided_on_by_a_touch(name):
    title, rows = KEPT_AND_HAD[name]
    assert tap(listed(title, *rows), *ENTRY).kind is not VerdictKind.ALLOW
    assert tap(listed(title, *rows, tabs=("Open", "Done", "Past")), *ENTRY).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize("name", OPENING)
def test_a_list_of_what_happened_opens_under_tabs(name):
    title, rows = OPENING[name]
    assert tap(listed(title, *rows), *ENTRY).vouched_by == "kind:record"


def test_a_title_that_reads_otherwise_in_each_entry_is_no_button_where_the_touch_is_not_on_it():
    rows = [("Delete my data", "¥12.00", "Open"), ("App crash", "¥13.00", "Solved"), ("Refund", "¥14.00", "Open")]
    assert tap(listed("Tickets", *rows), *ENTRY).vouched_by == "kind:record"
    assert tap(listed("Tickets", *rows), 100, 165).kind is VerdictKind.CONFIRM
    alike = [("Delete", *row[1:]) for row in rows]
    assert tap(listed("Tickets", *alike), *ENTRY).kind is VerdictKind.CONFIRM


def test_a_ledger_opens_in_any_language_and_sums_that_only_go_down_do_not():
    rows = [
        ("스타벅스 2026.05.12", "-4,500원"),
        ("급여 2026.05.10", "+2,800,000원"),
        ("통신비 2026.05.09", "-55,000원"),
    ]
    assert tap(listed("거래내역", *rows), *ENTRY).vouched_by == "kind:record"
    down = [(name, value.replace("+", "-")) for name, value in rows]
    assert tap(listed("거래내역", *down), *ENTRY).kind is not VerdictKind.ALLOW


def test_a_head_that_cannot_be_read_hides_nothing_where_tabs_name_how_the_entries_stand():
    rows = [
        ("88231 返金", "2026/05/12", "完了"),
        ("88232 交換", "2026/05/11", "対応中"),
        ("88240 質問", "2026/05/10", "完了"),
    ]
    assert tap(listed("チケット", *rows, tabs=("未対応", "対応中", "完了")), *ENTRY).vouched_by == "kind:record"
    assert tap(listed("チケット", *rows), *ENTRY).kind is not VerdictKind.ALLOW
    assert (
        tap(listed("チケット", *(row[:2] for row in rows), tabs=("未対応", "対応中", "完了")), *ENTRY).kind
        is not VerdictKind.ALLOW
    )


@pytest.mark.parametrize(
    "text",
    ["付款时间:2024-05-01", "退款金额 ¥99.00", "退款单号 TK20240511", "投保人:王芳", "Refund amount $12.00"],
)
def test_a_value_that_says_what_it_is_bids_nothing(text):
    assert sense(text).kind is LabelKind.COMMIT
    assert names_a_value(text)


@few
@given(DEEDS, st.sampled_from(["", " ", ":", " ¥"]), st.integers(1, 10**11))
def test_a_deed_with_a_number_behind_it_stays_a_deed(deed, between, number):
    assert not names_a_value(f"{deed}{between}{number}")


@pytest.mark.parametrize(
    "text",
    ["拨打 13800138000", "Call 138001", "Pay $12.00", "接单 20240511", "付款时间:立即支付", "转给 6222", "删除:12"],
)
def test_an_entry_that_says_what_a_touch_does_asks(text):
    rows = [(name, text.replace("1", str(number))) for number, name in enumerate(("甲", "乙", "丙"), 1)]
    assert tap(listed("订单", *rows), *ENTRY).kind is not VerdictKind.ALLOW


def test_a_bar_of_tabs_of_which_one_does_something_is_a_bar_of_deeds():
    assert tap(page(*bar("Ignore all", "Mute", "Accept all")), 270, 150).kind is not VerdictKind.ALLOW
    assert tap(page(*bar("首页", "扫码付", "我的")), 450, 150).kind is not VerdictKind.ALLOW
    assert tap(page(*bar("全部", "处理中", "完成")), 270, 150).vouched_by == "kind:tab"


def segments(*labels: str, below: bool = True, raised: int = 0) -> Observation:
    image = PAPER.copy()
    width = 540 // len(labels)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 102, 540, 131), fill=(225, 225, 225))
    pen.rectangle((raised * width + 2, 104, (raised + 1) * width - 2, 129), fill="white")
    for n in range(len(labels)):
        pen.rectangle((n * width + width // 2 - 20, 112, n * width + width // 2 + 20, 120), fill="black")
    parts = bar(*labels, role=Role.OTHER, chosen=-1, top=102, height=30)
    rows = records(*ORDERS) if below else []
    return page(*rows, *parts, image=image)


def test_a_segmented_control_over_records_is_a_bar_of_tabs():
    assert tap(segments("全部", "已付", "未付"), 270, 117).vouched_by == "kind:tab"


@few
@given(
    st.lists(LABELS.filter(lambda name: not is_content(name)), min_size=3, max_size=4, unique=True),
    DEEDS,
    st.booleans(),
)
def test_a_segmented_control_without_records_or_with_a_deed_asks(labels, deed, below):
    parts = [*labels[:-1], deed] if below else labels
    for number in range(len(parts)):
        x = 540 // len(parts) * number + 270 // len(parts)
        assert not passes(segments(*parts, below=below), x, 117)
        assert not passes(segments(*parts), x, 117, StepContext(put_in=True))


def labelled(words: str, *, description: str = "", role: Role = Role.OTHER, box=(20, 200, 160, 240)) -> Observation:
    field = node("", (200, 195, 520, 245), Role.EDIT, clickable=True, description=description or words)
    return page(node("资料", (200, 60, 340, 100)), node(words, box, role, clickable=True), field)


def test_the_words_by_which_a_field_is_described_are_the_field():
    assert tap(labelled("联系人"), 90, 220).vouched_by == "kind:field"


@few
@given(LABELS, st.sampled_from(["other words", "a button", "right of it"]))
def test_words_beside_a_field_that_it_is_not_described_by_are_a_control_of_their_own(label, why):
    seen = {
        "other words": lambda: labelled(label, description="联系地址一"),
        "a button": lambda: labelled(label, role=Role.BUTTON),
        "right of it": lambda: labelled(label, box=(522, 200, 538, 240)),
    }[why]()
    x = 530 if why == "right of it" else 90
    assert not passes(seen, x, 220)


def cover(*signs: tuple[str, tuple[int, int, int, int]], image: Image.Image | None = None) -> Observation:
    marks = [node(text, box, Role.OTHER, clickable=True) for text, box in signs]
    words = node("新人礼包", (200, 560, 340, 600))
    offer = node("", (60, 480, 480, 700), Role.OTHER, clickable=True)
    return page(offer, replace(words, parent=0), *marks, image=image or dimmed(Box(60, 480, 480, 700)))


BELOW, CORNER = (250, 800, 290, 840), (440, 490, 475, 525)


@pytest.mark.parametrize("place", [BELOW, CORNER])
@pytest.mark.parametrize("sign", ["×", "✕", ""])
def test_what_closes_a_window_without_a_word_is_left_by_back(sign, place):
    seen = cover((sign, place))
    center = Box(*place).center
    verdict = tap(seen, center.x, center.y)
    assert verdict.kind is VerdictKind.ASK
    assert [one.code for one in verdict.reasons] == ["closing_mark"]


@few
@given(LABELS, st.sampled_from([BELOW, CORNER]))
def test_no_words_on_such_a_mark_are_taken_for_closing(label, place):
    center = Box(*place).center
    assume(label not in ("x", "X"))
    verdict = tap(cover((label, place)), center.x, center.y)
    assert verdict.kind is not VerdictKind.ALLOW
    assert "closing_mark" not in {one.code for one in verdict.reasons}


def test_a_mark_on_a_page_that_is_not_dimmed_closes_nothing():
    assert "closing_mark" not in {one.code for one in tap(cover(("×", BELOW), image=PAPER), 270, 820).reasons}


def test_a_touch_within_a_fingertip_of_a_button_is_judged_as_a_touch_on_it():
    rows = browsed(*ORDERS)
    button = node("发车", (300, 195, 400, 235), Role.BUTTON, clickable=True, parent=1)
    seen = page(*rows[:4], button, *[replace(each, parent=each.parent + (each.parent > 3)) for each in rows[4:]])
    assert tap(seen, 200, 215).vouched_by == "kind:record"
    beside = tap(seen, 290, 215)
    assert (beside.kind, beside.reasons[0].code) == (VerdictKind.ASK, "near_commit")


@pytest.mark.parametrize(
    "text",
    [
        *("00:10 后自动确认收货", "倒计时 9 秒,超时默认放弃", "El pago se realizará en 5 segundos"),
        *("10秒後に送信されます", "Wird in 5 Sekunden gesendet", "Envoi dans 5 secondes"),
    ],
)
def test_a_page_that_counts_down_is_shown_in_whatever_language(text):
    seen = page(node("订单", (200, 60, 340, 100)), node(text, (60, 500, 480, 540)))
    assert decide(Wait(5.0), seen, confidence=1.0).kind is VerdictKind.ASK


def test_a_page_that_only_goes_back_by_itself_is_no_hazard():
    seen = page(node("付款结果", (200, 60, 340, 100)), node("3 秒后返回商家", (60, 500, 480, 540)))
    assert decide(Wait(3.0), seen, confidence=1.0).kind is VerdictKind.ALLOW


@pytest.mark.parametrize("word", ["Skip", "Stay", "忽略", "离开", "不需要"])
def test_an_answer_that_may_be_a_decision_of_its_own_does_not_leave(word):
    assert tap(dialog("Patient 12 is not present", word, "Next"), 100, 650).kind is not VerdictKind.ALLOW


def test_in_a_sheet_that_is_no_picker_by_its_title_deeds_are_no_choices():
    seen = picker("取消", "完成")
    deeds = [replace(each, text="作废") if each.text == "选项2" else each for each in seen.nodes]
    assert tap(replace(seen, nodes=tuple(deeds)), 270, 950).kind is not VerdictKind.ALLOW
    titled = (*deeds, node("选择原因", (200, 705, 340, 755)))
    assert tap(replace(seen, nodes=titled), 270, 950).vouched_by == "kind:choice"


def test_a_look_up_that_costs_or_only_says_go_beside_a_field_of_no_search_asks():
    seen = search("查询")
    assert passes(seen, 460, 140, StepContext(typed="1001"))
    paid = replace(seen, nodes=(*seen.nodes, node("每次查询扣 1 次额度", (20, 300, 400, 340))))
    assert not passes(paid, 460, 140, StepContext(typed="1001"))
    assert not passes(search("Go"), 460, 140, StepContext(typed="1001"))
    assert passes(search("Go", hint="Search orders"), 460, 140, StepContext(typed="1001"))


def test_a_code_typed_on_a_picture_alone_may_send_itself_off():
    asks = TextLine("Enter the code we texted you", Box(24, 109, 500, 160), 0.99)
    seen = Observation(Screenshot(PAPER, 0.0), page().app, lines=(asks,), nodes=None)
    assert decide(Type("482913"), seen, confidence=1.0).kind is VerdictKind.CONFIRM
    plain = replace(seen, lines=(replace(asks, text="客户说明"),))
    assert decide(Type("482913"), plain, confidence=1.0).kind is VerdictKind.CONFIRM
    assert decide(Type("包裹没有收到,请核实"), plain, confidence=1.0).kind is VerdictKind.ALLOW


@pytest.mark.parametrize("word", ["戻る", "volver", "retour", "zurück", "رجوع"])
def test_a_way_back_is_known_in_other_languages_in_its_corner_only(word):
    seen = page(node(word, (10, 20, 90, 60), clickable=True), node(word, (10, 500, 90, 540), clickable=True))
    assert tap(seen, 50, 40).vouched_by == "kind:back"
    assert tap(seen, 50, 520).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize("touch", [DoubleTap, LongPress])
def test_only_a_tap_opens_a_record(touch):
    assert tap(page(*browsed(*ORDERS)), *ENTRY, touch=touch).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize(
    ("colour", "dims", "beside", "passed"),
    [
        pytest.param("#8a8a8a", False, "", True, id="a hint in its field"),
        pytest.param("#007aff", False, "", False, id="words in a colour"),
        pytest.param("#8a8a8a", False, "确认", False, id="words with others behind them"),
        pytest.param("#8a8a8a", True, "", False, id="an answer over a dimmed page"),
    ],
)
def test_on_a_picture_alone_a_hint_is_grey_at_the_end_of_its_line_and_on_no_dialog(colour, dims, beside, passed):
    image = Image.new("RGB", PAPER.size, "#6b6b6b" if dims else "white")
    draw, box = ImageDraw.Draw(image), Box(120, 500, 280, 524)
    draw.rectangle((80, 420, 460, 560), fill="white")
    for place in (box, Box(360, 500, 420, 524)) if beside else (box,):
        draw.rectangle((place.left + 4, place.top + 6, place.right - 4, place.bottom - 6), fill=colour)
    lines = [TextLine("请输入目标操作", box, 0.99)]
    lines += [TextLine(beside, Box(360, 500, 420, 524), 0.99)] if beside else []
    seen = Observation(Screenshot(image, 5.0), page().app, tuple(lines))
    assert (tap(seen, box.center.x, box.center.y).kind is VerdictKind.ALLOW) is passed
