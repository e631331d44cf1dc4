"""Asks a phone what is on its screen, its tree of elements or its foreground app, while the engine still
waits for the screen to settle.

Rule: an answer that was asked for early is used only where the picture has been the same from before that until it is
wanted, and only once; with anything else the phone is asked anew. Of each kind one question at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cs_agent.observation import Screenshot

T = TypeVar("T")

_STILL_S = 0.08  # unchanged this long, the screen may have come to rest; a wait ends after three times this
_threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="prefetch")  # two for each phone of the host


@dataclass(slots=True)
class Prefetch(Generic[T]):
    """One question for one phone; `ask` may raise PhoneError."""

    ask: Callable[[], T]
    _acted_on: int | None = field(default=None, init=False)  # the picture before the gesture, until it is asked
    _sequence: int = field(default=-1, init=False)
    _still_since: float = field(default=0.0, init=False)
    _begun: Future[T] | None = field(default=None, init=False)
    _begun_on: int = field(default=-1, init=False)

    def gesture(self, on: Screenshot | None) -> None:
        """A gesture is about to be made on this picture: what was begun before it tells nothing any more."""
        self._acted_on = on.sequence if on else -1
        self._begun_on = -1

    def seen(self, shot: Screenshot, still_s: float = _STILL_S) -> None:
        """A picture was taken; the first that stays so long after a gesture's effect has the phone asked."""
        if shot.sequence != self._sequence:
            self._sequence, self._still_since = shot.sequence, shot.captured_at
        reacted = self._acted_on is not None and shot.sequence != self._acted_on
        if reacted and self._is_idle() and shot.captured_at - self._still_since >= still_s:
            self._acted_on = None
            self._begun, self._begun_on = _threads.submit(self.ask), shot.sequence

    def take(self, newest: Screenshot | None) -> T:
        """The phone's answer now. Raises PhoneError."""
        begun, self._begun = self._begun, None
        usable = newest is not None and newest.sequence == self._begun_on
        self._acted_on, self._begun_on = None, -1
        if begun is None:
            return self.ask()
        if usable:
            return begun.result()
        begun.exception()  # its end is waited for; what it was of has passed
        return self.ask()

    def _is_idle(self) -> bool:
        return self._begun is None or self._begun.done()
