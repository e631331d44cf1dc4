"""Span ids: the root of a run's trace gets the id that its steps already name as their parent; others are random."""

from __future__ import annotations

import threading

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator


class RunIds(RandomIdGenerator):
    """`root`: (trace id, span id) of the next span of this thread, or None for random ones."""

    def __init__(self) -> None:
        self._here = threading.local()

    @property
    def root(self) -> tuple[int, int] | None:
        return getattr(self._here, "root", None)

    @root.setter
    def root(self, ids: tuple[int, int] | None) -> None:
        self._here.root = ids

    def generate_trace_id(self) -> int:
        return self.root[0] if self.root else super().generate_trace_id()

    def generate_span_id(self) -> int:
        return self.root[1] if self.root else super().generate_span_id()
