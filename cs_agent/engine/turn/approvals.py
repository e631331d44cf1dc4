"""What happens after a human's yes, and with a run that was cut off in the middle of an act.

Rule: before a yes is used the screen is looked at again; if what was shown has changed, the yes is void and is asked
anew. An irreversible act of unknown outcome is never repeated without a yes to just that.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.confirm.exhibit import (
    Exhibit,
    changes_since,
    name_of,
    pending_of_exhibit,
    request_of,
    target_labels,
)
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.run.conversation import remember_feedback
from cs_agent.engine.run.pending import Pending, pending_of
from cs_agent.engine.run.phases import Event, IllegalTransition, after
from cs_agent.engine.run.state import (
    DEEDS,
    ConfirmationKind,
    EndStatus,
    RunState,
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
from cs_agent.engine.turn.draft import StepDraft
from cs_agent.engine.turn.kit import Kit, counted
from cs_agent.observation import Observation

_STOPS = (VerdictKind.DENY, VerdictKind.TAKE_OVER)


@dataclass(frozen=True, slots=True)
class Approvals:
    kit: Kit
    actor: Actor

    def carry_out(self, state: RunState) -> Turn:
        """The one action that was approved, exactly once, if the screen still shows what was approved."""
        asked, draft = self._resume(state, Event.INTEND)
        if state.approved != asked.digest:
            raise IllegalTransition(state.phase, Event.INTEND, "the yes is for another action")
        if asked.kind == ConfirmationKind.FINISH:
            return self.kit.ended(state, state, draft, EndStatus.SUCCEEDED, state.message)
        seen = self._look(draft)
        if asked.kind == ConfirmationKind.UNCERTAIN and not asked.target_there:
            told = remember_feedback(state, say("not_there", state.lang)).evolve(unproven=Unproven.AGENT)
            return self.kit.noted(told, draft, say("not_there", state.lang))
        with draft.lap("recheck"):
            shown = self.kit.exhibitor.show(asked.action, seen, state, irreversible=asked.irreversible)
            verdict = self._verdict(asked, shown, state)
        changes = changes_since(asked, shown, state.lang)
        if verdict.kind in _STOPS:
            return self.kit.needs_human(state, state, draft, "denied", _words(verdict, state.lang))
        if changes:
            return self._ask_anew(state, draft, asked, shown, verdict, changes)
        return self.actor.carry_out(state, draft, asked, shown.observation)

    def pick_up(self, state: RunState) -> Turn:
        """A run found between intent and outcome: look first."""
        cut_off, draft = self._resume(state, Event.OUTCOME)
        seen = self._look(draft)
        if not cut_off.irreversible:
            told = remember_feedback(state, say("cut_off", state.lang, what=cut_off.action_text))
            return self._found(told, draft, StepStatus.UNCERTAIN, say("cut_off_again", state.lang))
        if look_for_success(seen, self.kit.rules).complete and not cut_off.evidence_before:
            return self._found(counted(state, DEEDS), draft, StepStatus.DONE, say("cut_off_done", state.lang))
        return self._ask_whether_again(state, draft, cut_off, seen)

    def _resume(self, state: RunState, event: Event) -> tuple[Pending, StepDraft]:
        pending = pending_of(state)
        if pending is None:
            raise IllegalTransition(state.phase, event, "the checkpoint holds no action")
        draft = self.kit.begin(state.step_no)
        draft.thought, draft.action, draft.confidence = pending.thought, pending.action, pending.confidence
        draft.verdict, draft.control = pending.verdict, name_of(pending.target)
        draft.resume(pending.timings, pending.tokens)
        return pending, draft

    def _look(self, draft: StepDraft) -> Observation:
        with draft.lap("recheck"):
            draft.observation = self.kit.eyes.look_closely()
        return draft.observation

    def _verdict(self, asked: Pending, shown: Exhibit, state: RunState) -> Verdict:
        """Today's reasons; what could not be undone when it was asked cannot be undone now."""
        context = StepContext(state.focus, state.unproven)
        kit = self.kit
        now = decide(shown.action, shown.observation, kit.rules, kit.policy, asked.confidence, context)
        kind = now.kind if now.kind in _STOPS else VerdictKind.CONFIRM
        return Verdict(kind, now.reasons, now.irreversible or asked.irreversible)

    def _ask_anew(
        self,
        state: RunState,
        draft: StepDraft,
        asked: Pending,
        shown: Exhibit,
        verdict: Verdict,
        changes: tuple[str, ...],
    ) -> Turn:
        kind = ConfirmationKind(asked.kind)
        pending = pending_of_exhibit(shown, verdict, kind, asked)
        request = request_of(shown, verdict, state.lang, kind=kind, changes=changes)
        draft.verdict, draft.observation = verdict, shown.observation
        words = "; ".join(changes)
        return self.kit.paused(state, state, draft, Event.PROPOSE, request, pending=pending, outcome=words)

    def _found(self, state: RunState, draft: StepDraft, status: StepStatus, outcome: str) -> Turn:
        found = state.evolve(phase=after(state.phase, Event.OUTCOME), pending=None)
        record = draft.record(status, outcome)
        self.kit.journal.save(found, record)
        return Turn(found, record)

    def _ask_whether_again(self, state: RunState, draft: StepDraft, cut_off: Pending, seen: Observation) -> Turn:
        shown = self.kit.exhibitor.show(cut_off.action, seen, state, irreversible=False)
        verdict = Verdict(VerdictKind.CONFIRM, cut_off.verdict.reasons if cut_off.verdict else (), irreversible=True)
        now = [squash(label) for label in target_labels(cut_off.action, seen)]
        there = now == [squash(label) for label in cut_off.target]
        pending = pending_of_exhibit(shown, verdict, ConfirmationKind.UNCERTAIN, cut_off)
        pending = pending.evolve(target_there=there)
        what = describe(cut_off.action, name_of(cut_off.target), state.lang)
        text = say("uncertain", state.lang, what=what)
        request = request_of(shown, verdict, state.lang, kind=ConfirmationKind.UNCERTAIN, text=text)
        return self.kit.paused(
            state,
            state,
            draft,
            Event.DOUBT,
            request,
            pending=pending,
            status=StepStatus.UNCERTAIN,
            outcome=say("cut_off_unknown", state.lang),
        )


def _words(verdict: Verdict, lang: str) -> str:
    reasons = [reason.zh if lang == "zh" else reason.en for reason in verdict.reasons]
    return say("denied", lang, what="; ".join(reasons[:2]))
