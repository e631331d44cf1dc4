"""What a reviewed route vouches for: its next act on the current screen, and nothing else.

Rule: only a step that a reviewer saw and that does not commit; its page must fit the screen and its control be the one
that is touched. The gate still asks where it always asks, whatever vouches.
"""

from __future__ import annotations

from cs_agent.engine.actions.values import Action, DoubleTap, LongPress, Swipe, Tap
from cs_agent.engine.gate.vouches import Act, Source, Vouch
from cs_agent.engine.routes.match import Sight, touched_by
from cs_agent.engine.routes.values import ActKind, RoutePlan, RouteStep
from cs_agent.engine.screen.page import Nature, read_page
from cs_agent.engine.screen.signature import page_signature
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.observation import Observation

_TOUCHES: dict[ActKind, tuple[type[Tap | DoubleTap | LongPress], Act]] = {
    ActKind.TAP: (Tap, Act.TAP),
    ActKind.DOUBLE_TAP: (DoubleTap, Act.DOUBLE_TAP),
    ActKind.LONG_PRESS: (LongPress, Act.LONG_PRESS),
}
_BIDDING = (LabelKind.COMMIT, LabelKind.HOLD)


def vouch_of(plan: RoutePlan, number: int, action: Action, seen: Observation) -> Vouch | None:
    """For the act that step `number` of the plan's way proposes on this screen; None where the route says nothing."""
    if not plan.reviewed or plan.way is None or not 0 <= number < len(plan.way.steps):
        return None
    step, sight = plan.way.steps[number], Sight.of(seen, plan.values, plan.private)
    if step.commits or not sight.is_at(step) or Nature.PERMISSION in read_page(seen).natures:
        return None
    if isinstance(action, Swipe):
        return _of_swipe(step, number, action, seen)
    return _of_touch(step, number, action, sight)


def _of_touch(step: RouteStep, number: int, action: Action, sight: Sight) -> Vouch | None:
    kind, act = _TOUCHES.get(step.kind, (None, Act.TAP))
    if kind is None or type(action) is not kind or not isinstance(action, kind):
        return None
    target = touched_by(step, action.element.to_point(sight.observation.size), sight)
    if target is None or _turned_into_a_button(step, target):
        return None
    return Vouch(Source.ROUTE, str(number), page_signature(sight.observation), None, act, target.box)


def _turned_into_a_button(step: RouteStep, target: Target) -> bool:
    """Whether a list entry, identified by the value it shows, now has a name that asks to be pressed."""
    known = bool(step.control and step.control.holds)
    return known and any(sense(name, button=target.button).kind in _BIDDING for name in target.names)


def _of_swipe(step: RouteStep, number: int, action: Swipe, seen: Observation) -> Vouch | None:
    way = (action.start.x, action.start.y, action.end.x, action.end.y)
    if step.kind is not ActKind.SWIPE or step.way != way:
        return None
    return Vouch(Source.ROUTE, str(number), page_signature(seen), None, Act.SWIPE)
