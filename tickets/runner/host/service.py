"""The phone host: what one worker process keeps running beside its tasks, for the phones of its queue.

It owns the screen feeds (of phones that are leased or viewed), attaches the recorder of the run that holds the phone,
carries out takeover gestures, and checks the other phones. It holds no state beyond the database: after a crash the
next worker process rebuilds it within a tick.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import close_old_connections, connections
from django.db.utils import DatabaseError

from cs_agent.engine.run.protocols import Journal, PhoneError
from cs_agent.engine.run.protocols import Phone as EnginePhone
from cs_agent.engine.turn.loop import Engine
from cs_agent.phone import drivers
from cs_agent.phone.driver import Driver, KeepsPace, Pace
from tickets.models import Phone, PhoneState, Run
from tickets.runner.drive.app_names import own_app_names
from tickets.runner.drive.engines import build_engine
from tickets.runner.host.handover import GestureLoop
from tickets.runner.host.rounds import Rounds
from tickets.runner.pictures.feed import ScreenFeed
from tickets.runner.pictures.recorders import RunRecorder
from tickets.runner.upkeep.threads import SupervisedThread
from tickets.services.live import frames, health

log = logging.getLogger(__name__)
_TICK_S = 0.5


def connect(row: Phone) -> Driver:
    """The phone of that row, by its driver."""
    return drivers.connect(
        drivers.Address(
            row.serial,
            host=settings.CS_AGENT["CS_AGENT_ADB_HOST"],
            port=settings.CS_AGENT["CS_AGENT_ADB_PORT"],
            app_names=own_app_names(),
        )
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts a host drives phones with; benchmarks may replace them."""

    connect: Callable[[Phone], Driver] = connect
    feed: Callable[[int, Driver], ScreenFeed] = ScreenFeed
    build_engine: Callable[[Run, EnginePhone, Journal], Engine] = build_engine


@dataclass
class _Attended:
    """What the host keeps for one phone."""

    phone: Driver
    feed: ScreenFeed
    gestures: GestureLoop
    recorder: RunRecorder | None = None


class _Attendance:
    """The attended phones, each with its own lock, so that an unresponsive one delays no other.

    Rule: beginning, ending or recording the attendance of a phone requires that phone's lock, under which the current
    lease is read. Values read before the lock may belong to an earlier run.
    """

    def __init__(self) -> None:
        self._kept: dict[int, _Attended] = {}
        self._locks: defaultdict[int, threading.RLock] = defaultdict(threading.RLock)
        self._lock = threading.Lock()

    def lock(self, phone_id: int) -> threading.RLock:
        with self._lock:
            return self._locks[phone_id]

    def get(self, phone_id: int) -> _Attended | None:
        with self._lock:
            return self._kept.get(phone_id)

    def put(self, phone_id: int, kept: _Attended) -> None:
        with self._lock:
            self._kept[phone_id] = kept

    def take(self, phone_id: int) -> _Attended | None:
        with self._lock:
            return self._kept.pop(phone_id, None)

    def ids(self) -> list[int]:
        with self._lock:
            return list(self._kept)


