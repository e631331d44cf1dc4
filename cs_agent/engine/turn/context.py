"""One turn under way: the state it began with, the state it leads to so far, and the record of its step.

Rule: `origin` is never changed: a turn that ends with a human leaves it as the checkpoint. What a turn learns is put
into `state`; a function that only reads a turn changes neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.routes.propose import Proposal
from cs_agent.engine.run.conversation import remember_feedback
from cs_agent.engine.run.state import RunState
from cs_agent.engine.turn.draft import StepDraft
from cs_agent.observation import Observation


@dataclass(slots=True)
class TurnContext:
    origin: RunState
    state: RunState
    draft: StepDraft
    proposal: Proposal | None = None  # the route's, where it proposed this turn's act
    in_picture: bool = False  # the picture alone tells what is to be confirmed

    @property
    def seen(self) -> Observation:
        """The newest observation; ValueError before the first one."""
        if self.draft.observation is None:
            raise ValueError("nothing was looked at in this turn")
        return self.draft.observation

    def see(self, observation: Observation) -> Observation:
        self.draft.observation = observation
        return observation

    @property
    def lang(self) -> str:
        return self.state.lang

    def count(self, name: str) -> int:
        return count(self.state, name)

    def set_count(self, name: str, value: int) -> None:
        self.state = counted(self.state, name, value)

    def add_count(self, name: str) -> None:
        self.state = counted(self.state, name)

    def tell(self, feedback: str) -> None:
        """Add feedback to the model, sent with the next request."""
        self.state = remember_feedback(self.state, feedback)


def count(state: RunState, name: str) -> int:
    return state.counters.get(name, 0)


def counted(state: RunState, name: str, value: int | None = None) -> RunState:
    """The state with the counter increased by one, or set to `value`."""
    number = count(state, name) + 1 if value is None else value
    return state.evolve(counters={**state.counters, name: number})
