"""Dialogs in pictures: what stands on the dimmed page below belongs to no dialog, and is read otherwise every time."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageDraw

from cs_agent.engine.routes.pictured import fits, shows_all, view_of_page
from cs_agent.engine.routes.views import PageView
from cs_agent.engine.screen.signature import PageSignature
from cs_agent.geometry import Box
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine

APP = ForegroundApp("com.example.library", ".Main")
PAGE = PageSignature(
    APP.package, "", frozenset({"button:先不续", "button:续借此书"}), frozenset({"text:续借", "text:还可续借一次"})
)
CARD = Box(60, 420, 480, 760)
QUESTION = (
    TextLine("续借", Box(230, 450, 300, 480)),
    TextLine("还可续借一次", Box(180, 540, 360, 570)),
    TextLine("先不续", Box(110, 690, 200, 720)),
    TextLine("续借此书", Box(320, 690, 430, 720)),
)
BELOW = tuple(TextLine(f"借书记录{n}", Box(30, 900 + 60 * n, 200, 930 + 60 * n)) for n in range(3))


def dialog(*more: TextLine, dimmed: bool = True) -> Observation:
    image = Image.new("RGB", (540, 1200), "#808080" if dimmed else "white")
    draw = ImageDraw.Draw(image)
    if dimmed:
        draw.rectangle((CARD.left, CARD.top, CARD.right, CARD.bottom), fill="white")
    return Observation(Screenshot(image, 0.0), APP, (*QUESTION, *more), ())


def recorded() -> PageView:
    view = view_of_page(PAGE, dialog(*BELOW))
    assert view is not None
    return view


def test_more_words_on_the_dimmed_page_add_nothing_to_a_dialog():
    more = tuple(TextLine(f"另读{n}", Box(300, 900 + 60 * n, 400, 930 + 60 * n)) for n in range(9))
    assert fits(PAGE, dialog(*BELOW, *more), recorded())
    assert shows_all(recorded(), dialog(*BELOW, *more))


def test_a_line_more_in_the_dialog_itself_is_more_than_what_was_recorded():
    assert not shows_all(recorded(), dialog(*BELOW, TextLine("押金 500 元", Box(180, 600, 340, 630))))


def test_on_a_page_that_nothing_dims_every_line_counts():
    view = view_of_page(PAGE, dialog(*BELOW, dimmed=False))
    assert view is not None
    assert shows_all(view, dialog(*BELOW, dimmed=False))
    assert not shows_all(view, dialog(*BELOW, TextLine("押金 500 元", Box(300, 960, 400, 990)), dimmed=False))


def test_a_page_whose_words_are_all_its_values_has_no_window_to_look_for():
    assert not fits(PAGE, dialog(*BELOW), PageView(APP.activity, frozenset(), 0, 0, whole=True))
    assert shows_all(replace(recorded(), marks=frozenset(), others=99), dialog(*BELOW))