class PhoneHost:
    """One per worker process: `start` at its begin, `stop` at its end."""

    def __init__(self, queue: str, parts: Parts | None = None) -> None:
        self.queue = queue
        self.parts = parts or Parts()
        self._attended = _Attendance()
        self._paces: defaultdict[int, Pace] = defaultdict(Pace)  # of phones attended before
        self._rounds = Rounds(self._known_phone)
        self._stopping = threading.Event()
        self._thread = SupervisedThread("phone-host", self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.stop()
        self._rounds.stop()
        for phone_id in self._attended.ids():
            with self._attended.lock(phone_id):
                self._leave(phone_id)

    def attend(self, phone: Phone) -> tuple[Driver, ScreenFeed]:
        """The phone and its feed, started now if need be; raises PhoneError when it cannot be reached."""
        with self._attended.lock(phone.pk):
            kept = self._attended.get(phone.pk) or self._begin(phone)
            self._record(kept, phone.pk)
            return kept.phone, kept.feed

    def recorder(self, phone_id: int) -> RunRecorder | None:
        kept = self._attended.get(phone_id)
        return kept.recorder if kept else None

    def finish_recording(self, phone_id: int) -> Callable[[], None]:
        """Detach the recorder from the phone; returns a function that closes the recording, which may take seconds."""
        recorder = self.recorder(phone_id)
        if recorder is None:
            return lambda: None
        recorder.leave()
        return recorder.close

    def _begin(self, row: Phone) -> _Attended:
        phone = self.parts.connect(row)
        if isinstance(phone, KeepsPace):
            phone.recall(self._paces[row.pk])
        feed = self.parts.feed(row.pk, phone)
        kept = _Attended(phone, feed, GestureLoop(row.pk, phone, feed))
        self._attended.put(row.pk, kept)
        feed.start()
        kept.gestures.start()
        return kept

    def _leave(self, phone_id: int) -> None:
        kept = self._attended.take(phone_id)
        if kept is None:
            return
        kept.gestures.stop()
        kept.feed.stop()
        if isinstance(kept.phone, KeepsPace):
            self._paces[phone_id] = kept.phone.pace
        _close(kept.recorder)

    def _leave_unwanted(self, phone_id: int) -> None:
        """Stop attending a phone; checked again under its lock, since a run may just have leased it."""
        with self._attended.lock(phone_id):
            held = Phone.objects.filter(pk=phone_id, lease_run__isnull=False).exists()
            if not held and not frames.watched(phone_id):
                self._leave(phone_id)

    def _record(self, kept: _Attended, phone_id: int) -> None:
        """Attach the recorder of the run that holds the phone now. The caller holds the phone's lock."""
        run_id = Phone.objects.filter(pk=phone_id).values_list("lease_run", flat=True).first()
        if kept.recorder is not None and kept.recorder.run_id == run_id:
            return
        _close(kept.recorder)
        kept.recorder = None
        if run_id is not None:
            kept.recorder = RunRecorder.open(run_id, kept.feed)

    def _run(self) -> None:
        while not self._stopping.wait(_TICK_S):
            close_old_connections()
            try:
                self._tick()
                health.beat(f"host.{self.queue}")
            except (DatabaseError, redis.RedisError) as error:
                log.warning("phone host: %s; trying again", error)
        connections.close_all()

    def _tick(self) -> None:
        """One pass over the phones; a retired one is attended until its run is over."""
        rows = Phone.objects.filter(queue=self.queue)
        held = rows.exclude(lease_run=None)
        in_use = rows.exclude(state=PhoneState.RETIRED)
        wanted = {row.pk: row for row in in_use if frames.watched(row.pk)} | {row.pk: row for row in held}
        for phone_id in self._attended.ids():
            if phone_id not in wanted:
                self._leave_unwanted(phone_id)
        for row in wanted.values():
            self._attend_quietly(row)
        self._rounds.visit(in_use)

    def _known_phone(self, row: Phone) -> Driver:
        """The open connection, or a new one for a check."""
        kept = self._attended.get(row.pk)
        return kept.phone if kept else self.parts.connect(row)

    def _attend_quietly(self, row: Phone) -> None:
        try:
            self.attend(row)
        except PhoneError as error:
            log.info("phone host: %s cannot be reached: %s", row.serial, error)


def _close(recorder: RunRecorder | None) -> None:
    """Close the recorder, unless it was detached already: then its detacher closes it."""
    if recorder is not None and not recorder.has_left:
        recorder.close()


_host: PhoneHost | None = None


def current(parts: Parts | None = None) -> PhoneHost:
    """This process's phone host, started on first use, with the parts of the first call."""
    global _host
    if _host is None:
        _host = PhoneHost(settings.CS_AGENT["CS_AGENT_QUEUE"], parts)
        _host.start()
    return _host


def shut_down() -> None:
    global _host
    if _host is not None:
        _host.stop()
        _host = None
