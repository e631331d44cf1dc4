"""Compares two versions: the sample size needed, and the difference with its confidence interval.

Pure functions over counts and times. Formulas: two proportions with pooled and unpooled variance (Fleiss, without
continuity correction); two means with a common standard deviation; intervals by Newcombe's hybrid score method and by
the normal approximation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist, fmean, stdev

LEAST = 20  # runs of each arm: below it neither interval is reliable


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A, in shares (0-1) or seconds; `low` and `high` bound the true difference."""

    value: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def runs_for_shares(expected: float, difference: float, *, alpha: float, power: float) -> int:
    """Runs of each arm so that a success rate which differs by `difference` from `expected` (both 0-1) is noticed.

    Of the two ways to differ the one that takes more runs. ValueError where neither lies between 0 and 1.
    """
    others = [other for other in (expected - difference, expected + difference) if 0 <= other <= 1]
    if not others or not 0 < expected < 1 or difference <= 0:
        raise ValueError("no rate lies so far from the expected one")
    return max(LEAST, *(_for_two(expected, other, alpha, power) for other in others))


def runs_for_means(deviation: float, difference: float, *, alpha: float, power: float) -> int:
    """Measured runs of each arm so that a mean which differs by `difference` is noticed, in the unit of `deviation`."""
    if difference <= 0 or deviation < 0:
        raise ValueError("the difference must be above zero")
    reach = _z(1 - alpha / 2) + _z(power)
    return max(LEAST, ceil(2 * (reach * deviation / difference) ** 2))


def difference_of_shares(good_a: int, all_a: int, good_b: int, all_b: int, alpha: float) -> Difference | None:
    """None where an arm has no runs."""
    if not all_a or not all_b:
        return None
    a, b = good_a / all_a, good_b / all_b
    low_a, high_a = _wilson(a, all_a, alpha)
    low_b, high_b = _wilson(b, all_b, alpha)
    value = b - a
    low = value - sqrt((b - low_b) ** 2 + (high_a - a) ** 2)
    high = value + sqrt((high_b - b) ** 2 + (a - low_a) ** 2)
    return Difference(value, max(-1.0, low), min(1.0, high))


def difference_of_means(times_a: Sequence[float], times_b: Sequence[float], alpha: float) -> Difference | None:
    """None where an arm has fewer than two measurements."""
    if len(times_a) < 2 or len(times_b) < 2:
        return None
    value = fmean(times_b) - fmean(times_a)
    spread = _z(1 - alpha / 2) * sqrt(stdev(times_a) ** 2 / len(times_a) + stdev(times_b) ** 2 / len(times_b))
    return Difference(value, value - spread, value + spread)


def _for_two(one: float, other: float, alpha: float, power: float) -> int:
    middle = (one + other) / 2
    alike = _z(1 - alpha / 2) * sqrt(2 * middle * (1 - middle))
    apart = _z(power) * sqrt(one * (1 - one) + other * (1 - other))
    return ceil((alike + apart) ** 2 / (one - other) ** 2)


def _wilson(rate: float, runs: int, alpha: float) -> tuple[float, float]:
    z = _z(1 - alpha / 2)
    middle, spread = rate + z**2 / (2 * runs), z * sqrt(rate * (1 - rate) / runs + z**2 / (4 * runs**2))
    scale = 1 + z**2 / runs
    return max(0.0, min(rate, (middle - spread) / scale)), min(1.0, max(rate, (middle + spread) / scale))


def _z(probability: float) -> float:
    return NormalDist().inv_cdf(probability)
