"""A route as values: the pages it passes, the control touched on each, the act with slots in place of values.

Rule: a route holds no customer data. Values from the ticket become templates such as `{mobile}`; pages are identified
by signatures without values. A step whose control cannot be found again is a gap: the model acts there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from cs_agent.engine.routes.views import PageView, StepView
from cs_agent.engine.screen.signature import ControlSignature, PageSignature

VERSION = 1  # of a route's JSON
MOST_STEPS = 200
_AMOUNT = re.compile(r"-?\d+\.\d\d")  # as slots hold money


class ActKind(StrEnum):
    TAP = "tap"
    DOUBLE_TAP = "double_tap"
    LONG_PRESS = "long_press"
    TYPE = "type"
    SWIPE = "swipe"
    LAUNCH = "launch"
    BACK = "back"
    HOME = "home"
    GAP = "gap"  # the model acts here


FIELD = "editable"  # the role of a control that text is typed into
TOUCHES = frozenset({ActKind.TAP, ActKind.DOUBLE_TAP, ActKind.LONG_PRESS})


class RouteError(ValueError):
    """A stored route that this release cannot read."""


@dataclass(frozen=True, slots=True)
class RouteControl:
    """The control of one page, by its role and one of: `named`, its whole name, where slots may stand in it;
    `holds`, values that the entry of a list shows, e.g. `{order}`; neither: a field, known by the caption beside it.

    `alike`: how many controls of the page answered to this when the route was recorded; with several of them, the
    signature's place and column tell which.
    """

    signature: ControlSignature
    named: str = ""
    holds: tuple[str, ...] = ()
    alike: int = 1

    def to_json(self) -> dict[str, Any]:
        return {
            "signature": self.signature.to_json(),
            "named": self.named,
            "holds": list(self.holds),
            "alike": self.alike,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        signature = ControlSignature.from_json(data["signature"])
        return cls(signature, str(data["named"]), tuple(data["holds"]), int(data["alike"]))


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One act on one page. `text`: what is typed or the app that is opened, with slots; `way`: a swipe's start and end,
    normalized; `commits`: a human was asked before it, and always will be; `optional`: not every run took it; `view`:
    how the picture showed the page and the control, None for a step recorded without one."""

    page: PageSignature
    kind: ActKind
    control: RouteControl | None = None
    text: str = ""
    way: tuple[int, ...] = ()
    commits: bool = False
    optional: bool = False
    view: StepView | None = None

    @property
    def page_view(self) -> PageView | None:
        """How a picture shows the page. Only before an act that stops for a person may it ask for a decision that the
        page's signature does not name."""
        page = self.view.page if self.view else None
        return page if page is None or self.commits else replace(page, asks=0)

    def to_json(self) -> dict[str, Any]:
        stored = {
            "page": self.page.to_json(),
            "kind": str(self.kind),
            "control": self.control.to_json() if self.control else None,
            "text": self.text,
            "way": list(self.way),
            "commits": self.commits,
            "optional": self.optional,
        }
        return {**stored, "view": self.view.to_json()} if self.view else stored

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            PageSignature.from_json(data["page"]),
            ActKind(data["kind"]),
            RouteControl.from_json(data["control"]) if data.get("control") else None,
            str(data.get("text", "")),
            tuple(int(number) for number in data.get("way", ())),
            bool(data.get("commits", False)),
            bool(data.get("optional", False)),
            StepView.from_json(data.get("view")),
        )

    def same_act(self, other: RouteStep) -> bool:
        """The same act on the same page, whoever recorded it and whatever the page says of its customer."""
        own = (self.kind, self.control, self.text)
        if own != (other.kind, other.control, other.text):
            return False
        return self.page.fits(other.page) or (self.control is not None and self.page.has_frame_of(other.page))

    def on_page_of(self, other: RouteStep) -> bool:
        """Whether both act on the same page, also where it was scrolled in between and shows other controls."""
        return (self.page.app, self.page.title) == (other.page.app, other.page.title)

    def as_gap(self) -> RouteStep:
        return replace(self, kind=ActKind.GAP, control=None, text="", way=())


