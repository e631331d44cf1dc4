"""Carries out one action: intent, act, wait until the screen settles, outcome.

Rule: the intent is on record before the phone is touched and the outcome after. A run found between the two may have
acted: for what cannot be undone nobody but a human can tell, so that case is never repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cs_agent.engine.actions.touch import TOUCHES, touch_points
from cs_agent.engine.actions.values import Action, Back, Home, Launch, Swipe, Type, Wait, digest, render
from cs_agent.engine.gate.gestures import focused_field
from cs_agent.engine.gate.lists.entries import leads_to_an_action
from cs_agent.engine.gate.searches import starts_a_search
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import Expectation
from cs_agent.engine.routes.record import step_of, with_view
from cs_agent.engine.run.conversation import remember_feedback
from cs_agent.engine.run.pending import ACT, Pending
from cs_agent.engine.run.phases import Event, after
from cs_agent.engine.run.protocols import Interrupted, PhoneError
from cs_agent.engine.run.state import (
    IRREVERSIBLE_ACTS,
    RunState,
    StepSource,
    StepStatus,
    Turn,
    Unproven,
    VerdictKind,
)
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.compare import changed_share, screen_mark
from cs_agent.engine.screen.signature import page_key
from cs_agent.engine.screen.targets import find_target
from cs_agent.engine.turn.context import TurnContext, counted
from cs_agent.engine.turn.kit import Kit
from cs_agent.geometry import Box
from cs_agent.observation import Observation

_EFFECT = 0.0005  # of the page's pixels; a caret is smaller
_STATUS_BAR = 0.04
_TRAIL = 12
_LEADS_AWAY = ("kind:back", "kind:leave", "kind:launcher")
# Reasons of the gate for which a human was asked although nothing was sent, paid or deleted by the act.
_DOES_NOTHING = {"permission", "low_confidence", "confidence_unknown", "app_unknown"}
# Reasons that say no more than that nothing vouches for the act: afterwards only what tries it again asks.
_MAY_DO_NOTHING = {"outcome_unknown", "unproven", "unnamed", "stale_tree", "row_swipe", "swipe_on_control", "overlay"}


@dataclass(frozen=True, slots=True)
class Actor:
    kit: Kit

    def carry_out(self, turn: TurnContext, pending: Pending) -> Turn:
        """On the screen that the turn has seen; not at all if that screen has got another size since, and with it every
        point another place. Raises what the phone or the journal raises; see the module's rule for where the run stands
        then."""
        if self._is_resized(turn, pending):
            turn.see(self.kit.observer.look(afresh=True))
            turn.tell(say("screen_changed", turn.lang))
            return self.kit.noted(turn, say("screen_changed", turn.lang), status=StepStatus.REFUSED)
        turn.draft.route_mark = self._mark(turn, pending)
        turn.state = turn.state.evolve(
            phase=after(turn.state.phase, Event.INTEND),
            step_no=turn.draft.number,
            pending=pending.evolve(kind=ACT).to_json(),
            approved="",
        )
        with turn.draft.lap("save"):
            self.kit.journal.check()
            self.kit.journal.save(turn.state, turn.draft.record(StepStatus.INTENDED))
        try:
            with turn.draft.lap("act"):
                if isinstance(pending.action, Launch) and turn.proposal and self.kit.route.types_text:
                    self.kit.actuator.expect_text()
                self.kit.actuator.do(pending.action, turn.seen.size, by_tree=not _is_shown_after(pending.action, turn))
        except PhoneError as error:
            if pending.irreversible:
                raise
            return self._failed(turn, pending, error)
        turn.state = _on_trail(_having_acted(turn.state, pending), pending, turn.seen)
        return self._settle(turn, pending)

    def _is_resized(self, turn: TurnContext, pending: Pending) -> bool:
        """The phone was turned, folded or shown on another display after the picture; for acts that are done at a
        point. It is asked anew, as a picture is older than the thought that was based on it."""
        if not touch_points(pending.action, turn.seen.size):
            return False
        with turn.draft.lap("recheck"):
            return self.kit.actuator.phone.size() != turn.seen.size

    def _settle(self, turn: TurnContext, pending: Pending) -> Turn:
        """Wait for the screen after the gesture was delivered; the outcome is recorded even if the wait is
        interrupted."""
        try:
            with turn.draft.lap("settle"):
                expects = turn.proposal.expects if turn.proposal else None
                before = turn.seen.screenshot.image
                if expects:
                    met = self.kit.observer.wait_for(
                        before,
                        expects.is_met,
                        at_once=expects.focuses,
                        in_pictures=expects.in_pictures,
                        stays_on=turn.seen if expects.step else None,
                    )
                else:
                    met = self.kit.observer.wait_for(before, None)
                if not met and pending.irreversible:
                    self._wait_for_an_answer(turn)
        except Interrupted:
            self._write(turn, StepStatus.DONE, "")
            raise
        except PhoneError as error:  # the next look meets the same trouble, from a state that knows of this act
            return self._write(turn, StepStatus.DONE, str(error))
        if expects and self._needs_tree(expects, met):
            self.kit.observer.expect_tree()
        changed = met or self._has_changed(turn.seen)
        turn.state = _having_put_in(_learned(turn.state, pending, changed), pending, turn.seen)
        turn.state = _having_led(turn.state, pending, changed)
        here = Position.from_json(turn.state.route)
        if here.suspended and changed and turn.draft.source is not StepSource.ENGINE:
            turn.state = turn.state.evolve(route=replace(here, suspended=False).to_json())
        if turn.proposal and turn.proposal.advances and (met or (expects is None and changed)):
            turn.state = turn.state.evolve(route=here.beyond(turn.proposal.number).to_json())
        return self._write(turn, StepStatus.DONE, say("changed" if changed else "unchanged", turn.lang))

    def _needs_tree(self, expects: Expectation, met: bool) -> bool:
        """Whether the next look will want a slow phone's tree: for a commit, or for what no picture tells."""
        return not expects.in_pictures and (expects.commits if met else self.kit.observer.spares_trees)

    def _wait_for_an_answer(self, turn: TurnContext) -> None:
        """Give a page more time after an irreversible act, which often completes on a server: repeating it would be the
        worst error."""
        start = self.kit.clock()
        while not self._has_changed(turn.seen) and self.kit.clock() - start < self.kit.settings.answer_s:
            self.kit.observer.wait_for(turn.seen.screenshot.image, None)

    def _mark(self, turn: TurnContext, pending: Pending) -> dict[str, Any] | None:
        """The route step of the act; None for the engine's own acts, which react to obstacles."""
        if turn.draft.source is StepSource.ENGINE:
            return None
        plan, seen = self.kit.route, turn.seen
        if seen.nodes is None and plan.learning:
            seen = self.kit.observer.with_tree(seen)
        read = self.kit.observer.glance(seen) if plan.learning else None
        if turn.proposal is not None:
            step = turn.proposal.step
            return (with_view(step, read, plan.values, plan.private) if read else step).to_json()
        made = step_of(pending.action, seen, plan.values, commits=_commits(pending), private=plan.private, read=read)
        return made.to_json() if made else None

    def _write(self, turn: TurnContext, status: StepStatus, outcome: str) -> Turn:
        done = turn.state.evolve(phase=after(turn.state.phase, Event.OUTCOME), pending=None)
        record = turn.draft.record(status, outcome, self.kit.observer.newest if status is StepStatus.DONE else None)
        self.kit.journal.save(done, record)
        return Turn(done, record)

    def _failed(self, turn: TurnContext, pending: Pending, error: PhoneError) -> Turn:
        """Tell the model of the failure; after repeated failures a human is asked."""
        words = error.told(turn.lang)
        turn.tell(say("failed", turn.lang, what=render(pending.action), why=words))
        turn.add_count("failed_acts")
        failures = turn.count("failed_acts")
        written = self._write(turn, StepStatus.FAILED, words)
        if failures >= self.kit.settings.failed_acts:
            raise error
        return written

    def _has_changed(self, seen: Observation) -> bool:
        newest = self.kit.observer.newest
        if newest is None or newest.size != seen.size:
            return True
        page = Box(0, int(_STATUS_BAR * seen.size.height), seen.size.width, seen.size.height)
        return changed_share(seen.screenshot.image, newest.image, page) > _EFFECT


