"""OCR with the real engine on drawn pages."""

from __future__ import annotations

import threading

import pytest
from PIL import Image

from cs_agent.engine.run.protocols import TextReader
from cs_agent.geometry import Box
from cs_agent.observation import TextLine
from cs_agent.vision.reader import RapidOcrReader
from tests.vision import pictures


@pytest.fixture(scope="module")
def reader() -> RapidOcrReader:
    return RapidOcrReader()


def squeezed(lines: tuple[TextLine, ...]) -> list[str]:
    return [line.text.replace(" ", "").replace(":", ":") for line in lines]


@pytest.mark.parametrize("thorough", [False, True])
def test_every_row_is_read_in_order(reader: TextReader, thorough: bool) -> None:
    lines = reader.read(pictures.page(), thorough=thorough)
    wanted = [row.replace(" ", "") for row in ("12:34", *pictures.ROWS)]
    assert squeezed(lines) == wanted
    assert all(line.score > 0.8 for line in lines)


def test_boxes_lie_on_the_ink(reader: TextReader) -> None:
    image = pictures.blank()
    ink = pictures.write(image, 300, 700, "确认支付")
    (line,) = reader.read(image)
    assert line.box.contains(ink.center)
    assert abs(line.box.left - ink.left) < 25
    assert abs(line.box.right - ink.right) < 25


def test_a_region_is_read_in_the_pictures_own_coordinates(reader: TextReader) -> None:
    image = pictures.page()
    region = Box(0, 480, 1080, 560)
    lines = reader.read(image, region)
    assert squeezed(lines) == ["退款金额¥399.00"]
    assert region.contains(lines[0].box.center)


@pytest.mark.parametrize("region", [Box(0, 0, 5, 5), Box(300, 100, 310, 103), Box(1070, 1590, 1080, 1600)])
def test_a_tiny_region_is_read_without_a_fuss(reader: TextReader, region: Box) -> None:
    assert reader.read(pictures.page(), region) == ()


@pytest.mark.parametrize("region", [Box(2000, 0, 2100, 50), Box(50, 50, 50, 90), Box(-90, -90, -10, -10)])
def test_a_region_off_the_picture_holds_no_text(reader: TextReader, region: Box) -> None:
    assert reader.read(pictures.page(), region) == ()


def test_an_empty_page_holds_no_text(reader: TextReader) -> None:
    assert reader.read(pictures.blank()) == ()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_pictures_of_any_mode_are_read(reader: TextReader, mode: str) -> None:
    image = pictures.blank()
    pictures.write(image, 60, 300, "全额退款")
    assert squeezed(reader.read(image.convert(mode))) == ["全额退款"]


def test_light_text_on_a_dark_page_is_read(reader: TextReader) -> None:
    image = pictures.page()
    inverted = Image.eval(image, lambda level: 255 - level)
    assert "提交审核" in squeezed(reader.read(inverted))


@pytest.mark.parametrize("gap", [60, 90, 130])
def test_labels_side_by_side_are_lines_of_their_own(reader: TextReader, gap: int) -> None:
    image = pictures.blank()
    words = ["全部", "待付款", "待发货", "售后"]
    boxes = pictures.labels(image, 500, words, gap)
    lines = reader.read(image)
    assert squeezed(lines) == words
    assert all(line.box.contains(box.center) for line, box in zip(lines, boxes, strict=True))


def test_many_threads_may_read_at_once(reader: TextReader) -> None:
    image = pictures.blank()
    pictures.write(image, 60, 300, "并发读取")
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(squeezed(reader.read(image)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [["并发读取"]] * 4


def test_lines_can_be_found_first_and_read_later_by_an_engine_that_has_read_nothing_yet() -> None:
    picture = pictures.blank()
    pictures.write(picture, 40, 300, "手机号码13901234567")
    fresh = RapidOcrReader(threads=3, split_labels=False)
    places = fresh.places(picture)
    assert [line.text for line in fresh.read_places(picture, places)] == ["手机号码13901234567"]
    assert [line.text for line in fresh.read(picture)] == ["手机号码13901234567"]
