"""What the soak measured, gathered over all tests and printed as one table at the end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Figures:
    """`back`: seconds until the part works again, by database and kind of kill; `onward`: until the run goes on, by the
    run's state too."""

    back: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    onward: dict[tuple[str, str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seeds: dict[str, int] = field(default_factory=dict)

    def lines(self) -> list[str]:
        columns = f"{'works again: median / worst':<30}run goes on: median / worst"
        head = f"{'database':<11}{'killed':<9}{'kills':>6}   {columns}"
        kinds = sorted({*self.back, *((database, name) for database, name, _state in self.onward)})
        rows = [self._row(database, name) for database, name in kinds]
        ends = [f"{name}: {len(all_)} runs, {_counted(all_)}" for name, all_ in self.ends.items()]
        seeds = [f"{name}: seed {seed} (SOAK_SEED={seed} repeats it)" for name, seed in self.seeds.items()]
        return [head, *rows, *ends, *seeds] if rows else []

    def _row(self, database: str, name: str) -> str:
        back = self.back.get((database, name), [])
        onward = [each for key, times in self.onward.items() if key[:2] == (database, name) for each in times]
        kills = max(len(back), len(onward))
        return f"{database:<11}{name:<9}{kills:>6}   {_spread(back):<30}{_spread(onward)}"


def _spread(times: list[float]) -> str:
    return f"{median(times):.1f} s / {max(times):.1f} s" if times else "-"


def _counted(all_: list[str]) -> str:
    return ", ".join(f"{all_.count(end)} {end}" for end in sorted(set(all_)))


FIGURES = Figures()