def _is_shown_after(action: Action, turn: TurnContext) -> bool:
    """Whether the wait after the act shows that the text is in its field, so that the phone need not read it back; not
    of one that Enter sends off."""
    expects = turn.proposal.expects if turn.proposal else None
    if expects is None or not isinstance(action, Type) or action.text.endswith("\n"):
        return False
    return turn.seen.nodes is not None or expects.in_pictures


def _commits(pending: Pending) -> bool:
    """Whether a human was asked because of what the act does, not because nothing vouched for it."""
    verdict = pending.verdict
    if not pending.irreversible or verdict is None or verdict.kind is not VerdictKind.CONFIRM:
        return False
    return bool({reason.code for reason in verdict.reasons} - _DOES_NOTHING - {"outcome_unknown"})


def _learned(state: RunState, pending: Pending, changed: bool) -> RunState:
    """The state after the act: whether it had an effect, and where the focus is now."""
    action = pending.action
    state = counted(state, "failed_acts", 0)
    if isinstance(action, TOUCHES) and pending.target:
        state = state.evolve(focus=pending.target[0])
    if isinstance(action, TOUCHES) and changed and state.unproven is Unproven.PERSON:
        state = state.evolve(unproven=Unproven.NOTHING)  # the page that the person left is behind us
    if changed or isinstance(action, Wait):
        return counted(state, "no_effect", 0)
    if isinstance(action, (*TOUCHES, Swipe)):
        told = remember_feedback(state, say("no_effect", state.lang, what=render(action)))
        return counted(told, "no_effect")
    return state


