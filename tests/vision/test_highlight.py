"""Marks on screenshots."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from cs_agent.geometry import Box
from cs_agent.vision.highlight import Highlight, Tone, draw_highlights
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


def test_the_number_of_a_field_stands_on_its_line_where_a_label_is_right_before_it() -> None:
    image = pictures.blank()
    labels = Box(0, FIELD.top, FIELD.left, FIELD.bottom)
    image.paste(Image.effect_noise((labels.width, labels.height), 90), (labels.left, labels.top))
    area = changed(draw_highlights(image, [Highlight(FIELD)]), draw_highlights(image, [Highlight(FIELD, "4")]))
    assert area is not None
    assert FIELD.left < area.left < FIELD.center.x
    assert FIELD.top < area.center.y < FIELD.bottom


def test_the_text_in_a_framed_field_can_still_be_read_with_its_neighbours() -> None:
    image = pictures.page()
    reader = RapidOcrReader()
    lines = reader.read(image)
    boxes = [line.box for line in lines if "399" in line.text or "订单" in line.text]
    drawn = draw_highlights(
        image,
        [
            *(Highlight(box, str(n), Tone.FIELD) for n, box in enumerate(boxes, 1)),
            Highlight(lines[-2].box, "", Tone.TARGET),
        ],
    )
    assert len(boxes) == 2
    read = "".join(line.text for line in reader.read(drawn)).replace(" ", "")
    assert all(row.replace(" ", "") in read for row in pictures.ROWS[:7])


@settings(deadline=None, max_examples=40)
@given(*(st.integers(-300, 2000) for _ in range(4)), st.sampled_from(["", "1", "12"]))
def test_marks_anywhere_even_beyond_the_edge_do_no_harm(x: int, y: int, width: int, height: int, label: str) -> None:
    image = Image.new("RGB", (360, 800), "white")
    box = Box(x, y, x + abs(width), y + abs(height))
    assert draw_highlights(image, [Highlight(box, label)]).size == image.size
