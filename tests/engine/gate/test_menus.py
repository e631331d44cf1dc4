"""Signs in an app's bar that open its menu or its search, by the names that the platforms give them."""

from __future__ import annotations

import pytest
from PIL import ImageDraw

from cs_agent.engine.gate.decide import StepContext
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, TextLine, UiNode
from tests.engine.gate.test_gate_kinds import PAPER, node, page, tap

SIGN = (470, 50, 520, 100)
ON_SIGN = (495, 75)


def bar_with(
    name: str,
    *,
    head: str = "订单",
    box: tuple[int, int, int, int] = SIGN,
    drawn: bool = True,
    words: str = "",
    also: tuple[UiNode, ...] = (),
) -> Observation:
    image, place = PAPER.copy(), Box(*box)
    if drawn:
        ImageDraw.Draw(image).ellipse(
            (place.left + 17, place.top + 17, place.right - 17, place.bottom - 17), outline="black"
        )
    lines = (TextLine(words, Box(place.left + 6, place.top + 10, place.right - 6, place.bottom - 10), 0.99),)
    sign = node("", box, Role.IMAGE, clickable=True, description=name)
    return page(node(head, (200, 60, 340, 100)), sign, *also, image=image, lines=lines if words else ())


@pytest.mark.parametrize("name", ["更多选项", "More options", "Open navigation menu", "搜索", "Search"])
def test_a_sign_that_the_platform_names_opens_a_menu_or_a_search(name):
    assert tap(bar_with(name), *ON_SIGN).vouched_by == "kind:menu"
    assert tap(bar_with(name, words="Q"), *ON_SIGN).vouched_by == "kind:menu"  # what OCR makes of the sign


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(bar_with("Search for devices"), id="another name"),
        pytest.param(bar_with("分享"), id="another sign"),
        pytest.param(bar_with("更多", words="退回"), id="the picture shows words"),
        pytest.param(bar_with("更多", drawn=False), id="the picture shows nothing"),
        pytest.param(bar_with("Search", head="Nearby drivers"), id="somebody is looked for who comes"),
        pytest.param(bar_with("Search", head="Scan Bluetooth"), id="what is found is taken"),
        pytest.param(
            bar_with("搜索", also=(node("点击搜索开始匹配", (40, 110, 400, 150)),)), id="the page tells what it starts"
        ),
        pytest.param(
            bar_with("搜索", also=(node("88231", (20, 50, 400, 100), Role.EDIT),)), id="a field to search for"
        ),
    ],
)
def test_what_only_looks_like_such_a_sign_asks(seen):
    assert not tap(seen, *ON_SIGN).vouched_by


def test_it_stands_in_the_head_and_is_small():
    assert not tap(bar_with("更多", box=(470, 600, 520, 650)), 495, 625).vouched_by
    assert not tap(bar_with("更多", box=(300, 50, 520, 100)), 410, 75).vouched_by


def test_a_search_asks_where_something_was_put_in_and_a_menu_does_not():
    assert not tap(bar_with("搜索"), *ON_SIGN, StepContext(put_in=True)).vouched_by
    assert tap(bar_with("更多选项"), *ON_SIGN, StepContext(put_in=True)).vouched_by == "kind:menu"
