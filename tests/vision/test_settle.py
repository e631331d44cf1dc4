"""When a screen counts as standing still. Times are the tests' own; nothing sleeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageDraw

from cs_agent.engine.run import protocols
from cs_agent.observation import Screenshot
from cs_agent.vision.settle import SettleDetector, SettleRules
from tests.vision.test_compare import CARET, CLOCK, screen

FRAME_S = 0.1
PAGE = screen()
Film = Callable[[int], Image.Image]


def settled_after(film: Film, before: Image.Image | None = None, rules: SettleRules | None = None) -> float:
    """Seconds until the detector is content with that film."""
    detector = SettleDetector(before, rules or SettleRules())
    for number in range(200):
        if detector.add(Screenshot(film(number), number * FRAME_S, number + 1)):
            return number * FRAME_S
    raise AssertionError("waited for ever")


def moving(until: int) -> Film:
    return lambda number: ImageChops.offset(PAGE, 0, -60 * min(number, until))


def blinking(*boxes: tuple[int, int, int, int]) -> Film:
    def frame(number: int) -> Image.Image:
        image = PAGE.copy()
        if number % 2:
            for box in boxes:
                ImageDraw.Draw(image).rectangle(box, fill="#0044cc")
        return image

    return frame


def spinning(number: int) -> Image.Image:
    image = PAGE.copy()
    ImageDraw.Draw(image).arc((480, 1700, 600, 1820), number * 40, number * 40 + 100, fill="#333333", width=14)
    return image


def corners(box: object) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right, box.bottom  # type: ignore[attr-defined]


def test_it_is_what_the_engine_calls_a_settle_detector() -> None:
    detector: protocols.SettleDetector = SettleDetector()
    assert not detector.add(Screenshot(PAGE, 0.0))


def test_a_still_screen_is_settled_after_a_moment() -> None:
    assert settled_after(lambda number: PAGE) == pytest.approx(0.3)


def test_a_moving_screen_is_waited_for_and_settles_soon_after() -> None:
    assert settled_after(moving(until=12)) == pytest.approx(1.5)


def test_a_screen_that_has_not_reacted_yet_gets_time_to() -> None:
    late = lambda number: PAGE if number < 4 else screen(500, 700, 1300)  # noqa: E731
    assert settled_after(late, before=PAGE) == pytest.approx(0.7)


def test_an_act_without_effect_does_not_wait_for_ever() -> None:
    assert settled_after(lambda number: PAGE, before=PAGE) == pytest.approx(0.6)


def test_a_button_that_was_only_pressed_in_is_no_answer_yet() -> None:
    pressed = PAGE.copy()
    ImageDraw.Draw(pressed).rectangle((100, 900, 900, 1020), fill="#0044cc")
    answer = screen(500, 700, 1300)
    late = lambda number: pressed if number in (1, 2) else PAGE if number < 8 else answer  # noqa: E731
    assert settled_after(late, before=PAGE) == pytest.approx(1.1)
    never = lambda number: pressed if number in (1, 2) else PAGE  # noqa: E731
    assert settled_after(never, before=PAGE) == pytest.approx(1.2)


@pytest.mark.parametrize("box", [CLOCK, CARET])
def test_clocks_and_carets_do_not_count_as_movement(box: object) -> None:
    assert settled_after(blinking(corners(box))) == pytest.approx(0.3)


def test_an_endless_spinner_is_given_up_on_but_not_at_once() -> None:
    waited = settled_after(spinning)
    assert 2.0 < waited < 3.0


def test_a_page_that_appears_behind_a_spinner_is_waited_for() -> None:
    def film(number: int) -> Image.Image:
        return spinning(number) if number < 15 else screen(500, 700, 1300)

    assert settled_after(film) == pytest.approx(1.8)


def test_a_video_ends_the_wait_only_by_the_cap() -> None:
    detector = SettleDetector(rules=SettleRules(cap_s=4.0))
    film = moving(until=1000)
    number = 0
    while not detector.add(Screenshot(film(number), number * FRAME_S, number + 1)):
        number += 1
    assert number * FRAME_S == pytest.approx(4.0)
    assert detector.capped


def test_frames_that_keep_their_number_are_not_compared_again() -> None:
    detector = SettleDetector()
    first = Screenshot(PAGE, 0.0, 7)
    assert not detector.add(first)
    assert detector.add(Screenshot(Image.new("RGB", (10, 10)), 0.5, 7))


def test_a_turning_screen_is_movement() -> None:
    wide = Image.new("RGB", (2400, 1080), "#fafafa")
    assert settled_after(lambda number: PAGE if number < 3 else wide) == pytest.approx(0.6)
