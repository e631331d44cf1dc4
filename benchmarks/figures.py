"""Figures of benchmarks and the ways they are summed up."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value in words: `budget` is the design's, for comparison by the reader."""

    what: str
    value: str
    budget: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of all do not exceed; ValueError for none."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def spread(values: Sequence[float], unit: str, scale: float = 1.0) -> str:
    """Median, 95th percentile and count, e.g. `12.3 ms median, 20.1 ms p95 (n=50)`."""
    scaled = [value * scale for value in values]
    return f"{statistics.median(scaled):.1f} {unit} median, {percentile(scaled, 0.95):.1f} {unit} p95 (n={len(scaled)})"


def table(figures: Sequence[Figure]) -> str:
    width = max((len(figure.what) for figure in figures), default=0)
    lines = []
    for figure in figures:
        budget = f"   [budget {figure.budget}]" if figure.budget else ""
        lines.append(f"   {figure.what:<{width}}  {figure.value}{budget}")
    return "\n".join(lines)
