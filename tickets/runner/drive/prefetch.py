"""Prefetches a phone's accessibility tree or foreground app while the engine waits for the screen to settle.

Rule: a prefetched answer is used once, and only if the picture was unchanged from before the request until its use;
otherwise the phone is asked again. One request of each kind at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cs_agent.observation import Screenshot

T = TypeVar("T")

_STILL_S = 0.08  # a screen unchanged for so long may have settled; a wait ends after three times this
_threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="prefetch")  # two for each phone of the host


@dataclass(slots=True)
class Prefetch(Generic[T]):
    """One kind of request for one phone; `ask` may raise PhoneError."""

    ask: Callable[[], T]
    _acted_on: int | None = field(default=None, init=False)  # the picture before the gesture, until it is asked
    _sequence: int = field(default=-1, init=False)
    _still_since: float = field(default=0.0, init=False)
    _begun: Future[T] | None = field(default=None, init=False)
    _begun_on: int = field(default=-1, init=False)

    def gesture(self, on: Screenshot | None) -> None:
        """A gesture is about to be made on this picture: earlier requests become invalid."""
        self._acted_on = on.sequence if on else -1
        self._begun_on = -1

    def seen(self, shot: Screenshot, still_s: float = _STILL_S) -> None:
        """Note a new picture; the first one that is stable for `still_s` after a gesture's effect starts the
        request."""
        if shot.sequence != self._sequence:
            self._sequence, self._still_since = shot.sequence, shot.captured_at
        reacted = self._acted_on is not None and shot.sequence != self._acted_on
        if reacted and self._is_idle() and shot.captured_at - self._still_since >= still_s:
            self._acted_on = None
            self._begun, self._begun_on = _threads.submit(self.ask), shot.sequence

    def begin(self, newest: Screenshot | None) -> None:
        """Start the request now, for the screen that this picture shows."""
        if newest is not None and self._is_idle():
            self._acted_on = None
            self._begun, self._begun_on = _threads.submit(self.ask), newest.sequence

    def take(self, newest: Screenshot | None) -> T:
        """The phone's answer now. Raises PhoneError."""
        begun, self._begun = self._begun, None
        usable = newest is not None and newest.sequence == self._begun_on
        self._acted_on, self._begun_on = None, -1
        if begun is None:
            return self.ask()
        if usable:
            return begun.result()
        begun.exception()  # wait for its end; its answer is outdated
        return self.ask()

    def _is_idle(self) -> bool:
        return self._begun is None or self._begun.done()
