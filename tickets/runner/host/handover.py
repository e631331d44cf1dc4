"""Carries out the gestures of a human who took a phone over, and writes each down as a step of the run.

Rule: a human acts under the same lease as the agent. A gesture whose takeover is over, or whose phone has been given
to another run, is dropped.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

import redis
from django.conf import settings
from django.db import close_old_connections, connections, transaction
from django.db.utils import DatabaseError

from cs_agent.engine.run.protocols import Key, PhoneError
from cs_agent.geometry import Point
from cs_agent.phone.phone import AdbPhone
from tickets.models import Takeover
from tickets.runner.holds import phone_lock as hands
from tickets.runner.pictures import film, recorders
from tickets.runner.pictures.feed import ScreenFeed
from tickets.services.live import gestures
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.runs import takeovers

log = logging.getLogger(__name__)
_POLL_S = 1.0
_PAUSE_S = 1.0
_HANDS_S = 2.0  # the agent has let go before a takeover begins; a gesture that came later than that is stale
_KEYS = {"back": Key.BACK, "home": Key.HOME, "recent": Key.RECENT, "enter": Key.ENTER}


class GestureLoop:
    """Waits for gestures for one phone on a thread of its own."""

    def __init__(self, phone_id: int, phone: AdbPhone, feed: ScreenFeed) -> None:
        self._phone_id, self._phone, self._feed = phone_id, phone, feed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"gestures-{phone_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        client = redis.Redis.from_url(settings.REDIS_URL)
        while not self._stopping.is_set():
            try:
                gesture = gestures.receive(client, self._phone_id, _POLL_S)
                if gesture is not None:
                    close_old_connections()
                    self._carry_out(gesture)
            except (redis.RedisError, DatabaseError, PhoneError) as error:
                log.warning("gestures of phone %s: %s", self._phone_id, error)
                self._stopping.wait(_PAUSE_S)
        connections.close_all()

    def _carry_out(self, gesture: Gesture) -> None:
        takeover = self._holding(gesture)
        if takeover is None:
            log.info("gesture for phone %s dropped: its takeover is over", self._phone_id)
            return
        with hands.on(self._phone_id, _HANDS_S):
            before = self._feed.capture(after=0)
            perform(self._phone, gesture)
            self._feed.hurry()
            after = self._feed.capture()
        write_down(takeover, gesture, {"before": before.image, "after": after.image})

    def _holding(self, gesture: Gesture) -> Takeover | None:
        """The takeover of this gesture if it holds this phone now."""
        return (
            Takeover.objects.select_related("run__ticket", "user")
            .filter(pk=gesture.takeover, user_id=gesture.user_id, ended_at=None, run__leased_phone=self._phone_id)
            .exclude(begun_at=None)
            .first()
        )


def write_down(takeover: Takeover, gesture: Gesture, images: dict[str, Any]) -> None:
    """The gesture as a step with its pictures, and as a mark in the recording."""
    recorder = recorders.of_run(takeover.run_id)
    with transaction.atomic():
        step = takeovers.record_gesture(takeover, gesture)
        film.attach(step, images, recorder)
    if recorder is not None:
        recorder.mark_human(step.number, step.action_text, tuple(gesture.points))


def perform(phone: AdbPhone, gesture: Gesture) -> None:
    """Do on the phone what the human did on its picture."""
    match gesture.kind:
        case GestureKind.TAP:
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
