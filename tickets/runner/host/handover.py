"""Carries out the gestures of a takeover, and records each as a step of the run.

Rule: a human acts under the same lease as the agent. A gesture whose takeover has ended, or whose phone belongs to
another run now, is dropped.
"""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Any

import redis
from django.conf import settings
from django.db import close_old_connections, connections, transaction
from django.db.utils import DatabaseError

from cs_agent.engine.run.protocols import Key, PhoneError
from cs_agent.geometry import Point
from cs_agent.observation import TextLine
from cs_agent.phone.driver import Driver
from tickets.errors import Conflict
from tickets.models import PhoneUse, Step, Takeover
from tickets.runner.holds import phone_lock
from tickets.runner.host.lesson_page_reader import LessonPageReader
from tickets.runner.pictures import recorders, step_pictures
from tickets.runner.pictures.feed import ScreenFeed
from tickets.runner.pictures.redactors import Redactor
from tickets.runner.pictures.touched import control_at
from tickets.runner.upkeep.threads import SupervisedThread
from tickets.services.live import events as live
from tickets.services.live import gestures
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.runs import takeovers

log = logging.getLogger(__name__)
_POLL_S = 1.0
_LESSON_POLL_S = 0.25  # a lesson's page is read soon after it has changed by itself
_PAUSE_S = 1.0
_LOCK_S = 2.0  # the agent has released the phone before a takeover begins; a gesture that waits longer is stale
_POINTING = frozenset({GestureKind.TAP.value, GestureKind.LONG_PRESS.value})
_KEYS = {"back": Key.BACK, "home": Key.HOME, "recent": Key.RECENT, "enter": Key.ENTER}


class GestureLoop:
    """Receives gestures for one phone on its own thread."""

    def __init__(self, phone_id: int, phone: Driver, feed: ScreenFeed, lesson: LessonPageReader | None = None) -> None:
        self._phone_id, self._phone, self._feed = phone_id, phone, feed
        self._lesson = lesson or LessonPageReader(phone_id, phone, feed)
        self._poll_s = _POLL_S
        self._stopping = threading.Event()
        self._thread = SupervisedThread(f"gestures-{phone_id}", self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.stop()

    def _run(self) -> None:
        client = redis.Redis.from_url(settings.REDIS_URL)
        while not self._stopping.is_set():
            try:
                gesture = gestures.receive(client, self._phone_id, self._poll_s, late=tell_late)
                close_old_connections()
                if gesture is not None:
                    self.carry_out(gesture)
                else:
                    self._poll_s = _LESSON_POLL_S if self._lesson.watch() else _POLL_S
            except (redis.RedisError, DatabaseError, PhoneError) as error:
                log.warning("gestures of phone %s: %s", self._phone_id, error)
                self._stopping.wait(_PAUSE_S)
        connections.close_all()

    def carry_out(self, gesture: Gesture) -> None:
        """Record the gesture, then carry it out under the phone's lock: a gesture whose takeover ended while it waited
        is refused, and the agent waits for one under way."""
        with phone_lock.on(self._phone_id, _LOCK_S):
            seen = self._lesson.before()
            if seen is not None and self._lesson.stops(gesture, seen):
                return
            step = self._intended(gesture)
            if step is None:
                log.info("gesture for phone %s dropped: its takeover is over", self._phone_id)
                return
            images: dict[str, Any] = {}
            fault = ""
            try:
                images["before"] = self._feed.capture(after=0).image
                if not _is_only_shown(gesture, step):
                    perform(self._phone, gesture)
                self._feed.hurry()
                images["after"] = self._feed.capture().image
            except PhoneError as error:
                log.warning("gesture for phone %s: %s", self._phone_id, error)
                fault = error.told(step.run.lang)
        write_down(step, images, fault)
        if seen is not None:
            self._lesson.after(step, gesture, seen, fault=fault)

    def _intended(self, gesture: Gesture) -> Step | None:
        """The gesture as a step, if its takeover holds this phone now."""
        if not Takeover.objects.filter(pk=gesture.takeover, run__leased_phone=self._phone_id).exists():
            return None
        try:
            return takeovers.begin_gesture(gesture)
        except Conflict:
            return None


def tell_late(gesture: Gesture) -> None:
    """The phone was still busy with what came before: who made the gesture is told to make it again."""
    takeover = Takeover.objects.filter(pk=gesture.takeover).select_related("run__ticket").first()
    if takeover is not None:
        live.publish_run(takeover.run, gestures.LATE, {"user": gesture.user_id})


def _is_only_shown(gesture: Gesture, step: Step) -> bool:
    """Whether a committing control is not touched: only practice phones, with test accounts, carry it out."""
    if gesture.kind is not GestureKind.COMMIT:
        return False
    return step.run.phone is None or step.run.phone.use != PhoneUse.PRACTICE


def write_down(step: Step, images: dict[str, Any], fault: str = "") -> None:
    """Record the gesture's outcome with its pictures, and a mark in the recording."""
    recorder = recorders.of_run(step.run_id)
    with transaction.atomic():
        takeovers.end_gesture(step, fault=fault)
        step_pictures.attach(step, images, recorder)
    if recorder is None:
        return
    recorder.mark_human(step.number, step.action_text, tuple(step.touch))
    if step.action_name in _POINTING and images.get("before") is not None:
        recorder.read_soon(images["before"], partial(_name, step))


def _name(step: Step, lines: tuple[TextLine, ...], factor: float, redactor: Redactor) -> None:
    """Name the step by the redacted text that was touched."""
    x, y = step.touch[:2]
    control = redactor.text(control_at(lines, Point(round(x * factor), round(y * factor))))
    if not control:
        return
    try:
        takeovers.name_gesture(step, control)
    except DatabaseError as error:
        log.warning("step %s of run %s keeps its place for a name: %s", step.number, step.run_id, error)
    finally:
        connections.close_all()  # the page reader's thread keeps none


def perform(phone: Driver, gesture: Gesture) -> None:
    """Carry out on the phone the gesture made on its picture."""
    match gesture.kind:
        case GestureKind.TAP | GestureKind.COMMIT:
            phone.tap(Point(*gesture.points))
        case GestureKind.LONG_PRESS:
            phone.long_press(Point(*gesture.points), gesture.seconds)
        case GestureKind.SWIPE:
            x1, y1, x2, y2 = gesture.points
            phone.swipe(Point(x1, y1), Point(x2, y2), gesture.seconds)
        case GestureKind.TYPE:
            phone.type_text(gesture.text)
        case GestureKind.KEY:
            phone.press(_KEYS[gesture.key])
