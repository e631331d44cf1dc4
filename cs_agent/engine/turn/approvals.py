"""Continues a run after a human's approval, and one that was interrupted in the middle of an act.

Rule: before a yes is used the screen is looked at again; if what was shown has changed, the yes is void and a new one
is asked for. An irreversible act of unknown outcome is never repeated without a yes to just that.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.actions.touch import touch_points
from cs_agent.engine.actions.values import render
from cs_agent.engine.confirm.confirmation_view import (
    ConfirmationView,
    changes_since,
    name_of,
    pending_of_view,
    request_of,
    target_labels,
)
from cs_agent.engine.gate.reasons import told
from cs_agent.engine.routes.match import Sight, touched_by
from cs_agent.engine.routes.pictured import shows_all
from cs_agent.engine.routes.propose import Proposal, proposed_before
from cs_agent.engine.run.pending import Pending, pending_of
from cs_agent.engine.run.phases import Event, IllegalTransition, after
from cs_agent.engine.run.state import (
    IRREVERSIBLE_ACTS,
    ConfirmationKind,
    EndStatus,
    RunState,
    StepSource,
    StepStatus,
    Turn,
    Unproven,
    Verdict,
    VerdictKind,
)
from cs_agent.engine.run.wording import describe, say
from cs_agent.engine.screen.evidence import look_for_success
from cs_agent.engine.screen.text import squash
from cs_agent.engine.turn.acting import Actor
from cs_agent.engine.turn.context import TurnContext
from cs_agent.engine.turn.kit import Kit
from cs_agent.observation import AppKind, Observation
from cs_agent.said import joined

_STOPS = (VerdictKind.DENY, VerdictKind.TAKE_OVER)


@dataclass(frozen=True, slots=True)
class Approvals:
    kit: Kit
    actor: Actor

    def carry_out(self, state: RunState) -> Turn:
        """Carry out the approved action once, if the screen still shows what was approved."""
        asked, turn = self._resume(state, Event.INTEND)
        if not asked.is_bound_to(state.approved):
            raise IllegalTransition(state.phase, Event.INTEND, "the yes is for another action")
        if asked.kind == ConfirmationKind.FINISH:
            return self.kit.ended(turn, EndStatus.SUCCEEDED, state.message)
        self._look(turn, asked)
        if asked.kind == ConfirmationKind.UNCERTAIN and not asked.target_there:
            turn.tell(say("not_there", turn.lang))
            turn.state = turn.state.evolve(unproven=Unproven.AGENT)
            return self.kit.noted(turn, say("not_there", turn.lang))
        if self._has_left(turn, asked):
            turn.tell(say("left", turn.lang))
            return self.kit.noted(turn, say("left", turn.lang))
        with turn.draft.lap("recheck"):
            commits = asked.irreversible if asked.verdict is None else asked.verdict.commits
            by_tree = asked.source is StepSource.ROUTE
            shown = self.kit.confirmation.show(asked.action, turn.seen, state, irreversible=commits, by_tree=by_tree)
            verdict = self._verdict(asked, shown, state)
        if verdict.kind in _STOPS:
            return self.kit.needs_human(turn, "denied", _words(verdict, turn.lang))
        turn.see(shown.observation)
        if changes := changes_since(asked, shown, turn.lang):
            return self._ask_anew(turn, asked, shown, verdict, changes)
        turn.proposal = self._route_step(turn, asked)
        return self.actor.carry_out(turn, asked)

    def pick_up(self, state: RunState) -> Turn:
        """Continue a run found between intent and outcome by looking at the screen first."""
        cut_off, turn = self._resume(state, Event.OUTCOME)
        self._look(turn, cut_off.evolve(in_picture=False))
        if not cut_off.irreversible:
            turn.tell(say("cut_off", turn.lang, what=render(cut_off.action)))
            return self._found(turn, StepStatus.UNCERTAIN, say("cut_off_again", turn.lang))
        if look_for_success(turn.seen, self.kit.rules).complete and not cut_off.evidence_before:
            turn.add_count(IRREVERSIBLE_ACTS)
            return self._found(turn, StepStatus.DONE, say("cut_off_done", turn.lang))
        return self._ask_whether_again(turn, cut_off)

    def _resume(self, state: RunState, event: Event) -> tuple[Pending, TurnContext]:
        pending = pending_of(state)
        if pending is None:
            raise IllegalTransition(state.phase, event, "the checkpoint holds no action")
        turn = self.kit.begin(state, state.step_no)
        turn.draft.resume(pending)
        turn.draft.control = name_of(pending.target)
        return pending, turn

    def _route_step(self, turn: TurnContext, asked: Pending) -> Proposal | None:
        """What the route expects of its act; the flow version, and with it the route, is the one the run began with."""
        way = self.kit.route.way
        if way is None or not 0 <= asked.route_step < len(way.steps):
            return None
        plan = self.kit.route
        return proposed_before(way, asked.route_step, asked.action, turn.seen, plan.values, plan.private)

    def _look(self, turn: TurnContext, asked: Pending) -> None:
        """At the picture alone if that told what was confirmed, and tells it still; else with the tree."""
        with turn.draft.lap("recheck"):
            seen = self._told_in_picture(turn, asked) if asked.in_picture else None
            turn.see(seen or self.kit.observer.look_closely())

    @staticmethod
    def _has_left(turn: TurnContext, asked: Pending) -> bool:
        """The home screen is shown where an app was asked about, as after a restart: there is nothing to ask anew."""
        return turn.seen.app.kind is AppKind.HOME and not _is_there(asked, turn.seen)

    def _told_in_picture(self, turn: TurnContext, asked: Pending) -> Observation | None:
        """The screen now, if its picture still shows the step's whole page, the control where it is touched, and every
        field as the ticket has it."""
        seen, plan = self.kit.observer.look_at_picture(), self.kit.route
        points = touch_points(asked.action, seen.size)
        if plan.way is None or not 0 <= asked.route_step < len(plan.way.steps) or not points:
            return None
        step, sight = plan.way.steps[asked.route_step], Sight.of(seen, plan.values, plan.private)
        if not sight.is_at(step) or touched_by(step, points[0], sight) is None:
            return None
        if step.page_view is None or not shows_all(step.page_view, seen):
            return None
        return self.kit.confirmation.in_picture(asked.action, seen, turn.state)

    def _verdict(self, asked: Pending, shown: ConfirmationView, state: RunState) -> Verdict:
        """The gate's current verdict; an act that counted as irreversible when asked still does."""
        now = self.kit.judge(asked.evolve(action=shown.action), shown.observation, state)
        kind = now.kind if now.kind in _STOPS else VerdictKind.CONFIRM
        return Verdict(kind, now.reasons, now.irreversible or asked.irreversible)

    def _ask_anew(
        self, turn: TurnContext, asked: Pending, shown: ConfirmationView, verdict: Verdict, changes: tuple[str, ...]
    ) -> Turn:
        kind = ConfirmationKind(asked.kind)
        pending = pending_of_view(shown, verdict, kind, asked)
        request = request_of(shown, verdict, turn.lang, kind=kind, changes=changes)
        turn.draft.verdict = verdict
        return self.kit.paused(turn, Event.PROPOSE, request, pending=pending, outcome=joined("; ", changes))

    def _found(self, turn: TurnContext, status: StepStatus, outcome: str) -> Turn:
        found = turn.state.evolve(phase=after(turn.state.phase, Event.OUTCOME), pending=None)
        record = turn.draft.record(status, outcome)
        self.kit.journal.save(found, record)
        return Turn(found, record)

    def _ask_whether_again(self, turn: TurnContext, cut_off: Pending) -> Turn:
        shown = self.kit.confirmation.show(cut_off.action, turn.seen, turn.state, irreversible=False)
        verdict = Verdict(VerdictKind.CONFIRM, cut_off.verdict.reasons if cut_off.verdict else (), irreversible=True)
        there = _is_there(cut_off, turn.seen)
        kind = ConfirmationKind.UNCERTAIN
        pending = pending_of_view(shown, verdict, kind, cut_off).evolve(target_there=there)
        text = say("uncertain", turn.lang, what=describe(cut_off.action, name_of(cut_off.target), turn.lang))
        request = request_of(shown, verdict, turn.lang, kind=kind, text=text)
        outcome = say("cut_off_unknown", turn.lang)
        return self.kit.paused(
            turn, Event.DOUBT, request, pending=pending, status=StepStatus.UNCERTAIN, outcome=outcome
        )


def _is_there(pending: Pending, seen: Observation) -> bool:
    """Whether what the act touches is called as it was when it was asked about."""
    now = [squash(label) for label in target_labels(pending.action, seen)]
    return now == [squash(label) for label in pending.target]


def _words(verdict: Verdict, lang: str) -> str:
    return say("denied", lang, what=joined("; ", [told(reason, lang) for reason in verdict.reasons[:2]]))
