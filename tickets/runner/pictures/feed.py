"""The screen feed: the one reader of a driven phone's screen, shared by all who need its pictures.

Rule: only the feed captures. The agent waits for a frame whose capture began after its gesture; live views get the
newest frame through Redis; the recorder gets every changed frame. Listeners are called on the feed's thread and must
only enqueue the frame, so that none delays the capture.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image, ImageChops

from cs_agent import catalogue
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.observation import Screenshot
from tickets.runner.pictures.live_publisher import LivePublisher
from tickets.runner.upkeep.threads import SupervisedThread

log = logging.getLogger(__name__)

_BANDS = 16  # horizontal bands of a picture, compared one by one
_BUSY_FOR_S = 1.5  # how long after a change or a request the feed captures often
_WAITED_FOR_S = 0.1  # after a request at full rate: who waits for a change asks again and again
_TOLD_EVERY_S = 0.05  # live views hear that nothing changed
_FAULT_PAUSE_S = 0.5
_DRIVEN_S = 0.5  # between two looks or gestures of a driver; a model call takes longer
_WAIT_LIMIT_S = 15.0
_BEGIN_S = 0.05


class Camera(Protocol):
    def screenshot(self) -> Screenshot: ...


@dataclass(frozen=True, slots=True)
class FeedFrame:
    """A capture: `began_at` and `screenshot.captured_at` are seconds since the epoch."""

    screenshot: Screenshot
    began_at: float
    changed: bool


Listener = Callable[[FeedFrame], None]


class ScreenFeed:
    """Captures one phone's screen on a thread of its own, from `start` to `stop`."""

    moving_pause_s = 0.01  # between captures, after one that shows a change
    waited_pause_s = 0.02  # while somebody waits for a frame
    busy_pause_s = 0.06  # for a while after a change or a request
    idle_pause_s = 0.4  # between captures of a screen that has not changed for a while

    def __init__(self, phone_id: int, camera: Camera, *, live: bool = True) -> None:
        """`live`: publish live pictures; not needed for a terminal session."""
        self.phone_id = phone_id
        self._camera = camera
        self._news = threading.Condition()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._frame: FeedFrame | None = None
        self._error: PhoneError | None = None
        self._error_at = 0.0
        self._busy_until = 0.0
        self._driven_at = -_DRIVEN_S
        self._told_at = self._began_at = 0.0
        self._sequence = 0
        self._listeners: tuple[Listener, ...] = ()
        self._live = LivePublisher(phone_id) if live else None
        self._thread = SupervisedThread(f"feed-{phone_id}", self._run)

    def start(self) -> None:
        if self._live:
            self._live.start()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.stop()
        self._wake.set()
        if self._live:
            self._live.stop()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the newest frame and each changed one; returns a function that removes it."""
        self._listeners = (*self._listeners, listener)
        if self._frame is not None:
            listener(self._frame)
        return lambda: self._forget(listener)

    @property
    def newest(self) -> Screenshot | None:
        """The last frame, however old it is."""
        return self._frame.screenshot if self._frame else None

    def capture(self, after: float | None = None) -> Screenshot:
        """A picture whose capture began after that time (default: now). Raises the phone's error."""
        since = time.time() if after is None else after
        self.hurry()
        deadline = time.monotonic() + _WAIT_LIMIT_S
        with self._news:
            while self._frame is None or self._frame.began_at < since:
                if self._error is not None and self._error_at >= since:
                    raise self._error
                if self._stopping.is_set() or not self._news.wait(deadline - time.monotonic()):
                    raise FeedStalled(f"no picture from phone {self.phone_id} in {_WAIT_LIMIT_S:g} s")
            return self._frame.screenshot

    def await_begin(self, after: float) -> None:
        """Return once a capture has begun after that time, or after a moment: one that is under way may take long."""
        self.hurry()
        with self._news:
            self._news.wait_for(lambda: self._began_at >= after or self._stopping.is_set(), _BEGIN_S)

    def hurry(self) -> None:
        """Capture at full rate for a while, after a gesture or a request."""
        self._driven_at = time.monotonic()
        self._busy_until = self._driven_at + _BUSY_FOR_S
        self._wake.set()

    @property
    def is_driven(self) -> bool:
        """Whether the driver looks or acts right now; False while a model or a person thinks."""
        return time.monotonic() - self._driven_at < _DRIVEN_S

    def _forget(self, listener: Listener) -> None:
        self._listeners = tuple(kept for kept in self._listeners if kept is not listener)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            with self._news:
                self._began_at = began_at = time.time()
                self._news.notify_all()
            try:
                screenshot = self._camera.screenshot()
            except PhoneError as error:
                self._fail(error)
                self._wake.wait(_FAULT_PAUSE_S)
                continue
            self._take(screenshot, began_at)
            self._wake.wait(self.pause_s())

    def pause_s(self) -> float:
        """How long after a capture the next one begins."""
        now = time.monotonic()
        if self._frame is not None and self._frame.changed:
            return self.moving_pause_s
        if now - self._driven_at < _WAITED_FOR_S:
            return self.waited_pause_s
        return self.busy_pause_s if now < self._busy_until else self.idle_pause_s

    def _fail(self, error: PhoneError) -> None:
        if type(error) is not type(self._error):
            log.warning("feed %s: %s: %s", self.phone_id, type(error).__name__, error)
        with self._news:
            self._error, self._error_at = error, time.time()
            self._news.notify_all()

    def _take(self, screenshot: Screenshot, began_at: float) -> None:
        previous = self._frame
        changed = previous is None or _differs(previous.screenshot.image, screenshot.image)
        if changed:
            self._sequence += 1
            self._busy_until = time.monotonic() + _BUSY_FOR_S
        numbered = Screenshot(screenshot.image, screenshot.captured_at, self._sequence)
        frame = FeedFrame(numbered, began_at, changed)
        with self._news:
            self._frame, self._error = frame, None
            self._news.notify_all()
        self._publish(frame)
        if changed:
            for listener in self._listeners:
                listener(frame)

    def _publish(self, frame: FeedFrame) -> None:
        shot = frame.screenshot
        if self._live and (frame.changed or shot.captured_at - self._told_at >= _TOLD_EVERY_S):
            self._told_at = shot.captured_at
            self._live.changed(shot) if frame.changed else self._live.unchanged(shot.captured_at)


class FeedStalled(PhoneError):
    """The phone gave neither a picture nor an error in time."""

    retryable = True
    advice = catalogue._("检查手机是否在线")


def _differs(one: Image.Image, other: Image.Image) -> bool:
    """Whether the pictures differ; bands are compared from the middle, where most changes are."""
    if one is other:  # the phone sent the same bytes
        return False
    if one.size != other.size:
        return True
    height = -(-one.height // _BANDS)
    tops = sorted(range(0, one.height, height), key=lambda top: abs(top + height / 2 - one.height / 2))
    bands = ((0, top, one.width, min(top + height, one.height)) for top in tops)
    return any(ImageChops.difference(one.crop(band), other.crop(band)).getbbox() is not None for band in bands)
