"""What a goal is: one thing an instruction wants brought about.

Rule: a goal holds only what the instruction says, in the instruction's own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

QUOTED = "[\ue000-\uf8ff]"  # one quoted piece, while clauses are cut (a private-use character each)


class GoalKind(StrEnum):
    OPEN_APP = "open_app"
    FIND = "find"
    OPEN_ITEM = "open_item"
    ENTER = "enter"
    CHOOSE = "choose"
    TICK = "tick"
    UPLOAD = "upload"
    TAP = "tap"
    SUBMIT = "submit"
    CHECK = "check"
    REPORT = "report"
    BACK = "back"
    HOME = "home"


TAPS = frozenset({GoalKind.TAP, GoalKind.SUBMIT})


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to bring about. `text` is the label, value, app or evidence; `field` names the field or group it
    belongs to ("" = not said). `on` False: the tick is to be taken away. `weak`: read without a pattern."""

    kind: GoalKind
    text: str
    field: str = ""
    on: bool = True
    weak: bool = False
