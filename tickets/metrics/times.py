"""How long the machine worked on runs: waits for people and a person's own gestures left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tickets.models import Step, StepActor


def machine_seconds(run_ids: Iterable[Any]) -> dict[Any, float]:
    """Seconds by run; a run without measured steps is left out."""
    rows = Step.objects.filter(run__in=list(run_ids), actor=StepActor.AGENT)
    found: dict[Any, float] = {}
    for run_id, timings in rows.values_list("run_id", "timings"):
        if timings:
            found[run_id] = found.get(run_id, 0.0) + of_step(timings)
    return found


def of_step(timings: Mapping[str, Any]) -> float:
    """Seconds of one step: its `total`, which spans its parts; of rows that lack it the sum of the parts."""
    if "total" in timings:
        return float(timings["total"])
    return float(sum(value for name, value in timings.items() if name != "engine" and isinstance(value, int | float)))
