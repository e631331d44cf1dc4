"""Proportions with the Wilson score interval of successes over trials."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`good` of `all`; `low` and `high` bound the true share with 95 % confidence (Wilson score interval), 0-1."""

    good: int
    all: int

    @property
    def rate(self) -> float | None:
        return self.good / self.all if self.all else None

    @property
    def low(self) -> float:
        return self._bounds()[0]

    @property
    def high(self) -> float:
        return self._bounds()[1]

    def proves(self, floor: float) -> bool:
        """Whether the true share is at least `floor`, one-sided at 95 % (exact binomial).

        95 of 100 does not show 95 %; 59 of 59 does, and so does at most one failure in 93.
        """
        return bool(self.all) and _tail(self.good, self.all, floor) <= 0.05

    def _bounds(self) -> tuple[float, float]:
        if not self.all:
            return 0.0, 1.0
        n, p = self.all, self.good / self.all
        middle = p + _Z**2 / (2 * n)
        spread = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return max(0.0, min(p, (middle - spread) / scale)), min(1.0, max(p, (middle + spread) / scale))


def _tail(good: int, trials: int, share: float) -> float:
    """The chance of at least `good` successes if the true share were only `share`."""
    term, total = share**trials, 0.0  # of all trials well; then one fewer at a time
    for failures in range(trials - good + 1):
        total += term
        term *= (trials - failures) / (failures + 1) * (1 - share) / share
    return total
