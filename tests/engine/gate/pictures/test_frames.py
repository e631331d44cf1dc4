"""On a picture alone: an empty field in a frame of lines, and what only looks like one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PIL import Image, ImageDraw

from cs_agent.geometry import Box
from cs_agent.observation import Observation, Screenshot, TextLine
from tests.engine.gate.test_gate_kinds import dimmed, page, tap, words
from tests.engine.gate.test_gate_properties import passes

FRAME = Box(30, 400, 510, 470)
FIELD = (100, 435)


@dataclass(frozen=True)
class Drawing:
    """A frame on paper, with faint words in it."""

    text: str = "Delivery address"
    left: int = 50
    ink: str = "#8a8a8a"
    fill: str | None = None
    frame: Box = FRAME
    open_side: bool = False
    also: tuple[Box, ...] = ()  # drawn in it too
    image: Image.Image | None = None

    def seen(self) -> Observation:
        image = (self.image or Image.new("RGB", (540, 1200), "white")).copy()
        pen, box = ImageDraw.Draw(image), self.frame
        pen.rectangle((box.left, box.top, box.right, box.bottom), outline="#c4c4c4", fill=self.fill, width=2)
        if self.open_side:
            pen.rectangle((box.right - 3, box.top, box.right + 3, box.bottom), fill="white")
        place = Box(self.left, 422, self.left + 160, 448)
        words(image, place, ink=self.ink)
        for each in self.also:
            pen.rectangle((each.left, each.top, each.right, each.bottom), fill="#8a8a8a")
        return Observation(Screenshot(image, 5.0), page().app, (TextLine(self.text, place, 0.99),))


PLAIN = Drawing()


def test_an_empty_field_in_a_frame_that_is_called_by_what_it_holds_is_focused():
    assert tap(PLAIN.seen(), *FIELD).vouched_by == "kind:field"
    assert tap(replace(PLAIN, text="收货地址").seen(), *FIELD).vouched_by == "kind:field"


@pytest.mark.parametrize(
    "drawing",
    [
        pytest.param(replace(PLAIN, left=190), id="words in the middle, as a button's"),
        pytest.param(replace(PLAIN, ink="#111111"), id="words as dark as all others"),
        pytest.param(replace(PLAIN, ink="#1677ff"), id="coloured words"),
        pytest.param(replace(PLAIN, fill="#1677ff"), id="a filled box"),
        pytest.param(replace(PLAIN, frame=Box(30, 400, 260, 470)), id="narrow"),
        pytest.param(replace(PLAIN, open_side=True), id="open at a side"),
        pytest.param(replace(PLAIN, also=(Box(480, 428, 492, 440),)), id="a mark at its end: a list that drops down"),
        pytest.param(replace(PLAIN, also=(Box(300, 428, 380, 444),)), id="more in it"),
        pytest.param(replace(PLAIN, also=(Box(36, 460, 120, 466),)), id="a bar below the words"),
        pytest.param(replace(PLAIN, text="Delete account"), id="a deed"),
        pytest.param(replace(PLAIN, text="OK"), id="a yes"),
        pytest.param(replace(PLAIN, text="Add a night"), id="words of doing that name no field"),
        pytest.param(replace(PLAIN, text="注销账号"), id="a deed in Chinese"),
        pytest.param(replace(PLAIN, text="Löschen"), id="words that are not read"),
        pytest.param(replace(PLAIN, frame=Box(-5, 400, 545, 470)), id="a row from edge to edge"),
        pytest.param(replace(PLAIN, image=dimmed(Box(20, 380, 520, 500))), id="an answer over a dimmed page"),
    ],
)
def test_what_only_looks_like_an_empty_field_asks(drawing):
    assert not passes(drawing.seen(), *FIELD)
