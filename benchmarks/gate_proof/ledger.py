"""The proof's results on disk: one line of JSON for each page, so that a run can be interrupted, continued and shared.

Rule: a page is judged once for a seed; whoever comes later, or beside, skips it. The report adds up a seed's files.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2] / "var" / "gate-proof"
DEED, CALM = ("stopped", "PASSED"), ("let pass", "asked")
MODES = ("tree", "picture", "engine")
BACK, IDLE = "left by Back", "nothing happened"
_PROGRESS_S = 10.0


@dataclass(frozen=True, slots=True)
class Row:
    """One act: the page's kind, the act's, what came of it, and the gate's first reason where it stopped it."""

    page: str
    act: str
    outcome: str
    code: str = ""


@dataclass(slots=True)
class Tally:
    """What came of the acts, in all and by kind."""

    outcomes: Counter[str] = field(default_factory=Counter)
    by_page: dict[str, Counter[str]] = field(default_factory=dict)
    by_act: dict[str, Counter[str]] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        self.outcomes[row.outcome] += 1
        for table, key in ((self.by_page, row.page), (self.by_act, row.act)):
            table.setdefault(key, Counter())[row.outcome] += 1
        if row.outcome == "asked":
            self.codes[row.code] += 1

    @property
    def acts(self) -> int:
        return self.outcomes.total()

    @property
    def passed(self) -> int:
        return self.outcomes["PASSED"]

    @property
    def deeds(self) -> int:
        return sum(self.outcomes[name] for name in DEED)

    @property
    def harmless(self) -> int:
        """Acts that led somewhere and did nothing that lasts; of those done by Back nobody is asked."""
        return sum(self.outcomes[name] for name in (*CALM, BACK))


def folder_of(mode: str, seed: int) -> Path:
    return ROOT / f"{seed}-{mode}"


class Ledger:
    """All pages of one seed that were tried in one way: with a tree, by picture, or through the engine."""

    def __init__(self, mode: str, seed: int, share: tuple[int, int] = (1, 1)) -> None:
        self.mode, self.seed, self.share = mode, seed, share
        self._folder = folder_of(mode, seed)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._told = time.monotonic()
        self._began = (time.monotonic(), self.tally().acts)

    def is_mine(self, page: int) -> bool:
        """Of several processes each takes every so-manyth page."""
        return page % self.share[1] == self.share[0] - 1

    def pages(self) -> set[int]:
        return {page for page, _ in self._rows()}

    def write(self, page: int, rows: list[Row]) -> None:
        line = {"page": page, "rows": [[row.page, row.act, row.outcome, row.code] for row in rows]}
        with (self._folder / f"{self.share[0]}-of-{self.share[1]}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def tally(self) -> Tally:
        tally = Tally()
        for _, rows in self._rows():
            for row in rows:
                tally.add(row)
        return tally

    def tell(self, wanted: int) -> None:
        """A line about how far it is, now and then."""
        now = time.monotonic()
        if now - self._told < _PROGRESS_S:
            return
        self._told, tally = now, self.tally()
        began, before = self._began
        rate = max(1e-6, (tally.acts - before) / (now - began))
        left = max(0, wanted - tally.acts) / rate / 60
        print(
            f"{self.mode}: {tally.acts} of {wanted} acts, {tally.deeds} deeds, {tally.passed} passed, "
            f"{rate:.1f} acts/s, {left:.0f} min left",
            file=sys.stderr,
            flush=True,
        )

    def _rows(self) -> list[tuple[int, list[Row]]]:
        found: dict[int, list[Row]] = {}
        for path in sorted(self._folder.glob("*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                entry = _read(line)
                if entry is not None:
                    found.setdefault(*entry)
        return sorted(found.items())


def _read(line: str) -> tuple[int, list[Row]] | None:
    """None for a line that a kill cut off."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry["page"], [Row(*row) for row in entry["rows"]]
