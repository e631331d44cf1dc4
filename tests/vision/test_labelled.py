"""Reading with the phone's own word: it names lines, it never hides one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PIL import Image

from cs_agent.geometry import Box
from cs_agent.observation import Role, TextLine, UiNode
from cs_agent.vision.labelled import labels_of, read_labelled
from cs_agent.vision.reader import RapidOcrReader
from cs_agent.vision.redaction import Audience, RedactionPolicy
from cs_agent.vision.redaction.pictures import FILL, redact_image
from tests.vision.pictures import blank, write

BLANK = Image.new("RGB", (540, 1200), "white")
MOBILE = "13901234567"
WHOLE = Box(0, 0, 540, 300)


class Finder:
    """Finds lines at these places; what it reads there is written in `says`."""

    def __init__(self, *places: Box, says: str = "读出来的") -> None:
        self._places, self._says = places, says
        self.asked: list[Box] = []

    def places(self, image: Image.Image) -> tuple[Box, ...]:
        return self._places

    def read_places(self, image: Image.Image, places: Sequence[Box]) -> tuple[TextLine, ...]:
        self.asked += places
        return tuple(TextLine(self._says, place, 0.9) for place in places)


def label(text: str, box: Box) -> TextLine:
    return TextLine(text, box, 1.0)


def line(left: int, top: int, letters: float) -> Box:
    """About so many letters of 20 px."""
    return Box(left, top, left + int(letters * 20), top + 26)


def test_a_line_alone_in_a_labelled_control_is_named_without_being_read() -> None:
    place = line(100, 100, 6)
    finder = Finder(place)
    assert read_labelled(finder, BLANK, [label(MOBILE, Box(90, 90, 500, 140))]) == (TextLine(MOBILE, place, 1.0),)
    assert finder.asked == []


@pytest.mark.parametrize(
    ("why", "places", "labels"),
    [
        ("it has no label", [line(100, 100, 6)], []),
        ("two lines share a control", [line(100, 100, 6), line(100, 140, 6)], [label("两行", Box(90, 90, 500, 190))]),
        ("two controls claim it", [line(100, 100, 6)], [label(MOBILE, WHOLE), label("查询", WHOLE)]),
        ("it is far too long for its label", [line(100, 100, 20)], [label("查询", Box(90, 90, 520, 140))]),
        ("it is far too short for its label", [line(100, 100, 1)], [label(MOBILE, Box(90, 90, 500, 140))]),
    ],
)
def test_a_line_is_read_when(why: str, places: list[Box], labels: list[TextLine]) -> None:
    finder = Finder(*places)
    texts = [found.text for found in read_labelled(finder, BLANK, labels)]
    assert finder.asked == places, why
    assert texts == ["读出来的"] * len(places)


def test_a_label_without_a_line_counts_as_large_as_its_control() -> None:
    unseen = label(MOBILE, Box(90, 600, 500, 640))
    assert unseen in read_labelled(Finder(line(100, 100, 6)), BLANK, [unseen])


def test_labels_are_scaled_to_the_picture_and_empty_ones_left_out() -> None:
    nodes = (
        UiNode("手机号", Box(100, 200, 300, 400)),
        UiNode("", Box(0, 0, 10, 10)),
        UiNode(" ", Box(0, 0, 4, 4)),
    )
    assert labels_of(nodes, 0.5) == (TextLine("手机号", Box(50, 100, 150, 200), 1.0),)


def test_a_description_is_not_taken_for_what_is_drawn() -> None:
    assert labels_of((UiNode("", Box(100, 200, 300, 400), description="联系电话"),)) == ()


@pytest.mark.parametrize("told", ["请输入手机号", "13900000000", "联系电话"])
def test_what_stands_in_a_field_is_read_whatever_the_phone_says_stands_there(told: str) -> None:
    """It may still tell the hint, or what stood there before, of a field that was just typed into."""
    field, typed = Box(90, 90, 500, 150), line(100, 100, 6)
    labels = labels_of((UiNode(told, field, role=Role.EDIT),))
    assert [found.text for found in read_labelled(Finder(typed, says=MOBILE), BLANK, labels)] == [MOBILE]


def test_a_hint_drawn_over_a_field_as_a_text_of_its_own_is_not_taken_for_what_was_typed() -> None:
    field, hint = Box(90, 90, 500, 150), Box(96, 96, 300, 144)
    labels = labels_of((UiNode("", field, role=Role.EDIT), UiNode("请输入手机号", hint)))
    assert [found.text for found in read_labelled(Finder(line(100, 100, 6), says=MOBILE), BLANK, labels)] == [MOBILE]


@pytest.mark.parametrize("read", [MOBILE + "l", MOBILE + "1", "I" + MOBILE, MOBILE + " x", MOBILE])
def test_a_fields_number_is_the_phones_where_the_reader_saw_only_a_caret_besides(read: str) -> None:
    labels = labels_of((UiNode(MOBILE, Box(90, 90, 500, 150), role=Role.EDIT),))
    assert [found.text for found in read_labelled(Finder(line(100, 100, 7), says=read), BLANK, labels)] == [MOBILE]


def test_a_number_just_typed_with_the_caret_behind_it_is_covered_while_the_phone_still_tells_the_hint() -> None:
    picture, field = blank(), Box(40, 300, 1040, 420)
    box = write(picture, 60, 330, MOBILE)
    picture.paste("#2266ee", (box.right + 3, box.top - 4, box.right + 7, box.bottom + 4))
    labels = labels_of((UiNode("请输入联系人手机号", field, role=Role.EDIT),))
    lines = read_labelled(RapidOcrReader(), picture, labels)
    hidden = redact_image(picture, lines, RedactionPolicy(), Audience.STORED)
    middle = (box.center.x - 40, box.top, box.center.x + 40, box.bottom)
    assert [colour for _, colour in hidden.crop(middle).getcolors() or ()] == [FILL]


def test_with_and_without_the_phones_word_the_same_is_hidden() -> None:
    picture = blank()
    for x, y, text in ((40, 200, "手机号"), (300, 200, MOBILE), (40, 300, "说明文字")):
        write(picture, x, y, text)
    reader = RapidOcrReader()
    plain = reader.read(picture, thorough=True)
    labels = [label(found.text, found.box.grown(12)) for found in plain]
    told = read_labelled(reader, picture, labels)
    assert {found.text for found in told} == {found.text for found in plain}
    hidden = [redact_image(picture, lines, RedactionPolicy(), Audience.STORED) for lines in (plain, told)]
    (number,) = (found.box for found in plain if found.text == MOBILE)
    for image in hidden:
        assert image.crop((number.left, number.top, number.right, number.bottom)) != picture.crop(
            (number.left, number.top, number.right, number.bottom)
        )
