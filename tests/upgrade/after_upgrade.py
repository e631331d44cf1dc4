"""Migrates a database of the release before and lets every run of it go on; prints what became of each as JSON.

A program of its own, for a migration needs a database file that no test has touched: `DATABASE_URL` names it. The
phones are scripted ones that show what the phones of those runs showed when the release before was stopped.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings_test")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402

from cs_agent.engine.run.protocols import PhoneError  # noqa: E402
from tests.runner.world import FakeHost, World, approve, handset  # noqa: E402
from tickets.models import AuditEvent, Confirmation, Phone, Question, Run, RunStatus, Takeover  # noqa: E402
from tickets.services.evidence import audit  # noqa: E402
from tickets.services.runs import decisions, takeovers  # noqa: E402

PHONES = Path(__file__).with_name("release_0_1.phones.json")
Outcome = dict[str, Any]


class After:
    """The installation after its upgrade; what each run does from there."""

    def __init__(self) -> None:
        shown = json.loads(PHONES.read_text(encoding="utf-8"))
        self.hands = {name: handset(phone["shown"]) for name, phone in shown.items()}
        phones = Phone.objects.filter(name__startswith="phone ")
        self.world = World(FakeHost({row.pk: self.hands[row.name.removeprefix("phone ")] for row in phones}))
        self.person = User.objects.get(username="bo")

    def run(self, name: str) -> Run:
        return Run.objects.get(ticket__subject=name)

    def pending(self, run: Run) -> list[str]:
        return list(Confirmation.objects.filter(run=run, state="pending").values_list("kind", flat=True))

    def go_on(self, run: Run) -> Outcome:
        """Drive it to where it waits or ends, then say yes to whatever is asked until it has ended."""
        asked: list[list[str]] = []
        for _turn in range(4):
            run.refresh_from_db()
            if run.status in {RunStatus.QUEUED, RunStatus.RUNNING}:
                self.world.drive_on(run)
            asked.append(self.pending(run))
            if run.status != RunStatus.AWAITING_CONFIRMATION or asked[-1] == ["uncertain"]:
                break
            approve(run, self.person)
        return self.outcome(run, asked=asked)

    def outcome(self, run: Run, **more: Any) -> Outcome:
        run.refresh_from_db()
        hand = self.hands[run.ticket.subject]
        numbers = list(run.steps.values_list("number", flat=True))
        facts = {"status": run.status, "acts": list(hand.ledger), "steps_doubled": len(numbers) != len(set(numbers))}
        return {**facts, "waits": Takeover.objects.filter(run=run, ended_at=None).exists(), **more}


def answered(after: After) -> Outcome:
    run = after.run("awaiting_answer")
    decisions.answer_question(Question.objects.get(run=run, answered_at=None), after.person, "L")
    return after.go_on(run)


def handed_back(after: After) -> Outcome:
    run = after.run("taken_over")
    takeover = Takeover.objects.get(run=run, ended_at=None)
    assert takeover.user is not None
    takeovers.hand_back(takeover, takeover.user, "")
    return after.go_on(run)


def taken_and_handed_back(after: After) -> Outcome:
    run = after.run("takeover_asked")
    takeovers.hand_back(takeovers.begin(run, after.person), after.person, "")
    return after.go_on(run)


def queued(after: After) -> Outcome:
    """A phone that was free is ready again."""
    run = after.run("queued")
    row = Phone.objects.create(name="phone queued", serial="serial-queued", queue="phones")
    after.world.host.handsets[row.pk] = after.hands["queued"]
    return after.go_on(run)


STORIES: dict[str, Callable[[After], Outcome]] = {
    **{
        name: (lambda after, name=name: after.go_on(after.run(name)))
        for name in (
            "awaiting_confirmation",
            "approved",
            "intended",
            "running",
            "succeeded",
            "failed",
            "cancelled",
            "handed_off",
        )
    },
    "awaiting_answer": answered,
    "taken_over": handed_back,
    "takeover_asked": taken_and_handed_back,
    "queued": queued,
}


def main() -> None:
    hidden = {f"CS_AGENT_REDACT_{audience}": () for audience in ("STORED", "VIEWERS", "MODEL")}
    settings.CS_AGENT = {**settings.CS_AGENT, **hidden}  # scripted screens have nothing to read
    call_command("migrate", verbosity=0)
    old = AuditEvent.objects.count()
    report: dict[str, Any] = {"events": old, "faults_before": [str(fault) for fault in audit.verify()]}
    report["groups"] = {
        group.name: sorted(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()
    }
    after, runs = After(), {}
    for name, story in STORIES.items():
        try:
            runs[name] = story(after)
        except PhoneError as error:
            runs[name] = {"status": f"{type(error).__name__}: {error}"}
    report |= {"runs": runs, "faults_after": [str(fault) for fault in audit.verify()]}
    json.dump(report, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
