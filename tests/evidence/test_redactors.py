"""A picture is stored or shown with personal data hidden; what was not read is blurred, never shown."""

from __future__ import annotations

import itertools
import threading

import pytest
from PIL import Image

from cs_agent.engine.run.protocols import Message, Reply
from cs_agent.geometry import Box
from cs_agent.observation import TextLine
from cs_agent.vision.redaction import Audience, RedactionPolicy
from cs_agent.vision.redaction.pictures import FILL
from tests.evidence.screens import MOBILE, KnowingReader, box_of, ink
from tickets.runner.pictures.fingerprints import fingerprint_of
from tickets.runner.pictures.redacting_model import PictureWithheld, RedactingModel
from tickets.runner.pictures.redactors import Redactor, Unreadable, blurred

Lines = tuple[TextLine, ...]
TITLE = "客户资料"
MOBILE_BOX = box_of(1, MOBILE)


def value_pixel(image: Image.Image) -> tuple[int, ...]:
    """A pixel well inside the number, right of its label."""
    return image.getpixel((MOBILE_BOX.right - 40, MOBILE_BOX.top + 20))


def test_a_page_that_was_not_read_shows_no_text_at_all() -> None:
    reader = KnowingReader()
    covered = Redactor(RedactionPolicy(), reader).at_once(reader.knows(TITLE, MOBILE), Audience.STORED)
    assert not covered.sharp
    assert reader.readings == 0
    assert ink(covered.image, box_of(0, TITLE)) < 40
    assert ink(covered.image, MOBILE_BOX) < 40


def test_a_page_that_was_read_is_sharp_but_for_personal_data() -> None:
    reader = KnowingReader()
    redactor = Redactor(RedactionPolicy(), reader)
    image = reader.knows(TITLE, MOBILE)
    redactor.read(image)
    covered = redactor.at_once(image, Audience.STORED)
    assert covered.sharp
    assert ink(covered.image, box_of(0, TITLE)) > 150
    assert value_pixel(covered.image) == FILL


def test_a_page_is_read_once_for_everybody() -> None:
    reader = KnowingReader()
    redactor = Redactor(RedactionPolicy(), reader)
    image = reader.knows(TITLE, MOBILE)
    for audience in Audience:
        redactor.covered(image, audience)
    redactor.read(image.resize((1080, 2400), Image.Resampling.NEAREST).resize(image.size, Image.Resampling.NEAREST))
    assert reader.readings == 1


def test_where_only_some_rows_changed_only_those_are_blurred() -> None:
    reader = KnowingReader()
    redactor = Redactor(RedactionPolicy(), reader)
    redactor.read(reader.knows(TITLE, MOBILE, "备注", "旧内容"))
    changed = reader.knows(TITLE, MOBILE, "备注", "新内容123")
    covered = redactor.at_once(changed, Audience.STORED)
    assert not covered.sharp
    assert ink(covered.image, box_of(0, TITLE)) > 150
    assert ink(covered.image, box_of(3, "新内容123")) < 60
    assert value_pixel(covered.image) == FILL


def test_personal_data_that_turns_up_in_changed_rows_is_never_shown_before_it_is_read() -> None:
    reader = KnowingReader()
    redactor = Redactor(RedactionPolicy(), reader)
    redactor.read(reader.knows(TITLE, "备注"))
    image = reader.knows(TITLE, MOBILE)
    assert ink(redactor.at_once(image, Audience.STORED).image, MOBILE_BOX) < 60
    redactor.read(image)
    assert value_pixel(redactor.at_once(image, Audience.STORED).image) == FILL


def test_what_the_operator_must_confirm_is_never_hidden() -> None:
    reader = KnowingReader()
    redactor = Redactor(RedactionPolicy(), reader)
    image = reader.knows(TITLE, MOBILE)
    covered = redactor.covered(image, Audience.STORED, keep=[MOBILE_BOX])
    kept = (MOBILE_BOX.left, MOBILE_BOX.top, MOBILE_BOX.right, MOBILE_BOX.bottom)
    assert covered.crop(kept).tobytes() == image.crop(kept).tobytes()


def test_a_picture_that_cannot_be_read_is_blurred_but_for_what_must_be_confirmed() -> None:
    reader = KnowingReader(fails=True)
    redactor = Redactor(RedactionPolicy(), reader)
    image = reader.knows(TITLE, MOBILE)
    with pytest.raises(Unreadable):
        redactor.covered(image, Audience.STORED)
    covered = redactor.covered_or_blurred(image, Audience.STORED, [box_of(0, TITLE)])
    assert ink(covered, box_of(0, TITLE)) > 150
    assert ink(covered, MOBILE_BOX) < 60


