"""Windows over a page: which answer leaves, which is left by the system's Back, and wheels that only choose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import ImageDraw

from cs_agent.engine.actions.values import Back
from cs_agent.engine.run.state import ConfirmationRequest, VerdictKind
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, Screenshot, TextLine, UiNode
from cs_agent.testing.phone import FakePhone, FakeScreen
from tests.engine.gate.test_gate_kinds import dialog, dimmed, node, page, picker, tap
from tests.engine.story import Story

CLOSING = (100, 650)


def told_by_children(seen: Observation) -> Observation:
    """The same window with each answer's word in a text below it, as web pages and other toolkits tell it."""
    nodes: list[UiNode] = []
    for each in seen.nodes or ():
        if each.clickable:
            nodes += [replace(each, text=""), node(each.text, (each.box.left + 9, 640, each.box.right - 9, 680))]
            nodes[-1] = replace(nodes[-1], parent=len(nodes) - 2)
        else:
            nodes.append(each)
    return replace(seen, nodes=tuple(nodes))


def test_an_answer_is_not_spoken_of_by_its_own_word():
    seen = told_by_children(dialog("要清空列表吗?", "取消", "清空"))
    assert tap(seen, *CLOSING).vouched_by == "kind:leave"
    assert tap(told_by_children(dialog("确定取消订单吗?", "取消", "确定")), *CLOSING).kind is VerdictKind.ASK


def test_a_window_whose_page_is_told_too_is_known_by_what_is_lit():
    below = node("订单详情 12", (0, 0, 540, 80))
    seen = dialog("办理这项业务吗", "再想想", "办")
    assert tap(replace(seen, nodes=(below, *seen.nodes)), *CLOSING).vouched_by == "kind:leave"
    touched = node("再来一单", (40, 900, 500, 960), Role.BUTTON, clickable=True)
    assert tap(replace(seen, nodes=(*seen.nodes, touched)), *CLOSING).kind is VerdictKind.ASK


@pytest.mark.parametrize(
    ("message", "word", "other", "code"),
    [
        ("客房 1203 的预订", "取消", "改期", "closing_answer"),
        ("客房 1203 的预订", "返回", "改期", "closing_answer"),
        ("客房 1203 的预订", "Dismiss", "改期", "unproven"),
        ("客房 1203 的预订", "取消订单", "改期", "commit_word"),
    ],
)
def test_an_answer_that_may_do_more_than_leave_says_that_back_leaves(message, word, other, code):
    verdict = tap(dialog(message, word, other), *CLOSING)
    assert (verdict.kind is VerdictKind.ALLOW, verdict.reasons[0].code) == (False, code)


@pytest.mark.parametrize(
    ("message", "word", "other"),
    [
        ("Maya wants to swap Fri for Sat", "Maybe later", "Swap"),
        ("Lena made you an offer", "Not now", "Accept the offer"),
        ("小周请求添加你为好友", "稍后", "添加"),
        ("店长邀请你参加排班", "以后再说", "参加"),
        ("Leo added you. Join?", "Not now", "Join"),
        ("Mia counters with less, accept?", "Not now", "Accept"),
        ("小王换班,换?", "稍后", "换"),
        ("Trade proposal: Diaz for Kane?", "Later", "Accept"),  # only the other answer tells
        ("转入会诊 1 名?", "稍后", "接收"),
        ("Can you take Ben's Friday?", "Not now", "Take Ben's Friday"),
        ("访客在门口,要开门吗?", "稍后", "开门"),
    ],
)
def test_putting_somebody_off_turns_them_down_and_putting_off_the_app_does_not(message, word, other):
    assert tap(dialog(message, word, other), *CLOSING).kind is not VerdictKind.ALLOW
    for message, yes in (
        ("要开启通知吗?", "开启"),
        ("Update? Bug fixes and more.", "Update"),
        ("The app stops. Back up?", "Back up"),
    ):
        assert tap(dialog(message, word, yes), *CLOSING).vouched_by == "kind:leave"
    assert tap(dialog("Do you want to turn on reminders?", word, "Turn on"), *CLOSING).kind is not VerdictKind.ALLOW


