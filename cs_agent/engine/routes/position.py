"""Where a run stands on its way; a part of its checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

_MOST_DETOURS = 50
_MOST_TAKES = 400


@dataclass(frozen=True, slots=True)
class Position:
    """A run's position on its way. `at`: index of the next step; `tries`: unsuccessful proposals of it, or scrolls in
    search of it where none was taken; `detours`: steps at which the model was asked; `takes`: the steps that took
    effect; `suspended`: a person refused or corrected what it led to, so the model acts first (set in
    engine.run.human)."""

    at: int = 0
    tries: int = 0
    taken: int = -1  # the step that was proposed last
    detours: tuple[int, ...] = ()
    suspended: bool = False
    takes: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "tries": self.tries,
            "taken": self.taken,
            "detours": list(self.detours),
            "suspended": self.suspended,
            "takes": list(self.takes),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """A new position for an empty value."""
        if not data:
            return cls()
        return cls(
            int(data["at"]),
            int(data["tries"]),
            int(data["taken"]),
            tuple(data["detours"]),
            bool(data.get("suspended")),
            tuple(data.get("takes", ())),
        )

    def off_the_way(self, at: int | None = None) -> Position:
        """Record that the model is asked here; each step is recorded once."""
        here = self.at if at is None else at
        detours = self.detours if self.detours[-1:] == (here,) else (*self.detours, here)[-_MOST_DETOURS:]
        return replace(self, at=here, detours=detours, tries=0, taken=-1)

    def beyond(self, number: int) -> Position:
        """Move past a step that took effect."""
        return replace(self, at=number + 1, tries=0, taken=-1, takes=(*self.takes, number)[-_MOST_TAKES:])
