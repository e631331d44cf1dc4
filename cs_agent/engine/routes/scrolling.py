"""Finds the place of a form again that is scrolled otherwise than when its route was recorded.

Rule: only on the page of the next step, known by its app and its title in the tree, and only as the route itself
scrolled there. What is touched afterwards must fit as ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from cs_agent.engine.routes.match import Sight
from cs_agent.engine.routes.values import ActKind, RouteStep


def scroll_before(steps: Sequence[RouteStep], number: int, sight: Sight) -> RouteStep | None:
    """The step by which the route scrolled the page of step `number` last before it, if the screen shows that page.
    None for a page without a title, and by a picture alone."""
    if sight.by_picture or not 0 <= number < len(steps):
        return None
    page, shown = steps[number].page, sight.page
    if not page.title or (page.app, page.title) != (shown.app, shown.title):
        return None
    on_it = [step for step in steps[:number] if step.kind is ActKind.SWIPE]
    return next((step for step in reversed(on_it) if (step.page.app, step.page.title) == (page.app, page.title)), None)
