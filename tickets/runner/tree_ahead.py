"""Asks a phone for its tree of elements while the wait for the screen to rest still goes on.

Rule: a tree that was begun early is used only where the picture has been the same from before it was begun until it is
asked for, and only once; with anything else the phone is asked anew. A phone makes one tree at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from cs_agent.observation import Screenshot, UiNode

Nodes = tuple[UiNode, ...] | None

_STILL_S = 0.08  # unchanged this long, the screen may have come to rest; a wait ends after three times this
_threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="tree")  # one tree for each phone of the host


@dataclass(slots=True)
class TreeAhead:
    """For one phone; `ask` fetches its tree and may raise PhoneError."""

    ask: Callable[[], Nodes]
    _acted_on: int | None = field(default=None, init=False)  # the picture before the gesture, until a tree is begun
    _sequence: int = field(default=-1, init=False)
    _still_since: float = field(default=0.0, init=False)
    _begun: Future[Nodes] | None = field(default=None, init=False)
    _begun_on: int = field(default=-1, init=False)

    def gesture(self, on: Screenshot | None) -> None:
        """A gesture is about to be made on this picture: what was begun before it tells nothing any more."""
        self._acted_on = on.sequence if on else -1
        self._begun_on = -1

    def seen(self, shot: Screenshot) -> None:
        """A picture was taken; the first that stays after a gesture's effect begins a tree."""
        if shot.sequence != self._sequence:
            self._sequence, self._still_since = shot.sequence, shot.captured_at
        reacted = self._acted_on is not None and shot.sequence != self._acted_on
        if reacted and self._is_idle() and shot.captured_at - self._still_since >= _STILL_S:
            self._acted_on = None
            self._begun, self._begun_on = _threads.submit(self.ask), shot.sequence

    def take(self, newest: Screenshot | None) -> Nodes:
        """The phone's tree now. Raises PhoneError."""
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