def test_at_full_size_the_boxes_are_where_the_text_is() -> None:
    reader = KnowingReader()
    small = reader.knows(TITLE, MOBILE)
    big = small.resize((1080, 2400), Image.Resampling.NEAREST)
    reader.shows(fingerprint_of(big).small, TITLE, MOBILE)
    covered = Redactor(RedactionPolicy(), reader).covered(big, Audience.STORED)
    assert covered.size == big.size
    assert covered.getpixel(((MOBILE_BOX.right - 40) * 2, (MOBILE_BOX.top + 20) * 2)) == FILL


def test_a_policy_that_hides_nothing_costs_no_reading() -> None:
    reader = KnowingReader()
    redactor = Redactor(RedactionPolicy.nothing(), reader)
    image = reader.knows(MOBILE)
    assert redactor.at_once(image, Audience.STORED).sharp
    assert redactor.covered(image, Audience.MODEL) is image
    assert not redactor.is_unread(image)
    assert reader.readings == 0


@pytest.mark.parametrize("height", [60, 100])
def test_not_even_a_headline_survives_a_blur(height: int) -> None:
    image = Image.new("RGB", (540, 400), "white")
    for left in range(20, 500, 14):
        image.paste((0, 0, 0), (left, 100, left + 7, 100 + height))
    row = blurred(image, [Box(0, 0, 540, 400)]).convert("L").crop((20, 120, 500, 121)).tobytes()
    assert max(abs(a - b) for a, b in itertools.pairwise(row)) < 25


def test_texts_of_steps_are_covered_as_well() -> None:
    redactor = Redactor(RedactionPolicy(), KnowingReader())
    assert redactor.text('do(action="Type", text="13800138000")') == 'do(action="Type", text="[手机号]")'


class Echo:
    """A model that keeps what it was asked."""

    name = "echo"

    def __init__(self) -> None:
        self.asked: list[Message] = []

    def reply(self, messages: list[Message]) -> Reply:
        self.asked = messages
        return Reply("ok")


def test_a_model_elsewhere_sees_neither_the_card_in_the_text_nor_the_one_on_the_screen() -> None:
    reader, echo = KnowingReader(), Echo()
    card = "身份证号 110105199003070003"
    image = reader.knows(TITLE, card)
    model = RedactingModel(echo, Redactor(RedactionPolicy(), reader))
    model.reply([Message("system", "规则"), Message("user", f"客户 {card} 13800138000", image)])
    [system, asked] = echo.asked
    assert system.text == "规则"
    assert "110105199003070003" not in asked.text
    assert "13800138000" in asked.text  # a model needs the number to find the customer
    assert asked.image is not None
    assert ink(asked.image, box_of(0, TITLE)) > 150
    assert asked.image.getpixel((box_of(1, card).right - 40, 220)) == FILL


def test_a_screen_that_cannot_be_checked_is_not_sent_to_a_model_elsewhere() -> None:
    reader, echo = KnowingReader(fails=True), Echo()
    model = RedactingModel(echo, Redactor(RedactionPolicy(), reader))
    with pytest.raises(PictureWithheld, match="broke down"):
        model.reply([Message("user", "看", reader.knows(MOBILE))])
    assert echo.asked == []


def test_a_picture_that_is_awaited_queues_behind_no_page_that_is_read_in_the_background() -> None:
    reading, go_on = threading.Event(), threading.Event()

    class Slow(KnowingReader):
        def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> Lines:
            if image is slow:
                reading.set()
                go_on.wait(10)
            return super().read(image, region, thorough=thorough)

    reader = Slow()
    redactor, slow = Redactor(RedactionPolicy(), reader), reader.knows("上一页", MOBILE)
    background = threading.Thread(target=redactor.read, args=[slow])
    background.start()
    assert reading.wait(10)
    covered: list[Image.Image] = []
    image = reader.knows(TITLE, MOBILE)
    awaited = threading.Thread(
        target=lambda: covered.append(redactor.covered(image, Audience.STORED, awaited=True)), daemon=True
    )
    awaited.start()
    awaited.join(5)
    go_on.set()
    background.join(10)
    assert value_pixel(covered[0]) == FILL


def test_a_text_that_comes_back_is_hidden_again_from_each_audience_by_its_own_policy() -> None:
    redactor = Redactor(RedactionPolicy(viewer=frozenset()))
    text = "联系电话 13800138000"
    for _ in range(2):
        assert "13800138000" not in redactor.text(text, Audience.STORED)
        assert redactor.text(text, Audience.VIEWER) == text
    redactor.forget()
    assert "13800138000" not in redactor.text(text)
