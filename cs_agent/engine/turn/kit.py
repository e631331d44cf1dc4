"""The parts a turn works with, made once per engine; and the ways a turn can end without an act.

Rule: a paused turn leaves the checkpoint as it was before the turn: whoever called the engine writes the new state
together with what is asked of a human, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cs_agent.engine.confirm.confirmation_view import ConfirmationReader
from cs_agent.engine.gate.decide import GatePolicy, StepContext, Vouches, decide
from cs_agent.engine.routes.values import RoutePlan
from cs_agent.engine.routes.vouching import vouch_of
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.phases import Event, after
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import Journal, Model
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.run.state import (
    Ended,
    EndStatus,
    Pause,
    RunState,
    StepSource,
    StepStatus,
    TakeoverRequest,
    Turn,
    Verdict,
)
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.engine.screen.signature import page_key
from cs_agent.engine.turn.act import Actuator
from cs_agent.engine.turn.context import TurnContext
from cs_agent.engine.turn.draft import StepDraft
from cs_agent.observation import Observation


@dataclass(frozen=True, slots=True)
class Kit:
    model: Model
    journal: Journal
    rules: FlowRules
    policy: GatePolicy
    settings: EngineSettings
    prompt: Prompt
    observer: ScreenObserver
    actuator: Actuator
    confirmation: ConfirmationReader
    route: RoutePlan
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    vouches: Callable[[], Vouches] = Vouches  # asked for at every act: one that was withdrawn counts no more

    def begin(self, state: RunState, number: int) -> TurnContext:
        return TurnContext(state, state, StepDraft(number, self.clock, lambda: self.observer.tree_wait_s))

    def judge(self, proposed: Pending, seen: Observation, state: RunState) -> Verdict:
        """The gate's verdict on the act on this screen, with the run's state and the current vouches."""
        put_in = bool(state.put_in) and state.put_in == page_key(seen)
        context = StepContext(state.focus, state.typed, put_in, state.unproven, state.led)
        vouches = self.vouches()
        if proposed.source is StepSource.ROUTE:
            vouches = vouches.also(vouch_of(self.route, proposed.route_step, proposed.action, seen))
        return decide(proposed.action, seen, self.rules, self.policy, proposed.confidence, context, vouches)

    def noted(self, turn: TurnContext, outcome: str, *, status: StepStatus = StepStatus.DONE) -> Turn:
        """A turn without an act; the run goes on."""
        phase = after(turn.state.phase, Event.NOTE)
        state = turn.state.evolve(phase=phase, step_no=turn.draft.number, pending=None, approved="")
        record = turn.draft.record(status, outcome)
        self.journal.save(state, record)
        return Turn(state, record)

    def paused(
        self,
        turn: TurnContext,
        event: Event,
        pause: Pause,
        *,
        pending: Pending | None = None,
        status: StepStatus = StepStatus.INTENDED,
        outcome: str = "",
    ) -> Turn:
        """End a turn with a human; only its step is written here."""
        phase = after(turn.origin.phase, event)
        record = turn.draft.record(status, outcome)
        self.journal.save(turn.origin, record)
        waiting = pending.evolve(timings=record.timings, tokens=record.tokens).to_json() if pending else None
        state = turn.state.evolve(phase=phase, step_no=turn.draft.number, pending=waiting, approved="")
        return Turn(state, record, pause)

    def needs_human(self, turn: TurnContext, code: str, text: str) -> Turn:
        """Ask for a takeover, with the screenshot."""
        seen = turn.draft.observation
        request = TakeoverRequest(text, code, seen.screenshot.image if seen else None)
        status = StepStatus.DONE if code == "model" else StepStatus.REFUSED
        return self.paused(turn, Event.NEED_HUMAN, request, status=status, outcome=text)

    def ended(self, turn: TurnContext, status: EndStatus, message: str, evidence: tuple[str, ...] = ()) -> Turn:
        message = message or say("done", turn.lang)
        step = StepStatus.DONE if status is EndStatus.SUCCEEDED else StepStatus.FAILED
        turn.state = turn.state.evolve(message=message)
        return self.paused(turn, Event.END, Ended(status, message, evidence), status=step, outcome=message)
