"""Judges a finish: done means seen.

Rule: the flow's evidence must be on the screen. Without it the model is told once, then a human is asked. Where no
evidence is described, a report counts if the screen says the same; otherwise a human judges it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cs_agent.engine.actions.values import Finish
from cs_agent.engine.confirm.exhibit import pending_of_exhibit, request_of
from cs_agent.engine.run.conversation import remember_challenge
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.phases import Event
from cs_agent.engine.run.state import (
    DEEDS,
    ConfirmationKind,
    EndStatus,
    RunState,
    StepStatus,
    Turn,
    Verdict,
    VerdictKind,
)
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.evidence import Evidence, look_for_report, look_for_success
from cs_agent.engine.turn.draft import StepDraft
from cs_agent.engine.turn.kit import Kit, count, counted
from cs_agent.observation import Observation


@dataclass(frozen=True, slots=True)
class Finishing:
    kit: Kit

    def judge(self, origin: RunState, state: RunState, draft: StepDraft, action: Finish) -> Turn:
        with draft.lap("gate"):
            evidence = self._look(draft, action)
        if self.kit.rules.success_evidence:
            return self._by_evidence(origin, state, draft, action, evidence)
        if evidence.complete:
            return self.kit.ended(origin, state, draft, EndStatus.SUCCEEDED, action.message, evidence.seen)
        return self._ask(origin, state, draft, action)

    def _look(self, draft: StepDraft, action: Finish) -> Evidence:
        """Looks until the evidence is seen, the costly looks last; else what the closest look at the screen missed.

        What stood on the picture on which the model decided counts too: it was taken after the last act, and a passing
        message is gone by the time the model has spoken.
        """
        glimpsed, fresh = draft.observation, self.kit.eyes.look_closely()
        closest = fresh, Evidence()
        for look in self._looks(fresh, glimpsed):
            evidence = self._evidence(look, action)
            if evidence.complete:
                draft.observation = look
                return evidence
            if look.screenshot is fresh.screenshot:
                closest = look, evidence
        draft.observation, evidence = closest
        return evidence

    def _looks(self, fresh: Observation, glimpsed: Observation | None) -> Iterator[Observation]:
        eyes = self.kit.eyes
        yield fresh
        if glimpsed is not None:
            yield eyes.glance(glimpsed)
        yield eyes.read_all(fresh)
        if glimpsed is not None:
            yield eyes.read_all(glimpsed)

    def _evidence(self, seen: Observation, action: Finish) -> Evidence:
        rules = self.kit.rules
        return look_for_success(seen, rules) if rules.success_evidence else look_for_report(seen, action.message)

    def _by_evidence(
        self, origin: RunState, state: RunState, draft: StepDraft, action: Finish, evidence: Evidence
    ) -> Turn:
        if evidence.complete:
            if not self._has_acted(state):
                return self.kit.needs_human(origin, state, draft, "no_evidence", say("not_acted", state.lang))
            return self.kit.ended(origin, state, draft, EndStatus.SUCCEEDED, action.message, evidence.seen)
        missing = [" / ".join(group) for group in evidence.missing]
        if count(state, "challenges") < self.kit.settings.challenges:
            told = counted(remember_challenge(state, missing), "challenges")
            return self.kit.noted(told, draft, say("challenged", state.lang), status=StepStatus.REFUSED)
        text = say("no_evidence", state.lang, what="; ".join(missing))
        return self.kit.needs_human(origin, state, draft, "no_evidence", text)

    def _has_acted(self, state: RunState) -> bool:
        """A flow that has something confirmed is not done before that: the page may be left from an earlier run."""
        return not self.kit.rules.confirm_fields or count(state, DEEDS) > 0

    def _ask(self, origin: RunState, state: RunState, draft: StepDraft, action: Finish) -> Turn:
        seen = draft.observation
        if seen is None:
            raise ValueError("a finish is judged on a screen")
        shown = self.kit.exhibitor.show(action, seen, state, irreversible=False)
        verdict = Verdict(VerdictKind.CONFIRM)
        pending = pending_of_exhibit(shown, verdict, ConfirmationKind.FINISH, Pending("", "", thought=draft.thought))
        text = say("finish_check", state.lang, what=action.message or say("done", state.lang))
        request = request_of(shown, verdict, state.lang, kind=ConfirmationKind.FINISH, text=text)
        waiting = state.evolve(message=action.message)
        return self.kit.paused(origin, waiting, draft, Event.PROPOSE, request, pending=pending)
