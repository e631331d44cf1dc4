"""A model that fails under a run: patience for one that is being started anew, less for one that is only slow."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cs_agent.engine.model.errors import ModelTimeout, ModelUnreachable
from cs_agent.engine.run.protocols import ModelError, PhoneError
from cs_agent.engine.run.state import TakeoverRequest
from tests.runner.world import World, gone
from tickets.models import AuditEvent, Phone, Run, RunStatus, Takeover
from tickets.runner.drive import trouble
from tickets.runner.holds import claims

pytestmark = pytest.mark.django_db


def failing(world: World, error: ModelError) -> list[int]:
    """The world's model fails each time it is asked; how often it was."""
    asked: list[int] = []

    def fail() -> None:
        asked.append(1)
        raise error

    world.before_reply = fail
    return asked


@pytest.mark.parametrize(
    ("error", "times"),
    [
        (ModelUnreachable("refused"), len(trouble.RETRY_PAUSES_S) + 1),
        (ModelTimeout("60 s"), 3),
    ],
)
def test_a_model_is_tried_again_so_often_and_then_a_human_is_told(
    world: World, run: Run, error: ModelError, times: int
) -> None:
    asked = failing(world, error)
    world.drive_on(run)
    assert len(asked) == times
    assert run.status == RunStatus.TAKEN_OVER
    assert str(error) in Takeover.objects.get(run=run, ended_at=None).reason


def test_between_tries_the_run_says_what_is_wrong_and_is_not_asked_again_too_soon(world: World, run: Run) -> None:
    asked = failing(world, ModelUnreachable("refused"))
    world.drive(run)
    assert run.status == RunStatus.RUNNING
    assert "refused" in run.waiting_for
    assert run.retry_at is not None
    assert run.retry_at > timezone.now()
    world.drive(run)
    assert len(asked) == 1


def test_a_model_that_comes_back_finds_the_run_where_it_stood(world: World, run: Run) -> None:
    failing(world, ModelUnreachable("refused"))
    world.drive(run)
    world.before_reply = lambda: None
    world.drive_on(run)
    assert run.status == RunStatus.AWAITING_CONFIRMATION
    assert run.failures_in_a_row == 0


@pytest.fixture
def lost(driven: Run, phone: Phone) -> claims.Claim:
    """The claim of a worker that was slow: another one has driven the run since."""
    Phone.objects.filter(pk=phone.pk).update(lease_run=driven)
    old = claims.Claim(driven.pk, driven.claim_token)
    Run.objects.filter(pk=driven.pk).update(claim_token=driven.claim_token + 1)
    return old


@pytest.mark.parametrize("error", [gone(), ModelUnreachable("refused"), ModelTimeout("60 s")])
def test_the_trouble_of_a_worker_that_lost_its_claim_is_not_the_runs(
    driven: Run, phone: Phone, lost: claims.Claim, error: PhoneError | ModelError
) -> None:
    before = facts(driven, phone)
    trouble.note_trouble(driven, lost, error)
    trouble.park(lost, TakeoverRequest("x"))
    assert facts(driven, phone) == before


def test_a_defect_in_a_worker_that_lost_its_claim_leaves_the_run_to_the_one_that_drives_it(
    driven: Run, phone: Phone, lost: claims.Claim
) -> None:
    before = facts(driven, phone)
    trouble.note_defect(driven.pk, lost)
    trouble.note_defect(driven.pk, None)  # of one that failed before it held anything
    assert facts(driven, phone) == before


def test_a_defect_under_the_claim_parks_the_run_with_a_human(driven: Run, phone: Phone) -> None:
    Phone.objects.filter(pk=phone.pk).update(lease_run=driven)
    trouble.note_defect(driven.pk, claims.Claim(driven.pk, driven.claim_token))
    driven.refresh_from_db()
    assert driven.status == RunStatus.TAKEN_OVER
    assert Takeover.objects.get(run=driven).code == "defect"


def facts(run: Run, phone: Phone) -> tuple[object, ...]:
    """All that a failure could have changed."""
    run.refresh_from_db()
    phone.refresh_from_db()
    own = (run.status, run.version, run.checkpoint, run.claim_token, run.claimed_until, run.failures_in_a_row)
    return (
        *own,
        run.drivers_lost,
        phone.state,
        phone.lease_run_id,
        Takeover.objects.count(),
        AuditEvent.objects.count(),
    )
