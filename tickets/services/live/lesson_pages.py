"""The page that a lesson's phone shows: written by the phone's host, read by the page on which a teacher marks
controls.

Rule: kept in Redis only, while the lesson goes on, and never stored, since it may hold personal data.
"""

from __future__ import annotations

import json
import logging
import math
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import redis

from cs_agent.engine.screen.compare import screen_mark
from cs_agent.geometry import Box, Size
from cs_agent.observation import AppKind, ForegroundApp, Observation, Role, Screenshot, TextLine, UiNode
from tickets.services.live.store import store

log = logging.getLogger(__name__)
_TTL_S = 3600
_READING_TTL_S = 20  # of a host that died while it read


@dataclass(frozen=True, slots=True)
class _Blank:
    """Replaces the picture, of which only the size is kept."""

    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class LessonPage:
    """`mark`: equal for pages with the same content. `seen` has no picture that could be read. `since`: when the phone
    was first seen to show it, in seconds since the epoch."""

    mark: str
    seen: Observation
    since: float


def put(run_id: object, seen: Observation) -> str:
    """Store the page as the current one; returns its mark. Raises redis.RedisError."""
    mark, before = mark_of(seen), get(run_id)
    data = {
        "mark": mark,
        "since": before.since if before and before.mark == mark else seen.screenshot.captured_at,
        "size": [seen.size.width, seen.size.height],
        "app": asdict(seen.app),
        "lines": [asdict(line) for line in seen.lines],
        "nodes": None if seen.nodes is None else [asdict(node) for node in seen.nodes],
    }
    store().set(_key(run_id), json.dumps(data), ex=_TTL_S)
    store().delete(_reading(run_id))
    return mark


def note_reading(run_id: object) -> None:
    """Record that the screen has changed, so that the stored page may be outdated until the next `put`. Raises
    redis.RedisError."""
    store().set(_reading(run_id), 1, ex=_READING_TTL_S)


def is_reading(run_id: object) -> bool:
    try:
        return bool(store().exists(_reading(run_id)))
    except redis.RedisError:  # then there is no page either
        return False


def mark_of(seen: Observation) -> str:
    return screen_mark(seen)


def get(run_id: object) -> LessonPage | None:
    """The current page; None if none was read yet or Redis does not answer."""
    try:
        data = store().get(_key(run_id))
    except redis.RedisError as error:
        log.warning("lesson: the page of run %s could not be had: %s", run_id, error)
        return None
    return _page(json.loads(data)) if isinstance(data, bytes) else None


def forget(run_id: object) -> None:
    with suppress(redis.RedisError):  # it goes by itself after a while
        store().delete(_key(run_id))


def _page(data: dict[str, Any]) -> LessonPage:
    size = Size(*data["size"])
    image: Any = _Blank((size.width, size.height))
    app = ForegroundApp(**{**data["app"], "kind": AppKind(data["app"]["kind"])})
    lines = tuple(TextLine(**{**line, "box": Box(**line["box"])}) for line in data["lines"])
    nodes = None if data["nodes"] is None else tuple(_node(node) for node in data["nodes"])
    seen = Observation(Screenshot(image, 0.0), app, lines, nodes)
    return LessonPage(data["mark"], seen, float(data.get("since", math.inf)))


def _node(data: dict[str, Any]) -> UiNode:
    kinds = {"role": Role(data["role"]), "app_kind": AppKind(data["app_kind"]), "box": Box(**data["box"])}
    return UiNode(**{**data, **kinds})


def _reading(run_id: object) -> str:
    return f"{_key(run_id)}:reading"


def _key(run_id: object) -> str:
    return f"cs_agent:lesson:{run_id}"
