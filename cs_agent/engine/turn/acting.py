"""Carries out one action: intent, act, wait until the screen settles, outcome.

Rule: the intent is on record before the phone is touched and the outcome after. A run found between the two may have
acted: for what cannot be undone nobody but a human can tell, so that case is never repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.actions.touch import TOUCHES
from cs_agent.engine.actions.values import Swipe, Wait
from cs_agent.engine.run.conversation import remember_feedback
from cs_agent.engine.run.pending import ACT, Pending
from cs_agent.engine.run.phases import Event, after
from cs_agent.engine.run.protocols import Interrupted, PhoneError
from cs_agent.engine.run.state import DEEDS, RunState, StepStatus, Turn, Unproven
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.observe import changed_share, screen_mark
from cs_agent.engine.turn.draft import StepDraft
from cs_agent.engine.turn.kit import Kit, count, counted
from cs_agent.geometry import Box
from cs_agent.observation import Observation

_EFFECT = 0.0005  # of the page's pixels; a caret is smaller
_STATUS_BAR = 0.04
_TRAIL = 12
# Reasons of the gate for which a human was asked although nothing was sent, paid or deleted by the act.
_DOES_NOTHING = {"permission", "low_confidence", "confidence_unknown", "app_unknown"}


@dataclass(frozen=True, slots=True)
class Actor:
    kit: Kit

    def carry_out(self, state: RunState, draft: StepDraft, pending: Pending, seen: Observation) -> Turn:
        """Raises what the phone or the journal raises; see the module's rule for where the run stands then."""
        intent = state.evolve(
            phase=after(state.phase, Event.INTEND),
            step_no=draft.number,
            pending=pending.evolve(kind=ACT).to_json(),
            approved="",
        )
        with draft.lap("save"):
            self.kit.journal.check()
            self.kit.journal.save(intent, draft.record(StepStatus.INTENDED))
        try:
            with draft.lap("act"):
                self.kit.hands.do(pending.action, seen.size)
        except PhoneError as error:
            if pending.irreversible:
                raise
            return self._failed(intent, draft, pending, error)
        acted = _having_acted(intent, pending)
        return self._settle(_on_trail(acted, pending, seen), draft, pending, seen)

    def _settle(self, state: RunState, draft: StepDraft, pending: Pending, seen: Observation) -> Turn:
        """The gesture was delivered: from here on the outcome is known, whatever cuts the waiting short."""
        try:
            with draft.lap("settle"):
                self.kit.eyes.wait_until_settled(seen.screenshot.image)
        except Interrupted:
            self._write(state, draft, StepStatus.DONE, "")
            raise
        except PhoneError as error:  # the next look meets the same trouble, from a state that knows of this act
            return self._write(state, draft, StepStatus.DONE, str(error))
        changed = self._changed(seen)
        state = self._learn(state, pending, changed)
        return self._write(state, draft, StepStatus.DONE, say("changed" if changed else "unchanged", state.lang))

    def _write(self, state: RunState, draft: StepDraft, status: StepStatus, outcome: str) -> Turn:
        done = state.evolve(phase=after(state.phase, Event.OUTCOME), pending=None)
        record = draft.record(status, outcome, self.kit.eyes.newest if status is StepStatus.DONE else None)
        self.kit.journal.save(done, record)
        return Turn(done, record)

    def _failed(self, state: RunState, draft: StepDraft, pending: Pending, error: PhoneError) -> Turn:
        """Told to the model; a phone that goes on failing is somebody else's business."""
        failures = count(state, "failed_acts") + 1
        words = error.told(state.lang)
        told = remember_feedback(state, say("failed", state.lang, what=pending.action_text, why=words))
        turn = self._write(counted(told, "failed_acts"), draft, StepStatus.FAILED, words)
        if failures >= self.kit.settings.failed_acts:
            raise error
        return turn

    def _learn(self, state: RunState, pending: Pending, changed: bool) -> RunState:
        """What the next turn must know: whether it had an effect, and where the focus is now."""
        action = pending.action
        state = counted(state, "failed_acts", 0)
        if isinstance(action, TOUCHES) and pending.target:
            state = state.evolve(focus=pending.target[0])
        if isinstance(action, TOUCHES) and changed and state.unproven is Unproven.PERSON:
            state = state.evolve(unproven=Unproven.NOTHING)  # the page that the person left is behind us
        if changed or isinstance(action, Wait):
            return counted(state, "no_effect", 0)
        if isinstance(action, (*TOUCHES, Swipe)):
            told = remember_feedback(state, say("no_effect", state.lang, what=pending.action_text))
            return counted(told, "no_effect")
        return state

    def _changed(self, seen: Observation) -> bool:
        newest = self.kit.eyes.newest
        if newest is None or newest.size != seen.size:
            return True
        page = Box(0, int(_STATUS_BAR * seen.size.height), seen.size.width, seen.size.height)
        return changed_share(seen.screenshot.image, newest.image, page) > _EFFECT


def _having_acted(state: RunState, pending: Pending) -> RunState:
    """What is known right after the gesture: the effect of what cannot be undone is not, until a screen shows it."""
    if not pending.irreversible:
        return state
    codes = {reason.code for reason in pending.verdict.reasons} - _DOES_NOTHING if pending.verdict else {"unknown"}
    state = counted(state, DEEDS)
    if not codes:
        return state
    unproven = Unproven.PERSON if codes == {"outcome_unknown"} else Unproven.AGENT
    return state.evolve(unproven=unproven, evidence_before=pending.evidence_before)


def trail_mark(seen: Observation, pending: Pending) -> str:
    return f"{screen_mark(seen)}:{pending.digest[:8]}"


def _on_trail(state: RunState, pending: Pending, seen: Observation) -> RunState:
    return state.evolve(trail=(*state.trail, trail_mark(seen, pending))[-_TRAIL:])
