"""What people do to a run: pure transitions from one state to the next.

Rule: each is allowed in certain phases only; otherwise it raises IllegalTransition and changes nothing.
"""

from __future__ import annotations

from typing import Any

from cs_agent.catalogue import _, say
from cs_agent.engine.actions.values import render
from cs_agent.engine.run.conversation import (
    remember_answer,
    remember_correction,
    remember_feedback,
    remember_guidance,
    remember_handback,
    remember_rejection,
)
from cs_agent.engine.run.pending import Pending, pending_of
from cs_agent.engine.run.phases import Event, IllegalTransition, after
from cs_agent.engine.run.state import IRREVERSIBLE_ACTS, ConfirmationKind, Phase, RunState, Unproven

_RECOVERY = ("unreadable", "denials", "failed_acts", "challenges", "no_effect", "recovery_level")

_NOT_AGAIN = _("坐席确认该操作无需重复,请按最新截图继续")
_NOT_DONE = _("坐席认为任务还没有完成。{note}")
_CUT_OFF = _("坐席接管时,动作 {action} 是否已经生效并不确定。")


def approve(state: RunState, digest: str, note: str = "") -> RunState:
    """Approve the action with that digest. The engine looks at the screen again before it acts.

    `note`: the reason given for approving in spite of differences; kept with the action.
    """
    phase = after(state.phase, Event.APPROVE)
    pending = _pending(state, Event.APPROVE)
    if not pending.is_bound_to(digest):
        raise IllegalTransition(state.phase, Event.APPROVE, "this yes is for another action than the one that waits")
    kept: dict[str, Any] = {**pending.to_json(), "note": note}
    return state.evolve(phase=phase, approved=digest, pending=kept)


def reject(state: RunState, note: str, *, end: bool) -> RunState:
    """Reject: the run ends, or goes on with the note as guidance. For an act of unknown outcome: do not repeat it."""
    phase = after(state.phase, Event.REJECT_AND_END if end else Event.REJECT)
    pending = _pending(state, Event.REJECT)
    told = state if end else _routed(_told_no(state, pending, note), suspended=True)
    return _fresh(told).evolve(phase=phase, pending=None, approved="", message=note if end else state.message)


def correct(state: RunState, field_name: str, value: str) -> RunState:
    """Another value for one field: the agent enters it and asks again."""
    phase = after(state.phase, Event.CORRECT)
    pending = _pending(state, Event.CORRECT)
    labels = {name: label for name, label, _ in pending.fields}
    told = _routed(remember_correction(state, labels.get(field_name, field_name), value), suspended=True)
    corrections = {**state.corrections, field_name: value}
    return _fresh(told).evolve(phase=phase, pending=None, approved="", corrections=corrections)


def revalue(state: RunState, field_name: str, label: str, value: str) -> RunState:
    """Change one value during a takeover: the agent is told it, and later confirmations are compared with it."""
    if state.phase is not Phase.TAKEN_OVER:
        raise IllegalTransition(state.phase, Event.CORRECT, "values change while a person has the phone")
    corrections = {**state.corrections, field_name: value}
    return remember_correction(state, label, value).evolve(corrections=corrections)


def answer(state: RunState, text: str) -> RunState:
    phase = after(state.phase, Event.ANSWER)
    question = (state.pending or {}).get("thought", "")
    return _fresh(remember_answer(state, question, text)).evolve(phase=phase, pending=None)


def take_over(state: RunState) -> RunState:
    """A person takes the phone. A waiting confirmation becomes void; an interrupted act is recorded as uncertain."""
    phase = after(state.phase, Event.TAKE_OVER)
    pending = pending_of(state)
    if state.phase is Phase.ACTING and pending is not None:
        state = remember_feedback(state, say(_CUT_OFF, state.lang, action=render(pending.action)))
    return state.evolve(phase=phase, pending=None, approved="")


def handed_back(state: RunState, summary: str) -> RunState:
    """The phone comes back; `summary` says in words what the person did. The agent looks afresh."""
    phase = after(state.phase, Event.HAND_BACK)
    fresh = _routed(_fresh(remember_handback(state, summary)), suspended=False)
    counters = {**fresh.counters, IRREVERSIBLE_ACTS: fresh.counters.get(IRREVERSIBLE_ACTS, 0) + 1}
    return fresh.evolve(phase=phase, pending=None, approved="", trail=(), counters=counters, unproven=Unproven.PERSON)


def _routed(state: RunState, *, suspended: bool) -> RunState:
    """A refused route would propose the same act again: suspended, it waits until the model, told why, has changed the
    page. A person who had the phone has changed it himself."""
    return state.evolve(route={**state.route, "suspended": suspended}) if state.route else state


def _told_no(state: RunState, pending: Pending, note: str) -> RunState:
    if pending.kind == ConfirmationKind.UNCERTAIN:
        guidance = say(_NOT_AGAIN, state.lang)
        told = remember_rejection(state, render(pending.action), f"{guidance}。{note}" if note else guidance)
        return told.evolve(unproven=Unproven.PERSON)
    if pending.kind == ConfirmationKind.FINISH:
        return remember_guidance(state, say(_NOT_DONE, state.lang, note=note).strip())
    return remember_rejection(state, render(pending.action), note)


def _pending(state: RunState, event: Event) -> Pending:
    pending = pending_of(state)
    if pending is None:
        raise IllegalTransition(state.phase, event, "nothing waits to be decided")
    return pending


def _fresh(state: RunState) -> RunState:
    """Reset the recovery counters, since a person has seen the screen."""
    return state.evolve(counters={key: value for key, value in state.counters.items() if key not in _RECOVERY})
