"""A clock that only moves when somebody waits, a journal in memory, a settle detector that counts pictures.

For tests and benchmarks of the engine; each implements the protocol of the real thing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cs_agent.engine.run.protocols import Interrupted
from cs_agent.engine.run.state import RunState, StepRecord, StepStatus
from cs_agent.observation import Screenshot

_LOOK_S = 0.001  # every look at the clock takes a little


@dataclass(slots=True)
class FakeTime:
    now: float = 1000.0
    slept: float = 0.0

    def __call__(self) -> float:
        self.now += _LOOK_S
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


class StillPicture:
    """Settled when the same picture comes twice."""

    def __init__(self, *, before: object = None) -> None:
        self._last = -1

    def add(self, screenshot: Screenshot) -> bool:
        settled = screenshot.sequence == self._last
        self._last = screenshot.sequence
        return settled


@dataclass(slots=True)
class MemoryJournal:
    """Keeps what it was given as JSON, as a database would. `on_save` and `on_check` may raise."""

    saved: list[tuple[dict[str, Any], StepRecord]] = field(default_factory=list)
    on_save: Callable[[RunState, StepRecord], None] = lambda state, step: None
    on_check: Callable[[], None] = lambda: None

    def save(self, state: RunState, step: StepRecord) -> None:
        self.on_save(state, step)
        self.saved.append((state.to_json(), step))

    def check(self) -> None:
        self.on_check()

    @property
    def checkpoint(self) -> RunState:
        """What another process would find."""
        return RunState.from_json(self.saved[-1][0])

    @property
    def steps(self) -> list[StepRecord]:
        return [step for _, step in self.saved]

    def intents(self) -> list[StepRecord]:
        return [step for step in self.steps if step.status is StepStatus.INTENDED]


@dataclass(slots=True)
class Stop:
    """A journal's check that interrupts at its nth call."""

    at: int
    seen: int = 0

    def __call__(self) -> None:
        self.seen += 1
        if self.seen >= self.at:
            raise Interrupted("scripted")
