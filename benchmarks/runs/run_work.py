"""Handles tickets one after the other in a running product, as an operator who always says yes, and prints what each
run took as JSON lines. Started by benchmarks with the product's environment.

`python -m benchmarks.runs.run_work ID [ID …]`: the `external_id` of a ticket of the fixtures or of more_tickets.json,
once for each run.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import django

from benchmarks.runs.person import Person

MORE_TICKETS = Path(__file__).with_name("more_tickets.json")  # of the same kinds with other data
PATIENCE_S = 300.0
POLL_S = 0.2


@dataclass(slots=True)
class Handled:
    """One run; seconds. `human` is what the operator took, which no budget counts."""

    ticket: str
    status: str
    result: str
    total: float
    human: float
    first_step: float
    steps: int
    engine: list[float] = field(default_factory=list)
    model: list[float] = field(default_factory=list)
    act: list[float] = field(default_factory=list)
    settle: list[float] = field(default_factory=list)
    yes_to_gesture: list[float] = field(default_factory=list)  # all of it
    helped: list[str] = field(default_factory=list)  # what the operator did
    waits: str = ""  # what the operator was asked that he could not do
    recheck: list[float] = field(default_factory=list)  # the part that looked at the screen again

    @property
    def machine(self) -> float:
        return self.total - self.human


def main(names: list[str]) -> int:
    django.setup()
    for name in names:
        print(json.dumps(asdict(handle(name)), ensure_ascii=False), flush=True)
    return 0


def handle(name: str) -> Handled:
    """Make the ticket anew, start it, answer what it asks, and wait for its end."""
    from django.contrib.auth import get_user_model

    from tickets.services.runs import lifecycle as runs
    from tickets.services.runs import starts

    lin = get_user_model().objects.get(username="lin")
    run, waits = starts.start_run(ticket=_ticket(name), user=lin), ""
    person, deadline = Person(lin, get_user_model().objects.get(username="bo")), time.monotonic() + PATIENCE_S
    while run.ended_at is None:
        if time.monotonic() > deadline or person.at_a_loss:
            waits = person.at_a_loss or "too long"
            run = runs.stop_run(run, lin)
            break
        person.attend(run)
        time.sleep(POLL_S)
        run.refresh_from_db()
    return _summed_up(name, run, person, waits)


def _ticket(name: str) -> Any:
    from django.core.files import File

    from tickets.demo import FIXTURES
    from tickets.services.tickets.changes import create_ticket

    shipped = json.loads((FIXTURES / "tickets.json").read_text("utf-8"))
    items = {item["external_id"]: item for item in (*shipped, *json.loads(MORE_TICKETS.read_text("utf-8")))}
    item = items[name]
    files = items[item["files_of"]]["files"] if "files_of" in item else item.get("files", ())
    with_files = [(FIXTURES / "media" / entry["file"], entry["name"]) for entry in files]
    opened = [(path.open("rb"), name) for path, name in with_files]
    try:
        return create_ticket(
            user=None,
            subject=item["subject"],
            text=item["text"],
            customer_name=item.get("customer_name", ""),
            customer_mobile=item.get("customer_mobile", ""),
            department=_department(),
            files=[File(stream, name) for stream, name in opened],
        )
    finally:
        for stream, _ in opened:
            stream.close()


def _department() -> Any:
    from tickets.demo import DEPARTMENT
    from tickets.models import Department

    return Department.objects.get(name=DEPARTMENT)


def _summed_up(name: str, run: Any, person: Person, waits: str) -> Handled:
    steps = list(run.steps.order_by("number"))
    done = Handled(
        ticket=name,
        status=run.status,
        result=run.result,
        total=_seconds(run.created_at, run.ended_at),
        human=person.seconds,
        helped=person.helped,
        waits=waits,
        first_step=_seconds(run.created_at, steps[0].started_at) if steps else 0.0,
        steps=len(steps),
    )
    for step in steps:
        times = step.timings
        done.engine.append(times.get("engine", 0.0))
        done.model.append(times.get("model", 0.0))
        done.act.append(times.get("act", 0.0))
        done.settle.append(times.get("settle", 0.0))
    for asked in run.confirmations.filter(decided_at__isnull=False):
        _add_gesture(done, asked, next(step for step in steps if step.number == asked.step_number))
    return done


def _add_gesture(done: Handled, asked: Any, step: Any) -> None:
    """The gesture is over when the wait for the screen begins."""
    times = step.timings
    if step.ended_at is None or "act" not in times:
        return
    done.yes_to_gesture.append(_seconds(asked.decided_at, step.ended_at) - times.get("settle", 0.0))
    done.recheck.append(times.get("recheck", 0.0))


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
