"""A window that asks has its question among what is put to a human, though no flow names a field of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Tap
from cs_agent.engine.confirm.confirmation_view import fingerprint
from cs_agent.engine.confirm.fields_generic import WINDOW, generic_fields
from cs_agent.engine.confirm.window_words import MOST_CHARS
from cs_agent.engine.run.state import FieldValue
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import ForegroundApp, Observation, Role, Screenshot, TextLine, UiNode

CARD = Box(60, 420, 480, 760)
BELOW = tuple((f"预约记录: {n}", Box(40, 140 + 60 * n, 360, 170 + 60 * n)) for n in range(4))
ANSWERS = (("再想想", Box(80, 680, 260, 740)), ("现在寄出", Box(280, 680, 460, 740)))


def dialog(*said: str, tree: bool = True, dimmed: bool = True) -> Observation:
    image = Image.new("RGB", (540, 1200), "#5a5a5a" if dimmed else "white")
    draw = ImageDraw.Draw(image)
    for top in (*range(140, 400, 60), *range(800, 1060, 60)):
        for x in range(60, 360, 14):
            draw.rectangle((x, top, x + 5, top + 24), fill="#141414")
    if dimmed:
        draw.rectangle((CARD.left, CARD.top, CARD.right, CARD.bottom), fill="white")
    words = [(text, Box(100, 450 + 50 * n, 440, 480 + 50 * n)) for n, text in enumerate(said)]
    seen = Observation(Screenshot(image, 0.0), ForegroundApp("com.example.courier"), (), None)
    if not tree:
        return replace(seen, lines=tuple(TextLine(text, box) for text, box in (*words, *ANSWERS)))
    nodes = [UiNode("", Box(0, 0, 540, 1200)), *(UiNode(text, box, role=Role.TEXT, parent=0) for text, box in words)]
    nodes += [UiNode(text, box, role=Role.BUTTON, clickable=True, parent=0) for text, box in ANSWERS]
    return replace(seen, nodes=tuple(nodes))


def told(seen: Observation) -> dict[str, str]:
    return {field.label: field.screen_value for field in generic_fields(seen, ANSWERS[1][1], nameless="?", asked="问")}


@pytest.mark.parametrize("tree", [True, False])
def test_the_question_of_a_window_is_told_without_its_answers(tree):
    seen = dialog("寄出包裹", "包裹将寄往中山路 12 号,寄出吗?", tree=tree)
    assert told(seen) == {"问": "寄出包裹 包裹将寄往中山路 12 号,寄出吗?"}


@pytest.mark.parametrize("tree", [True, False])
def test_what_the_window_tells_as_a_pair_is_not_told_twice(tree):
    seen = dialog("寄出包裹", "收件人: 王珂", tree=tree)
    assert told(seen) == {"问": "寄出包裹", "收件人": "王珂"}


def test_pairs_of_the_page_below_a_window_are_not_what_is_asked():
    seen = dialog("寄出吗?")
    below = tuple(UiNode(text, box, role=Role.TEXT, parent=0) for text, box in BELOW)
    assert told(replace(seen, nodes=(*seen.nodes, *below))) == {"问": "寄出吗?"}


def test_a_page_that_nothing_dims_has_no_window():
    assert "问" not in told(dialog("寄出包裹", "寄往中山路", dimmed=False))


def test_a_long_window_is_cut():
    text = told(dialog("条款" * 200))["问"]
    assert text.endswith("…")
    assert len(text) == MOST_CHARS + 1


def mark(words: str) -> str:
    tap = Tap(Point(370, 710).to_norm(Size(540, 1200)))
    return fingerprint(tap, dialog(words), ("现在寄出",), (FieldValue(WINDOW, "问", words),))


def test_a_yes_lasts_while_seconds_are_counted_down_and_not_when_the_place_changes():
    assert mark("寄往中山路 12 号,59 秒后失效") == mark("寄往中山路 12 号,7秒后失效")
    assert mark("Ships to 12 Mill Rd, 59s left") == mark("Ships to 12 Mill Rd, 8s left")
    assert mark("寄往中山路 12 号") != mark("寄往中山路 21 号")