@dataclass(frozen=True, slots=True)
class Filling:
    """What a run fills in: `slots`, and which of them are `amounts`, as an amount is put in otherwise than a word that
    stands for one (全额). None: not known, of a way that an earlier release recorded."""

    slots: tuple[str, ...]
    amounts: tuple[str, ...] | None = None

    @classmethod
    def of(cls, values: dict[str, str]) -> Self:
        filled = {name: value for name, value in sorted(values.items()) if value.strip()}
        return cls(tuple(filled), tuple(name for name, value in filled.items() if _AMOUNT.fullmatch(value.strip())))

    def fits(self, other: Filling) -> bool:
        return self.slots == other.slots and not self.forms_that_differ(other)

    def forms_that_differ(self, other: Filling) -> set[str]:
        """Slots that are an amount in one of them and a word in the other."""
        if self.amounts is None or other.amounts is None:
            return set()
        return (set(self.amounts) ^ set(other.amounts)) & set(self.slots) & set(other.slots)


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the flow, for runs that fill in just this. `end`: the page of success, and `end_view` how the
    picture showed it."""

    filling: Filling
    steps: tuple[RouteStep, ...]
    end: PageSignature | None = None
    runs: int = 1  # from which it was learned
    end_view: PageView | None = None

    @property
    def has_views(self) -> bool:
        """Whether it was recorded with pictures beside the trees."""
        return any(step.view for step in self.steps)

    def to_json(self) -> dict[str, Any]:
        amounts = self.filling.amounts
        stored = {
            "filled": list(self.filling.slots),
            **({} if amounts is None else {"amounts": list(amounts)}),
            "steps": [step.to_json() for step in self.steps],
            "end": self.end.to_json() if self.end else None,
            "runs": self.runs,
        }
        return {**stored, "end_view": self.end_view.to_json()} if self.end_view else stored

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        steps = tuple(RouteStep.from_json(item) for item in data["steps"])
        if len(steps) > MOST_STEPS:
            raise ValueError(f"{len(steps)} steps")
        end, view = data.get("end"), data.get("end_view")
        amounts = data.get("amounts")
        return cls(
            Filling(tuple(data["filled"]), None if amounts is None else tuple(amounts)),
            steps,
            PageSignature.from_json(end) if end else None,
            int(data["runs"]),
            PageView.from_json(view) if view else None,
        )


@dataclass(frozen=True, slots=True)
class Route:
    """All that a flow version remembers of its ways. Empty: nothing yet, the model finds the way."""

    ways: tuple[Way, ...] = ()

    def way_for(self, values: dict[str, str]) -> Way | None:
        """The way for a run with these slot values: it fills in just the same, as anything else may mean other
        steps."""
        return self.way_like(Filling.of(values))

    def way_like(self, filling: Filling) -> Way | None:
        """The way of exactly this filling before one of whose amounts nothing is known."""
        fitting = [way for way in self.ways if way.filling.fits(filling)]
        return next((way for way in fitting if way.filling == filling), fitting[0] if fitting else None)

    def with_way(self, way: Way) -> Route:
        others = tuple(kept for kept in self.ways if not kept.filling.fits(way.filling))
        return replace(self, ways=(*others, way))

    def to_json(self) -> dict[str, Any]:
        return {"version": VERSION, "ways": [way.to_json() for way in self.ways]}

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Self:
        """Inverse of to_json, an empty route for none; RouteError for anything else."""
        if not data:
            return cls()
        try:
            if data["version"] != VERSION:
                raise ValueError(f"version {data['version']!r}")
            return cls(tuple(Way.from_json(item) for item in data["ways"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RouteError(f"the route cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class Private:
    """What is known of a ticket besides its slots' values; what is learned never holds it.

    `words`: the customer's name and number. `subject`: of the ticket; many apps show it as the title of its page.
    """

    words: tuple[str, ...] = ()
    subject: str = ""


NOTHING_PRIVATE = Private()


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """What one run has of its flow's route: its slot values, its way if there is one, and whether it was reviewed.

    `learning`: the run is to teach a way, or what pictures show of a known one, so every page is looked at with its
    tree, even on a phone that is slow at it, and its picture is read.
    `private`: what is known of the customer besides the slots; what is learned never holds it.
    """

    values: dict[str, str]
    way: Way | None = None
    reviewed: bool = False
    learning: bool = False
    private: Private = field(default_factory=Private)

    @property
    def types_text(self) -> bool:
        return self.way is not None and any(step.kind is ActKind.TYPE for step in self.way.steps)
