"""The work of bench_fleet: `python -m benchmarks.runs.fleet_work RUNS` starts so many runs at once and ends them.

Each is of another customer, whom the practice apps know. The model is served by this process; its person says yes at
once, and stops what asks for more than a yes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from typing import Any

from benchmarks.runs.quick_model import QuickModel
from cs_agent.demo.phone.catalogue import Catalogue
from tests.soak import desk

LIMIT_S = float(os.environ.get("FLEET_LIMIT_S", "600"))
_POLL_S = 0.05


def main(count: int) -> int:
    with QuickModel().serve():
        mobiles = list(Catalogue().customers)[:count]
        begun = time.monotonic()
        runs = [desk.start(mobile)["run"] for mobile in mobiles]
        helped = _see_through(runs, begun + LIMIT_S)
        print(json.dumps({"mobiles": mobiles, **_told(runs), "helped": helped}, ensure_ascii=False), flush=True)
    return 0


def _see_through(runs: list[str], deadline: float) -> dict[str, int]:
    """Say yes until all have ended; what was asked for besides, by its kind."""
    from tickets.models import Run
    from tickets.services.runs.transitions import ENDED, WAITING

    helped: Counter[str] = Counter()
    while True:
        open_runs = Run.objects.filter(pk__in=runs).exclude(status__in=ENDED)
        if not open_runs.exists():
            return dict(helped)
        late = time.monotonic() > deadline
        for run in open_runs if late else open_runs.filter(status__in=WAITING):
            _answer(run, helped, late)
        time.sleep(_POLL_S)


def _answer(run: Any, helped: Counter[str], late: bool) -> None:
    from tickets.errors import RunEnded
    from tickets.services.runs import lifecycle as runs

    state = desk.look(str(run.pk))
    if state["kind"] == "action" and not late:
        desk.decide(str(run.pk), approve=True, then_end=False, note="")
        return
    helped["too late" if late else state["kind"] or state["code"] or state["status"]] += 1
    try:
        runs.stop_run(run, desk._user())
    except RunEnded:
        return


def _told(keys: list[str]) -> dict[str, Any]:
    """How they ended, how long the driving and all of it took, and how many phones took part."""
    from tickets.models import Run

    rows = list(Run.objects.filter(pk__in=keys))
    first, last = min(row.created_at for row in rows), max(row.ended_at or row.updated_at for row in rows)
    return {
        "statuses": dict(Counter(row.status for row in rows)),
        "results": sorted({row.result for row in rows if row.status != "succeeded"}),
        "seconds": (last - first).total_seconds(),
        "driven": [(row.ended_at - row.started_at).total_seconds() for row in rows if row.ended_at and row.started_at],
        "phones": len({row.phone_id for row in rows if row.phone_id}),
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
