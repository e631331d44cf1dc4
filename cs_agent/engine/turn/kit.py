"""What a turn works with, put together once for an engine; and the two ways a turn can end without an act.

Rule: a paused turn leaves the checkpoint as it was before the turn: whoever called the engine writes the new state
together with what is asked of a human, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cs_agent.engine.confirm.exhibit import Exhibitor
from cs_agent.engine.gate.decide import GatePolicy
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.phases import Event, after
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import Journal, Model
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.run.state import Ended, EndStatus, Pause, RunState, StepStatus, TakeoverRequest, Turn
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.observe import Eyes
from cs_agent.engine.turn.act import Hands
from cs_agent.engine.turn.draft import StepDraft


@dataclass(frozen=True, slots=True)
class Kit:
    model: Model
    journal: Journal
    rules: FlowRules
    policy: GatePolicy
    settings: EngineSettings
    prompt: Prompt
    eyes: Eyes
    hands: Hands
    exhibitor: Exhibitor
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    def begin(self, number: int) -> StepDraft:
        return StepDraft(number, self.clock)

    def noted(self, state: RunState, draft: StepDraft, outcome: str, *, status: StepStatus = StepStatus.DONE) -> Turn:
        """A turn without an act; the run goes on."""
        state = state.evolve(phase=after(state.phase, Event.NOTE), step_no=draft.number, pending=None, approved="")
        record = draft.record(status, outcome)
        self.journal.save(state, record)
        return Turn(state, record)

    def paused(
        self,
        origin: RunState,
        state: RunState,
        draft: StepDraft,
        event: Event,
        pause: Pause,
        *,
        pending: Pending | None = None,
        status: StepStatus = StepStatus.INTENDED,
        outcome: str = "",
    ) -> Turn:
        """A turn that ends with a human. `origin` is the state the turn began with; only the step is written."""
        phase = after(origin.phase, event)
        record = draft.record(status, outcome)
        self.journal.save(origin, record)
        waiting = pending.evolve(timings=record.timings, tokens=record.tokens).to_json() if pending else None
        return Turn(state.evolve(phase=phase, step_no=draft.number, pending=waiting, approved=""), record, pause)

    def needs_human(self, origin: RunState, state: RunState, draft: StepDraft, code: str, text: str) -> Turn:
        """Ask for a takeover, with the screenshot."""
        seen = draft.observation
        request = TakeoverRequest(text, code, seen.screenshot.image if seen else None)
        status = StepStatus.DONE if code == "model" else StepStatus.REFUSED
        return self.paused(origin, state, draft, Event.NEED_HUMAN, request, status=status, outcome=text)

    def ended(
        self,
        origin: RunState,
        state: RunState,
        draft: StepDraft,
        status: EndStatus,
        message: str,
        evidence: tuple[str, ...] = (),
    ) -> Turn:
        message = message or say("done", state.lang)
        step = StepStatus.DONE if status is EndStatus.SUCCEEDED else StepStatus.FAILED
        final = state.evolve(message=message)
        return self.paused(
            origin, final, draft, Event.END, Ended(status, message, evidence), status=step, outcome=message
        )


def count(state: RunState, name: str) -> int:
    return state.counters.get(name, 0)


def counted(state: RunState, name: str, value: int | None = None) -> RunState:
    """The state with the counter one higher, or at `value`."""
    number = count(state, name) + 1 if value is None else value
    return state.evolve(counters={**state.counters, name: number})
