"""The record of one step in progress: timings, the model's thought, the decision and the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cs_agent.engine.actions.touch import touch_of
from cs_agent.engine.actions.values import Action
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.protocols import Reply
from cs_agent.engine.run.state import StepRecord, StepSource, StepStatus, Verdict
from cs_agent.observation import Observation, Screenshot

_NOT_OURS = ("model", "act", "settle")  # the model's time and the phone's own reaction
_MARK = re.compile(r"\s*[〔\[][0-9a-f]{8,64}[〕\]]\s*")  # a name of the page that a model writes down for itself


def for_people(thought: str) -> str:
    """A thought without marks meant only for the model itself: `目标3/8〔1a2b3c4d〕选上` → `目标3/8 选上`."""
    return _MARK.sub(" ", thought).strip()


@dataclass(slots=True)
class StepDraft:
    """`timings` are seconds; `engine` is the total without the model and the phone's own reaction, `tree` the waiting
    for trees in any part of it. A step that a human was asked about in between goes on from what it had taken before
    (`resume`)."""

    number: int
    clock: Callable[[], float]
    trees: Callable[[], float] = float  # seconds that trees were waited for in all steps until now
    thought: str = ""
    action: Action | None = None
    raw: str = ""  # the reply where it could not be read
    control: str = ""  # the name of what is touched
    goal: str = ""  # the sub-goal it serves
    confidence: float | None = None
    verdict: Verdict | None = None
    source: StepSource = StepSource.MODEL
    route_mark: dict[str, Any] | None = None
    observation: Observation | None = None
    timings: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    _started: float = field(default=0.0, init=False)
    _trees_before: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._started, self._trees_before = self.clock(), self.trees()

    def resume(self, pending: Pending) -> None:
        """Continue a step that was paused or interrupted, with its thought, decision and timings."""
        self.thought, self.action, self.confidence = pending.thought, pending.action, pending.confidence
        self.verdict, self.source = pending.verdict, pending.source
        self.timings, self.tokens = dict(pending.timings), dict(pending.tokens)
        self._started -= self.timings.pop("total", 0.0)
        self.timings.pop("engine", None)
        self._trees_before -= self.timings.pop("tree", 0.0)

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        start = self.clock()
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + self.clock() - start

    def note_reply(self, reply: Reply) -> None:
        self.tokens = {"prompt": reply.prompt_tokens, "completion": reply.completion_tokens}
        self.timings["first_token"] = reply.first_token_s

    def record(self, status: StepStatus, outcome: str = "", after: Screenshot | None = None) -> StepRecord:
        seen = self.observation
        return StepRecord(
            number=self.number,
            status=status,
            thought=self.thought,
            action=self.action,
            raw=self.raw,
            source=self.source,
            route_mark=self.route_mark,
            control=self.control,
            goal=self.goal,
            confidence=self.confidence,
            verdict=self.verdict,
            outcome=outcome,
            app=seen.app.package if seen else "",
            timings=self._times(),
            tokens=dict(self.tokens),
            touch=touch_of(self.action, seen.size) if self.action and seen else (),
            before=seen.screenshot.image if seen else None,
            after=after.image if after else None,
        )

    def _times(self) -> dict[str, float]:
        total = self.clock() - self._started
        own = total - sum(self.timings.get(name, 0.0) for name in _NOT_OURS)
        tree = self.trees() - self._trees_before
        waited = {"tree": tree} if tree > 0 else {}
        return {**self.timings, **waited, "total": total, "engine": max(0.0, own)}
