"""What was sent to the queues, heard from Celery itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.signals import before_task_publish


@contextmanager
def listening() -> Iterator[list[str]]:
    """The run ids of the messages sent meanwhile, in order."""
    heard: list[str] = []

    def hear(body: Any = None, **_: Any) -> None:
        heard.extend(body[0])

    before_task_publish.connect(hear, weak=False)
    try:
        yield heard
    finally:
        before_task_publish.disconnect(hear)
