"""One turn of the agent: observe, decide, parse, gate, write the intent, act, wait until settled, write the outcome.

Rule: nothing is done on the phone that the gate has not let pass or a human has not said yes to, and every turn leaves
a state that another process can go on from.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from cs_agent.engine.actions.parse import ParseError, parse_reply
from cs_agent.engine.actions.touch import touch_points
from cs_agent.engine.actions.values import (
    Action,
    Back,
    CallApi,
    Finish,
    Interact,
    Note,
    Swipe,
    TakeOver,
    render,
)
from cs_agent.engine.confirm.exhibit import Exhibitor, name_of, pending_of_exhibit, request_of, target_labels
from cs_agent.engine.confirm.fields import amounts_by_caption
from cs_agent.engine.confirm.submission import SubmissionReader
from cs_agent.engine.gate.decide import GatePolicy, StepContext, decide
from cs_agent.engine.model.confidence import confidence_of
from cs_agent.engine.run.conversation import (
    build_messages,
    build_summary_messages,
    remember_denial,
    remember_feedback,
    remember_note,
    remember_turn,
    remember_unreadable,
    times_answered,
)
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.pending import ACT, QUESTION, Pending
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
from cs_agent.engine.run.state import (
    ConfirmationKind,
    EndStatus,
    Phase,
    Question,
    RunState,
    StepStatus,
    Turn,
    Unproven,
    Verdict,
    VerdictKind,
)
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.evidence import look_for_success
from cs_agent.engine.screen.hindrances import Hindrance, covers, find_remedy, shows_failure, shows_success
from cs_agent.engine.screen.observe import Eyes
from cs_agent.engine.turn.act import Hands
from cs_agent.engine.turn.acting import Actor
from cs_agent.engine.turn.approvals import Approvals
from cs_agent.engine.turn.draft import StepDraft, for_people
from cs_agent.engine.turn.finishing import Finishing
from cs_agent.engine.turn.kit import Kit, count, counted
from cs_agent.engine.turn.recovery import Plan, calmer, hindrance_plan, stuck_plan, without_hindrance
from cs_agent.observation import Observation

__all__ = ["Engine", "EngineSettings", "GatePolicy", "start"]

_EMPTY_NOTES = ("", "true", "none")  # models that only mark the page instead of saying what to note
_RESTLESS = 2  # turns in a row that may be given up because the screen changed during the model's thought
_KEYBOARD = 2
_SAME_QUESTION = 2  # answers to one question, after which a person acts instead of talking


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
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        settings = settings or EngineSettings()
        eyes = Eyes(phone, reader, settle, settings, clock, sleep, journal.check)
        policy = policy or GatePolicy()
        submission = SubmissionReader(
            phone, eyes, settings.scrolls, journal.check, lambda swipe, seen: _may_scroll(swipe, seen, rules, policy)
        )
        self._kit = Kit(
            model=model,
            journal=journal,
            rules=rules,
            policy=policy,
            settings=settings,
            prompt=prompt,
            eyes=eyes,
            hands=Hands(phone, clock, sleep, journal.check),
            exhibitor=Exhibitor(eyes, submission, rules),
            clock=clock,
            sleep=sleep,
        )
        self._actor = Actor(self._kit)
        self._approvals = Approvals(self._kit, self._actor)
        self._finishing = Finishing(self._kit)

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
            draft = self._kit.begin(state.step_no + 1)
            return self._kit.needs_human(state, state, draft, error.code, say("secure_screen", state.lang))

    def _step(self, origin: RunState) -> Turn:
        kit, draft = self._kit, self._kit.begin(origin.step_no + 1)
        if draft.number > kit.settings.max_steps:
            words = say("max_steps", origin.lang, what=str(kit.settings.max_steps))
            return kit.ended(origin, origin, draft, EndStatus.FAILED, words)
        seen = self._observe(draft)
        state = _weigh_outcome(self._remember_amounts(origin, seen), seen, kit.rules)
        if state.unproven is Unproven.AGENT and shows_failure(seen):
            words = say("outcome_unknown", state.lang)
            return kit.needs_human(origin, state, draft, "outcome_unknown", words)
        remedy = find_remedy(seen, may_grant=not kit.rules.read_only)
        if remedy and state.unproven and remedy.hindrance is not Hindrance.PERMISSION:
            remedy = None  # whether closing or retrying it does the act again cannot be told
        plan = hindrance_plan(state, remedy, kit.settings) if remedy else None
        if plan is not None and (turn := self._follow(origin, state, draft, seen, plan)) is not None:
            return turn
        state = state if remedy else without_hindrance(state)
        return self._ask_model(origin, state, draft, seen)

    def _observe(self, draft: StepDraft) -> Observation:
        with draft.lap("observe"):
            draft.observation = self._kit.eyes.look()
        return draft.observation

    def _remember_amounts(self, state: RunState, seen: Observation) -> RunState:
        """Amounts that a later confirmation is compared with, e.g. what was paid."""
        captions = [caption for field in self._kit.rules.confirm_fields for caption in field.full_of]
        found = amounts_by_caption(seen, captions) if captions else {}
        return state.evolve(seen={**state.seen, **found}) if found else state

    def _ask_model(self, origin: RunState, state: RunState, draft: StepDraft, seen: Observation) -> Turn:
        messages = build_messages(state, seen, self._kit.prompt, token_budget=self._kit.settings.token_budget)
        with draft.lap("model"):
            reply = self._kit.model.reply(messages)
        draft.note_reply(reply)
        try:
            parsed = parse_reply(reply.text, coordinates=reply.coordinates, image_size=reply.image_size)
        except ParseError as error:
            return self._unreadable(origin, state, draft, seen, error)
        draft.thought, draft.action = for_people(parsed.thought or reply.reasoning), parsed.action
        draft.confidence = confidence_of(reply, parsed)
        state = counted(remember_turn(state, seen, parsed), "unreadable", 0)
        return self._dispatch(origin, state, draft, seen, parsed.action)

    def _unreadable(
        self, origin: RunState, state: RunState, draft: StepDraft, seen: Observation, error: ParseError
    ) -> Turn:
        draft.raw = error.raw
        state = counted(remember_unreadable(state, seen, error), "unreadable")
        reason = error.reason(state.lang)
        if count(state, "unreadable") > self._kit.settings.unreadable_replies:
            text = say("unreadable", state.lang, what=reason)
            return self._kit.needs_human(origin, counted(state, "unreadable", 0), draft, "unreadable", text)
        return self._kit.noted(state, draft, reason, status=StepStatus.FAILED)

    def _dispatch(self, origin: RunState, state: RunState, draft: StepDraft, seen: Observation, action: Action) -> Turn:
        match action:
            case Finish():
                return self._finishing.judge(origin, state, draft, action)
            case Note():
                return self._note(state, draft, action)
            case CallApi():
                return self._call_api(state, draft, action)
            case Interact():
                return self._question(origin, state, draft, action)
            case TakeOver():
                text = action.message or say("takeover", state.lang)
                return self._kit.needs_human(origin, state, draft, "model", text)
        return self._touch_phone(origin, state, draft, seen, action)

    def _note(self, state: RunState, draft: StepDraft, action: Note) -> Turn:
        """Some models only mark the page: then what they thought about it is the note."""
        text = draft.thought if action.message.strip().lower() in _EMPTY_NOTES else action.message
        return self._kit.noted(remember_note(state, text), draft, say("noted", state.lang))

    def _call_api(self, state: RunState, draft: StepDraft, action: CallApi) -> Turn:
        """A text-only question to the model about what was noted; the answer becomes a note."""
        with draft.lap("model"):
            reply = self._kit.model.reply(build_summary_messages(state, action.instruction))
        return self._kit.noted(remember_note(state, reply.text.strip()), draft, say("summarised", state.lang))

    def _question(self, origin: RunState, state: RunState, draft: StepDraft, action: Interact) -> Turn:
        text = action.message or say("question", state.lang)
        if times_answered(state, text) >= _SAME_QUESTION:
            reason = say("same_question", state.lang, what=str(_SAME_QUESTION))
            return self._kit.needs_human(origin, state, draft, "stuck", reason)
        image = draft.observation.screenshot.image if draft.observation else None
        pending = Pending(QUESTION, render(action), thought=text)
        question = Question(text, screenshot=image)
        return self._kit.paused(origin, state, draft, Event.ASK, question, pending=pending, status=StepStatus.DONE)

    def _touch_phone(
        self, origin: RunState, state: RunState, draft: StepDraft, seen: Observation, action: Action
    ) -> Turn:
        """An action for the phone: not in circles, not on a stale screen, not under a keyboard, not past the gate."""
        proposed = Pending(ACT, render(action), draft.thought, draft.confidence)
        if (turn := self._unstick(origin, state, draft, seen, proposed)) is not None:
            return turn
        with draft.lap("gate"):
            current = self._current(draft, seen, action)
        if current is None:
            if count(state, "restless") < _RESTLESS:
                told = counted(remember_feedback(state, say("screen_changed", state.lang)), "restless")
                return self._kit.noted(told, draft, say("screen_changed", state.lang), status=StepStatus.REFUSED)
            current = self._observe(draft)
        state = counted(state, "restless", 0)
        points = touch_points(action, current.size)
        with draft.lap("gate"):
            current = self._kit.eyes.read_around(current, *points)
        if any(covers(current, point) for point in points) and count(state, "keyboard") < _KEYBOARD:
            plan = Plan("keyboard", Back(), say("keyboard", state.lang))
            if (turn := self._follow(origin, state, draft, current, plan)) is not None:
                return turn
        return self._pass_gate(origin, calmer(state), draft, current, proposed)

    def _unstick(
        self, origin: RunState, state: RunState, draft: StepDraft, seen: Observation, proposed: Pending
    ) -> Turn | None:
        """The next layer of recovery that the gate lets pass; None where the run is not stuck."""
        while (plan := stuck_plan(state, seen, proposed, self._kit.settings)) is not None:
            if (turn := self._follow(origin, state, draft, seen, plan)) is not None:
                return turn
            state = counted(state, plan.counter)
        return None

    def _current(self, draft: StepDraft, seen: Observation, action: Action) -> Observation | None:
        """The screen the touch would meet: the one seen, or a fresh one that shows the same there; None if not."""
        points = touch_points(action, seen.size)
        thought_s = draft.timings.get("model", 0.0)
        if not points or thought_s <= self._kit.settings.stale_s or self._kit.eyes.still_there(seen, points[0]):
            return seen
        before = target_labels(action, self._kit.eyes.read_around(seen, points[0]))
        fresh = self._kit.eyes.look()
        draft.observation = fresh
        return fresh if target_labels(action, self._kit.eyes.read_around(fresh, points[0])) == before else None

    def _pass_gate(
        self, origin: RunState, state: RunState, draft: StepDraft, seen: Observation, proposed: Pending
    ) -> Turn:
        with draft.lap("gate"):
            seen, verdict = self._judge(proposed, seen, state, draft.confidence)
        labels = target_labels(proposed.action, seen)
        draft.verdict, draft.observation, draft.control = verdict, seen, name_of(labels)
        match verdict.kind:
            case VerdictKind.ALLOW:
                pending = proposed.evolve(verdict=verdict, irreversible=verdict.irreversible, target=labels)
                return self._actor.carry_out(state, draft, pending, seen)
            case VerdictKind.DENY:
                return self._denied(origin, state, draft, verdict)
            case VerdictKind.TAKE_OVER:
                return self._kit.needs_human(origin, state, draft, "password", say("password", state.lang))
        return self._propose(origin, state, draft, proposed, seen, verdict)

    def _judge(
        self, proposed: Pending, seen: Observation, state: RunState, confidence: float | None
    ) -> tuple[Observation, Verdict]:
        """A verdict against it on a picture alone is looked at once more with the tree, where the phone has one."""
        kit, context = self._kit, StepContext(state.focus, state.unproven)
        verdict = decide(proposed.action, seen, kit.rules, kit.policy, confidence, context)
        if verdict.kind is VerdictKind.ALLOW or seen.nodes is not None:
            return seen, verdict
        careful = kit.eyes.read_all(seen)
        return careful, decide(proposed.action, careful, kit.rules, kit.policy, confidence, context)

    def _denied(self, origin: RunState, state: RunState, draft: StepDraft, verdict: Verdict) -> Turn:
        words = "; ".join(reason.zh if state.lang == "zh" else reason.en for reason in verdict.reasons[:2])
        action = draft.action
        if verdict.reasons[0].code == "app_not_allowed":
            package = draft.observation.app.package if draft.observation else ""
            text = say("denied_app", state.lang, what=package)
            return self._kit.needs_human(origin, state, draft, "denied_app", text)
        state = counted(state, "denials")
        if count(state, "denials") > self._kit.settings.denials:
            text = say("denied", state.lang, what=words)
            return self._kit.needs_human(origin, counted(state, "denials", 0), draft, "denied", text)
        told = remember_denial(state, render(action) if action else "", words)
        return self._kit.noted(told, draft, words, status=StepStatus.REFUSED)

    def _propose(
        self,
        origin: RunState,
        state: RunState,
        draft: StepDraft,
        proposed: Pending,
        seen: Observation,
        verdict: Verdict,
    ) -> Turn:
        """Put it to a human, with everything the screen says about it."""
        with draft.lap("read"):
            shown = self._kit.exhibitor.show(proposed.action, seen, state, irreversible=verdict.irreversible)
        evident = look_for_success(shown.observation, self._kit.rules).complete
        kind = ConfirmationKind.ACTION
        pending = pending_of_exhibit(shown, verdict, kind, proposed.evolve(evidence_before=evident))
        draft.action, draft.observation = shown.action, shown.observation
        request = request_of(shown, verdict, state.lang)
        return self._kit.paused(origin, state, draft, Event.PROPOSE, request, pending=pending)

    def _follow(
        self, origin: RunState, state: RunState, draft: StepDraft, seen: Observation, plan: Plan
    ) -> Turn | None:
        """Carry out the engine's own plan; None where the gate would not let it pass and the model should decide."""
        state = counted(state, plan.counter)
        if plan.human:
            return self._kit.needs_human(origin, state, draft, plan.human, say(plan.human, state.lang))
        if plan.action is None:
            told = remember_feedback(state, plan.feedback).evolve(trail=())
            return self._kit.noted(counted(told, "no_effect", 0), draft, plan.feedback)
        proposed = Pending(ACT, render(plan.action), confidence=1.0)
        judged = self._kit.eyes.read_around(seen, *touch_points(plan.action, seen.size))
        context = StepContext(state.focus, state.unproven)
        verdict = decide(plan.action, judged, self._kit.rules, self._kit.policy, 1.0, context)
        if verdict.kind is not VerdictKind.ALLOW and plan.only_if_allowed:
            return None
        draft.action, draft.thought, draft.confidence = plan.action, plan.feedback, 1.0
        told = remember_feedback(state, plan.feedback) if plan.feedback else state
        if plan.counter == "rung":
            told = counted(told, "no_effect", 0).evolve(trail=())
        return self._pass_gate(origin, told, draft, judged, proposed)


def _may_scroll(swipe: Swipe, seen: Observation, rules: FlowRules, policy: GatePolicy) -> bool:
    """Scrolling for the fields of a confirmation is an act like any other."""
    return decide(swipe, seen, rules, policy, 1.0).kind is VerdictKind.ALLOW


def _weigh_outcome(state: RunState, seen: Observation, rules: FlowRules) -> RunState:
    """An act whose effect was open is proven by the flow's evidence, or by a page that says so."""
    if not state.unproven:
        return state
    evident = look_for_success(seen, rules).complete and not state.evidence_before
    if evident or shows_success(seen):
        return state.evolve(unproven=Unproven.NOTHING, evidence_before=False)
    return state
