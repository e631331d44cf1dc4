"""What a lost message, a dead task or a lost end left undone is found in the database and sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.runner.messages import listening
from tests.runner.world import World, approve
from tickets.models import FlowVersion, Phone, Run, RunStatus, Ticket
from tickets.runner.upkeep import sweeper
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import switches
from tickets.task_entry import guarded

pytestmark = pytest.mark.django_db
Sweep = Callable[[], list[str]]


@pytest.fixture
def sweep(django_capture_on_commit_callbacks: Any) -> Sweep:
    """One pass of the sweeper; the run ids it sent."""

    def pass_() -> list[str]:
        with listening() as heard, django_capture_on_commit_callbacks(execute=True):
            sweeper.sweep()
        return heard

    return pass_


def _age(run: Run, seconds: float) -> None:
    Run.objects.filter(pk=run.pk).update(updated_at=timezone.now() - timedelta(seconds=seconds))


def test_a_queued_run_whose_message_was_lost_is_called_to_the_free_phone(run: Run, phone: Phone, sweep: Sweep) -> None:
    assert sweep() == [str(run.pk)]


def test_a_defect_in_one_part_of_the_sweep_leaves_the_others(run: Run, phone: Phone) -> None:
    FlowVersion.objects.update(definition={"match": 5})
    Ticket.objects.update(fit_known=False)
    with pytest.raises(AttributeError):
        sweeper.sweep()
    found = sweeper.sweep(apart=guarded)
    assert "fitted" not in found
    assert found["called"] == 1


def test_a_run_that_a_task_drives_is_left_alone(world: World, run: Run, sweep: Sweep) -> None:
    seen: list[list[str]] = []
    world.before_reply = lambda: seen.append(sweep())
    world.drive(run)
    assert seen
    assert not any(seen)


def test_a_run_whose_driver_died_is_sent_again_once_its_claim_is_over(world: World, run: Run, sweep: Sweep) -> None:
    def die() -> None:
        raise SystemExit

    world.before_reply = die
    with pytest.raises(SystemExit):
        world.drive(run)
    assert sweep() == []
    world.lose_driver(run)
    assert sweep() == [str(run.pk)]


def test_a_run_that_is_to_be_tried_later_is_not_sent_before(world: World, run: Run, sweep: Sweep) -> None:
    test_a_run_whose_driver_died_is_sent_again_once_its_claim_is_over(world, run, sweep)
    Run.objects.filter(pk=run.pk).update(retry_at=timezone.now() + timedelta(seconds=30))
    assert sweep() == []


def test_a_run_that_waits_for_a_human_is_not_sent(world: World, run: Run, sweep: Sweep) -> None:
    world.drive(run)
    _age(run, 3600)
    assert sweep() == []


def test_a_yes_whose_message_was_lost_is_sent_again(world: World, run: Run, sweep: Sweep, lin: User) -> None:
    world.drive(run)
    approve(run, lin)
    assert sweep() == []  # its own message may still be on the way
    _age(run, 60)
    assert sweep() == [str(run.pk)]


def test_a_phone_still_held_by_an_ended_run_is_sent_for(world: World, run: Run, sweep: Sweep, lin: User) -> None:
    world.drive(run)
    runs.stop_run(run, lin)
    _age(run, 60)
    assert str(run.pk) in sweep()
    world.drive(run)
    assert not Phone.objects.filter(lease_run=run.pk).exists()


def test_while_everything_is_paused_no_run_is_sent(run: Run, phone: Phone, sweep: Sweep, sun: User) -> None:
    switches.pause_all(sun, "维护")
    assert sweep() == []
    switches.resume_all(sun)
    assert sweep() == [str(run.pk)]
    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED
