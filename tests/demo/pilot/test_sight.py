"""Shapes and colours on drawn screens: fields, buttons, marks, icons, dialogs."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from cs_agent.demo.pilot import sight
from cs_agent.demo.pilot.sight import IconKind, Look, MarkState
from cs_agent.geometry import Box, Point
from tests.demo.pilot.screens import SIZE, Sheet


def panel_at(sheet: Sheet, x: int, y: int) -> sight.Panel:
    """The smallest panel around a place."""
    panels = [panel for panel in sight.find_panels(sight.pixels_of(sheet.image)) if panel.box.contains(Point(x, y))]
    assert panels, "no panel there"
    return min(panels, key=lambda panel: panel.box.area)


def test_a_coloured_button_is_a_filled_panel() -> None:
    sheet = Sheet().button("OK", (60, 2100, 1020, 2230))
    found = panel_at(sheet, 200, 2160)
    assert found.look is Look.FILLED
    assert abs(found.box.left - 60) <= 8
    assert abs(found.box.bottom - 2230) <= 8


def test_an_unlabelled_box_with_a_hairline_is_found() -> None:
    sheet = Sheet("white").field((60, 400, 1020, 500))
    assert panel_at(sheet, 500, 450).look is Look.OUTLINED


def test_a_grey_box_without_a_line_is_found() -> None:
    sheet = Sheet("white")
    sheet.pen.rounded_rectangle((60, 400, 1020, 500), 50, fill="#f0f0f2")
    assert panel_at(sheet, 500, 450).look is Look.TINTED


def test_an_empty_page_has_no_panels() -> None:
    assert sight.find_panels(sight.pixels_of(Sheet().image)) == ()


@pytest.mark.parametrize("colour", ["#1677ff", "#c0392b", "#07c160", "#222222", "#ff8a00"])
@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize("kind", ["radio", "tick_box"])
def test_marks_are_told_chosen_from_empty(kind: str, chosen: bool, colour: str) -> None:
    sheet = Sheet("white")
    getattr(sheet, kind)(100, 800, chosen, colour)
    mark = sight.find_mark(sight.pixels_of(sheet.image), Box(30, 740, 170, 860), 56)
    assert mark is not None
    assert mark.state is (MarkState.CHOSEN if chosen else MarkState.EMPTY)
    assert mark.box.contains(Point(100, 800))


@pytest.mark.parametrize("on", [True, False])
def test_switches_are_told_on_from_off(on: bool) -> None:
    sheet = Sheet("white").switch(980, 800, on)
    mark = sight.find_mark(sight.pixels_of(sheet.image), Box(860, 740, 1070, 860), 56)
    assert mark is not None
    assert (mark.state is MarkState.CHOSEN) is on


def test_plain_ground_and_ragged_drawings_are_no_marks() -> None:
    sheet = Sheet("white")
    region = Box(30, 740, 170, 860)
    assert sight.find_mark(sight.pixels_of(sheet.image), region, 56) is None
    sheet.pen.polygon([(74, 826), (100, 774), (126, 826)], fill="#1677ff")
    assert sight.find_mark(sight.pixels_of(sheet.image), region, 56) is None


def test_a_magnifier_is_recognised_and_a_ring_is_not() -> None:
    sheet = Sheet("white").magnifier(900, 300)
    sheet.pen.ellipse((300, 270, 360, 330), outline="#555555", width=6)
    icons = sight.find_icons(sight.pixels_of(sheet.image), ())
    assert [icon.kind for icon in icons] == [IconKind.MAGNIFIER]
    assert icons[0].box.contains(Point(895, 295))


def test_a_cross_and_a_plus_are_recognised() -> None:
    sheet = Sheet("white")
    sheet.pen.line([(900, 300), (950, 350)], fill="#333333", width=7)
    sheet.pen.line([(950, 300), (900, 350)], fill="#333333", width=7)
    sheet.pen.line([(200, 600), (200, 660)], fill="#333333", width=7)
    sheet.pen.line([(170, 630), (230, 630)], fill="#333333", width=7)
    kinds = {icon.kind for icon in sight.find_icons(sight.pixels_of(sheet.image), ())}
    assert kinds == {IconKind.CLOSE, IconKind.PLUS}


def test_a_dialog_is_the_bright_card_on_a_dimmed_page() -> None:
    found = sight.find_dialog(sight.pixels_of(Sheet().dimmed_with_card((120, 900, 960, 1400)).image))
    assert found is not None
    assert abs(found.left - 120) < 25
    assert abs(found.bottom - 1400) < 25


def test_a_bottom_sheet_is_a_dialog() -> None:
    found = sight.find_dialog(sight.pixels_of(Sheet().dimmed_with_card((0, 1500, 1080, 2400)).image))
    assert found is not None
    assert found.top > 1400


@pytest.mark.parametrize("background", ["#f5f5f5", "#ffffff", "#101014"])
def test_an_ordinary_page_with_cards_is_no_dialog(background: str) -> None:
    sheet = Sheet(background)
    sheet.pen.rounded_rectangle((40, 300, 1040, 900), 20, fill="white" if background != "#101014" else "#202024")
    assert sight.find_dialog(sight.pixels_of(sheet.image)) is None


def dark_page() -> Sheet:
    sheet = Sheet("#0f1514")
    for top in (300, 900, 1500):
        sheet.pen.rounded_rectangle((40, top, 1040, top + 500), 20, fill="#1a2221")
        sheet.text("In plain view", 200, top + 60, colour="#e4ecea")
    return sheet


def test_a_dialog_on_a_dark_page_is_the_card_in_plain_view() -> None:
    sheet = dark_page().dimmed_with_card((120, 900, 960, 1400), fill="#1a2221")
    found = sight.find_dialog(sight.pixels_of(sheet.image))
    assert found is not None
    assert abs(found.left - 120) < 25
    assert abs(found.bottom - 1400) < 25


def test_dimmed_words_all_around_do_not_hide_the_card_of_a_dark_dialog_or_widen_it() -> None:
    sheet = Sheet("#0c1110")
    sheet.pen.rectangle((0, 0, 1080, 200), fill="#0a8a72")
    for top in range(220, 2200, 90):
        sheet.pen.rounded_rectangle((30, top, 1050, top + 84), 12, fill="#1c2423")
        sheet.text("77**60 2026-11-22 00:37:46", 60, top + 15, colour="#eef2f1")
        sheet.text("delivered", 860, top + 15, colour="#2cc4aa")
    sheet = sheet.dimmed_with_card((150, 950, 930, 1400), fill="#1c2423").text("OK?", 480, 1010, colour="#eef2f1")
    found = sight.find_dialog(sight.pixels_of(sheet.image))
    assert found is not None
    ends = (found.left, found.top, found.right, found.bottom)
    assert all(abs(end - wanted) < 25 for end, wanted in zip(ends, (150, 950, 930, 1400), strict=True))


def test_a_dark_page_with_cards_or_a_coloured_heading_is_no_dialog() -> None:
    sheet = dark_page()
    assert sight.find_dialog(sight.pixels_of(sheet.image)) is None
    sheet.pen.rectangle((0, 0, 1080, 560), fill="#f25a2a")
    assert sight.find_dialog(sight.pixels_of(sheet.image)) is None


def test_a_field_and_a_button_of_a_dark_page_are_told_apart() -> None:
    sheet = dark_page()
    sheet.pen.rounded_rectangle((66, 364, 788, 484), 16, fill="#0f1514", outline="#2a3533", width=2)
    sheet.pen.rounded_rectangle((814, 364, 1010, 484), 16, fill="#00887a")
    panels = sight.find_panels(sight.daylight(sight.pixels_of(sheet.image)))
    looks = {panel.look for panel in panels if panel.box.contains(Point(400, 460)) and panel.box.height < 150}
    assert looks <= {Look.TINTED, Look.OUTLINED}
    assert looks
    assert Look.FILLED in {panel.look for panel in panels if panel.box.contains(Point(900, 440))}


def test_a_white_box_on_a_dark_page_is_a_light_panel() -> None:
    sheet = dark_page()
    sheet.pen.rounded_rectangle((66, 364, 788, 484), 50, fill="white")
    seen = sight.pixels_of(sheet.image)
    fills = [panel for panel in sight.find_panels(sight.daylight(seen), seen) if panel.box.contains(Point(400, 460))]
    assert min(fills, key=lambda panel: panel.box.area).fill == (255, 255, 255)


def test_a_light_page_is_looked_at_as_it_is() -> None:
    pixels = sight.pixels_of(Sheet("#f5f5f5").image)
    assert sight.daylight(pixels) is pixels


def test_red_words_and_light_words_on_dark_are_loud() -> None:
    sheet = Sheet("white").text("please choose", 60, 300, colour="#d32f2f").text("ordinary", 60, 500)
    sheet.pen.rectangle((200, 1000, 880, 1120), fill="#333333")
    sheet.text("choose one", 300, 1020, colour="white")
    pixels = sight.pixels_of(sheet.image)
    assert sight.ink_is_loud(pixels, Box(60, 300, 400, 360))
    assert sight.ink_is_loud(pixels, Box(290, 1020, 600, 1080))
    assert not sight.ink_is_loud(pixels, Box(60, 500, 300, 560))


def test_boxes_off_the_picture_are_survived() -> None:
    pixels = sight.pixels_of(Sheet().image)
    assert sight.find_mark(pixels, Box(-50, -50, 2, 2), 40) is None
    assert sight.accent(pixels, Box(SIZE.width + 10, 0, SIZE.width + 40, 30)) == 0.0


@pytest.mark.parametrize("shift", range(0, 24, 3))
@pytest.mark.parametrize("quality", [95, 85])
def test_a_chosen_mark_on_a_tinted_panel_is_seen_through_compression(shift: int, quality: int) -> None:
    sheet = Sheet("#f2f3f5")
    sheet.pen.rectangle((32, 300, 1048, 800), fill="white")
    sheet.pen.rounded_rectangle((68, 400 + shift, 527, 517 + shift), 16, fill="#fef0ea", outline="#f25b2a", width=3)
    sheet.pen.ellipse((97, 432 + shift, 149, 484 + shift), fill="#f25b2a")
    sheet.pen.line(((110, 458 + shift), (120, 468 + shift), (138, 448 + shift)), fill="white", width=6)
    small = sheet.image.resize((764, 1698))
    packed = io.BytesIO()
    small.save(packed, "JPEG", quality=quality)
    top = int((458 + shift) * 0.7074) - 42
    beside = Box(0, top, 109, top + 84)
    mark = sight.find_mark(sight.pixels_of(Image.open(packed).convert("RGB")), beside, 42)
    assert mark is not None
    assert mark.state is MarkState.CHOSEN
