"""The work of bench_queries: `python -m benchmarks.pages.queries_work RUNS` counts what each step asks of the database.

Runs of the reference complaint, driven in this process on the scripted phone and model of the runner's tests; the
rows, claims and leases are real ones. A step goes from one question to the model to the next.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import django

READS = ("SELECT",)
_TEXT = "我昨天买的蓝牙耳机充不上电,盒子还压坏了,要求全额退款并补偿50元!订单号202405218876,开箱视频见附件。"


class Meter:
    """Statements since the last question to the model, by their first word."""

    def __init__(self) -> None:
        self.steps: list[Counter[str]] = []
        self._counted: Counter[str] = Counter()
        self._begun = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self._counted[sql.split(None, 1)[0].upper()] += 1
        return execute(sql, params, many, context)

    def asked(self) -> None:
        if self._begun:
            self.steps.append(self._counted)
        self._counted, self._begun = Counter(), True

    def left(self) -> Counter[str]:
        """What came since; the next question begins a step anew."""
        counted, self._counted, self._begun = self._counted, Counter(), False
        return counted


def main(runs: int) -> int:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0, stdout=sys.stderr)
    meter, whole = Meter(), []
    with connection.execute_wrapper(meter):
        for _ in range(runs):
            whole.append(_run(meter))
    print(json.dumps({"steps": meter.steps, "runs": whole}), flush=True)
    return 0


def _run(meter: Meter) -> dict[str, int]:
    """One run to its end; statements of all it took, from the click on."""
    from django.contrib.auth.models import User

    from tests.runner.world import FakeHost, World, approve, handset
    from tickets.models import Department, Phone
    from tickets.services.runs import starts
    from tickets.services.tickets.changes import create_ticket

    lin, phone, before = User.objects.get(username="lin"), Phone.objects.get(), len(meter.steps)
    ticket = create_ticket(user=None, subject="", text=_TEXT, department=Department.objects.filter(members=lin)[0])
    world = World(FakeHost({phone.pk: handset()}), before_reply=meter.asked)
    meter.left()
    run = starts.start_run(ticket=ticket, user=lin)
    around = meter.left()
    assert world.drive(run).status == "awaiting_confirmation", run.status
    around += meter.left()
    approve(run, lin)
    around += meter.left()
    assert world.drive(run).status == "succeeded", run.status
    around += meter.left()
    steps = meter.steps[before:]
    return {"steps": len(steps), "inside": sum(step.total() for step in steps), "around": around.total()}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
