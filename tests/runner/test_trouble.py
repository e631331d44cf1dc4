"""A model that fails under a run: patience for one that is being started anew, less for one that is only slow."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cs_agent.engine.model.errors import ModelTimeout, ModelUnreachable
from cs_agent.engine.run.protocols import ModelError
from tests.runner.world import World
from tickets.models import Run, RunStatus, Takeover
from tickets.runner.drive import trouble

pytestmark = pytest.mark.django_db


def failing(world: World, error: ModelError) -> list[int]:
    """The world's model fails each time it is asked; how often it was."""
    asked: list[int] = []

    def fail() -> None:
        asked.append(1)
        raise error

    world.before_reply = fail
    return asked


@pytest.mark.parametrize(("error", "times"), [
    (ModelUnreachable("refused"), len(trouble.RETRY_PAUSES_S) + 1),
    (ModelTimeout("60 s"), 3),
])  # fmt: skip
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
