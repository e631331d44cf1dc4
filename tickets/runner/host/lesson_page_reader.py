"""Reads the pages of a lesson on the phone's host, before and after each gesture of the teacher.

Rule: a gesture is recorded with the page it was made on, and a page is read once it has settled. Nothing is read
outside lessons.
"""

from __future__ import annotations

import logging
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from cs_agent.engine.run.protocols import PhoneError, SettleFactory, TextReader
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.observation import Observation
from cs_agent.phone.driver import Driver
from cs_agent.vision.settle import SettleDetector
from tickets.models import Step
from tickets.runner.drive.engines import text_reader
from tickets.runner.drive.phone import FeedPhone
from tickets.runner.pictures.feed import ScreenFeed
from tickets.services.live import lesson_pages
from tickets.services.live.gestures import Gesture
from tickets.services.studio import lesson_steps, lesson_words

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Read:
    run_id: uuid.UUID
    seen: Observation


class LessonPageReader:
    """One for each attended phone. Its methods raise PhoneError and redis.RedisError."""

    def __init__(
        self,
        phone_id: int,
        phone: Driver,
        feed: ScreenFeed,
        *,
        reader: TextReader | None = None,
        settle: SettleFactory = SettleDetector,
    ) -> None:
        self._phone_id, self._phone, self._feed = phone_id, phone, feed
        self._fed = FeedPhone(phone, feed)
        self._typing = ExitStack()
        self._observer = ScreenObserver(
            self._fed,
            reader or text_reader(),
            settle,
            EngineSettings(),
            time.monotonic,
            time.sleep,
            lambda: None,
        )
        self._read: _Read | None = None
        self._was_out = False  # the phone did not answer since

    def watch(self) -> bool:
        """Read the page if a lesson is given and it has changed since; whether one is given."""
        run_id = lesson_steps.open_on(self._phone_id)
        if run_id is None:
            self._read = None
            self._typing.close()
            return False
        newest = self._feed.newest
        known = self._read
        same = known is not None and known.run_id == run_id
        if not same:
            self._type_as_runs_do()
        if not same or newest is None or known is None or newest.sequence != known.seen.screenshot.sequence:
            self._look(run_id, None)
        return True

    def before(self) -> Observation | None:
        """The page that a gesture is about to be made on; None outside lessons."""
        return self._read.seen if self.watch() and self._read else None

    def stops(self, gesture: Gesture, seen: Observation) -> bool:
        """Whether the teacher is asked about it instead."""
        return self._read is not None and lesson_words.stops(gesture, seen, self._read.run_id)

    def after(self, step: Step, gesture: Gesture, seen: Observation, *, fault: str) -> None:
        """Remember the gesture, then read what it has led to."""
        if fault:
            return
        lesson_steps.record(step, gesture, seen, read=self._observer.glance(seen))
        self._look(step.run_id, seen.screenshot.image, told=True)

    def _look(self, run_id: uuid.UUID, before: Any, *, told: bool = False) -> None:
        lesson_pages.note_reading(run_id)
        seen = self._settled(before)
        known = self._read.seen if self._read and self._read.run_id == run_id else None
        if self._was_out and known is not None and lesson_steps.began_anew(run_id, known, seen):
            self._type_as_runs_do()
        self._was_out = False
        self._read = _Read(run_id, seen)
        mark = lesson_pages.put(run_id, seen)
        news = told or known is None or mark != lesson_pages.mark_of(known)
        if news and lesson_steps.note_page(run_id, seen):
            self._begin_anew(seen.app.package)
            self._look(run_id, seen.screenshot.image, told=True)

    def _settled(self, before: Any) -> Observation:
        try:
            self._observer.wait_until_settled(before)
            seen = self._observer.look(afresh=True)
            return self._observer.with_tree(seen) if seen.nodes is None else seen
        except PhoneError:
            self._was_out = True
            raise

    def _type_as_runs_do(self) -> None:
        """With the keyboard of runs from the first page on: where another one covers half a page and moves what stands
        above it, the page is not the one that runs will see."""
        self._typing.close()
        self._typing.enter_context(self._phone.typing_session())
        self._fed.expect_text()

    def _begin_anew(self, package: str) -> None:
        """As every run finds the app: at its first page, not where somebody left it."""
        self._phone.stop_app(package)
        self._phone.launch(package)
        self._feed.hurry()
