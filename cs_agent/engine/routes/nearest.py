"""The way for a run whose filled slots no way was learned for: the nearest one, with gaps where the two differ.

Rule: what is put in for a slot may take more than the one act that names it (opening a picker, turning a part of the
form on). The model therefore acts from the first to the last page where the slots differ; of the way only what leads
there and what follows is kept. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from cs_agent.engine.routes.slots import named_in
from cs_agent.engine.routes.values import ActKind, Filling, Route, RouteStep, Way


def nearest_way(route: Route, values: dict[str, str]) -> Way | None:
    """The way for just these slots, else the way of which most is left when the difference is a gap; None if no way
    leads to where the slots differ."""
    exact = route.way_for(values)
    if exact is not None:
        return exact
    fitted = [found for way in route.ways if (found := with_gaps(way, Filling.of(values)))]
    return max(fitted, key=_known_steps, default=None)


def with_gaps(way: Way, filling: Filling) -> Way | None:
    """The way for a run that fills in this; its steps keep their numbers. None where it is unknown at which page a
    slot is put in that the way does not have, and where nothing is left."""
    own, wanted = set(way.filling.slots), set(filling.slots)
    lacking, added = (own - wanted) | way.filling.forms_that_differ(filling), wanted - own
    puts_in = _puts_in(way) if added else []
    if added and not puts_in:
        return None
    differs = [*puts_in, *(number for number, step in enumerate(way.steps) if _named(step) & lacking)]
    first, last = _widened(way.steps, min(differs), max(differs)) if differs else (0, -1)
    steps = tuple(step.as_gap() if first <= number <= last else step for number, step in enumerate(way.steps))
    found = replace(way, filling=filling, steps=steps)
    return found if _known_steps(found) else None


def _puts_in(way: Way) -> list[int]:
    """The steps that fill in a slot. Not those by which the record is found: the values that an entry of a list shows.

    Where a further slot would be put in is unknown, so it may be on any of their pages."""
    keys = set().union(*(named_in(piece) for step in way.steps if step.control for piece in step.control.holds))
    return [number for number, step in enumerate(way.steps) if _named(step) - keys]


def _named(step: RouteStep) -> set[str]:
    control = step.control
    pieces = (step.text, control.named, *control.holds) if control else (step.text,)
    return set().union(*(named_in(piece) for piece in pieces))


def _widened(steps: tuple[RouteStep, ...], first: int, last: int) -> tuple[int, int]:
    """With all steps on these pages, and on a page from which they were opened and to which they led back."""
    while True:
        inside = steps[first : last + 1]
        on_them = [number for number, step in enumerate(steps) if any(step.on_page_of(each) for each in inside)]
        wider = min(on_them), max(on_them)
        if wider == (first, last):
            if not (first > 0 and last + 1 < len(steps) and steps[first - 1].on_page_of(steps[last + 1])):
                return first, last
            wider = first - 1, last + 1
        first, last = wider


def _known_steps(way: Way) -> int:
    return sum(step.kind is not ActKind.GAP for step in way.steps)
