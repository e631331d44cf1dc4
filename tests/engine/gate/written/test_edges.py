"""At the very edge of a rule of the gate, and on a picture alone: what still counts and what no longer does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Type
from cs_agent.engine.gate import kinds
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.gate.findings import GatePolicy, Scene
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.state import Verdict, VerdictKind
from cs_agent.engine.screen.page import read_page
from cs_agent.engine.screen.targets import Target
from cs_agent.geometry import Box, Point
from cs_agent.observation import ForegroundApp, Observation, Role, Screenshot, TextLine
from tests.engine.gate.test_gate_kinds import FIELD, node, page, tap


def test_a_tree_of_the_very_moment_of_the_picture_fits_and_an_older_one_does_not():
    assert kinds.tree_fits(replace(page(FIELD), nodes_at=5.0))
    assert not kinds.tree_fits(replace(page(FIELD), nodes_at=4.999))
    assert kinds.tree_fits(page(node("", (0, 0, 540, 1200)), FIELD))
    assert not kinds.tree_fits(page())


@pytest.mark.parametrize(
    ("names", "labels", "declines"),
    [
        (("不允许",), ("不允许",), True),
        ((), ("不允许",), True),
        (("不允许", "允许"), ("不允许",), False),
        ((), (), False),
    ],
)
def test_a_control_declines_where_every_text_of_it_does(names, labels, declines):
    seen = page(FIELD)
    scene = Scene(seen, read_page(seen), FlowRules(), GatePolicy())
    assert scene.declines(Target(Point(1, 1), labels, names)) is declines


def test_a_page_as_large_as_the_least_that_counts_as_one_is_no_other_end_for_a_lone_field():
    field = node("", (20, 200, 520, 260), Role.EDIT, clickable=True)
    half = node("", (0, 300, 540, 780), Role.OTHER, clickable=True)  # just the share of the screen that is a page
    assert "submits_itself" in codes(decide(Type("x"), page(field, half), confidence=1.0))
    smaller = node("", (0, 300, 540, 779), Role.OTHER, clickable=True)
    assert "submits_itself" not in codes(decide(Type("x"), page(field, smaller), confidence=1.0))


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def pictured(*lines: TextLine, ink: str = "#111", paper: str = "white") -> Observation:
    image = Image.new("RGB", (540, 1200), paper)
    for line in lines:
        for x in range(line.box.left, line.box.right, 9):  # strokes, as letters are
            ends = (x, line.box.top + 8, x + 4, line.box.bottom - 8)
            ImageDraw.Draw(image).line(ends, fill=ink, width=2)
    return Observation(Screenshot(image, 5.0), ForegroundApp("com.app"), lines)


def test_on_a_picture_alone_only_the_grey_words_of_a_hint_are_a_field():
    hint, name = TextLine("请输入姓名", Box(40, 215, 200, 245)), TextLine("王小明", Box(40, 215, 200, 245))
    assert tap(pictured(hint, ink="#aaa"), 100, 230).vouched_by == "kind:field"
    for seen in (pictured(hint), pictured(hint, ink="#aaa", paper="#2b7cff"), pictured(name, ink="#aaa")):
        assert tap(seen, 100, 230).kind is not VerdictKind.ALLOW


def test_on_a_picture_alone_a_search_button_stands_right_of_what_was_typed():
    typed, button = TextLine("1001", Box(40, 215, 200, 245)), TextLine("搜索", Box(440, 215, 510, 245))
    searched = StepContext(typed="1001")
    assert tap(pictured(typed, button), 470, 230, searched).vouched_by == "kind:search"
    assert tap(pictured(typed, button), 470, 230).kind is not VerdictKind.ALLOW
    left = TextLine("搜索", Box(10, 215, 38, 245))
    assert tap(pictured(typed, left), 20, 230, searched).kind is not VerdictKind.ALLOW
    below = TextLine("搜索", Box(440, 515, 510, 545))
    assert tap(pictured(typed, below), 470, 530, searched).kind is not VerdictKind.ALLOW


@pytest.mark.parametrize(("label", "taken_over"), [("5", True), (" 5 ", True), ("55", False), ("A", False)])
def test_on_a_page_of_a_password_the_single_digits_of_its_keys_are_for_a_person(label, taken_over):
    digits = [
        node(str(n), (n % 3 * 180, 700 + n // 3 * 90, n % 3 * 180 + 180, 790 + n // 3 * 90), clickable=True)
        for n in range(9)
    ]
    own = replace(digits[5], text=label)
    seen = page(node("请输入支付密码", (100, 300, 440, 340)), *digits[:5], own, *digits[6:], digits[4])
    verdict = tap(seen, own.box.center.x, own.box.center.y)
    assert (verdict.kind is VerdictKind.TAKE_OVER) is taken_over


@pytest.mark.parametrize(
    ("end", "is_choice"),
    [
        ((420, 50, 520, 110), True),  # the right corner at the top
        ((10, 50, 110, 110), False),
        ((420, 400, 520, 460), False),
        ((200, 1100, 340, 1180), False),  # the bottom, under rows that may act
    ],
)
def test_a_picker_that_fills_the_screen_has_its_end_in_the_right_corner_at_the_top_or_at_the_bottom(end, is_choice):
    items = [node(f"原因{n}", (0, 500 + n * 80, 540, 580 + n * 80), Role.OTHER, clickable=True) for n in range(5)]
    finish = node("完成", end, Role.BUTTON, clickable=True)
    seen = page(node("请选择原因", (180, 60, 360, 100)), finish, *items)
    assert (tap(seen, 270, 700).vouched_by == "kind:choice") is is_choice
