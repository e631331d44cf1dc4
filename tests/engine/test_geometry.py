"""Places on a screen keep what they mean from one size to another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.geometry import NORM_MAX, Box, NormPoint, Point, Size

sizes = st.builds(Size, st.integers(200, 4000), st.integers(200, 4000))
ends = st.tuples(st.integers(0, 2000), st.integers(1, 400))
boxes = st.builds(lambda x, y: Box(x[0], y[0], x[0] + x[1], y[0] + y[1]), ends, ends)


@given(sizes, st.integers(0, NORM_MAX), st.integers(0, NORM_MAX))
def test_a_normalized_point_lies_on_the_screen(size: Size, x: int, y: int) -> None:
    point = NormPoint(x, y).to_point(size)
    assert 0 <= point.x < size.width
    assert 0 <= point.y < size.height


@given(sizes, st.integers(0, NORM_MAX), st.integers(0, NORM_MAX))
def test_a_point_comes_back_to_the_pixel_it_was_made_from(size: Size, x: int, y: int) -> None:
    point = NormPoint(x, y).to_point(size)
    assert point.to_norm(size).to_point(size) == point


@pytest.mark.parametrize("value", [-1, 1000])
def test_a_coordinate_outside_the_range_is_an_error(value: int) -> None:
    with pytest.raises(ValueError, match=str(value)):
        NormPoint(value, 0)


@given(boxes, st.floats(0.1, 4))
def test_a_scaled_box_covers_what_the_box_covered(box: Box, factor: float) -> None:
    scaled = box.scaled(factor)
    assert scaled.left <= box.left * factor < box.right * factor <= scaled.right
    assert scaled.top <= box.top * factor < box.bottom * factor <= scaled.bottom
    assert scaled.width <= box.width * factor + 2


@given(boxes, sizes)
def test_a_clipped_box_lies_on_the_screen(box: Box, size: Size) -> None:
    clipped = box.clipped(size)
    assert 0 <= clipped.left <= clipped.right <= size.width
    assert 0 <= clipped.top <= clipped.bottom <= size.height
    assert clipped.area <= box.area


@given(st.lists(boxes, min_size=1, max_size=5))
def test_a_box_around_others_holds_their_middles(held: list[Box]) -> None:
    around = Box.around(held)
    assert all(around.contains(box.center) for box in held)
    assert around.grown(3).contains(Point(around.left - 3, around.top - 3))


def test_the_box_at_a_point_is_its_one_pixel() -> None:
    assert Box.at(Point(7, 9)) == Box(7, 9, 8, 10)
    assert Box.around(map(Box.at, (Point(7, 9), Point(2, 20)))) == Box(2, 9, 8, 21)
