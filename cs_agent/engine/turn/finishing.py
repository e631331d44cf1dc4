"""Decides whether a run is finished.

Rule: the flow's evidence must be on the screen. Without it the model is told once, then a human is asked. If the flow
describes no evidence, the model's report counts if the screen confirms it; otherwise a human decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cs_agent.engine.actions.values import Finish
from cs_agent.engine.confirm.confirmation_view import pending_of_view, request_of
from cs_agent.engine.confirm.fields import fields_in_view
from cs_agent.engine.confirm.fields_generic import generic_fields
from cs_agent.engine.routes.match import Sight
from cs_agent.engine.routes.record import view_of_end
from cs_agent.engine.run.conversation import remember_challenge
from cs_agent.engine.run.flow import ConfirmField
from cs_agent.engine.run.pending import ACT, Pending
from cs_agent.engine.run.phases import Event
from cs_agent.engine.run.state import (
    IRREVERSIBLE_ACTS,
    ConfirmationKind,
    EndStatus,
    FieldValue,
    StepStatus,
    Turn,
    Unproven,
    Verdict,
    VerdictKind,
)
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.evidence import Evidence, look_for_report, look_for_success, screen_texts
from cs_agent.engine.screen.signature import PageSignature, page_signature, stable_label
from cs_agent.engine.screen.text import squash
from cs_agent.engine.turn.context import TurnContext
from cs_agent.engine.turn.kit import Kit
from cs_agent.observation import Observation

_MOST_TOLD = 4  # values of the last page that a result names
_LONGEST_LINE = 80  # characters
_LEAST_READ = 2  # characters


@dataclass(frozen=True, slots=True)
class Finishing:
    kit: Kit

    def judge(self, turn: TurnContext, action: Finish) -> Turn:
        with turn.draft.lap("gate"):
            evidence = self._look(turn, action)
        if self.kit.rules.success_evidence:
            return self._by_evidence(turn, action, evidence)
        if evidence.complete:
            return self._succeed(turn, action.message, evidence)
        return self._ask(turn, action)

    def judge_by_sight(self, turn: TurnContext, action: Finish) -> Turn | None:
        """The end of a route if the flow's evidence is on the current screen; otherwise None.

        A transient message (toast) is in no tree, so the picture is read if the tree lacks the evidence. The evidence
        also proves an act whose effect was open, unless it was on the screen before the act.
        """
        if not self._has_acted(turn) or (turn.state.unproven and turn.state.evidence_before):
            return None
        evidence = look_for_success(turn.seen, self.kit.rules)
        if not evidence.complete:
            turn.see(self.kit.observer.read_all(turn.seen))
            evidence = look_for_success(turn.seen, self.kit.rules)
        if not evidence.complete:
            return None
        turn.state = turn.state.evolve(unproven=Unproven.NOTHING, evidence_before=False)
        told = self._read(turn, evidence) if self.kit.rules.read_only else self._done(turn, evidence)
        return self._succeed(turn, told or action.message, evidence)

    def _done(self, turn: TurnContext, evidence: Evidence) -> str:
        """Values the page shows about the completed act, such as its number and time, besides those of the ticket.

        If the act did not leave the page, only values that are new on it count.
        """
        told = {squash(value) for value in self.kit.route.values.values()}
        committed = self._page_of_the_commit()
        if committed is None or not committed.has_frame_of(page_signature(turn.seen)):
            proof = [_line_with(text, turn.seen) for text in evidence.seen[:1]]
            shown = [field for field in generic_fields(turn.seen, None, nameless="") if _is_told(field, turn.seen)]
            new = [f"{field.label}: {field.screen_value}" for field in shown if squash(field.screen_value) not in told]
            return say("route_shows", turn.lang, what="; ".join([*proof, *new[:_MOST_TOLD]]))
        known = {committed.title, *(mark.partition(":")[2] for mark in committed.controls | committed.captions)}
        new = [text for text in evidence.seen if stable_label(text) not in known and squash(text) not in told]
        lines = [_line_with(text, turn.seen) for text in new or evidence.seen]
        return say("route_shows", turn.lang, what="; ".join(dict.fromkeys(lines)))

    def _page_of_the_commit(self) -> PageSignature | None:
        steps = self.kit.route.way.steps if self.kit.route.way else ()
        return next((step.page for step in reversed(steps) if step.commits), None)

    def _read(self, turn: TurnContext, evidence: Evidence) -> str:
        """The result of a read-only flow: the value beside each caption that is its evidence."""
        probes = tuple(ConfirmField(text, text, (text,)) for text in evidence.seen)
        found = [f"{field.label}: {field.screen_value}" for field in fields_in_view(turn.seen, probes)]
        return say("route_read", turn.lang, what="; ".join(found)) if found else ""

    def _succeed(self, turn: TurnContext, message: str, evidence: Evidence) -> Turn:
        plan = self.kit.route
        page = Sight.of(turn.seen, plan.values, plan.private).learned
        view = view_of_end(page, self.kit.observer.glance(turn.seen)) if plan.learning else None
        turn.draft.route_mark = {"end": page.to_json(), **({"view": view.to_json()} if view else {})}
        return self.kit.ended(turn, EndStatus.SUCCEEDED, message, evidence.seen)

    def _look(self, turn: TurnContext, action: Finish) -> Evidence:
        """Look for the evidence, expensive looks last; if it is not found, return what the most thorough look missed.

        The picture the model decided on counts too: it was taken after the last act, and a transient message is gone
        when the model has replied. The turn continues with the look that decided.
        """
        glimpsed, fresh = turn.seen, self.kit.observer.look_closely()
        closest = fresh, Evidence()
        for look in self._looks(fresh, glimpsed):
            evidence = self._evidence(look, action)
            if evidence.complete:
                turn.see(look)
                return evidence
            if look.screenshot is fresh.screenshot:
                closest = look, evidence
        turn.see(closest[0])
        return closest[1]

    def _looks(self, fresh: Observation, glimpsed: Observation) -> Iterator[Observation]:
        observer = self.kit.observer
        yield fresh
        yield observer.glance(glimpsed)
        yield observer.read_all(fresh)
        yield observer.read_all(glimpsed)

    def _evidence(self, seen: Observation, action: Finish) -> Evidence:
        rules = self.kit.rules
        return look_for_success(seen, rules) if rules.success_evidence else look_for_report(seen, action.message)

    def _by_evidence(self, turn: TurnContext, action: Finish, evidence: Evidence) -> Turn:
        if evidence.complete:
            if not self._has_acted(turn):
                return self.kit.needs_human(turn, "no_evidence", say("not_acted", turn.lang))
            return self._succeed(turn, action.message, evidence)
        missing = [" / ".join(group) for group in evidence.missing]
        if turn.count("challenges") < self.kit.settings.challenges:
            turn.state = remember_challenge(turn.state, missing)
            turn.add_count("challenges")
            return self.kit.noted(turn, say("challenged", turn.lang), status=StepStatus.REFUSED)
        return self.kit.needs_human(turn, "no_evidence", say("no_evidence", turn.lang, what="; ".join(missing)))

    def _has_acted(self, turn: TurnContext) -> bool:
        """A flow with confirmations is not done before one was carried out: the page may be left from an earlier
        run."""
        return not self.kit.rules.confirm_fields or turn.count(IRREVERSIBLE_ACTS) > 0

    def _ask(self, turn: TurnContext, action: Finish) -> Turn:
        shown = self.kit.confirmation.show(action, turn.seen, turn.state, irreversible=False)
        verdict = Verdict(VerdictKind.CONFIRM)
        kind = ConfirmationKind.FINISH
        pending = pending_of_view(shown, verdict, kind, Pending(ACT, action, thought=turn.draft.thought))
        text = say("finish_check", turn.lang, what=action.message or say("done", turn.lang))
        request = request_of(shown, verdict, turn.lang, kind=kind, text=text)
        turn.state = turn.state.evolve(message=action.message)
        return self.kit.paused(turn, Event.PROPOSE, request, pending=pending)


def _is_told(field: FieldValue, seen: Observation) -> bool:
    """In a picture a sign may be read as a letter; neither a caption nor a value is one."""
    return seen.nodes is not None or min(len(squash(field.label)), len(squash(field.screen_value))) >= _LEAST_READ


def _line_with(text: str, seen: Observation) -> str:
    """The shortest screen text that contains this one, truncated if it is a paragraph."""
    holding = [line for line in screen_texts(seen) if squash(text) in squash(line)]
    return min(holding, key=len, default=text)[:_LONGEST_LINE]
