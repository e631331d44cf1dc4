"""OCR of a stored picture: requested by a studio page, done by a worker, which has the text reader.

Rule: kept in Redis only, for about as long as a flow editor works on the flow; redacted parts of the picture are never
read.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict

import redis

from cs_agent.geometry import Box
from cs_agent.observation import TextLine
from tickets import queues
from tickets.models import Step
from tickets.services.live.store import store

_TTL_S = 3600
_ASKED_S = 20  # after which it is asked for anew: the worker may have died over it


def get(picture: str) -> tuple[TextLine, ...] | None:
    """The lines on the picture at that path, in its pixels; None if it has not been read or Redis is unreachable."""
    data = None
    with suppress(redis.RedisError):
        data = store().get(_key(picture))
    if not isinstance(data, bytes):
        return None
    return tuple(TextLine(**{**line, "box": Box(**line["box"])}) for line in json.loads(data))


def put(picture: str, lines: tuple[TextLine, ...]) -> None:
    """Raises redis.RedisError."""
    store().set(_key(picture), json.dumps([asdict(line) for line in lines]), ex=_TTL_S)


def ask(step: Step, which: str) -> None:
    """Request OCR by the host that made the picture, unless just requested. `which`: before or after."""
    with suppress(redis.RedisError):
        if store().set(f"{_key(getattr(step, which))}:asked", 1, ex=_ASKED_S, nx=True):
            queues.enqueue_reading(step.pk, which, queues.of_run(step.run), _ASKED_S)


def _key(picture: str) -> str:
    return f"cs_agent:picture:{picture}"
