"""How the picture showed a page of a route and the control that was touched on it, beside what the tree said of them.

Rule: a view holds only marks that the page's signature holds as well, and hints that ask to fill a field in: nothing of
a customer's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from cs_agent.engine.screen.words import is_hint

ROOM = 1, 0.15  # quarters of a text's height, and of the room itself: how exactly it is measured


@dataclass(frozen=True, slots=True)
class PageView:
    """`activity`: of the app in front; `marks`: those of the page's signature whose words were read in the picture;
    `others`: how many lines were read besides, such as values; `asks`: how many of them asked for a decision; `whole`:
    the tree told that nothing of the page lay outside the screen."""

    activity: str
    marks: frozenset[str]
    others: int = 0
    asks: int = 0
    whole: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "activity": self.activity,
            "marks": sorted(self.marks),
            "others": self.others,
            "asks": self.asks,
            "whole": self.whole,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        counts = int(data["others"]), int(data["asks"])
        return cls(str(data["activity"]), frozenset(map(str, data["marks"])), *counts, data.get("whole") is True)

    def shared(self, other: PageView) -> PageView | None:
        """What both say; None if they are of different activities."""
        if self.activity != other.activity:
            return None
        marks, others = self.marks & other.marks, max(self.others, other.others)
        asks, whole = min(self.asks, other.asks), self.whole and other.whole
        return replace(self, marks=marks, others=others, asks=asks, whole=whole)

    def only(self, marks: frozenset[str]) -> PageView:
        """Without what is not among these marks of the page."""
        return replace(self, marks=self.marks & marks)


@dataclass(frozen=True, slots=True)
class ControlView:
    """`hint`: the label that stands in a field, empty for other controls; `filled`: its text stands on a coloured fill;
    `room`: the free ground left and right of its text, in quarters of the text's height, None where a caret
    stands in it; `above` and `below`:
    the labels of the nearest marks of the page's view; `alike`: how many lines of the picture said the same."""

    hint: str = ""
    filled: bool = False
    room: tuple[int, int] | None = None
    above: str = ""
    below: str = ""
    alike: int = 1

    def to_json(self) -> dict[str, Any]:
        return {
            "hint": self.hint,
            "filled": self.filled,
            "room": list(self.room) if self.room else None,
            "above": self.above,
            "below": self.below,
            "alike": self.alike,
        }

    def agrees(self, other: ControlView) -> bool:
        """Whether both tell the same of a control; no two pictures give exactly the same room."""
        rooms = zip(self.room, other.room, strict=True) if self.room and other.room else ()
        near = all(abs(one - two) <= ROOM[0] + ROOM[1] * max(one, two) for one, two in rooms)
        return near and replace(self, room=other.room) == other

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        room = data["room"] and (int(data["room"][0]), int(data["room"][1]))
        beside = str(data["above"]), str(data["below"])
        return cls(str(data["hint"]), bool(data["filled"]), room or None, *beside, int(data["alike"]))


@dataclass(frozen=True, slots=True)
class StepView:
    """`control` is None for a step that touches none, or one that the picture does not tell."""

    page: PageView
    control: ControlView | None = None

    def only(self, marks: frozenset[str]) -> StepView:
        """Without what is not among these marks of the page; the control is told no longer if one of them told it."""
        labels = {"", *(mark.partition(":")[2] for mark in marks)}
        told = self.control
        kept = told is not None and {told.above, told.below} <= labels and (told.hint in labels or is_hint(told.hint))
        control = told if kept else None
        return StepView(self.page.only(marks), control)

    def to_json(self) -> dict[str, Any]:
        return {"page": self.page.to_json(), "control": self.control.to_json() if self.control else None}

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Self | None:
        if not data:
            return None
        control = data.get("control")
        return cls(PageView.from_json(data["page"]), ControlView.from_json(control) if control else None)


def shared(one: StepView | None, other: StepView | None) -> StepView | None:
    """What two recordings of one step agree on; a control that they tell differently is told by neither."""
    page = one.page.shared(other.page) if one and other else None
    if one is None or other is None or page is None:
        return None
    agreed = one.control is not None and other.control is not None and one.control.agrees(other.control)
    return StepView(page, one.control if agreed else None).only(page.marks)
