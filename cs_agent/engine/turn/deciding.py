"""Asks the model for the next action and carries out those that do not concern the phone.

Rule: an action on the phone is proposed only if the screen still shows at the touch point what the model saw, if it is
no loop, and if no keyboard covers the point.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.touch import touch_points
from cs_agent.engine.actions.values import Action, Back, CallApi, Finish, Interact, Note, TakeOver
from cs_agent.engine.confirm.confirmation_view import target_labels
from cs_agent.engine.model.confidence import confidence_of
from cs_agent.engine.model.reading import parsed_of
from cs_agent.engine.run.conversation import (
    build_messages,
    build_summary_messages,
    goal_in_words,
    remember_goal,
    remember_note,
    remember_turn,
    remember_unreadable,
    times_answered,
)
from cs_agent.engine.run.pending import ACT, QUESTION, Pending
from cs_agent.engine.run.phases import Event
from cs_agent.engine.run.state import Question, StepStatus, Turn
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.hindrances import covers
from cs_agent.engine.turn.context import TurnContext
from cs_agent.engine.turn.draft import for_people
from cs_agent.engine.turn.finishing import Finishing
from cs_agent.engine.turn.kit import Kit
from cs_agent.engine.turn.proposing import Proposer
from cs_agent.engine.turn.recovery import Plan, calmer, stuck_plan
from cs_agent.geometry import Point

_EMPTY_NOTES = ("", "true", "none")  # models that only mark the page instead of saying what to note
_RESTLESS = 2  # turns in a row that may be given up because the screen changed during the model's thought
_KEYBOARD = 2
_SAME_QUESTION = 2  # answers to one question, after which a person acts instead of talking


@dataclass(frozen=True, slots=True)
class Decider:
    kit: Kit
    proposer: Proposer
    finishing: Finishing

    def ask_model(self, turn: TurnContext) -> Turn:
        messages = build_messages(turn.state, turn.seen, self.kit.prompt, token_budget=self.kit.settings.token_budget)
        with turn.draft.lap("model"):
            reply = self.kit.model.reply(messages)
        turn.draft.note_reply(reply)
        try:
            parsed = parsed_of(reply)
        except ParseError as error:
            return self._unreadable(turn, error)
        turn.draft.thought, turn.draft.action = for_people(parsed.thought or reply.reasoning), parsed.action
        turn.draft.confidence = confidence_of(reply, parsed)
        turn.state = remember_goal(remember_turn(turn.state, turn.seen, parsed), reply.plan, reply.goal)
        turn.draft.goal = goal_in_words(turn.state)
        turn.set_count("unreadable", 0)
        return self._carry_on(turn, parsed.action)

    def _unreadable(self, turn: TurnContext, error: ParseError) -> Turn:
        turn.draft.raw = error.raw
        turn.state = remember_unreadable(turn.state, turn.seen, error)
        turn.add_count("unreadable")
        reason = error.reason(turn.lang)
        if turn.count("unreadable") > self.kit.settings.unreadable_replies:
            turn.set_count("unreadable", 0)
            return self.kit.needs_human(turn, "unreadable", say("unreadable", turn.lang, what=reason))
        return self.kit.noted(turn, reason, status=StepStatus.FAILED)

    def _carry_on(self, turn: TurnContext, action: Action) -> Turn:
        match action:
            case Finish():
                return self.finishing.judge(turn, action)
            case Note():
                return self._note(turn, action)
            case CallApi():
                return self._call_api(turn, action)
            case Interact():
                return self._question(turn, action)
            case TakeOver():
                return self.kit.needs_human(turn, "model", action.message or say("takeover", turn.lang))
        return self.touch(turn, action)

    def _note(self, turn: TurnContext, action: Note) -> Turn:
        """Some models only mark the page: then what they thought about it is the note."""
        text = turn.draft.thought if action.message.strip().lower() in _EMPTY_NOTES else action.message
        turn.state = remember_note(turn.state, text)
        return self.kit.noted(turn, say("noted", turn.lang))

    def _call_api(self, turn: TurnContext, action: CallApi) -> Turn:
        """A text-only question to the model about what was noted; the answer becomes a note."""
        with turn.draft.lap("model"):
            reply = self.kit.model.reply(build_summary_messages(turn.state, action.instruction))
        turn.state = remember_note(turn.state, reply.text.strip())
        return self.kit.noted(turn, say("summarised", turn.lang))

    def _question(self, turn: TurnContext, action: Interact) -> Turn:
        text = action.message or say("question", turn.lang)
        if times_answered(turn.state, text) >= _SAME_QUESTION:
            reason = say("same_question", turn.lang, what=str(_SAME_QUESTION))
            return self.kit.needs_human(turn, "stuck", reason)
        pending = Pending(QUESTION, action, thought=text)
        question = Question(text, screenshot=turn.seen.screenshot.image)
        return self.kit.paused(turn, Event.ASK, question, pending=pending, status=StepStatus.DONE)

    def touch(self, turn: TurnContext, action: Action) -> Turn:
        """An act for the phone, by the model or the route: the draft holds who proposed it and why."""
        proposed = Pending(ACT, action, turn.draft.thought, turn.draft.confidence)
        if (done := self._unstick(turn, proposed)) is not None:
            return done
        with turn.draft.lap("gate"):
            same = self._look_again(turn, action)
        if not same and turn.count("restless") < _RESTLESS:
            turn.tell(say("screen_changed", turn.lang))
            turn.add_count("restless")
            return self.kit.noted(turn, say("screen_changed", turn.lang), status=StepStatus.REFUSED)
        if not same:
            with turn.draft.lap("observe"):
                turn.see(self.kit.observer.look())
        turn.set_count("restless", 0)
        points = touch_points(action, turn.seen.size)
        if turn.proposal is None or (turn.seen.nodes is None and not turn.proposal.is_viewed):
            with turn.draft.lap("gate"):
                turn.see(self.kit.observer.read_around(turn.seen, *points))
        if (done := self._put_keyboard_away(turn, points)) is not None:
            return done
        turn.state = calmer(turn.state)
        return self.proposer.pass_gate(turn, proposed)

    def _unstick(self, turn: TurnContext, proposed: Pending) -> Turn | None:
        """The next layer of recovery that the gate lets pass; None if the run is not stuck."""
        while (plan := stuck_plan(turn.state, turn.seen, proposed, self.kit.settings)) is not None:
            if (done := self.proposer.follow(turn, plan)) is not None:
                return done
            turn.add_count(plan.counter)
        return None

    def _put_keyboard_away(self, turn: TurnContext, points: tuple[Point, ...]) -> Turn | None:
        if turn.count("keyboard") >= _KEYBOARD or not any(covers(turn.seen, point) for point in points):
            return None
        return self.proposer.follow(turn, Plan("keyboard", Back(), say("keyboard", turn.lang)))

    def _look_again(self, turn: TurnContext, action: Action) -> bool:
        """After a long model call: whether the screen still shows the same at the touch point.

        The turn goes on with the newest look.
        """
        observer, seen = self.kit.observer, turn.seen
        points = touch_points(action, seen.size)
        thought_s = turn.draft.timings.get("model", 0.0)
        if not points or thought_s <= self.kit.settings.stale_s or observer.still_there(seen, points[0]):
            return True
        before = target_labels(action, observer.read_around(seen, points[0]))
        fresh = turn.see(observer.look())
        return target_labels(action, observer.read_around(fresh, points[0])) == before