def test_items_under_an_end_choose_only_where_the_choice_can_be_taken_back():
    head = node("Status", (150, 710, 390, 750))
    for ends, title, chooses in (
        (("取消", "Done"), head, True),
        (("", "Done"), head, False),
        (("", "Done"), replace(head, text="Choose a pack"), False),
    ):
        seen = picker(*ends)
        told = tuple(each for each in seen.nodes if each.text or not each.clickable)
        verdict = tap(replace(seen, nodes=(*told, title)), 270, 950)
        assert (verdict.vouched_by == "kind:choice") is chooses


def test_on_a_picker_s_page_neither_signs_in_the_head_nor_what_stands_beside_the_end_choose():
    head = node("选择联系人", (180, 60, 360, 100))
    signs = [node("", (left, 50, left + 60, 110), Role.OTHER, clickable=True) for left in (10, 340, 400, 460)]
    people = [node("", (20, 240 + n * 120, 80, 300 + n * 120), Role.IMAGE, clickable=True) for n in range(5)]
    beside = [node(text, (x, 1100, x + 140, 1160), clickable=True) for text, x in (("带上记录", 20), ("全部", 180))]
    end = node("确定(1)", (400, 1100, 520, 1160), Role.TEXT, clickable=True)
    seen = page(head, *signs, *people, *beside, end)
    assert tap(seen, 50, 510).vouched_by == "kind:choice"
    for place in ((430, 80), (490, 80), (90, 1130), (250, 1130), (460, 1130)):
        assert tap(seen, *place).kind is not VerdictKind.ALLOW


def test_such_words_outside_a_window_are_not_left_by_back():
    seen = replace(dialog("客房 1203 的预订", "取消", "改期"), screenshot=page().screenshot)
    assert [one.code for one in tap(seen, *CLOSING).reasons] == ["unproven"]


def in_picture(seen: Observation) -> Observation:
    """Without its tree: the words are only read."""
    lines = tuple(TextLine(each.label, each.box.grown(-9), 0.9) for each in seen.nodes or () if each.label)
    return replace(seen, nodes=None, lines=lines)


def test_in_a_picture_a_window_is_left_by_back_where_its_answer_or_its_corner_s_mark_would_close_it():
    asked = in_picture(dialog("客房 1203 的预订", "取消", "改期"))
    assert [one.code for one in tap(asked, *CLOSING).reasons] == ["closing_answer"]
    assert [one.code for one in tap(asked, 420, 650).reasons] != ["closing_answer"]
    ImageDraw.Draw(asked.screenshot.image).text((465, 505), "x", fill="black")
    assert [one.code for one in tap(asked, 468, 512).reasons] == ["closing_mark"]
    on_page = replace(asked, screenshot=page().screenshot)
    assert [one.code for one in tap(on_page, *CLOSING).reasons] == ["unproven"]


WINDOW = Box(0, 480, 540, 700)


class PhoneWithWindow(FakePhone):
    """The booking is a card over a page that is dimmed."""

    def screenshot(self) -> Screenshot:
        shot = FakePhone.screenshot(self)
        if self.shown != "booking":
            return shot
        image = dimmed(WINDOW)
        image.paste(shot.image.crop((0, 480, 540, 700)), (0, 480))
        image.info["lines"] = shot.image.info["lines"]
        return replace(shot, image=image)


def story(*script: str) -> Story:
    screens = {
        "rooms": FakeScreen(["title:客房", "text:一楼", "button:明细", "button:刷新"], goes={"明细": "booking"}),
        "booking": FakeScreen(
            ["###", "text:客房 1203", ["button:取消", "button:改期"]],
            goes={"back": "rooms"},
            does={"取消": "cancelled"},
        ),
    }
    told = Story(screens, script, begins="booking", bound=False)
    told.phone = PhoneWithWindow(screens, "booking", screen_size=told.phone.screen_size, now=told.time)
    told.engine = told.new_engine()
    return told


def test_a_window_is_left_by_back_once_and_a_person_is_asked_when_its_answer_is_wanted_again():
    told = story("取消", "取消")
    first = told.turn()
    assert (first.pause, first.step.action, told.phone.shown) == (None, Back(), "rooms")
    told.phone.show("booking")
    told.state = told.state.evolve(counters={**told.state.counters, "by_back": 0})  # something else was done meanwhile
    second = told.turn()
    assert isinstance(second.pause, ConfirmationRequest)
    assert told.phone.ledger == []


