"""One turn of the agent: observe, decide, parse, gate, write the intent, act, wait until settled, write the outcome.

Rule: nothing is done on the phone unless the gate let it pass or a human approved it, and every turn leaves a state
that another process can continue from.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from cs_agent.engine.actions.values import Swipe
from cs_agent.engine.confirm.confirmation_view import ConfirmationReader
from cs_agent.engine.confirm.fields import amounts_by_caption
from cs_agent.engine.confirm.submission import SubmissionReader
from cs_agent.engine.gate.decide import GatePolicy, Vouches, decide
from cs_agent.engine.gate.hazards import Hazard, find_hazard
from cs_agent.engine.routes.values import RoutePlan
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.phases import Event, IllegalTransition
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import (
    Journal,
    Model,
    Phone,
    PhoneError,
    SettleFactory,
    TextReader,
)
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.run.state import EndStatus, Phase, RunState, Turn, Unproven, VerdictKind
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.evidence import look_for_success
from cs_agent.engine.screen.hindrances import Hindrance, Remedy, find_remedy, shows_failure, shows_success
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.engine.turn.act import Actuator
from cs_agent.engine.turn.acting import Actor
from cs_agent.engine.turn.approvals import Approvals
from cs_agent.engine.turn.context import TurnContext
from cs_agent.engine.turn.deciding import Decider
from cs_agent.engine.turn.finishing import Finishing
from cs_agent.engine.turn.guide import Guide
from cs_agent.engine.turn.kit import Kit
from cs_agent.engine.turn.proposing import Proposer
from cs_agent.engine.turn.recovery import hindrance_plan, without_hindrance
from cs_agent.observation import Observation

__all__ = ["Engine", "EngineSettings", "GatePolicy", "start"]


def start(instruction: str, lang: str = "zh") -> RunState:
    """The state a run begins with."""
    return RunState(instruction, lang)


class Engine:
    """Drives one run on one phone. `settle` makes a detector for each wait, given the picture before the act."""

    def __init__(
        self,
        *,
        phone: Phone,
        model: Model,
        reader: TextReader,
        journal: Journal,
        rules: FlowRules,
        settle: SettleFactory,
        prompt: Prompt,
        policy: GatePolicy | None = None,
        settings: EngineSettings | None = None,
        route: RoutePlan | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        vouches: Callable[[], Vouches] = Vouches,
    ) -> None:
        settings, policy = settings or EngineSettings(), policy or GatePolicy()
        way = route.way if route and not route.learning else None
        by_pictures = way is not None and way.has_views
        observer = ScreenObserver(phone, reader, settle, settings, clock, sleep, journal.check, by_pictures)
        submission = SubmissionReader(
            phone,
            observer,
            settings.scrolls,
            journal.check,
            lambda swipe, seen: _may_scroll(swipe, seen, rules, policy),
        )
        self._kit = Kit(
            model=model,
            journal=journal,
            rules=rules,
            policy=policy,
            settings=settings,
            prompt=prompt,
            observer=observer,
            actuator=Actuator(phone, clock, sleep, journal.check),
            confirmation=ConfirmationReader(observer, submission, rules),
            route=route or RoutePlan({}),
            clock=clock,
            sleep=sleep,
            vouches=vouches,
        )
        actor = Actor(self._kit)
        self._approvals = Approvals(self._kit, actor)
        self._proposer = Proposer(self._kit, actor)
        finishing = Finishing(self._kit)
        self._decider = Decider(self._kit, self._proposer, finishing)
        self._guide = Guide(self._kit, self._decider, finishing)

    def turn(self, state: RunState) -> Turn:
        """One step. Raises PhoneError or ModelError after bounded retries, Interrupted from the journal, and
        IllegalTransition for a state that waits for a human or has ended; the last checkpoint stands then."""
        self._kit.journal.check()
        try:
            if state.phase is Phase.ACTING:
                return self._approvals.pick_up(state)
            if state.phase is not Phase.READY:
                raise IllegalTransition(state.phase, Event.INTEND)
            return self._approvals.carry_out(state) if state.approved else self._step(state)
        except PhoneError as error:
            if error.code != "secure_screen" or state.phase is not Phase.READY:
                raise
            turn = self._kit.begin(state, state.step_no + 1)
            return self._kit.needs_human(turn, error.code, say("secure_screen", state.lang))

    def _step(self, state: RunState) -> Turn:
        kit = self._kit
        turn = kit.begin(state, state.step_no + 1)
        if turn.draft.number > kit.settings.max_steps:
            words = say("max_steps", turn.lang, what=str(kit.settings.max_steps))
            return kit.ended(turn, EndStatus.FAILED, words)
        with turn.draft.lap("observe"):
            turn.see(kit.observer.look())
        if (warned := self._warned(turn)) is not None:
            return warned
        turn.state = _weigh_outcome(_with_amounts(turn.state, turn.seen, kit.rules), turn.seen, kit.rules)
        if turn.state.unproven is Unproven.AGENT and shows_failure(turn.seen):
            return kit.needs_human(turn, "outcome_unknown", say("outcome_unknown", turn.lang))
        if (done := self._clear_the_way(turn)) is not None:
            return done
        if (done := self._guide.follow(turn)) is not None:
            return done
        return self._decider.ask_model(turn)

    def _warned(self, turn: TurnContext) -> Turn | None:
        """Ask for a takeover on a screen that suspects automation, which is never retried, and once on a page that acts
        by itself."""
        warned = find_hazard(turn.seen)
        if warned is None or (warned.hazard is Hazard.ACTS_BY_ITSELF and turn.count(warned.hazard)):
            return None
        turn.add_count(warned.hazard)
        return self._kit.needs_human(turn, warned.hazard, say(warned.hazard, turn.lang))

    def _clear_the_way(self, turn: TurnContext) -> Turn | None:
        """Remove a pop-up, a permission dialog or a failed page; None if there is no obstacle or the model should
        handle it."""
        remedy = self._remedy(turn)
        if remedy is None:
            turn.state = without_hindrance(turn.state)
            return None
        plan = hindrance_plan(turn.state, remedy, self._kit.settings)
        return self._proposer.follow(turn, plan) if plan else None

    def _remedy(self, turn: TurnContext) -> Remedy | None:
        """The remedy; only for permissions while an act's effect is open, since closing or retrying might repeat it."""
        remedy = find_remedy(turn.seen, may_grant=not self._kit.rules.read_only)
        if remedy and turn.state.unproven and remedy.hindrance is not Hindrance.PERMISSION:
            return None
        return remedy


def _may_scroll(swipe: Swipe, seen: Observation, rules: FlowRules, policy: GatePolicy) -> bool:
    """The gate's word on scrolling for the fields of a confirmation, an act like any other."""
    return decide(swipe, seen, rules, policy, 1.0).kind is VerdictKind.ALLOW


def _with_amounts(state: RunState, seen: Observation, rules: FlowRules) -> RunState:
    """The state with amounts that later confirmations are compared with, such as the amount paid."""
    captions = [caption for field in rules.confirm_fields for caption in field.full_of]
    found = amounts_by_caption(seen, captions) if captions else {}
    return state.evolve(seen={**state.seen, **found}) if found else state


def _weigh_outcome(state: RunState, seen: Observation, rules: FlowRules) -> RunState:
    """An act whose effect was open is proven by the flow's evidence, or by a page that says so."""
    if not state.unproven:
        return state
    evident = look_for_success(seen, rules).complete and not state.evidence_before
    if evident or shows_success(seen):
        return state.evolve(unproven=Unproven.NOTHING, evidence_before=False)
    return state
