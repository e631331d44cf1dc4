"""A stop ends the run at once, wherever it is; the phone ends on its home screen with its own keyboard, and is free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from cs_agent.engine.actions.values import Type
from cs_agent.engine.run.protocols import Journal
from cs_agent.engine.run.state import RunState, StepRecord, StepStatus
from tests.runner.world import Handset, World, approve
from tickets.models import AuditEvent, Confirmation, Phone, Run, RunStatus, Step, Takeover, Ticket
from tickets.runner.holds import leases, phone_lock
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import starts, takeovers

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop(run: Run, lin: User) -> Callable[[], None]:
    """Somebody stops the run: the first time it is called."""
    pressed: list[bool] = []

    def press() -> None:
        if not pressed:
            pressed.append(True)
            runs.stop_run(Run.objects.get(pk=run.pk), lin)
            assert Run.objects.get(pk=run.pk).status == RunStatus.CANCELLED

    return press


class Tripwire:
    """A journal that calls something before or after the nth save."""

    def __init__(self, journal: Journal, call: Callable[[], None], at: int, *, after: bool) -> None:
        self._journal, self._call, self._at, self._after = journal, call, at, after
        self._saves = 0

    def save(self, state: RunState, step: StepRecord) -> None:
        self._saves += 1
        if self._saves == self._at and not self._after:
            self._call()
        self._journal.save(state, step)
        if self._saves == self._at and self._after:
            self._call()

    def check(self) -> None:
        self._journal.check()


def assert_stopped(run: Run, phone: Phone, hand: Handset) -> None:
    run.refresh_from_db()
    phone.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert "lin" in run.result
    assert phone.lease_run_id is None
    assert hand.acts[-1] == "home"
    assert (hand.shown, hand.keyboard) == ("home", "own")
    assert not phone_lock.is_held(phone.pk)


def test_while_the_model_is_waited_for(
    world: World, run: Run, phone: Phone, hand: Handset, stop: Callable[[], None]
) -> None:
    world.before_reply = stop
    world.drive(run)
    assert_stopped(run, phone, hand)
    assert hand.acts == ["home", "home"]
    assert not Step.objects.filter(status=StepStatus.DONE).exists()


@pytest.mark.parametrize("what", ["wake", "restore_keyboard", "screenshot", "tap:查询", "tap:质量问题"])
def test_while_the_phone_is_busy_with(
    what: str, world: World, run: Run, phone: Phone, hand: Handset, stop: Callable[[], None]
) -> None:
    hand.on_act = lambda act: stop() if act == what else None
    world.drive(run)
    assert_stopped(run, phone, hand)
    taps = [act for act in hand.acts if act.startswith("tap")]
    assert taps[-1:] == ([what] if what.startswith("tap") else [])


def test_in_the_middle_of_typing_the_keyboard_is_given_back(
    world: World, run: Run, phone: Phone, hand: Handset, stop: Callable[[], None]
) -> None:
    world.model_answers = lambda handset: Type("202405218876")
    hand.on_act = lambda act: stop() if act.startswith("type") else None
    world.drive(run)
    assert_stopped(run, phone, hand)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_around_any_save(
    at: int, after: bool, world: World, run: Run, phone: Phone, hand: Handset, stop: Callable[[], None]
) -> None:
    world.wrap = lambda journal: Tripwire(journal, stop, at, after=after)
    world.drive(run)
    assert_stopped(run, phone, hand)
    assert not Step.objects.filter(run=run, status=StepStatus.INTENDED, verdict="allow").exists()


def test_between_the_word_and_the_act_that_cannot_be_undone_nothing_is_done(
    world: World, run: Run, phone: Phone, hand: Handset, lin: User, stop: Callable[[], None]
) -> None:
    world.drive(run)
    approve(run, lin)
    world.wrap = lambda journal: Tripwire(journal, stop, 1, after=True)
    world.drive(run)
    assert_stopped(run, phone, hand)
    assert hand.ledger == []
    last = Step.objects.filter(run=run).last()
    assert last is not None
    assert (last.status, last.irreversible) == (StepStatus.REFUSED, True)
    assert run.result == "lin 已停止"


def test_in_the_middle_of_the_act_that_cannot_be_undone_it_is_said_that_it_was_done(
    world: World, run: Run, phone: Phone, hand: Handset, lin: User, stop: Callable[[], None]
) -> None:
    world.drive(run)
    approve(run, lin)
    hand.on_act = lambda act: stop() if act == "tap:提交审核" else None
    world.drive(run)
    assert_stopped(run, phone, hand)
    assert hand.ledger == ["refund"]
    last = Step.objects.filter(run=run).last()
    assert last is not None
    assert last.status == StepStatus.DONE
    assert "已经执行" in run.result
    assert Ticket.objects.get(pk=run.ticket_id).result == run.result
    assert AuditEvent.objects.filter(type="step.done", step_no=last.number).exists()


def test_when_the_worker_died_over_the_act_it_is_said_that_nobody_knows(
    world: World, run: Run, phone: Phone, hand: Handset, lin: User
) -> None:
    world.drive(run)
    approve(run, lin)

    def die(act: str) -> None:
        if act == "tap:提交审核":
            raise SystemExit

    hand.on_act = die
    with pytest.raises(SystemExit):
        world.drive(run)
    hand.on_act = lambda act: None
    runs.stop_run(Run.objects.get(pk=run.pk), lin)
    world.drive(run)
    assert_stopped(run, phone, hand)
    assert "未知" in run.result
    last = Step.objects.filter(run=run).last()
    assert last is not None
    assert last.status == StepStatus.UNCERTAIN


def test_while_a_human_is_asked(world: World, run: Run, phone: Phone, hand: Handset, stop: Callable[[], None]) -> None:
    world.drive(run)
    stop()
    assert Confirmation.objects.get().state == "voided"
    world.drive(run)
    assert_stopped(run, phone, hand)


def test_while_a_human_drives(
    world: World, run: Run, phone: Phone, hand: Handset, lin: User, stop: Callable[[], None]
) -> None:
    world.drive(run)
    takeovers.begin(run, lin)
    stop()
    assert Takeover.objects.get().ended_at is not None
    world.drive(run)
    assert_stopped(run, phone, hand)


def test_in_the_line(run: Run, world: World, hand: Handset, stop: Callable[[], None]) -> None:
    stop()
    world.drive(run)
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert hand.acts == []


def test_a_phone_is_not_given_away_while_hands_are_on_it(
    world: World, run: Run, phone: Phone, hand: Handset, lin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.drive(run)
    runs.stop_run(run, lin)
    phone_lock._locks[phone.pk].acquire()
    try:
        monkeypatch.setattr(phone_lock, "PATIENCE_S", 0.01)
        world.drive(run)
        phone.refresh_from_db()
        assert hand.acts[-1] == "home"  # at once, whoever holds it
        assert phone.lease_run_id == run.pk
    finally:
        phone_lock._locks[phone.pk].release()
    world.drive(run)
    assert_stopped(run, phone, hand)


def test_a_fenced_task_cannot_touch_the_phone_any_more(world: World, run: Run, phone: Phone, lin: User) -> None:
    world.drive(run)
    held = leases.of_run(run.pk)
    assert held is not None
    runs.stop_run(run, lin)
    with pytest.raises(leases.LeaseLost):
        leases.check(held)


def test_the_phone_goes_to_the_next_in_line(
    world: World, run: Run, phone: Phone, lin: User, department: Any, refund_flow: Any, stop: Callable[[], None]
) -> None:
    from tests.tickets.conftest import REFERENCE
    from tickets.services.tickets.changes import create_ticket

    second = starts.start_run(
        ticket=create_ticket(user=None, subject="二", text=REFERENCE, department=department), user=lin
    )
    world.before_reply = stop
    world.drive(run)
    world.before_reply = lambda: None
    assert world.drive(second).status == RunStatus.AWAITING_CONFIRMATION
    phone.refresh_from_db()
    assert phone.lease_run_id == second.pk
