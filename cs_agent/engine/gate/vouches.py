"""What vouches for an act besides its kind: the flow's named controls, its reviewed route, an editor's "harmless".

The gate takes vouches as values. Rule: a vouch is for exactly one control of exactly one page, by signature; it says
nothing of any other, and nothing at all where the page cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cs_agent.engine.run.flow import NamedControl
from cs_agent.engine.screen.head import heads_drawn, heads_told
from cs_agent.engine.screen.signature import ControlSignature, PageSignature, control_signature, page_signature
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.geometry import Box
from cs_agent.observation import Observation

_PIECE = 3  # characters: a shorter text in a list's entry names no value


class Source(StrEnum):
    FLOW = "flow"
    ROUTE = "route"
    EDITOR = "editor"


class Act(StrEnum):
    """What is done to a control; a vouch for one says nothing of the others."""

    TAP = "tap"
    DOUBLE_TAP = "double_tap"
    LONG_PRESS = "long_press"
    SWIPE = "swipe"


@dataclass(frozen=True, slots=True)
class Vouch:
    """A reviewed act of the flow's route, or an editor's "harmless, do not ask again".

    `control`: the control by what is stable of it; or `box`: where it lies on just the screen that is judged, in device
    pixels, as a route finds its control anew on every screen. Neither: the page as a whole, for a swipe.
    """

    source: Source
    key: str  # names the row or the step of the route
    page: PageSignature
    control: ControlSignature | None
    act: Act = Act.TAP
    box: Box | None = None


_COUNT = re.compile(r"\s*[((]\s*\d{1,3}(?:\s*/\s*\d{1,3})?\s*[))]\s*$")


@dataclass(frozen=True, slots=True)
class Vouches:
    """All that a run may go by now; withdrawn ones are not among them."""

    held: tuple[Vouch, ...] = ()

    def also(self, vouch: Vouch | None) -> Vouches:
        return self if vouch is None else Vouches((*self.held, vouch))


def find_vouch(
    target: Target, seen: Observation, named: Iterable[NamedControl], vouches: Vouches, act: Act = Act.TAP
) -> str:
    """Who vouches for this act on this control, e.g. "flow" or "editor:17"; empty for nobody."""
    if act is Act.TAP and any(_is_named(control, target, seen) for control in named):
        return str(Source.FLOW)
    held = [vouch for vouch in vouches.held if vouch.act is act]
    if not held:
        return ""
    page, control = page_signature(seen), control_signature(seen, target)
    fitting = (vouch for vouch in held if _is_meant(vouch, target, control) and vouch.page.fits(page))
    return next((f"{vouch.source}:{vouch.key}" for vouch in fitting), "")


def vouched_swipe(seen: Observation, vouches: Vouches) -> str:
    """Who vouches for a swipe over this page."""
    held = [vouch for vouch in vouches.held if vouch.act is Act.SWIPE]
    page = page_signature(seen) if held else None
    return next((f"{vouch.source}:{vouch.key}" for vouch in held if page and vouch.page.fits(page)), "")


def _is_meant(vouch: Vouch, target: Target, control: ControlSignature | None) -> bool:
    if vouch.box is not None:
        return vouch.box == target.box
    return control is not None and vouch.control == control


def _is_named(named: NamedControl, target: Target, seen: Observation) -> bool:
    if seen.app.package != named.app or not (named.labels or named.holds):
        return False
    return _bears(named, target) and _is_page(named, seen)


def _bears(named: NamedControl, target: Target) -> bool:
    """Its whole label is one of the named; an entry of a list shows one of the values."""
    wanted = {_bare(label) for label in named.labels}
    if wanted and any(_bare(label) in wanted for label in target.labels):
        return True
    values = [squash(value) for value in named.holds if len(squash(value)) >= _PIECE]
    if any(sense(name).kind in (LabelKind.COMMIT, LabelKind.HOLD) for name in target.names):
        return False  # a value is named to find the entry, and vouches for no button in it
    return any(value in squash(name) for value in values for name in target.names)


def _bare(label: str) -> str:
    """The label without the number of things chosen so far: "Done (2)" is the same button as "Done"."""
    return squash(_COUNT.sub("", label))


def _is_page(named: NamedControl, seen: Observation) -> bool:
    heads = {squash(text) for text in heads_told(seen) or [line.text for line in heads_drawn(seen)]}
    if named.title and not any(squash(title) in heads for title in named.title):
        return False
    texts = [squash(text) for text in seen.texts]
    return all(any(squash(wanted) in text for wanted in group for text in texts) for group in named.shows)
