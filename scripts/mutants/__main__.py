"""Judges the tests by the faults they notice: seeded mutants of the parts that must not be wrong, each tried in a fork.

    make mutants MUTANTS=300 SEED=1
    python scripts/mutants --parts slots outbox --mutants 40 --seed 7
    python scripts/mutants --again report.txt     (only the survivors that an earlier report lists)

A mutant is one small change inside one function: a comparison turned, `and` for `or`, a condition negated, a number
one off, a value not returned, a call left out, a keyword of a database filter dropped. It is killed when a test of its
parts fails. Survivors are listed with file, line and change; less than `LEAST` of all killed fails the run.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from making import ROOT, Mutant, drawn, mutants_of
from trying import Fate, run

LEAST = 0.9
# Each part: the modules that are changed, and the tests that are to notice. A test of one part counts for the others.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "gate": (
        ("cs_agent/engine/gate/**/*.py",),
        ("tests/engine/gate/**/test_*.py", "tests/engine/turn/test_loop*.py"),
    ),
    "slots": (
        ("tickets/flows/slots/**/*.py",),
        ("tests/tickets/reading/test_*.py",),
    ),
    "claims": (
        ("tickets/runner/holds/claims.py", "tickets/runner/holds/leases.py"),
        (
            "tests/runner/holds/test_claims.py",
            "tests/runner/drive/test_drive.py",
            "tests/runner/drive/test_trouble.py",
            "tests/runner/holds/test_sweeper.py",
            "tests/runner/holds/test_pool.py",
            "tests/runner/holds/test_queue.py",
            "tests/runner/drive/test_lessons.py",
        ),
    ),
    "decisions": (
        ("tickets/services/runs/decisions.py", "tickets/services/runs/pauses.py"),
        (
            "tests/tickets/runs/test_decisions.py",
            "tests/tickets/runs/test_pauses_told.py",
            "tests/tickets/runs/test_desk.py",
            "tests/tickets/flows/test_rehearsals.py",
            "tests/runner/drive/test_drive.py",
        ),
    ),
    "takeovers": (
        (
            "tickets/services/runs/takeovers.py",
            "tickets/services/runs/guard.py",
            "tickets/services/runs/clocks/takeovers.py",
        ),
        (
            "tests/tickets/runs/test_takeovers.py",
            "tests/tickets/runs/test_takeover_clock*.py",
            "tests/tickets/runs/test_pauses_told.py",
            "tests/tickets/runs/test_desk.py",
            "tests/runner/drive/test_trouble.py",
        ),
    ),
    "outbox": (("tickets/services/outbox/*.py",), ("tests/tickets/outbox/test_*.py",)),
}


def _files(part: str, kind: int) -> list[str]:
    return sorted({str(path.relative_to(ROOT)) for pattern in PARTS[part][kind] for path in ROOT.glob(pattern)})


def chosen(count: int, seed: int, parts: list[str]) -> list[Mutant]:
    """Equally many of each part, where it has so many."""
    share, more = divmod(count, len(parts))
    return [
        mutant
        for place, part in enumerate(parts)
        for mutant in drawn(_files(part, 0), share + (place < more), f"{seed}{part}")
    ]


def survivors_in(report: Path, parts: list[str]) -> list[Mutant]:
    """Those that an earlier report lists, found again where lines have moved since."""
    listed = {_without_line(line) for line in report.read_text("utf-8").splitlines() if " → " in line}
    every = [mutant for part in parts for path in _files(part, 0) for mutant in mutants_of(path)]
    return [mutant for mutant in every if _without_line(f"survived  {mutant}") in listed]


def _without_line(text: str) -> str:
    place, _colon, change = text.partition(" → ")[0].split("  ", 1)[-1].partition(":")
    return place + change.lstrip("0123456789")


class Report:
    """Receives each mutant's fate; prints survivors as they are found and the figures of each part at the end."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.fates: list[tuple[Mutant, Fate]] = []
        self.begun = time.monotonic()

    def told(self, mutant: Mutant, fate: Fate, by: str) -> None:
        self.fates.append((mutant, fate))
        print(f"{len(self.fates)}/{self.number} {fate} {mutant} {by}", file=sys.stderr, flush=True)
        if fate not in (Fate.KILLED, Fate.HUNG):
            print(f"{fate}  {mutant}", flush=True)

    def end(self) -> int:
        counted = [(mutant, fate) for mutant, fate in self.fates if fate is not Fate.NOT_PUT_IN]
        for part in PARTS:
            fates = Counter(fate for mutant, fate in counted if mutant.path in _files(part, 0))
            if fates:
                killed = fates[Fate.KILLED] + fates[Fate.HUNG]
                print(f"{part}: {killed} of {fates.total()} killed, {fates[Fate.HUNG]} of them by hanging")
        killed = sum(fate in (Fate.KILLED, Fate.HUNG) for _mutant, fate in counted)
        share = killed / max(1, len(counted))
        out = len(self.fates) - len(counted)
        print(f"{share:.1%} of {len(counted)} mutants killed; {out} could not be put in or changed nothing")
        print(f"{time.monotonic() - self.begun:.0f} s")
        return 0 if share >= LEAST else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--again", type=Path, help="a report whose survivors are tried again")
    options = parser.parse_args()
    _set_up()
    if options.again:
        mutants = survivors_in(options.again, options.parts)
    else:
        mutants = chosen(options.mutants, options.seed, options.parts)
    report = Report(len(mutants))
    tests = sorted({path for part in options.parts for path in _files(part, 1)})
    paths = sorted(path for part in PARTS for path in _files(part, 0))
    failing = run(tests, paths, mutants, report.told)
    for test in failing:
        print(f"{test} fails without any mutant; mend it first")
    return 2 if failing else report.end()


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings_test")
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)


if __name__ == "__main__":
    sys.exit(main())
