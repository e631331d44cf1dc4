"""At its measure, to a pixel, to a word: where a rule of the gate for trees begins and where it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import ImageDraw

from cs_agent.engine.actions.values import Swipe, Type
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.gate.hazards import Hazard, find_hazard
from cs_agent.engine.gate.lists.actions import names_an_action
from cs_agent.engine.gate.lists.entries import leads_to_an_action
from cs_agent.engine.gate.lists.marked import told_parts
from cs_agent.engine.gate.reasons import told
from cs_agent.engine.gate.searches import starts_a_search
from cs_agent.engine.gate.vouches import Source, Vouch, Vouches, find_vouch
from cs_agent.engine.gate.windows.pickers import heads_above, is_wheel_choice
from cs_agent.engine.run.state import Reason, Verdict, VerdictKind
from cs_agent.engine.screen.drawn.windows import front_window
from cs_agent.engine.screen.signature import control_signature, page_signature
from cs_agent.engine.screen.targets import find_target
from cs_agent.geometry import Box, NormPoint, Point
from cs_agent.observation import Observation, Role, TextLine, UiNode
from tests.engine.gate.lists.test_pairs_of_buttons import ON_ENTRY, cards
from tests.engine.gate.test_gate_kinds import ORDERS, PAPER, bar, dimmed, node, page, records, tap
from tests.engine.gate.test_gate_properties import passes
from tests.engine.gate.test_gate_strangers import ENTRY
from tests.engine.gate.written.test_bars import foot
from tests.engine.gate.written.test_filters import PUPILS, TRIPS, over
from tests.engine.gate.written.test_what_moves import SHOWN
from tests.engine.gate.written.test_windows import wheel


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def moved(seen: Observation, start: tuple[int, int], end: tuple[int, int]) -> Verdict:
    return decide(Swipe(NormPoint(*start), NormPoint(*end)), seen, confidence=1.0)


@pytest.mark.parametrize(("end", "code"), [(520, "commit_word"), (521, "swipe_on_control")])
def test_a_finger_that_hardly_moves_presses_what_is_under_it(end: int, code: str) -> None:
    seen = page(node("立即付清", (20, 590, 520, 690), Role.BUTTON, clickable=True))
    assert codes(moved(seen, (500, 500), (500, end))) == [code]


@pytest.mark.parametrize(("start", "end"), [(100, 800), (800, 100)])
def test_a_finger_that_moves_sideways_onto_a_slider_or_off_it_may_move_it(start: int, end: int) -> None:
    seen = page(node("", (20, 580, 120, 620), Role.SLIDER, clickable=True), node("亮度", (20, 60, 120, 100)))
    verdict = moved(seen, (start, 500), (end, 500))
    assert (verdict.kind, codes(verdict)) == (VerdictKind.CONFIRM, ["slider"])


@pytest.mark.parametrize(("end", "scrolls"), [(700, True), (702, False)])
def test_a_finger_that_goes_as_far_up_as_sideways_scrolls_and_one_that_goes_further_sideways_may_drag(end, scrolls):
    seen = page(node("说明", (20, 560, 520, 620)))
    assert (moved(seen, (500, 500), (end, 410)).kind is VerdictKind.ALLOW) is scrolls


@pytest.mark.parametrize(("label", "leads"), [("转派", True), ("申请退款", True), ("查看详情", False), ("备注", False)])
def test_what_hands_over_and_what_is_applied_for_leads_to_an_action(label: str, leads: bool) -> None:
    assert leads_to_an_action(label) is leads


@pytest.mark.parametrize(("bottom", "ends_by_itself"), [(200, True), (201, False)])
def test_what_is_pressed_beside_a_lone_field_begins_no_higher_than_where_a_control_over_it_ends(
    bottom: int, ends_by_itself: bool
) -> None:
    field = node("", (20, 200, 520, 260), Role.EDIT, clickable=True)
    sign = node("帮助", (400, 140, 520, bottom), Role.BUTTON, clickable=True)
    assert ("submits_itself" in codes(decide(Type("x"), page(field, sign), confidence=1.0))) is ends_by_itself


@pytest.mark.parametrize(("others", "warned"), [(4, True), (5, False)])
def test_a_lone_number_counts_on_where_little_else_stands_on_the_page(others: int, warned: bool) -> None:
    texts = ["7", "Calling 112", *(f"说明{chr(0x7532 + n)}" for n in range(others))]
    found = find_hazard(page(*(node(text, (20, 100 + 60 * n, 520, 140 + 60 * n)) for n, text in enumerate(texts))))
    assert (found is not None and found.hazard is Hazard.ACTS_BY_ITSELF) is warned


def test_a_button_that_counts_down_to_a_deed_is_one_although_it_speaks_in_a_sentence() -> None:
    button = node("提交订单,款项随即划走 9秒", (20, 600, 520, 660), Role.BUTTON, clickable=True)
    assert find_hazard(page(button)) is not None
    assert find_hazard(page(replace(button, enabled=False))) is None


@pytest.mark.parametrize(
    ("head", "named"), [("转账至未绑定卡", True), ("转账", True), ("未绑定卡", False), ("转账记录", False)]
)
def test_a_page_is_called_by_what_is_done_on_it_although_its_name_ends_like_a_state(head: str, named: bool) -> None:
    assert names_an_action(head) is named


@pytest.mark.parametrize("name", ["姓名", "Surname"])
def test_a_name_right_beside_its_field_however_short_is_touched_as_the_field(name: str) -> None:
    field = node("", (140, 200, 520, 260), Role.EDIT, clickable=True, description=name)
    for right in (120, 140):
        label = node(name, (20, 210, right, 250), Role.OTHER, clickable=True)
        assert tap(page(label, field), 60, 230).vouched_by == "kind:field"
    assert not passes(page(node(name, (20, 210, 141, 250), Role.OTHER, clickable=True), field), 60, 230)
    assert not passes(page(node("名", (20, 210, 120, 250), Role.OTHER, clickable=True), field), 60, 230)


@pytest.mark.parametrize(
    ("label", "typed", "clears"),
    [
        ("清空", "1001", True),
        ("清空", "", False),
        ("扫一扫", "1001", False),
        ("提问", "1001", False),
        ("", "1001", False),
    ],
)
def test_of_the_signs_at_the_end_of_a_search_field_only_one_that_says_so_clears_what_was_typed(
    label: str, typed: str, clears: bool
) -> None:
    field = node("1001", (20, 120, 400, 170), Role.SEARCH, clickable=True)
    sign = node(label, (360, 125, 400, 165), Role.IMAGE, clickable=True)
    assert (tap(page(field, sign), 380, 145, StepContext(typed=typed)).vouched_by == "kind:clear") is clears


def test_a_button_that_looks_up_stands_right_of_where_its_field_begins() -> None:
    field = node("1001", (20, 120, 300, 170), Role.EDIT, clickable=True, description="订单号")
    for left, begins in ((20, False), (320, True)):
        button = node("查询", (left, 120, 520, 170), Role.BUTTON, clickable=True)
        assert starts_a_search(field, page(field, button), "1001") is begins


HALF = ("待补考(2)", "已补考", "一层", "二层")


def test_a_bar_half_of_whose_parts_are_states_may_as_well_work_on_its_list() -> None:
    assert not passes(over(*HALF, rows=PUPILS, title="成绩"), 200, 117)
    assert passes(over(*HALF[:3], rows=PUPILS, title="成绩"), 270, 117)


def test_a_text_right_under_the_head_tells_of_one_thing_whose_state_the_bar_may_set() -> None:
    seen = over("待补考", "已补考", "已免考", rows=PUPILS, title="成绩")
    assert passes(seen, 270, 117)
    assert not passes(page(*seen.nodes, node("补考须知", (20, 100, 300, 102))), 270, 117)


@pytest.mark.parametrize(("width", "listed"), [(405, True), (404, False)])
def test_a_bar_leaves_entries_out_that_are_wide_enough_to_be_a_lists(width: int, listed: bool) -> None:
    seen = over("全部行程", "我发起的", "我参加的")
    parts = [each for each in seen.nodes if each.role is Role.OTHER and each.box.top == 102]
    assert passes(page(*records(*TRIPS, title="行程", width=width), *parts), 270, 117) is listed


@pytest.mark.parametrize(("inner", "even"), [(180, True), (182, True), (150, False)])
def test_the_parts_of_a_bar_are_of_one_width_to_a_pixel_or_two(inner: int, even: bool) -> None:
    seen = foot()
    places = {0: (0, inner), 180: (inner, 2 * inner), 360: (2 * inner, 540)}
    nodes = [
        replace(each, box=Box(places[each.box.left][0], 1110, places[each.box.left][1], 1195))
        if each.box.top == 1110
        else each
        for each in seen.nodes
    ]
    assert passes(page(*nodes), 270, 1180) is even


@pytest.mark.parametrize(("word", "is_foot"), [(1143, True), (1142, False)])
def test_the_words_of_an_apps_own_bar_stand_in_the_lower_half_of_its_parts(word: int, is_foot: bool) -> None:
    assert passes(foot(word=word), 270, 1180) is is_foot


def row_of(*texts: str) -> Observation:
    parts = [node(text, (40 + 130 * n, 210, 160 + 130 * n, 250), parent=0) for n, text in enumerate(texts)]
    return page(node("", (0, 200, 540, 260), Role.OTHER, clickable=True), *parts)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (("班组", "日期"), ["班组", "日期"]),
        (("班组 一班", "班组", "一班"), ["班组", "一班"]),
        (("班组号班组", "班组", "班组号"), ["班组", "班组号"]),  # the longer is taken out first
        (("班 组", "班组"), ["班 组", "班组"]),  # one text is no two joined
    ],
)
def test_a_text_that_joins_two_others_of_its_row_says_nothing_of_its_own(texts: tuple[str, ...], told: list[str]):
    assert told_parts(0, row_of(*texts)) == told


@pytest.mark.parametrize(("left", "opened"), [(433, True), (432, False)])
def test_the_mark_that_more_follows_stands_at_the_end_of_its_entry(left: int, opened: bool) -> None:
    ends = [node("›", (left, 150 + 120 * n, left + 20, 220 + 120 * n), parent=1 + 4 * n) for n in range(3)]
    assert passes(page(*records(*ORDERS), *ends), *ENTRY) is opened


def sheet(*answers: tuple[str, Box], card: Box) -> Observation:
    """Answers over a dimmed page, of which nothing says what they are about."""
    nodes = [node(text, (box.left, box.top, box.right, box.bottom), clickable=True) for text, box in answers]
    return page(*nodes, image=dimmed(card))


def stacked(left: int, right: int, *tops: int, names: tuple[str, ...]) -> list[tuple[str, Box]]:
    return [(name, Box(left, top, right, top + 60)) for name, top in zip(names, tops, strict=True)]


WIDE, NARROW = Box(0, 900, 540, 1200), Box(60, 600, 480, 900)


@pytest.mark.parametrize(
    ("seen", "leaves"),
    [
        (sheet(*stacked(0, 540, 900, 960, 1120, names=("拍照", "从相册选", "取消")), card=WIDE), True),
        (sheet(*stacked(0, 540, 960, 1120, names=("拍照", "取消")), card=WIDE), False),
        (sheet(*stacked(0, 540, 960, 1020, 1080, names=("拍照", "从相册选", "取消")), card=WIDE), False),
        (sheet(*stacked(60, 480, 600, 660, 820, names=("拍照", "从相册选", "取消")), card=NARROW), False),
    ],
    ids=["set apart below two others", "one other", "as near as the others to each other", "a card in the middle"],
)
def test_of_answers_that_nothing_is_said_of_one_leaves_that_is_set_apart_in_a_sheet(
    seen: Observation, leaves: bool
) -> None:
    own = next(each.box.center for each in seen.nodes if each.text == "取消")
    assert (tap(seen, own.x, own.y).vouched_by == "kind:leave") is leaves


@pytest.mark.parametrize(("width", "holds"), [(513, True), (512, False)])
def test_a_wheel_stands_in_a_sheet_almost_as_wide_as_the_screen(width: int, holds: bool) -> None:
    seen = wheel()
    window = front_window(seen)
    assert window is not None
    narrower = replace(window, box=Box(0, window.box.top, width, window.box.bottom))
    assert is_wheel_choice(find_target(seen, Point(270, 835)), seen, narrower) is holds


@pytest.mark.parametrize(("bottom", "is_head"), [(300, True), (299, False)])
def test_words_that_are_drawn_in_a_control_of_the_head_are_no_head_and_a_page_is_no_control(
    bottom: int, is_head: bool
) -> None:
    entries: list[UiNode] = records(*ORDERS, title="")
    part = node("", (0, 0, 540, bottom), Role.OTHER, clickable=True)
    seen = page(*entries, part, lines=(TextLine("巡检单", Box(200, 60, 320, 90), 0.99),))
    assert ("巡检单" in heads_above(seen, 1)) is is_head


@pytest.mark.parametrize(("bottom", "switches"), [(1021, True), (1020, False)])
def test_the_pages_that_a_bar_switches_reach_down_to_the_foot_of_the_screen(bottom: int, switches: bool) -> None:
    under = node("", (0, 180, 540, bottom), Role.PAGER)
    assert passes(page(*bar("Aus", "Sparsam", "Warm"), under), 270, 150) is switches


@pytest.mark.parametrize(("bottom", "opened"), [(169, True), (168, False)])
def test_a_control_in_the_head_that_ends_choosing_makes_of_the_entries_what_is_chosen(bottom: int, opened: bool):
    end = node("完成", (420, 104, 520, bottom), Role.BUTTON, clickable=True)
    ends = [node("›", (480, 150 + 120 * n, 500, 220 + 120 * n), parent=1 + 4 * n) for n in range(3)]
    assert passes(page(*records(*ORDERS), *ends, end), *ENTRY) is opened


FOUND = (("张甲", "积了 120"), ("张乙", "积了 121"), ("张丙", "积了 122"))


@pytest.mark.parametrize(
    ("role", "top", "opened"),
    [(Role.EDIT, 105, True), (Role.TEXT, 105, False), (Role.EDIT, 900, False)],
    ids=["a field over the list", "a text over it", "a field below it"],
)
def test_people_open_that_a_field_over_their_list_found_by_a_part_of_their_names(role: Role, top: int, opened: bool):
    ends = [node("›", (480, 150 + 120 * n, 500, 220 + 120 * n), parent=1 + 3 * n) for n in range(3)]
    typed = node("张", (20, top, 520, top + 30), role, clickable=role is Role.EDIT)
    named = [(name.replace("张", "张三"), value) for name, value in FOUND]
    seen = page(*records(*named, title="今日"), *ends, replace(typed, text="张三"))
    assert passes(seen, *ENTRY, StepContext(typed="张三")) is opened


@pytest.mark.parametrize("place", [0, 1])
def test_an_entry_one_of_whose_two_buttons_is_a_mark_that_is_set_tells_nothing_of_its_own_touch(place: int) -> None:
    seen = cards()
    assert passes(seen, *ON_ENTRY)
    names = ("Ignore", "Zap")
    marks = tuple(replace(each, checkable=True) if each.text == names[place] else each for each in seen.nodes)
    assert not passes(replace(seen, nodes=marks), *ON_ENTRY)


def test_a_part_of_a_bar_is_drawn_as_chosen_by_its_words_where_each_has_a_picture_of_its_own() -> None:
    def contents(*inks: str) -> Observation:
        image = PAPER.copy()
        for n, ink in enumerate(inks):
            ImageDraw.Draw(image).rectangle(
                (n * 180 + 30, 130, n * 180 + 50, 150), fill=("#a02020", "#20a020", "#2020a0")[n]
            )
            ImageDraw.Draw(image).rectangle((n * 180 + 70, 142, n * 180 + 130, 162), fill=ink)
        parts = bar("", "", "", role=Role.OTHER, chosen=-1)
        names = ("Details", "Reviews", "Files")
        words = [node(name, (n * 180 + 70, 140, n * 180 + 130, 164), parent=n) for n, name in enumerate(names)]
        return page(*parts, *words, image=image)

    assert passes(contents("#1677ff", "#333333", "#333333"), 270, 150)
    assert not passes(contents("#333333", "#333333", "#333333"), 270, 150)
    assert not passes(contents("#1677ff", "#b02020", "#333333"), 270, 150)


def test_what_was_held_for_a_control_is_held_for_no_other_and_none_for_one_without_a_name() -> None:
    named, nameless = (node(text, (20, 200, 520, 260), Role.BUTTON, clickable=True) for text in ("下一步", ""))
    seen, bare = page(SHOWN, named), page(SHOWN, nameless)
    target = find_target(seen, Point(270, 230))
    vouch = Vouch(Source.EDITOR, "17", page_signature(seen), control_signature(seen, target))
    other = replace(vouch, control=replace(vouch.control, labels=("提交",)))
    held = [find_vouch(target, seen, (), Vouches((each,))) for each in (vouch, other, replace(vouch, control=None))]
    assert held == ["editor:17", "", ""]
    whole = replace(vouch, page=page_signature(bare), control=None)
    assert find_vouch(find_target(bare, Point(270, 230)), bare, (), Vouches((whole,))) == ""


def test_a_reason_that_was_written_down_in_two_languages_is_told_in_each_and_else_in_the_first() -> None:
    old = Reason("unproven", {"zh": "说不准", "en": "cannot be told"})
    assert [str(told(old, lang)) for lang in ("zh", "en", "fr")] == ["说不准", "cannot be told", "说不准"]