def wheel(head: str = "请选择地区", end: str = "确定", *, paper: str = "white", told: bool = True) -> Observation:
    """Three words of a wheel that do not react, below a sheet's head."""
    image = dimmed(Box(0, 700, 540, 1200))
    places = [Box(200, 820 + 80 * n, 340, 850 + 80 * n) for n in range(4)]
    ImageDraw.Draw(image).rectangle((0, 960, 540, 1040), fill=paper)
    for place in places:
        ImageDraw.Draw(image).rectangle((place.left, place.top, place.right, place.top + 8), fill="black")
    names = ["浙江省", "江苏省", "安徽省", "福建省"]
    ends = [
        node("取消", (0, 710, 120, 760), Role.BUTTON, clickable=True),
        node(end, (420, 710, 540, 760), Role.BUTTON, clickable=True),
    ]
    words = [
        node(name, (place.left, place.top, place.right, place.bottom))
        for name, place in zip(names, places, strict=True)
    ]
    lines = tuple(TextLine(name, place) for name, place in zip(names, places, strict=True))
    below = [node("", (0, 1190, 540, 1200))]
    return page(*ends, node(head, (200, 715, 340, 755)), *(words if told else below), image=image, lines=lines)


def test_a_word_of_a_wheel_chooses_whether_or_not_the_tree_tells_it():
    assert tap(wheel(), 270, 835).vouched_by == "kind:choice"
    assert tap(wheel(told=False), 270, 835).vouched_by == "kind:choice"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(wheel(head="商品清单"), id="a head that chooses nothing"),
        pytest.param(wheel(end="发货"), id="no end of its own"),
        pytest.param(wheel(paper="#cfe3ff"), id="a word on another ground"),
        pytest.param(replace(wheel(), screenshot=page().screenshot), id="no window"),
        pytest.param(replace(wheel(), lines=wheel().lines[:2]), id="two words"),
        pytest.param(replace(wheel(), lines=(wheel().lines[0], *wheel().lines[2:])), id="unevenly"),
    ],
)
def test_other_words_in_a_sheet_are_no_wheel(seen):
    assert tap(seen, 270, 835).kind is not VerdictKind.ALLOW


def test_a_narrow_window_holds_no_wheel():
    box = Box(60, 700, 480, 1200)
    seen = wheel()
    nodes = [
        replace(each, box=Box(max(70, each.box.left), each.box.top, min(470, each.box.right), each.box.bottom))
        for each in seen.nodes
    ]
    assert (
        tap(replace(seen, nodes=tuple(nodes), screenshot=page(image=dimmed(box)).screenshot), 270, 835).kind
        is not VerdictKind.ALLOW
    )


def test_the_touch_must_meet_a_word_of_the_wheel():
    assert tap(wheel(), 60, 835).kind is not VerdictKind.ALLOW


STAYING = ("Leave this draft?", "Discard the changes?", "要离开本页吗?")


@pytest.mark.parametrize("question", STAYING)
@pytest.mark.parametrize("word", ["Stay", "Keep it", "留下", "保留"])
def test_to_a_question_about_something_else_the_answer_that_keeps_all_as_it_is_leaves_the_window(question, word):
    assert tap(dialog(question, word, "Bin it"), *CLOSING).vouched_by == "kind:leave"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(dialog("Keep it for a month?", "Keep it", "Let go"), id="the question is about keeping"),
        pytest.param(dialog("Stay another night?", "Stay", "Leave"), id="staying is what is asked"),
        pytest.param(dialog("Room 1203 until 05-12?", "Stay", "Leave"), id="staying has a price or a day"),
        pytest.param(dialog("The order ends now", "Keep it", "Let go"), id="no question"),
        pytest.param(dialog("Still there?", "Stay", "Leave"), id="a question whose no gives something up"),
        pytest.param(dialog("Mia asks you to leave. Go?", "Stay", "Go"), id="somebody asks"),
        pytest.param(dialog("Leave?", "Keep Premium", "Leave"), id="something is kept that is paid for"),
        pytest.param(dialog("Leave?", "Stay", "Save", "Leave"), id="three answers"),
        pytest.param(dialog("Leave?", "Stay", "Keep"), id="both stay"),
        pytest.param(
            replace(dialog("Leave this draft?", "Stay", "Bin it"), screenshot=page().screenshot), id="no window"
        ),
    ],
)
def test_an_answer_that_may_take_something_by_staying_asks(seen):
    assert tap(seen, *CLOSING).kind is not VerdictKind.ALLOW
