"""What one act told: hints to open consoles, types in the trail, runs sent to a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from cs_agent.engine.run.state import RunState
from tickets import queues
from tickets.models import (
    AuditEvent,
    Run,
    RunStatus,
)
from tickets.services.live import events as live
from tickets.services.tickets.changes import create_ticket


@dataclass
class Told:
    """What one act told: kinds of hints to consoles and their data, types in the trail, runs sent to a worker."""

    hints: list[tuple[str, dict[str, Any]]]
    trail: list[str]
    sent: int
    answer: Any

    def data(self, kind: str) -> dict[str, Any]:
        return next(data for name, data in self.hints if name == kind)


@pytest.fixture
def told(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], Any]], Told]:
    def told(act: Callable[[], Any]) -> Told:
        before = AuditEvent.objects.count()
        with django_capture_on_commit_callbacks() as calls:
            answer = act()
        made = [call for call in calls if isinstance(call, partial)]
        hints = [(call.args[1]["kind"], call.args[1]["data"]) for call in made if call.func is live._send]
        sent = sum(call.func is queues._send for call in made)
        trail = list(AuditEvent.objects.order_by("seq").values_list("type", flat=True))[before:]
        return Told(hints, trail, sent, answer)

    return told


def kinds(told: Told) -> list[str]:
    return [kind for kind, _data in told.hints]


def another(run: Run) -> Run:
    """A run of another ticket, driven by the same worker."""
    ticket = create_ticket(user=None, subject="x", text="y", department=run.ticket.department)
    values = {"flow_version": run.flow_version, "started_by": run.started_by, "status": RunStatus.RUNNING}
    return Run.objects.create(ticket=ticket, checkpoint=RunState("x").to_json(), phone=run.phone, **values)
