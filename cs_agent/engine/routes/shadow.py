"""Scores a way against what a run did without it: whether the way would have proposed the same act on each page.

Rule: an act that needed confirmation agrees only with a step that would ask as well. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cs_agent.engine.routes.values import ActKind, RouteStep, Way


class Agreement(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    SILENT = "silent"  # no page of the way fits, or it leaves the page to the model


@dataclass(frozen=True, slots=True)
class Score:
    agreed: int = 0
    differed: int = 0
    silent: int = 0


def score(way: Way | None, taken: Sequence[RouteStep]) -> Score:
    """`taken`: what was done, in order, as a route would remember it. Without a way every act is silent."""
    said = judged(way, taken) if way is not None else [Agreement.SILENT for _step in taken]
    return Score(*(said.count(each) for each in (Agreement.AGREES, Agreement.DIFFERS, Agreement.SILENT)))


def judged(way: Way, taken: Sequence[RouteStep]) -> list[Agreement]:
    """One judgement per act. After a difference, comparison continues at the way's step for that act, if it has one."""
    at, found = 0, []
    for step in taken:
        known = [number for number in range(at, len(way.steps)) if way.steps[number].kind is not ActKind.GAP]
        fitting = [number for number in known if way.steps[number].page.fits(step.page)]
        same = next((number for number in fitting if _same(way.steps[number], step)), None)
        if not fitting:
            found.append(Agreement.SILENT)
        elif same is not None and all(way.steps[number].optional for number in fitting if number < same):
            found.append(Agreement.AGREES)
        else:
            found.append(Agreement.DIFFERS)
        at = same + 1 if same is not None else at
    return found


def _same(proposed: RouteStep, done: RouteStep) -> bool:
    return proposed.same_act(done) and proposed.commits >= done.commits
