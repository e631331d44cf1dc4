"""Plans the engine's own recovery from pop-ups, failed pages and lack of progress: each bounded, then a human is asked.

Three layers, in this order: relocate (scroll and look again), substitute (a search box, a hint, a magnifier), roll
back. Rule: these acts pass the same gate as the model's.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.actions.values import Action, Back, Swipe
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.run.state import RunState
from cs_agent.engine.run.wording import say
from cs_agent.engine.screen.hindrances import Hindrance, Remedy, is_loop, search_places
from cs_agent.engine.turn.acting import trail_mark
from cs_agent.engine.turn.context import count
from cs_agent.geometry import NormPoint
from cs_agent.observation import Observation

_SCROLL = Swipe(NormPoint(500, 720), NormPoint(500, 320))
_CALM = 8  # steps without trouble after which the layers start anew
_KEYS = tuple(str(hindrance) for hindrance in Hindrance)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the engine does instead of asking the model, or instead of what it proposed.

    Without an action the model gets feedback only. `human`: nothing is left to try, a person is asked with that code.
    """

    counter: str
    action: Action | None = None
    feedback: str = ""
    human: str = ""
    only_if_allowed: bool = True  # what the gate would not let pass is left to the model


def hindrance_plan(state: RunState, remedy: Remedy, settings: EngineSettings) -> Plan | None:
    """Pop-ups, permission dialogs and failed pages, before the model is asked; None after enough attempts."""
    tried = count(state, remedy.hindrance)
    lang = state.lang
    match remedy.hindrance:
        case Hindrance.PERMISSION if tried < 1:
            return Plan(remedy.hindrance, remedy.action, only_if_allowed=False)
        case Hindrance.NETWORK if tried < settings.page_retries:
            return Plan(remedy.hindrance, remedy.action, say("retried", lang, what=remedy.label))
        case Hindrance.NETWORK:
            return Plan(remedy.hindrance, human="network")
        case Hindrance.POPUP if tried < settings.popups:
            return Plan(remedy.hindrance, remedy.action, say("popup", lang, what=remedy.label))
    return None


def without_hindrance(state: RunState) -> RunState:
    """Reset the obstacle counters, so that the next pop-up counts as a new one."""
    if not any(key in state.counters for key in _KEYS):
        return state
    return state.evolve(counters={key: value for key, value in state.counters.items() if key not in _KEYS})


def stuck_plan(state: RunState, seen: Observation, proposed: Pending, settings: EngineSettings) -> Plan | None:
    """The next layer of recovery if the run loops or its acts have no effect; otherwise None."""
    in_circles = is_loop((*state.trail, trail_mark(seen, proposed)))
    if not in_circles and count(state, "no_effect") < settings.no_effect:
        return None
    lang = state.lang
    match count(state, "recovery_level"):
        case 0:
            return Plan("recovery_level", _SCROLL, say("scrolled", lang))
        case 1:
            return Plan("recovery_level", feedback=_substitutes(seen, lang))
        case 2:
            return Plan("recovery_level", Back(), say("rolled_back", lang))
    return Plan("recovery_level", human="stuck")


def calmer(state: RunState) -> RunState:
    """Count one more step without trouble."""
    if not count(state, "recovery_level"):
        return state
    calm = count(state, "calm") + 1
    counters = {**state.counters, "calm": calm}
    if calm >= _CALM:
        counters = {**counters, "recovery_level": 0, "calm": 0}
    return state.evolve(counters=counters)


def _substitutes(seen: Observation, lang: str) -> str:
    """Where one can search, as positions: text from the screen never enters what the model is told."""
    places = [box.center.to_norm(seen.size) for _, box in search_places(seen)]
    if not places:
        return say("nowhere_to_search", lang)
    return say("search_here", lang, what=", ".join(f"[{point.x},{point.y}]" for point in places))
