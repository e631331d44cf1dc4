"""Chapters, captions and the picture's own marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cs_agent.geometry import Size
from cs_agent.recording.captions import Chapter, build_chapters, ffmetadata, webvtt
from cs_agent.recording.index import Frame, StepMark, TouchMark
from cs_agent.recording.pictures import Overlay, compose, wait_label
from cs_agent.recording.timeline import Segment, build_timeline

ENTRIES = [
    Frame(0, "a", 2, 2),
    StepMark(0, 1, "打开", "售后"),
    Frame(1, "b", 2, 2),
    StepMark(2, 2, "点击"),
    Frame(4, "c", 2, 2),
]


def test_every_step_is_a_chapter_up_to_the_next():
    chapters = build_chapters(ENTRIES, build_timeline(ENTRIES))
    assert chapters == (Chapter(1, "打开", "售后", 0, 2), Chapter(2, "点击", "", 2, 5))


def test_steps_at_the_same_moment_still_have_a_length():
    entries = [*ENTRIES, StepMark(4, 3, "x"), StepMark(4, 4, "y")]
    assert all(chapter.end_s > chapter.start_s for chapter in build_chapters(entries, build_timeline(entries)))


def test_every_step_has_a_caption_in_webvtt():
    text = webvtt([Chapter(1, "打开", "售后", 0, 61.5), Chapter(2, "点击", "", 3661.5, 3662)], [])
    assert text == (
        "WEBVTT\n\n00:00:00.000 --> 00:01:01.500\n1. 打开\n售后\n\n01:01:01.500 --> 01:01:02.000\n2. 点击\n"
    )


def test_a_shortened_wait_has_a_caption_with_its_real_length():
    text = webvtt([], [Segment(0, 72, 0, 1.5, "等待确认")])
    assert "00:00:00.000 --> 00:00:01.500\n&gt;&gt; 1 min 12 s 等待确认" in text


@given(st.text(), st.text())
def test_no_text_can_break_out_of_its_caption(title, detail):
    text = webvtt([Chapter(1, title, detail, 0, 1)], [])
    blocks = text.strip("\n").split("\n\n")
    assert blocks[0] == "WEBVTT"
    assert len(blocks) == 2
    assert text.count("-->") == 1
    assert "<" not in text


@given(st.text())
def test_no_title_can_break_out_of_ffmpegs_metadata(title):
    lines = ffmetadata([Chapter(1, title, "", 0, 1)]).splitlines()
    assert lines[1:5] == ["[CHAPTER]", "TIMEBASE=1/1000", "START=0", "END=1000"]
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("seconds", "label"), [(4.2, ">> 4 s"), (60, ">> 1 min"), (3725, ">> 1 h 2 min 5 s"), (0, ">> 0 s")]
)
def test_a_wait_is_labelled_with_its_length(seconds, label):
    assert wait_label(seconds) == label


def white(width, height):
    return Image.new("RGB", (width, height), "white")


def test_a_tap_is_drawn_where_the_screen_was_touched():
    picture = compose(white(100, 200), Size(100, 200), Overlay((TouchMark(0, (540, 1200), 1080, 2400),)))
    red, green, _ = picture.getpixel((50, 100))
    assert red > green + 30
    assert picture.getpixel((90, 180)) == (255, 255, 255)


def test_a_human_touch_has_another_colour():
    picture = compose(white(100, 200), Size(100, 200), Overlay((TouchMark(0, (540, 1200), 1080, 2400, True),)))
    red, _, blue = picture.getpixel((50, 100))
    assert blue > red + 30


def test_a_swipe_is_drawn_along_its_way():
    picture = compose(white(100, 200), Size(100, 200), Overlay((TouchMark(0, (540, 2000, 540, 400), 1080, 2400),)))
    assert picture.getpixel((50, 100)) != (255, 255, 255)


def test_a_turned_screen_is_letterboxed_and_its_touch_moves_along():
    picture = compose(white(200, 100), Size(100, 200), Overlay((TouchMark(0, (1200, 540), 2400, 1080),)))
    assert picture.size == (100, 200)
    assert picture.getpixel((50, 10)) == (0, 0, 0)
    assert picture.getpixel((5, 100)) == (255, 255, 255)
    red, green, _ = picture.getpixel((50, 100))
    assert red > green + 30


def test_a_shortened_wait_is_marked_on_the_picture():
    plain = compose(white(200, 400), Size(200, 400), Overlay())
    marked = compose(white(200, 400), Size(200, 400), Overlay(waited_s=30))
    assert plain.getpixel((5, 395)) == (255, 255, 255)
    assert sum(marked.getpixel((5, 395))) < 300
    assert marked.getpixel((100, 100)) == (255, 255, 255)


def test_the_stored_frame_is_not_drawn_upon():
    frame = white(50, 50)
    compose(frame, Size(50, 50), Overlay((TouchMark(0, (25, 25), 50, 50),)))
    assert frame.getpixel((25, 25)) == (255, 255, 255)
