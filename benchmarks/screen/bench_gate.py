"""How well the gate tells irreversible actions from ordinary work, on its corpus, and how long a verdict takes.

Recall: the share of irreversible actions that are stopped. Precision: the share of stops that were irreversible.
"""

from __future__ import annotations

import time

from benchmarks.figures import Figure, spread
from cs_agent.engine.run.state import VerdictKind
from tests.engine.gate.gate_cases import VIEWS, Case, cases

_NAMES = {"both": "tree and picture", "tree": "tree alone", "picture": "picture alone"}


def main() -> list[Figure]:
    corpus = list(cases())
    figures = [
        Figure("screens x actions", str(len(corpus))),
        Figure("of them irreversible", str(_irreversible(corpus))),
    ]
    for view in VIEWS:
        figures += _measure(corpus, view)
    return figures


def _measure(corpus: list[Case], view: str) -> list[Figure]:
    took, stopped = [], []
    for case in corpus:
        seen = case.observation(view)
        begun = time.perf_counter()
        verdict = case.verdict(view, seen)
        took.append(time.perf_counter() - begun)
        if verdict.kind is not VerdictKind.ALLOW:
            stopped.append(case)
    right, name = _irreversible(stopped), _NAMES[view]
    return [
        Figure(f"recall, {name}", f"{100 * right / _irreversible(corpus):.1f} %", "100 %"),
        Figure(f"precision, {name}", f"{100 * right / len(stopped):.1f} %"),
        Figure(f"verdict, {name}", spread(took, "ms", 1000)),
    ]


def _irreversible(corpus: list[Case]) -> int:
    return sum(case.irreversible for case in corpus)
