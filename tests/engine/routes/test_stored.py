"""Stored routes, and the slots in their texts."""

from __future__ import annotations

import pytest

from cs_agent.engine.routes.slots import filled, templated
from cs_agent.engine.routes.values import Route, RouteError
from tests.engine.routes.rides import VALUES


@pytest.mark.parametrize(
    "data",
    [
        {"version": 9, "ways": []},
        {"version": 1},
        {"version": 1, "ways": [{}]},
        [1],
        "route",
        {"version": 1, "ways": [{"filled": [], "steps": [{"page": 5}], "end": None, "runs": 1}]},
    ],
)
def test_a_stored_route_that_cannot_be_read_says_so(data):
    with pytest.raises(RouteError):
        Route.from_json(data)


def test_nothing_stored_is_an_empty_route():
    assert Route.from_json(None) == Route.from_json({}) == Route()


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("202405218876", "{order}"),
        ("补偿50元", "补偿{compensation:plain}元"),
        ("补偿150元", "补偿150元"),
        ("¥50.00", "¥{compensation}"),
        ("质量问题", "{reason}"),
        ("2024052188760", "2024052188760"),
        ("下一步", "下一步"),
    ],
)
def test_values_are_taken_out_of_texts_only_whole(text, template):
    assert templated(text, VALUES) == template
    assert filled(template, VALUES) == text


def test_an_empty_slot_fills_nothing():
    assert filled("{note}", VALUES) is None
    assert filled("{nobody}", VALUES) is None
