"""Marks on screenshots."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from cs_agent.geometry import Box, Point
from cs_agent.vision.highlight import Highlight, Tone, draw_confirmation, draw_highlights, draw_swipe, draw_tap
from cs_agent.vision.reader import RapidOcrReader
from tests.vision import pictures

FIELD = Box(40, 500, 500, 560)


def changed(before: Image.Image, after: Image.Image) -> Box | None:
    box = ImageChops.difference(before, after.convert("RGB")).getbbox()
    return Box(*box) if box else None


def test_a_field_is_framed_and_the_original_stays_as_it_was() -> None:
    image = pictures.page()
    before = image.copy()
    drawn = draw_highlights(image, [Highlight(FIELD, "1")])
    area = changed(before, drawn)
    assert image.tobytes() == before.tobytes()
    assert area is not None
    assert area.left <= FIELD.left
    assert area.right >= FIELD.right
    assert area.height < FIELD.height + 120


def test_without_marks_the_picture_is_the_picture() -> None:
    image = pictures.page()
    assert draw_highlights(image, []).tobytes() == image.tobytes()


def test_differing_fields_and_targets_have_colours_of_their_own() -> None:
    image = pictures.blank()
    colours = set()
    for tone in Tone:
        drawn = draw_highlights(image, [Highlight(FIELD, "", tone)])
        edge = [drawn.getpixel((270, y)) for y in range(FIELD.top - 20, FIELD.top + 4)]
        colours.add(max(edge, key=lambda colour: max(colour) - min(colour)))
    assert len(colours) == 3


def test_the_text_in_a_framed_field_can_still_be_read_with_its_neighbours() -> None:
    image = pictures.page()
    reader = RapidOcrReader()
    lines = reader.read(image)
    boxes = [line.box for line in lines if "399" in line.text or "订单" in line.text]
    drawn = draw_confirmation(image, boxes, target=lines[-2].box, differing=[1])
    assert len(boxes) == 2
    read = "".join(line.text for line in reader.read(drawn)).replace(" ", "")
    assert all(row.replace(" ", "") in read for row in pictures.ROWS[:7])


@pytest.mark.parametrize("long", [False, True])
def test_a_tap_is_marked_where_it_was(long: bool) -> None:
    image = pictures.blank()
    area = changed(image, draw_tap(image, Point(500, 800), long=long))
    assert area is not None
    assert abs(area.center.x - 500) <= 1
    assert abs(area.center.y - 800) <= 1
    assert 60 < area.width < 150


def test_a_long_press_does_not_look_like_a_tap() -> None:
    image = pictures.blank()
    assert draw_tap(image, Point(5, 5)).tobytes() != draw_tap(image, Point(5, 5), long=True).tobytes()


def test_a_swipe_points_from_its_start_to_its_end() -> None:
    image = pictures.blank()
    up = draw_swipe(image, Point(500, 1200), Point(500, 400))
    down = draw_swipe(image, Point(500, 400), Point(500, 1200))
    upper = Box(400, 350, 600, 500)
    crop = (upper.left, upper.top, upper.right, upper.bottom)
    ink = [sum(ImageChops.difference(image, drawn).crop(crop).convert("L").tobytes()) for drawn in (up, down)]
    assert ink[0] > 2 * ink[1]


@settings(deadline=None, max_examples=40)
@given(*(st.integers(-300, 2000) for _ in range(4)), st.sampled_from(["", "1", "12"]))
def test_marks_anywhere_even_beyond_the_edge_do_no_harm(x: int, y: int, width: int, height: int, label: str) -> None:
    image = Image.new("RGB", (360, 800), "white")
    box = Box(x, y, x + abs(width), y + abs(height))
    assert draw_highlights(image, [Highlight(box, label)]).size == image.size
    assert draw_tap(image, Point(x, y)).size == image.size
    assert draw_swipe(image, Point(x, y), Point(width, height)).size == image.size
