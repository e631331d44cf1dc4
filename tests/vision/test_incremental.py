"""Reading again only what changed, judged by a reader that sees exactly what is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cs_agent.geometry import Box
from cs_agent.observation import TextLine
from cs_agent.vision.incremental import IncrementalReader, Reading, Reuse
from cs_agent.vision.reader import RapidOcrReader
from tests.vision import pictures

WIDTH, ROW, ROWS = 200, 40, 30


class BarReader:
    """Reads bars: one line for every dark bar, its text the bar's grey level. Counts the rows it looked at."""

    def __init__(self) -> None:
        self.regions: list[Box | None] = []
        self.thorough: list[bool] = []

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        self.regions.append(region)
        self.thorough.append(thorough)
        box = region or Box(0, 0, *image.size)
        lines = []
        for row in range(image.height // ROW):
            bar = bar_box(row)
            level = image.getpixel((bar.left + 2, bar.top + 2))[0]
            if level < 200 and bar.top >= box.top and bar.bottom <= box.bottom:
                lines.append(TextLine(str(level), bar))
            elif level < 200 and bar.intersects(box):
                lines.append(TextLine("cut", bar))
        return tuple(lines)


def bar_box(row: int) -> Box:
    return Box(20, row * ROW + 8, 160, row * ROW + 32)


def bars(levels: dict[int, int]) -> Image.Image:
    image = Image.new("RGB", (WIDTH, ROW * ROWS), "white")
    draw = ImageDraw.Draw(image)
    for row, level in levels.items():
        box = bar_box(row)
        draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=(level, level, level))
    return image


def texts(reading: Reading) -> list[str]:
    return [line.text for line in reading.lines]


def test_a_picture_seen_before_is_not_read_again() -> None:
    inner = BarReader()
    reader = IncrementalReader(inner)
    first = reader.reading(bars({1: 10}))
    again = reader.reading(bars({1: 10}))
    assert (first.reuse, again.reuse) == (Reuse.NONE, Reuse.WHOLE)
    assert again.lines == first.lines
    assert len(inner.regions) == 1


def test_going_back_to_an_earlier_page_reads_nothing() -> None:
    inner = BarReader()
    reader = IncrementalReader(inner)
    for levels in ({1: 10}, {2: 20, 9: 30}, {1: 10}):
        reading = reader.reading(bars(levels))
    assert reading.reuse is Reuse.WHOLE
    assert texts(reading) == ["10"]
    assert reader.last_reuse is Reuse.WHOLE


def test_only_the_rows_that_changed_are_read() -> None:
    inner = BarReader()
    reader = IncrementalReader(inner)
    reader.read(bars({1: 10, 15: 20, 28: 30}))
    reading = reader.reading(bars({1: 10, 15: 99, 28: 30}))
    assert (reading.reuse, texts(reading)) == (Reuse.PART, ["10", "99", "30"])
    (region,) = reading.regions
    assert region.height < 4 * ROW
    assert region.width == WIDTH


def test_lines_that_vanished_are_forgotten_and_new_ones_found() -> None:
    reader = IncrementalReader(BarReader())
    reader.read(bars({1: 10, 15: 20}))
    assert texts(reader.reading(bars({1: 10, 22: 77}))) == ["10", "77"]


def test_a_page_that_changed_mostly_is_read_whole() -> None:
    reader = IncrementalReader(BarReader())
    reader.read(bars(dict.fromkeys(range(ROWS), 10)))
    assert reader.reading(bars(dict.fromkeys(range(ROWS), 20))).reuse is Reuse.NONE


def test_another_size_is_another_page() -> None:
    reader = IncrementalReader(BarReader())
    reader.read(bars({1: 10}))
    assert reader.reading(bars({1: 10}).crop((0, 0, WIDTH, ROW * 20))).reuse is Reuse.NONE


def test_a_careful_reading_never_rests_on_a_cheap_one() -> None:
    inner = BarReader()
    reader = IncrementalReader(inner)
    reader.read(bars({1: 10}))
    assert reader.reading(bars({1: 10}), thorough=True).reuse is Reuse.NONE
    assert reader.reading(bars({1: 11}), thorough=True).reuse is Reuse.PART
    assert inner.thorough == [False, True, True]


def test_a_cheap_reading_may_rest_on_a_careful_one() -> None:
    reader = IncrementalReader(BarReader())
    reader.read(bars({1: 10}), thorough=True)
    assert reader.reading(bars({1: 10})).reuse is Reuse.WHOLE


def test_a_region_is_reused_while_its_own_pixels_stay() -> None:
    reader = IncrementalReader(BarReader())
    region = Box(0, 0, WIDTH, 5 * ROW)
    reader.read(bars({1: 10, 20: 5}), region)
    assert reader.reading(bars({1: 10, 20: 6}), region).reuse is Reuse.WHOLE
    assert reader.reading(bars({1: 11, 20: 6}), region).reuse is Reuse.NONE


_LEVELS = st.dictionaries(st.integers(0, ROWS - 1), st.integers(0, 190), max_size=8)


@settings(deadline=None, max_examples=60)
@given(st.lists(_LEVELS, min_size=2, max_size=5))
def test_whatever_changes_the_lines_are_those_of_a_fresh_reading(pages: list[dict[int, int]]) -> None:
    reader = IncrementalReader(BarReader())
    for levels in pages:
        image = bars(levels)
        assert reader.read(image) == BarReader().read(image)


@pytest.mark.parametrize("thorough", [False, True])
def test_with_the_real_engine_a_changed_row_is_read_and_the_rest_kept(thorough: bool) -> None:
    reader = IncrementalReader(RapidOcrReader())
    image = pictures.page()
    before = reader.read(image, thorough=thorough)
    changed = image.copy()
    pictures.erase(changed, Box(30, 480, 1000, 560))
    pictures.write(changed, 40, 490, "退款金额 ¥50.00")
    reading = reader.reading(changed, thorough=thorough)
    assert reading.reuse is Reuse.PART
    old, new = ([line.text.replace(" ", "") for line in lines] for lines in (before, reading.lines))
    assert new == [text.replace("399.00", "50.00") for text in old]


def test_a_region_is_known_again_by_its_own_pixels() -> None:
    """What changes elsewhere on the page does not make a region be read again; what changes in it does."""
    inner = BarReader()
    reader, box = IncrementalReader(inner), Box(0, 3 * ROW, WIDTH, 5 * ROW)
    first = reader.reading(bars({3: 40, 20: 50}), box)
    assert texts(first) == ["40"]
    assert reader.reading(bars({3: 40, 20: 90}), box) == Reading(first.lines, Reuse.WHOLE)
    assert texts(reader.reading(bars({3: 60, 20: 90}), box)) == ["60"]


def test_equal_pixels_at_another_place_are_read_there() -> None:
    reader = IncrementalReader(BarReader())
    page = bars({3: 40, 5: 40})
    places = [reader.reading(page, Box(0, row * ROW, WIDTH, (row + 1) * ROW)).lines[0].box for row in (3, 5)]
    assert places == [bar_box(3), bar_box(5)]


def test_a_region_beside_the_picture_is_empty() -> None:
    reader = IncrementalReader(BarReader())
    assert reader.read(bars({3: 40}), Box(0, ROW * ROWS, WIDTH, ROW * ROWS + 40)) == ()
