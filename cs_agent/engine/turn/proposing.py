"""Has the gate judge a proposed act, which is then carried out, put to a human, or refused.

Rule: every act passes here, whether the model, a route or the engine itself proposes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.actions.touch import touch_points
from cs_agent.engine.actions.values import Back, Tap, render
from cs_agent.engine.confirm.confirmation_view import (
    ConfirmationView,
    name_of,
    pending_of_view,
    request_of,
    target_labels,
)
from cs_agent.engine.gate.hazards import Hazard
from cs_agent.engine.gate.reasons import reason, told
from cs_agent.engine.routes.pictured import shows_all
from cs_agent.engine.run.conversation import remember_denial
from cs_agent.engine.run.pending import ACT, Pending
from cs_agent.engine.run.phases import Event
from cs_agent.engine.run.state import ConfirmationKind, StepSource, StepStatus, Turn, Verdict, VerdictKind
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.compare import is_useful
from cs_agent.engine.screen.evidence import look_for_success
from cs_agent.engine.turn.acting import Actor
from cs_agent.engine.turn.context import TurnContext
from cs_agent.engine.turn.kit import Kit
from cs_agent.engine.turn.recovery import Plan
from cs_agent.said import joined

_LEFT_BY_BACK = frozenset({"corner", "closing_mark", "closing_answer"})
_WHILE_LEAVING = frozenset({"acts_by_itself"})  # such a page is left before a person could be asked
_BY_BACK = "by_back"  # counts touches that Back took the place of, one after the other; with a name, those on that
_WARNINGS = frozenset(str(hazard) for hazard in Hazard)  # reasons for which a person drives, besides passwords


@dataclass(frozen=True, slots=True)
class Proposer:
    kit: Kit
    actor: Actor

    def pass_gate(self, turn: TurnContext, proposed: Pending) -> Turn:
        step = turn.proposal.number if turn.proposal and turn.proposal.advances else -1
        proposed = proposed.evolve(source=turn.draft.source, route_step=step)
        with turn.draft.lap("gate"):
            verdict = _with_commit(self._judge_with_care(turn, proposed), turn)
        if _is_left_by_back(turn, proposed, verdict):
            return self._go_back(turn, proposed, _named(verdict))
        turn.set_count(_BY_BACK, 0)
        labels = target_labels(proposed.action, turn.seen)
        turn.draft.verdict, turn.draft.control = verdict, name_of(labels)
        match verdict.kind:
            case VerdictKind.ALLOW:
                pending = proposed.evolve(verdict=verdict, irreversible=verdict.irreversible, target=labels)
                return self.actor.carry_out(turn, pending)
            case VerdictKind.DENY:
                return self._refuse(turn, verdict)
            case VerdictKind.TAKE_OVER:
                code = verdict.reasons[0].code if verdict.reasons[0].code in _WARNINGS else "password"
                return self.kit.needs_human(turn, code, say(code, turn.lang))
        return self._ask(turn, proposed, verdict)

    def follow(self, turn: TurnContext, plan: Plan) -> Turn | None:
        """Carry out the engine's own plan; None if the gate does not let it pass and the model should decide."""
        if plan.human:
            turn.add_count(plan.counter)
            return self.kit.needs_human(turn, plan.human, say(plan.human, turn.lang))
        if plan.action is None:
            return self._tell(turn, plan)
        proposed = Pending(ACT, plan.action, confidence=1.0)
        judged = self.kit.observer.read_around(turn.seen, *touch_points(plan.action, turn.seen.size))
        verdict = self.kit.judge(proposed, judged, turn.state)
        if verdict.kind is not VerdictKind.ALLOW and plan.only_if_allowed:
            return None
        turn.add_count(plan.counter)
        turn.draft.action, turn.draft.thought, turn.draft.confidence = plan.action, plan.feedback, 1.0
        turn.draft.source, turn.proposal = StepSource.ENGINE, None
        if plan.feedback:
            turn.tell(plan.feedback)
        if plan.counter == "recovery_level":
            _start_afresh(turn)
        turn.see(judged)
        return self.pass_gate(turn, proposed)

    def _tell(self, turn: TurnContext, plan: Plan) -> Turn:
        """A plan without an act: only give the model feedback."""
        turn.add_count(plan.counter)
        turn.tell(plan.feedback)
        _start_afresh(turn)
        return self.kit.noted(turn, plan.feedback)

    def _judge_with_care(self, turn: TurnContext, proposed: Pending) -> Verdict:
        """Judge the act; a negative verdict based on a picture alone is checked again with the tree, if the phone has
        one, unless the picture tells a route's commit; and with all that the picture says, unless the tree tells a
        route's control."""
        verdict = self.kit.judge(proposed, turn.seen, turn.state)
        if verdict.kind is VerdictKind.ALLOW or turn.seen.nodes is not None:
            return verdict
        if self._is_told_in_picture(turn, proposed, verdict):
            return verdict
        seen = turn.see(self.kit.observer.with_tree(turn.seen))
        if turn.proposal is None or not is_useful(seen.nodes):
            turn.see(self.kit.observer.read_all(seen))
        return self.kit.judge(proposed, turn.seen, turn.state)

    def _is_told_in_picture(self, turn: TurnContext, proposed: Pending, verdict: Verdict) -> bool:
        """Whether the picture tells all that a person is to confirm of a route's commit: its page, with nothing of it
        outside the screen, its control, and the flow's fields just as the ticket has them. The turn goes on with the
        careful reading."""
        proposal = turn.proposal
        if proposal is None or not (proposal.is_viewed and proposal.step.commits and self.kit.observer.spares_trees):
            return False
        if not (proposal.step.page_view and shows_all(proposal.step.page_view, turn.seen)):
            return False
        seen = self.kit.confirmation.in_picture(proposal.action, turn.seen, turn.state) if _commits(verdict) else None
        if seen is None or not _commits(self.kit.judge(proposed, seen, turn.state)):
            return False
        turn.see(seen)
        turn.in_picture = True
        return True

    def _go_back(self, turn: TurnContext, proposed: Pending, name: str) -> Turn:
        """In place of a touch on what nothing proves to be a mere way out: a wordless mark, or an answer (`name`)."""
        turn.set_count(_BY_BACK, 1)
        if name:
            turn.add_count(f"{_BY_BACK}:{name}")
        turn.tell(say("by_back", turn.lang))
        turn.draft.action = Back()
        pending = proposed.evolve(action=Back())
        labels = target_labels(pending.action, turn.seen)
        turn.draft.verdict, turn.draft.control = self.kit.judge(pending, turn.seen, turn.state), name_of(labels)
        return self.actor.carry_out(turn, pending.evolve(verdict=turn.draft.verdict))

    def _refuse(self, turn: TurnContext, verdict: Verdict) -> Turn:
        words = joined("; ", [told(reason, turn.lang) for reason in verdict.reasons[:2]])
        if verdict.reasons[0].code == "app_not_allowed":
            text = say("denied_app", turn.lang, what=turn.seen.app.package)
            return self.kit.needs_human(turn, "denied_app", text)
        turn.add_count("denials")
        if turn.count("denials") > self.kit.settings.denials:
            turn.set_count("denials", 0)
            return self.kit.needs_human(turn, "denied", say("denied", turn.lang, what=words))
        turn.state = remember_denial(turn.state, render(turn.draft.action) if turn.draft.action else "", words)
        return self.kit.noted(turn, words, status=StepStatus.REFUSED)

    def _shown(self, turn: TurnContext, proposed: Pending, verdict: Verdict) -> ConfirmationView:
        by_tree = proposed.source is StepSource.ROUTE
        return self.kit.confirmation.show(
            proposed.action, turn.seen, turn.state, irreversible=verdict.commits, by_tree=by_tree
        )

    def _ask(self, turn: TurnContext, proposed: Pending, verdict: Verdict) -> Turn:
        """Ask a human for confirmation, with everything the screen says about the act."""
        with turn.draft.lap("read"):
            shown = self._shown(turn, proposed, verdict)
            if any(value.differs and value.source == "both" for value in shown.fields):
                turn.see(self.kit.observer.look_closely())  # the picture may be older than its tree
                shown = self._shown(turn, proposed, verdict)
        evident = look_for_success(shown.observation, self.kit.rules).complete
        asked = proposed.evolve(evidence_before=evident, in_picture=turn.in_picture)
        pending = pending_of_view(shown, verdict, ConfirmationKind.ACTION, asked)
        turn.draft.action = shown.action
        turn.see(shown.observation)
        request = request_of(shown, verdict, turn.lang)
        return self.kit.paused(turn, Event.PROPOSE, request, pending=pending)


