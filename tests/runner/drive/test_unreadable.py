"""A checkpoint that cannot be read: its run waits for a person, in words, and goes on from what the phone shows."""

from __future__ import annotations

from typing import Any

import pytest

from cs_agent.engine.run.state import Phase, RunState, Unproven
from tests.runner.world import World
from tickets.models import AuditEvent, Confirmation, Run, RunStatus, Takeover
from tickets.runner.drive import trouble
from tickets.services.runs import decisions, takeovers
from tickets.services.runs.checkpoints import CODE, CheckpointUnreadable

pytestmark = pytest.mark.django_db

BROKEN: list[dict[str, Any]] = [
    {"version": 99},
    {"version": 2},
    {**RunState("x").to_json(), "history": 5},
    {**RunState("x", phase=Phase.ACTING).to_json(), "pending": {"kind": "act", "action": {"action": "Fly"}}},
]


def spoil(run: Run, checkpoint: dict[str, Any]) -> None:
    Run.objects.filter(pk=run.pk).update(checkpoint=checkpoint)
    run.refresh_from_db()


@pytest.mark.parametrize("checkpoint", BROKEN)
def test_a_run_whose_checkpoint_cannot_be_read_is_parked_with_a_person_in_words(
    world: World, run: Run, checkpoint: dict[str, Any]
) -> None:
    world.drive(run)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED, claimed_until=None)
    Confirmation.objects.filter(run=run).delete()
    spoil(run, checkpoint)
    world.drive(run)
    asked = Takeover.objects.get(run=run, ended_at=None)
    assert run.status == RunStatus.TAKEN_OVER
    assert asked.code == CODE
    assert "无法读取" in asked.reason
    assert AuditEvent.objects.filter(run_id=str(run.pk), type="run.parked").exists()
    assert RunState.from_json(run.checkpoint).unproven is Unproven.AGENT


def test_after_the_hand_back_it_goes_on_from_the_screen(world: World, run: Run, lin: Any) -> None:
    world.drive(run)
    spoil(run, BROKEN[0])
    takeover = takeovers.begin(run, lin)
    assert RunState.from_json(Run.objects.get(pk=run.pk).checkpoint).phase is Phase.TAKEN_OVER
    takeovers.hand_back(takeover, lin, "看过了")
    world.drive_on(run)
    assert run.status in {RunStatus.AWAITING_CONFIRMATION, RunStatus.TAKEN_OVER, RunStatus.SUCCEEDED}


def test_a_yes_that_cannot_be_used_is_not_lost_in_silence(world: World, run: Run, lin: Any) -> None:
    world.drive(run)
    confirmation = Confirmation.objects.get(run=run)
    spoil(run, BROKEN[0])
    with pytest.raises(CheckpointUnreadable):
        decisions.decide(confirmation=confirmation, user=lin, approve=True, version=confirmation.version)
    confirmation.refresh_from_db()
    assert confirmation.state == "pending"


def test_an_unexpected_error_over_such_a_run_still_parks_it(world: World, run: Run) -> None:
    world.drive(run)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED, claimed_until=None)
    spoil(run, BROKEN[0])
    trouble.note_defect(run.pk, None)
    run.refresh_from_db()
    assert run.status == RunStatus.TAKEN_OVER
