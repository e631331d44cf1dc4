"""What a scroll may begin on, and pages that say what going back from them does."""

from __future__ import annotations

import pytest
from PIL import ImageDraw

from cs_agent.engine.actions.values import Back, Swipe, Tap, Type
from cs_agent.engine.gate.decide import decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation, Role, TextLine
from tests.engine.gate.test_gate_kinds import PAPER, SIZE, dialog, node, page

SHOWN = node("第 3 步", (200, 60, 340, 100))


def drawn(*shapes: tuple[tuple[int, int, int, int], str], lines: tuple[TextLine, ...] = ()) -> Observation:
    image = PAPER.copy()
    for box, colour in shapes:
        ImageDraw.Draw(image).rectangle(box, fill=colour)
    return page(SHOWN, image=image, lines=lines)


def scrolls(seen: Observation, x: int = 270, y: int = 700) -> bool:
    act = Swipe(Point(x, y).to_norm(SIZE), Point(x, y - 400).to_norm(SIZE))
    return decide(act, seen, confidence=1.0).kind is VerdictKind.ALLOW


HANDLE = [((256, y, 284, y + 3), "#777777") for y in (690, 698, 706)]
PHOTO = [
    ((20 * n, 600 + 20 * m, 20 * n + 19, 619 + 20 * m), f"#{n * 9:02x}{m * 19:02x}40")
    for n in range(27)
    for m in range(13)
]


@pytest.mark.parametrize(
    ("shapes", "free"),
    [
        pytest.param([], True, id="paper"),
        pytest.param([((20, 697, 520, 703), "#2468dc")], False, id="a slider's track"),
        pytest.param(HANDLE, False, id="a handle"),
        pytest.param([((0, 699, 540, 700), "#777777")], True, id="a line between entries"),
        pytest.param([((0, 690, 540, 700), "#f0f1f4")], True, id="the page between two cards"),
        pytest.param(PHOTO, True, id="a photograph"),
    ],
)
def test_a_scroll_that_begins_on_a_sign_without_words_may_drag_it(shapes, free):
    assert scrolls(drawn(*shapes)) is free


@pytest.mark.parametrize(
    ("shapes", "free"),
    [
        pytest.param([], True, id="paper"),
        pytest.param([((20, 697, 520, 703), "#e4e6ea")], False, id="a slider's track, as no control of the tree"),
        pytest.param([((250, 690, 290, 710), "#2468dc")], False, id="its handle alone"),
        pytest.param([((0, 699, 540, 700), "#777777")], True, id="a line between entries"),
        pytest.param([((0, 690, 540, 1200), "#f0f1f4")], True, id="a card that ends"),
    ],
)
def test_a_finger_that_moves_sideways_over_anything_drawn_may_drag_it(shapes, free):
    act = Swipe(Point(270, 700).to_norm(SIZE), Point(500, 700).to_norm(SIZE))
    assert (decide(act, drawn(*shapes), confidence=1.0).kind is VerdictKind.ALLOW) is free


def numbers(*texts: str) -> tuple[TextLine, ...]:
    return tuple(TextLine(text, Box(250, 600 + 80 * n, 290, 640 + 80 * n), 0.99) for n, text in enumerate(texts))


@pytest.mark.parametrize(
    ("texts", "free"),
    [
        (("21", "22", "23"), False),
        (("06", "07", "08", "09"), False),
        (("20 °C", "25 °C", "30 °C"), False),
        (("12", "7", "31"), True),
        (("21", "22"), True),
        (("一", "二", "三"), True),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_a_wheel_of_numbers_on_the_page_itself_is_not_scrolled_over(texts, free):
    assert scrolls(drawn(lines=numbers(*texts))) is free


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ("返回时将自动提交已填写的内容", False),
        ("离开后视为放弃本次机会", False),
        ("Leaving this page submits your answers", False),
        ("Your answers are sent when you leave", False),
        ("返回后未保存的内容将丢失", True),
        ("If you leave, your draft will be lost", True),
        ("退出登录后将清除缓存", True),
        ("返回首页", True),
    ],
)
def test_going_back_asks_where_the_page_says_what_that_does(said, free):
    arrow = node("返回", (10, 20, 80, 80), Role.BUTTON, clickable=True)
    seen = page(arrow, node(said, (20, 300, 520, 340)))
    for act in (Back(), Tap(Point(40, 50).to_norm(SIZE))):
        assert (decide(act, seen, confidence=1.0).kind is VerdictKind.ALLOW) is free


def test_back_that_closes_a_window_does_not_leave_the_page():
    assert decide(Back(), dialog("离开后将自动提交", "取消", "离开"), confidence=1.0).kind is VerdictKind.ALLOW


def test_on_a_picture_alone_nothing_is_typed_where_a_scanner_types():
    seen = drawn(lines=(TextLine("扫码后自动打包", Box(20, 300, 300, 340), 0.99),))
    pictured = Observation(seen.screenshot, seen.app, seen.lines, None)
    assert decide(Type("SF1302231190022"), pictured, confidence=1.0).kind is VerdictKind.CONFIRM
