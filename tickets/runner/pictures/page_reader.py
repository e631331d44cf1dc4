"""Reads the text of pages for redaction, on one thread of low scheduling priority.

Rule: only stable pages are read, oldest first, and not while the phone is being driven unless many wait or somebody
watches. If there are more than can be read in time, the oldest are dropped and stay blurred. Pictures that must be kept
(of steps) are always written; of too many the oldest with its unread parts blurred.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from cs_agent.recording.errors import RecordingError
from tickets.runner.pictures.redactors import Redactor, Unreadable
from tickets.runner.pictures.thread_priority import lower_priority
from tickets.runner.upkeep.threads import SupervisedThread

log = logging.getLogger(__name__)
STANDS_S = 0.5  # a page shown for so long is worth reading
QUIET_S = 0.12  # without a newer page for so long, the page may be stable
PATIENCE_S = 2.0  # how long to wait for a page's tree, which makes reading it cheap
_MANY = 10  # waiting pages or pictures above which reading goes on while the phone is driven
_GIVE_WAY_S = 0.1  # interval of checks whether the phone is still being driven
_MOST_PAGES = 16  # unread pages kept, 2 MB each
_MOST_LASTING = 16  # pictures of steps kept, 8 MB each


@dataclass(slots=True)
class _Page:
    image: Image.Image
    at: float
    arrived: float


@dataclass(frozen=True, slots=True, eq=False)
class KeptPicture:
    """A picture that must be kept: `write` covers and writes it once it has been read. Where too many wait, the oldest
    that has one is written by `write_unread` instead."""

    image: Image.Image
    write: Callable[[], None]
    write_unread: Callable[[], None] | None = None
    arrived: float = field(default_factory=time.monotonic)


class PageReader:
    """`done(image, at)` is called on the reader's thread for each page that has been read."""

    def __init__(
        self,
        redactor: Redactor,
        done: Callable[[Image.Image, float], None],
        name: str,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        """`gives_way()`: whether reading should wait: the phone is being driven and nobody waits for redacted
        pictures."""
        self._redactor = redactor
        self._done = done
        self._gives_way = gives_way
        self._news = threading.Condition()
        self._pages: deque[_Page] = deque()
        self._lasting: deque[KeptPicture] = deque()
        self._closing_at: float | None = None
        self._thread = SupervisedThread(name, self._run)

    def start(self) -> None:
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def see(self, image: Image.Image, at: float) -> None:
        """Note a new unknown page; the previous one is dropped if it was shown only briefly."""
        now = time.monotonic()
        with self._news:
            if self._pages and self._only_passed(self._pages[-1], now):
                self._pages.pop()
            self._pages.append(_Page(image, at, now))
            if len(self._pages) > _MOST_PAGES:
                self._pages.popleft()
            self._news.notify()

    def _only_passed(self, page: _Page, now: float) -> bool:
        """Whether the page was shown too briefly, or vanished before the agent looked at it."""
        stood = now - page.arrived
        return stood < STANDS_S or (stood < PATIENCE_S and not self._redactor.reads_cheaply(page.image))

    def nudge(self) -> None:
        """Wake the reader because more is known of a page."""
        with self._news:
            self._news.notify()

    def take(self, picture: KeptPicture) -> bool:
        """Queue a picture to be read and written; False if the reader has ended, or if the queue is full of pictures
        that cannot give way: the newest picture, of how a run ended, is worth more than those before it."""
        oldest = None
        with self._news:
            if self._closing_at is not None or not self.alive:
                return False
            if len(self._lasting) >= _MOST_LASTING:
                oldest = next((each for each in self._lasting if each.write_unread), None)
                if oldest is None:
                    return False
                self._lasting.remove(oldest)
            self._lasting.append(picture)
            self._news.notify()
        if oldest is not None and oldest.write_unread is not None:
            oldest.write_unread()
        return True

    def close(self, seconds: float) -> None:
        """Read for at most so long, write all pictures that must be kept, and end."""
        with self._news:
            if self._closing_at is None:
                self._closing_at = time.monotonic() + seconds
            self._news.notify()
        if self.alive:
            self._thread.join(seconds * 2)

    def _run(self) -> None:
        lower_priority()
        while (job := self._next()) is not None:
            if isinstance(job, KeptPicture):
                self._write(job)
            else:
                self._read(job)

    def _next(self) -> _Page | KeptPicture | None:
        """Wait for the next job; None at the end."""
        with self._news:
            while True:
                if self._pages and not self._out_of_time() and not self._wait_for(self._pages[0]):
                    return self._pages.popleft()
                if self._lasting and not self._wait_for(self._lasting[0]):
                    return self._lasting.popleft()
                if self._closing_at is not None and not self._lasting:
                    return None
                self._news.wait(min(map(self._wait_for, self._heads()), default=None))

    def _heads(self) -> list[_Page | KeptPicture]:
        return [*itertools.islice(self._pages, 1), *itertools.islice(self._lasting, 1)]

    def _wait_for(self, job: _Page | KeptPicture) -> float:
        """Seconds until the job should be done: until the page counts as stable and, for a while, until its tree is
        there."""
        if self._closing_at is not None:
            return 0.0
        patience = QUIET_S if self._redactor.reads_cheaply(job.image) else PATIENCE_S
        left = max(0.0, job.arrived + patience - time.monotonic())
        many = max(len(self._pages), len(self._lasting)) >= _MANY
        return left if many or not self._gives_way() else max(left, _GIVE_WAY_S)

    def _out_of_time(self) -> bool:
        return self._closing_at is not None and time.monotonic() > self._closing_at

    def _read(self, page: _Page) -> None:
        try:
            self._redactor.read(page.image)
        except Unreadable as error:
            log.warning("a page could not be read and stays blurred: %s", error)
            return
        self._done(page.image, page.at)

    @staticmethod
    def _write(picture: KeptPicture) -> None:
        try:
            picture.write()
        except RecordingError as error:
            log.error("a step's picture was not written: %s", error)
