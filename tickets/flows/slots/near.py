"""How far from a value the words that are about it may stand.

Rule: a clause or a sentence is read as a whole where its end bounds it; the distances here are for what could be about
something else as well, or stands beyond the clause.
"""

from __future__ import annotations

from dataclasses import dataclass

BESIDE = 32  # characters on either side of a place in which what it is called, or what follows from it, stands


@dataclass(frozen=True, slots=True)
class Reach:
    """Characters to a value; English needs more letters to say the same."""

    chinese: int
    english: int

    def of(self, before: str) -> str:
        """The end of it that is near enough."""
        return before[-(self.english if before[-self.english :].isascii() else self.chinese) :]

    def spans(self, gap: str) -> bool:
        """Whether what stands between two places leaves them near enough to each other."""
        return len(gap) <= (self.english if gap.isascii() else self.chinese)


NEAR = Reach(10, 24)  # a word that makes the value something else: who is meant, when, how surely
FAR = Reach(18, 40)  # a person, who may stand before a verb and its object
TOLD = Reach(24, 60)  # what somebody said, which may be a whole clause
