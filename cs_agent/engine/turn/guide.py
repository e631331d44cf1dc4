"""Follows a flow's route: where it matches the screen, its next act replaces a model call.

Rule: a route only proposes: guards, gate, intent, outcome and record are those of any act.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.actions.parse import Parsed
from cs_agent.engine.actions.values import Finish, render
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import Proposal, is_at_end, next_act
from cs_agent.engine.routes.slots import filled
from cs_agent.engine.routes.values import TOUCHES, ActKind, RouteStep, Way
from cs_agent.engine.run.conversation import remember_turn
from cs_agent.engine.run.pending import ACT, Pending
from cs_agent.engine.run.state import StepSource, Turn, VerdictKind
from cs_agent.engine.run.wording import say
from cs_agent.engine.turn.context import TurnContext
from cs_agent.engine.turn.deciding import Decider
from cs_agent.engine.turn.finishing import Finishing
from cs_agent.engine.turn.kit import Kit

_MOST_TOLD = 20  # acts of the route, the newest, that the model is told of


@dataclass(frozen=True, slots=True)
class Guide:
    kit: Kit
    decider: Decider
    finishing: Finishing

    def follow(self, turn: TurnContext) -> Turn | None:
        """The route's next act; None without a route or if it does not match: then the model is asked."""
        plan = self.kit.route
        if plan.way is None:
            return None
        here = Position.from_json(turn.state.route)
        if here.suspended:
            return None
        ended, there, proposal = self._next(turn, plan.way, here)
        if not ended and proposal is None and turn.seen.nodes is None:  # what the picture leaves open the tree may tell
            with turn.draft.lap("observe"):
                turn.see(self.kit.observer.with_tree(turn.seen))
            ended, there, proposal = self._next(turn, plan.way, here)
        if proposal and not proposal.advances and not self._may_scroll(turn, proposal):
            there, proposal = there.off_the_way(), None
        if ended and (done := self._finish(turn)) is not None:
            return done
        turn.state = turn.state.evolve(route=there.to_json())
        if proposal is None:
            self._hint(turn, plan.way, here, there)
            return None
        return self._take(turn, proposal)

    def _next(self, turn: TurnContext, way: Way, here: Position) -> tuple[bool, Position, Proposal | None]:
        """(whether the way is finished, the run's new position, the next act or None)."""
        plan = self.kit.route
        with turn.draft.lap("route"):
            known = (way, here, turn.seen, plan.values, plan.private)
            return is_at_end(*known), *next_act(*known)

    def _may_scroll(self, turn: TurnContext, proposal: Proposal) -> bool:
        """Whether the gate lets it pass unasked; nobody is asked about a mere search."""
        with turn.draft.lap("gate"):
            verdict = self.kit.judge(Pending(ACT, proposal.action, confidence=1.0), turn.seen, turn.state)
        return verdict.kind is VerdictKind.ALLOW

    def _take(self, turn: TurnContext, proposal: Proposal) -> Turn:
        thought = say("on_route", turn.lang)
        turn.draft.action, turn.draft.thought, turn.draft.confidence = proposal.action, thought, 1.0
        turn.draft.source, turn.proposal = StepSource.ROUTE, proposal
        said = Parsed(thought, proposal.action, render(proposal.action), (0, 0))
        turn.state = remember_turn(turn.state, turn.seen, said)
        return self.decider.touch(turn, proposal.action)

    def _finish(self, turn: TurnContext) -> Turn | None:
        action = Finish(say("route_done", turn.lang))
        turn.draft.action, turn.draft.source = action, StepSource.ROUTE
        done = self.finishing.judge_by_sight(turn, action)
        if done is None:
            turn.draft.action, turn.draft.source = None, StepSource.MODEL
        return done

    def _hint(self, turn: TurnContext, way: Way, here: Position, there: Position) -> None:
        """Tell the model what a reviewed route has done so far and its next goal, once per deviation; never text from
        the screen."""
        if not self.kit.route.reviewed or there.at >= len(way.steps) or there.detours == here.detours:
            return
        done = [told for number in there.takes[-_MOST_TOLD:] if (told := self._in_words(turn, way.steps[number]))]
        if done:
            listed = ("、" if turn.lang == "zh" else ", ").join(done)
            turn.tell(say("route_so_far", turn.lang, what=listed))
        step = way.steps[there.at]
        if step.control and step.control.named and "{" not in step.control.named:
            turn.tell(say("route_goal", turn.lang, what=f"“{step.control.named}”"))

    def _in_words(self, turn: TurnContext, step: RouteStep) -> str:
        """What the step does with the run's values; empty for one that needs no words."""
        control, values = step.control, self.kit.route.values
        pieces = (control.named, *control.holds) if control and step.kind in TOUCHES else (step.text,)
        what = " ".join(filter(None, (filled(piece, values) for piece in pieces))).strip()
        code = {ActKind.LAUNCH: "route_opened", ActKind.TYPE: "route_typed"}.get(step.kind, "route_tapped")
        return say(code, turn.lang, what=what) if what else ""
