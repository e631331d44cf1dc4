"""Reads the fields of a submission, also those above or below what the screen shows, without touching anything.

Rule: it only scrolls, along the page's edge. Afterwards the page is back where it was, or the result says that it is
not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cs_agent.engine.actions.values import Swipe
from cs_agent.engine.confirm.fields import Found, read_view
from cs_agent.engine.run.flow import ConfirmField
from cs_agent.engine.run.protocols import Phone
from cs_agent.engine.screen.compare import is_useful, screen_mark
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.geometry import Point
from cs_agent.observation import Observation

_LANE = 0.97  # of the width: the edge, where pages have no controls
_TOP, _BOTTOM = 0.32, 0.72  # of the height: one scroll's way, inside the page
_SLOW_S = 0.9  # slow enough that the page does not fly on
_SCROLL_UP, _SCROLL_DOWN = -1, 1


@dataclass(frozen=True, slots=True)
class Submission:
    """What was found, the screen as it stands now, and whether anything was found by scrolling."""

    found: dict[str, Found]
    observation: Observation
    scrolled: bool = False


@dataclass(slots=True)
class SubmissionReader:
    phone: Phone
    observer: ScreenObserver
    most_scrolls: int
    check: Callable[[], None]
    allowed: Callable[[Swipe, Observation], bool]  # the gate's word on a scroll
    _marks: list[str] = field(default_factory=list, init=False)

    def read(self, observation: Observation, wanted: tuple[ConfirmField, ...]) -> Submission:
        """Missing required fields are looked for by scrolling."""
        observation, found = self.view(observation, wanted)
        if not self._missing(found, wanted):
            return Submission(found, observation)
        now = observation
        for direction in (_SCROLL_UP, _SCROLL_DOWN):
            now = self._search(direction, now, found, wanted)
            if not self._missing(found, wanted):
                break
        return Submission(found, now, scrolled=True)

    def view(self, seen: Observation, wanted: tuple[ConfirmField, ...]) -> tuple[Observation, dict[str, Found]]:
        """What this screen shows of the fields; what the tree says is read from the picture too.

        The whole picture is read only where the tree lacks something that is required.
        """
        found = read_view(seen, wanted)
        if is_useful(seen.nodes):
            boxes = [hit.box for hit in found.values() if hit.box]
            missing = self._missing(found, wanted)
            seen = self.observer.read_all(seen) if missing else self.observer.read_rows(seen, boxes)
            found = read_view(seen, wanted)
        return seen, found

    def _search(
        self, direction: int, start: Observation, found: dict[str, Found], wanted: tuple[ConfirmField, ...]
    ) -> Observation:
        """Scroll step by step until nothing is missing or the page ends; then the same number of steps back."""
        steps, now = 0, start
        while steps < self.most_scrolls and self._missing(found, wanted):
            moved = self._scroll(direction, now)
            if moved is None or screen_mark(moved) == screen_mark(now):
                break
            steps, now = steps + 1, moved
            now, hits = self.view(now, wanted)
            for name, hit in hits.items():
                found.setdefault(name, replace(hit, box=None))
        return self._return(-direction, steps, now, screen_mark(start))

    def _return(self, direction: int, steps: int, now: Observation, home: str) -> Observation:
        """One step more than was made, for a page that ended early; it stops where the page stood before."""
        for _ in range(steps + 1):
            if screen_mark(now) == home:
                break
            moved = self._scroll(direction, now)
            if moved is None:
                break
            now = moved
        return now

    def _scroll(self, direction: int, now: Observation) -> Observation | None:
        """Show what lies further down (or up): the finger goes the other way. None where the gate forbids it."""
        self.check()
        size = now.size
        x, top, bottom = int(_LANE * size.width), int(_TOP * size.height), int(_BOTTOM * size.height)
        start, end = (bottom, top) if direction == _SCROLL_DOWN else (top, bottom)
        way = Point(x, start), Point(x, end)
        if not self.allowed(Swipe(way[0].to_norm(size), way[1].to_norm(size)), now):
            return None
        self.phone.swipe(*way, _SLOW_S)
        self.observer.wait_until_settled(now.screenshot.image)
        return self.observer.look_closely()

    @staticmethod
    def _missing(found: dict[str, Found], wanted: tuple[ConfirmField, ...]) -> bool:
        return any(field.required and field.name not in found for field in wanted)
