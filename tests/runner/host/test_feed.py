"""The screen feed: one reader, and everybody gets pictures that are new enough."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.geometry import Point
from cs_agent.observation import Screenshot
from cs_agent.testing.phone import FakePhone, FakeScreen
from tests.processes import wait_until
from tickets.runner.drive.phone import FeedPhone
from tickets.runner.pictures.feed import FeedFrame, ScreenFeed, _differs
from tickets.runner.pictures.live_publisher import LIVE_WIDTH, LivePublisher
from tickets.services.live import frames

PHONE = 7


class Film:
    """A camera whose pictures the test chooses; counts the captures."""

    def __init__(self) -> None:
        self.color = 0
        self.error: PhoneError | None = None
        self.captures = 0
        self.gate = threading.Event()
        self.gate.set()

    def screenshot(self) -> Screenshot:
        self.gate.wait(10)
        self.captures += 1
        if self.error is not None:
            raise self.error
        return Screenshot(Image.new("RGB", (1080, 2400), (self.color, 0, 0)), time.time())


@pytest.fixture
def film() -> Film:
    return Film()


@pytest.fixture
def feed(film: Film, real_redis: str) -> Iterator[ScreenFeed]:
    feed = ScreenFeed(PHONE, film)
    feed.start()
    yield feed
    film.gate.set()
    feed.stop()


def _red(screenshot: Screenshot) -> int:
    return int(screenshot.image.getpixel((0, 0))[0])


@pytest.mark.parametrize("place", [(0, 0), (1079, 0), (540, 1200), (0, 2399), (1079, 2399)])
def test_a_single_pixel_is_a_change_wherever_it_is(place: tuple[int, int]) -> None:
    shown = Image.new("RGB", (1080, 2400), "white")
    other = shown.copy()
    assert not _differs(shown, other)
    other.putpixel(place, (255, 255, 254))
    assert _differs(shown, other)


def test_a_picture_asked_for_after_a_gesture_shows_what_came_after_it(feed: ScreenFeed, film: Film) -> None:
    for color in (10, 20, 30):
        film.color = color
        assert _red(feed.capture()) == color


def test_the_next_picture_may_be_under_way_already_but_was_begun_after_the_gesture_and_is_answered_once(
    feed: ScreenFeed, film: Film
) -> None:
    phone = FeedPhone(FakePhone({"a": FakeScreen(["title:一"])}, "a"), feed)
    first = phone.screenshot()
    film.color = 10
    phone.tap(Point(5, 5))
    second = phone.next_picture()
    assert _red(second) == 10
    assert phone.next_picture().captured_at > second.captured_at > first.captured_at


def test_a_capture_that_began_before_the_request_does_not_answer_it(film: Film, real_redis: str) -> None:
    film.gate.clear()
    feed = ScreenFeed(PHONE, film)
    feed.start()
    time.sleep(0.05)  # the first capture is under way and will show the old picture
    asked_at = time.time()
    threading.Timer(0.1, film.gate.set).start()
    feed.capture(after=asked_at)
    assert film.captures >= 2
    feed.stop()


def test_a_failed_capture_is_an_error_and_never_an_old_picture(feed: ScreenFeed, film: Film) -> None:
    feed.capture()
    film.error = PhoneError("the phone is gone")
    with pytest.raises(PhoneError, match="the phone is gone"):
        feed.capture()


def test_the_feed_recovers_when_the_phone_does(feed: ScreenFeed, film: Film) -> None:
    film.error = PhoneError("gone")
    with pytest.raises(PhoneError):
        feed.capture()
    film.error = None
    assert _red(feed.capture()) == 0


def test_live_views_get_the_newest_frame_in_a_small_jpeg(feed: ScreenFeed, film: Film) -> None:
    film.color = 200
    feed.capture()
    frame = wait_until("a frame in the slot", lambda: frames.newest(PHONE))
    assert (frame.width, frame.height) == (1080, 2400)
    assert frame.jpeg[:2] == b"\xff\xd8"
    with Image.open(BytesIO(frame.jpeg)) as picture:
        assert picture.size == (LIVE_WIDTH, 1200)


def test_an_unchanged_screen_is_not_sent_again(feed: ScreenFeed) -> None:
    first = feed.capture()
    assert feed.capture().sequence == first.sequence
    assert wait_until("the frame in the slot", lambda: frames.newest(PHONE)).sequence == first.sequence


def test_of_frames_that_come_faster_than_they_are_published_the_newest_is_shown(real_redis: str) -> None:
    publisher = LivePublisher(PHONE)
    image = Image.new("RGB", (1080, 2400))
    for number in range(1, 31):
        publisher.changed(Screenshot(image, float(number), number))
    publisher.start()
    try:
        assert wait_until("a frame in the slot", lambda: frames.newest(PHONE)).sequence == 30
    finally:
        publisher.stop()


def test_listeners_get_each_change_once(feed: ScreenFeed, film: Film) -> None:
    seen: list[FeedFrame] = []
    feed.capture()
    forget: Callable[[], None] = feed.listen(seen.append)
    for count, color in ((2, 50), (3, 60)):
        film.color = color
        feed.capture()
        wait_until("the listener to be told", lambda count=count: len(seen) == count)
    forget()
    film.color = 70
    feed.capture()
    assert [_red(frame.screenshot) for frame in seen] == [0, 50, 60]


def test_many_readers_share_one_capture(feed: ScreenFeed, film: Film) -> None:
    feed.capture()
    film.gate.clear()
    wait_until("the capture to stand still", lambda: True)
    before = film.captures
    pictures: list[Screenshot] = []
    readers = [threading.Thread(target=lambda: pictures.append(feed.capture())) for _ in range(8)]
    for reader in readers:
        reader.start()
    film.gate.set()
    for reader in readers:
        reader.join(10)
    assert len(pictures) == 8
    assert film.captures - before < 8


def test_a_stopped_feed_leaves_nobody_waiting(film: Film, real_redis: str) -> None:
    film.gate.clear()
    feed = ScreenFeed(PHONE, film)
    feed.start()
    errors: list[PhoneError] = []

    def wait() -> None:
        try:
            feed.capture()
        except PhoneError as error:
            errors.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    feed.stop()
    film.gate.set()
    waiter.join(10)
    assert not waiter.is_alive()


def test_sequence_numbers_only_grow(feed: ScreenFeed, film: Film) -> None:
    numbers = []
    for color in itertools.chain(range(1, 6), range(1, 3)):
        film.color = color * 10
        numbers.append(feed.capture().sequence)
    assert numbers == sorted(set(numbers))