def _having_acted(state: RunState, pending: Pending) -> RunState:
    """The state right after the gesture: the effect of an irreversible act is open until a screen shows it."""
    if not pending.irreversible:
        return state
    codes = {reason.code for reason in pending.verdict.reasons} - _DOES_NOTHING if pending.verdict else {"unknown"}
    state = counted(state, IRREVERSIBLE_ACTS)
    if not codes:
        return state
    unproven = Unproven.PERSON if codes <= _MAY_DO_NOTHING else Unproven.AGENT
    return state.evolve(unproven=unproven, evidence_before=pending.evidence_before)


def _having_put_in(state: RunState, pending: Pending, seen: Observation) -> RunState:
    """Record for the gate what was typed last, and on which page something other than a search was entered."""
    action = pending.action
    if isinstance(action, Type):
        field = focused_field(seen.nodes or ())
        searching = field is not None and starts_a_search(field, seen, action.text.strip())
        return state.evolve(typed=action.text.strip(), put_in=state.put_in if searching else page_key(seen))
    if not isinstance(action, TOUCHES):
        return state
    target = find_target(seen, action.element.to_point(seen.size))
    chosen = target.choice or target.switch
    return state.evolve(typed="", put_in=page_key(seen) if chosen else state.put_in)


def _having_led(state: RunState, pending: Pending, changed: bool) -> RunState:
    """Record which control led to a page where something may be submitted; cleared once that page is left."""
    action, verdict = pending.action, pending.verdict
    by = verdict.vouched_by if verdict else ""
    if isinstance(action, (Back, Home, Launch)) or by in _LEADS_AWAY:
        return state.evolve(led="")
    if not changed or not isinstance(action, TOUCHES) or by.startswith("kind:"):
        return state
    leading = [name for name in pending.target if leads_to_an_action(name)]
    return state.evolve(led=leading[0]) if leading else state


def trail_mark(seen: Observation, pending: Pending) -> str:
    return f"{screen_mark(seen)}:{digest(pending.action)[-8:]}"


def _on_trail(state: RunState, pending: Pending, seen: Observation) -> RunState:
    return state.evolve(trail=(*state.trail, trail_mark(seen, pending))[-_TRAIL:])
