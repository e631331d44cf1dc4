"""Health of the parts: heartbeats record when each last did its work, not whether its process exists."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import cast

import redis
from django.conf import settings
from django.db import DatabaseError, connection

log = logging.getLogger(__name__)
_KEY = "cs_agent:beats"
_DEFECTS = "cs_agent:thread_defects"
DEFECT_TOLD_S = 60.0  # after a thread died and was started again
HOST_LATE_S = 10.0
WORKER_LATE_S = 45.0  # the heartbeat task is sent every 15 s
WORKER, UPKEEP = "worker.", "upkeep."  # beats are named after what beats and where
_WORK_EVERY_S = 5.0


class Part(StrEnum):
    DATABASE = "database"
    REDIS = "redis"
    WORKER = "worker"
    UPKEEP = "upkeep"
    PHONE_HOST = "phone_host"
    THREADS = "threads"  # of the phone hosts: feeds, gestures, live views, recorders


@dataclass(frozen=True, slots=True)
class PartHealth:
    """`age_s`: seconds since it last did its work; None if it never did or this does not apply."""

    part: Part
    ok: bool
    age_s: float | None = None
    detail: str = ""


_worked_at = -_WORK_EVERY_S


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def beat(name: str) -> None:
    """Record that `name` did its work just now; raises redis.RedisError."""
    _client().hset(_KEY, name, repr(time.time()))


def note_work() -> None:
    """Record a task that drives a run as a heartbeat, since all threads may be busy with long runs. Never raises."""
    global _worked_at
    if time.monotonic() - _worked_at < _WORK_EVERY_S:
        return
    _worked_at = time.monotonic()
    try:
        beat(f"{WORKER}{socket.gethostname()}")
    except redis.RedisError as error:
        log.warning("health: work not noted: %s", error)


def note_defect(thread: str) -> None:
    """Record that a thread died of a defect just now. Never raises."""
    try:
        _client().hset(_DEFECTS, thread, repr(time.time()))
        _client().expire(_DEFECTS, round(DEFECT_TOLD_S * 2))
    except redis.RedisError as error:
        log.warning("health: defect of %s not noted: %s", thread, error)


def snapshot() -> tuple[PartHealth, ...]:
    """The state of every part, read now."""
    database = _database()
    try:
        stored = cast("dict[bytes, bytes]", _client().hgetall(_KEY))
        died = cast("dict[bytes, bytes]", _client().hgetall(_DEFECTS))
    except redis.RedisError as error:
        return database, PartHealth(Part.REDIS, False, detail=type(error).__name__)
    beats = {key.decode(): float(value) for key, value in stored.items()}
    return (
        database,
        PartHealth(Part.REDIS, True),
        _aged(Part.WORKER, _newest(beats, WORKER), WORKER_LATE_S),
        _aged(Part.UPKEEP, _newest(beats, UPKEEP), WORKER_LATE_S),
        _aged(Part.PHONE_HOST, _newest(beats, "host."), HOST_LATE_S),
        _threads({key.decode(): float(value) for key, value in died.items()}),
    )


def queue_lengths(names: Iterable[str]) -> dict[str, int]:
    """Messages that wait in each of these queues; empty while Redis is away."""
    client = _client()
    try:
        return {name: int(cast("int", client.llen(name))) for name in sorted(set(names))}
    except redis.RedisError:
        return {}


def _threads(died: dict[str, float]) -> PartHealth:
    lately = sorted(name for name, at in died.items() if time.time() - at <= DEFECT_TOLD_S)
    return PartHealth(Part.THREADS, not lately, detail=", ".join(lately))


def _database() -> PartHealth:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return PartHealth(Part.DATABASE, False, detail=type(error).__name__)
    return PartHealth(Part.DATABASE, True)


def _newest(beats: dict[str, float], prefix: str) -> float | None:
    return max((at for name, at in beats.items() if name.startswith(prefix)), default=None)


def _aged(part: Part, at: float | None, late_s: float) -> PartHealth:
    age = None if at is None else time.time() - at
    return PartHealth(part, age is not None and age <= late_s, age)
