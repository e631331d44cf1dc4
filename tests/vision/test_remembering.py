"""Recognised lines are remembered by their pixels, and reading one never depends on what is remembered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidocr.ch_ppocr_rec.typings import TextRecInput, TextRecOutput

from cs_agent.vision.remembering import RememberingRecognizer


class Recogniser:
    """Reads a crop as the shade of its first pixel; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, asked: TextRecInput) -> TextRecOutput:
        shades = [int(crop[0, 0, 0]) for crop in asked.img or ()]
        self.asked += shades
        words = [f"words of {shade}" if asked.return_word_box else None for shade in shades]
        return TextRecOutput(list(asked.img or ()), tuple(str(shade) for shade in shades), [0.9] * len(shades), words)  # type: ignore[arg-type]


def line(shade: int, width: int = 20) -> NDArray[np.uint8]:
    return np.full((8, width, 3), shade, np.uint8)


def read(recognise: RememberingRecognizer, *crops: NDArray[np.uint8], words: bool = True) -> TextRecOutput:
    return recognise(TextRecInput(img=list(crops), return_word_box=words))


def test_lines_come_back_in_the_order_they_were_asked_for_and_each_is_recognised_once() -> None:
    recogniser = Recogniser()
    remembering = RememberingRecognizer(recogniser)
    assert read(remembering, line(1), line(2), line(1)).txts == ("1", "2", "1")
    found = read(remembering, line(2), line(3), line(1))
    assert found.txts == ("2", "3", "1")
    assert found.word_results == ("words of 2", "words of 3", "words of 1")
    assert recogniser.asked == [1, 2, 3]


def test_lines_of_the_same_pixels_in_another_shape_are_different() -> None:
    recogniser = Recogniser()
    remembering = RememberingRecognizer(recogniser)
    read(remembering, line(1, width=20), line(1, width=10).reshape(4, 20, 3))
    assert len(recogniser.asked) == 2


def test_a_line_known_without_its_words_is_read_again_when_they_are_wanted() -> None:
    recogniser = Recogniser()
    remembering = RememberingRecognizer(recogniser)
    read(remembering, line(1), words=False)
    assert read(remembering, line(1)).word_results == ("words of 1",)
    read(remembering, line(1), words=False)
    assert recogniser.asked == [1, 1]


def test_what_was_not_seen_for_longest_is_forgotten_first() -> None:
    recogniser = Recogniser()
    remembering = RememberingRecognizer(recogniser, remembered=2)
    read(remembering, line(1), line(2), line(1), line(3))
    read(remembering, line(1))
    assert recogniser.asked == [1, 2, 3]
    read(remembering, line(2))
    assert recogniser.asked == [1, 2, 3, 2]


def test_nothing_to_read_is_nothing_read() -> None:
    assert read(RememberingRecognizer(Recogniser())).txts == ()
