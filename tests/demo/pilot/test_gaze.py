"""A screen that changed little is read where it changed, with the result of a whole reading."""

from __future__ import annotations

import numpy as np
from PIL import Image

from cs_agent.demo.pilot.reading.gaze import Gaze, changed_bands
from cs_agent.demo.pilot.sight import pixels_of
from cs_agent.geometry import Box
from cs_agent.observation import TextLine

WIDTH, HEIGHT = 400, 1000


class Stripes:
    """A reader of a make-believe script: every dark bar is a line whose text is its brightness."""

    def __init__(self) -> None:
        self.regions: list[Box | None] = []

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        self.regions.append(region)
        box = region or Box(0, 0, *image.size)
        grey = np.asarray(image.convert("L"))
        lines = []
        for top in range(20, HEIGHT, 100):
            inside = box.top <= top and top + 40 <= box.bottom
            if inside and grey[top + 20, 100] < 120:
                lines.append(TextLine(f"bar {grey[top + 20, 100]}", Box(50, top, 350, top + 40)))
        return tuple(lines)


def screen(*shades: int) -> Image.Image:
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for number, shade in enumerate(shades):
        pixels[20 + 100 * number : 60 + 100 * number, 50:350] = shade
    return Image.fromarray(pixels)


def texts(gaze: Gaze, picture: Image.Image, *, thorough: bool = False) -> list[str]:
    return [item.text for item in gaze.page(picture, thorough=thorough).items]


def test_the_same_screen_is_read_once() -> None:
    reader = Stripes()
    gaze = Gaze(reader)
    assert texts(gaze, screen(10, 20)) == texts(gaze, screen(10, 20)) == ["bar 10", "bar 20"]
    assert reader.regions == [None]


def test_of_a_small_change_only_its_rows_are_read() -> None:
    reader = Stripes()
    gaze = Gaze(reader)
    texts(gaze, screen(10, 20, 30, 40))
    assert texts(gaze, screen(10, 20, 99, 40)) == ["bar 10", "bar 20", "bar 99", "bar 40"]
    assert len(reader.regions) == 2
    region = reader.regions[1]
    assert region is not None
    assert region.top <= 220
    assert region.bottom >= 260
    assert region.height < 0.2 * HEIGHT


def test_a_line_that_vanished_is_gone_and_a_new_one_is_there() -> None:
    gaze = Gaze(Stripes())
    texts(gaze, screen(10, 20, 255))
    assert texts(gaze, screen(10, 255, 255)) == ["bar 10"]
    assert texts(gaze, screen(10, 255, 30)) == ["bar 10", "bar 30"]


def test_a_large_change_is_read_whole() -> None:
    reader = Stripes()
    gaze = Gaze(reader)
    texts(gaze, screen(*range(10, 100, 10)))
    other = range(25, 115, 10)
    assert texts(gaze, screen(*other)) == [f"bar {shade}" for shade in other]
    assert reader.regions == [None, None]


def test_behind_a_dialog_nothing_is_read() -> None:
    """The page is dimmed, and its bars are still there to be read."""
    reader = Stripes()
    pixels = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    pixels[20:60, 50:350] = pixels[820:860, 50:350] = 40
    pixels[360:640, 40:360] = 255
    pixels[420:460, 60:200] = pixels[520:560, 60:200] = 70
    assert texts(Gaze(reader), Image.fromarray(pixels)) == ["bar 70", "bar 70"]
    assert all(region is not None and region.top >= 300 for region in reader.regions)


def test_a_thorough_look_does_not_lean_on_a_quick_one() -> None:
    reader = Stripes()
    gaze = Gaze(reader)
    texts(gaze, screen(10))
    texts(gaze, screen(10), thorough=True)
    assert reader.regions == [None, None]


def test_a_screen_of_another_size_is_another_screen() -> None:
    reader = Stripes()
    gaze = Gaze(reader)
    texts(gaze, screen(10, 20))
    texts(gaze, screen(10, 20).resize((WIDTH, HEIGHT - 100)))
    assert reader.regions == [None, None]


def test_changed_rows_come_with_a_margin_and_joined() -> None:
    before, after = pixels_of(screen(10, 20)), pixels_of(screen(10, 90))
    assert changed_bands(before, before) == []
    (top, bottom), *more = changed_bands(before, after)
    assert not more
    assert top < 120
    assert bottom > 160