def _commits(verdict: Verdict) -> bool:
    return verdict.kind is VerdictKind.CONFIRM and verdict.irreversible


def _with_commit(verdict: Verdict, turn: TurnContext) -> Verdict:
    """Mark an act as irreversible if a human was asked about it when the route was recorded, whatever its control is
    called now."""
    if turn.proposal is None or not turn.proposal.step.commits or verdict.kind is not VerdictKind.ALLOW:
        return verdict
    return Verdict(VerdictKind.CONFIRM, (*verdict.reasons, reason("route_commits")), irreversible=True)


def _is_left_by_back(turn: TurnContext, proposed: Pending, verdict: Verdict) -> bool:
    """Once: where Back did not do what the model wanted with the mark, a human is asked. An answer is left so once in a
    run, as it may be wanted for what else it does."""
    if not isinstance(proposed.action, Tap) or turn.proposal is not None or turn.count(_BY_BACK):
        return False
    if (name := _named(verdict)) and turn.count(f"{_BY_BACK}:{name}"):
        return False
    codes = {one.code for one in verdict.reasons}
    return verdict.kind is VerdictKind.ASK and bool(codes & _LEFT_BY_BACK) and codes <= _LEFT_BY_BACK | _WHILE_LEAVING


def _named(verdict: Verdict) -> str:
    return verdict.reasons[0].values.get("label", "") if verdict.reasons else ""


def _start_afresh(turn: TurnContext) -> None:
    """Clear the loop history after a recovery step."""
    turn.set_count("no_effect", 0)
    turn.state = turn.state.evolve(trail=())
