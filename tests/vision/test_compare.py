"""What counts as a difference between two screens."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cs_agent.geometry import Box, Size
from cs_agent.vision.compare import (
    SmallScreen,
    status_bar,
    without_incidental,
)

SIZE = (1080, 2400)


def screen(*rows: int) -> Image.Image:
    """A page with a grey bar at each of these heights."""
    image = Image.new("RGB", SIZE, "#fafafa")
    draw = ImageDraw.Draw(image)
    for top in rows or (300, 900, 1500, 2100):
        for x in range(80, 900, 120):
            draw.rectangle((x, top, x + 70, top + 50), fill="#333333")
    return image


def marked(image: Image.Image, box: Box, colour: str = "#0044cc") -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=colour)
    return image


def changed_regions(before: Image.Image, after: Image.Image) -> tuple[Box, ...]:
    return SmallScreen.of(before).changes_to(SmallScreen.of(after))


def same_screen(before: Image.Image, after: Image.Image, ignore: Sequence[Box] = ()) -> bool:
    """Whether nothing but the status bar, a caret or the ignored boxes changed."""
    return not without_incidental(changed_regions(before, after), Size(*after.size), ignore)


CLOCK = Box(40, 20, 140, 60)
CARET = Box(500, 1000, 506, 1060)
SPINNER = Box(480, 1200, 600, 1320)


def test_equal_pictures_have_no_changes() -> None:
    assert changed_regions(screen(), screen()) == ()
    assert same_screen(screen(), screen())


def test_a_change_is_found_where_it_is() -> None:
    place = Box(400, 1200, 700, 1300)
    (region,) = changed_regions(screen(), marked(screen(), place))
    assert region.left <= place.left < place.right <= region.right
    assert region.width < place.width + 16
    assert region.height < place.height + 16


def test_changes_far_apart_are_separate_and_come_top_to_bottom() -> None:
    after = marked(marked(screen(), Box(700, 1800, 800, 1900)), Box(100, 600, 200, 700))
    assert [region.top < 1000 for region in changed_regions(screen(), after)] == [True, False]


@pytest.mark.parametrize("place", [CLOCK, CARET])
def test_a_clock_and_a_caret_are_no_difference_of_screens(place: Box) -> None:
    assert changed_regions(screen(), marked(screen(), place))
    assert same_screen(screen(), marked(screen(), place))


@pytest.mark.parametrize("place", [SPINNER, Box(600, 300, 680, 360), Box(0, 2350, 1080, 2400), Box(40, 60, 400, 300)])
def test_anything_else_is_a_difference_of_screens(place: Box) -> None:
    assert not same_screen(screen(), marked(screen(), place))


def test_an_ignored_box_may_change_and_its_neighbourhood_may_not() -> None:
    after = marked(screen(), SPINNER)
    assert same_screen(screen(), after, ignore=[SPINNER.grown(8)])
    assert not same_screen(screen(), marked(after, Box(480, 1600, 700, 1700)), ignore=[SPINNER.grown(8)])


def test_a_changed_digit_is_a_difference() -> None:
    before, after = marked(screen(), Box(300, 1110, 306, 1150)), marked(screen(), Box(318, 1110, 324, 1150))
    assert not same_screen(before, after)


def test_another_size_is_another_screen() -> None:
    wide = Image.new("RGB", (2400, 1080), "#fafafa")
    assert not same_screen(screen(), wide)
    assert changed_regions(screen(), wide) == (Box(0, 0, 2400, 1080),)


@pytest.mark.parametrize("noise", [1, 4, 8])
def test_compression_noise_is_no_difference(noise: int) -> None:
    noisy = Image.eval(screen(), lambda level: max(0, level - noise))
    assert changed_regions(screen(), noisy) == ()


def test_the_status_bar_lies_along_the_top_in_either_rotation() -> None:
    assert status_bar(Size(1080, 2400)) == Box(0, 0, 1080, 96)
    assert status_bar(Size(2400, 1080)).width == 2400


def test_regions_that_reach_out_of_the_status_bar_count() -> None:
    regions = [Box(0, 0, 300, 60), Box(0, 40, 1080, 300)]
    assert without_incidental(regions, Size(*SIZE)) == (regions[1],)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.integers(120, 2300), st.integers(20, 400), st.integers(20, 200))
def test_every_change_lies_within_a_reported_region(x: int, y: int, width: int, height: int) -> None:
    place = Box(x, y, x + width, y + height).clipped(Size(*SIZE))
    regions = changed_regions(screen(), marked(screen(), place, "#ff0000"))
    assert regions
    around = Box.around(regions)
    assert around.left <= place.left + 4  # a pixel of the copy that is compared; less of one may not be seen
    assert around.top <= place.top + 4
    assert around.right >= place.right - 4
    assert around.bottom >= place.bottom - 4
