"""Driving a run: from the queue to a confirmation, to its end, and everything that may come between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cs_agent.engine.actions.values import Interact, TakeOver
from tests.runner.world import Handset, World, approve, broken_app
from tickets.models import (
    Arm,
    AuditEvent,
    Confirmation,
    FlowVersion,
    Phone,
    Question,
    Run,
    RunStatus,
    Step,
    Takeover,
    Trial,
    TrialRun,
    TrialState,
)
from tickets.runner.holds import leases, phone_lock
from tickets.services.runs import starts, switches, takeovers

pytestmark = pytest.mark.django_db


def test_a_run_goes_from_the_queue_to_a_confirmation_and_on_to_its_end(
    world: World, run: Run, hand: Handset, phone: Phone, lin: User
) -> None:
    trial = in_trial(run)
    assert world.drive(run).status == RunStatus.AWAITING_CONFIRMATION
    assert hand.ledger == []
    approve(run, lin)
    assert world.drive(run).status == RunStatus.SUCCEEDED
    assert hand.ledger == ["refund"]
    assert run.result == "退款申请已提交"
    assert world.drive(run).status == RunStatus.SUCCEEDED
    phone.refresh_from_db()
    assert phone.lease_run_id is None
    trial.refresh_from_db()
    assert trial.state == TrialState.RUNNING  # its act is seen to have had a yes of its own
    assert run.confirmations.get().used_at is not None


def in_trial(run: Run) -> Trial:
    other = FlowVersion.objects.create(template=run.flow_version.template, number=99, definition={})
    terms = {"percent": 100, "expected": 0.9, "difference": 0.1, "alpha": 0.05, "power": 0.8, "floor": 0.5}
    versions = {"template": other.template, "a": run.flow_version, "b": other}
    trial = Trial.objects.create(**versions, **terms, runs_each=20, state=TrialState.RUNNING)
    TrialRun.objects.create(trial=trial, run=run, arm=Arm.A)
    return trial


def test_a_new_run_finds_its_apps_as_if_just_opened_and_a_resumed_one_as_it_left_them(
    world: World, run: Run, hand: Handset, lin: User
) -> None:
    """What an earlier run left on their screens, its success above all, must not pass for this run's."""
    world.drive(run)
    own = set(run.flow_version.definition["engine"]["allowed_apps"]) - {hand.screens["home"].package}
    assert set(hand.stopped) == own
    hand.stopped.clear()
    approve(run, lin)
    assert world.drive(run).status == RunStatus.SUCCEEDED
    assert sorted(hand.stopped) == sorted(own)  # once each: after its end, not as it was resumed


def test_a_waiting_run_holds_its_phone_without_an_expiry_and_no_hands_are_on_it(
    world: World, run: Run, phone: Phone
) -> None:
    world.drive(run)
    phone.refresh_from_db()
    assert (phone.lease_run_id, phone.lease_expires_at) == (run.pk, None)
    assert run.claimed_until is None
    assert not phone_lock.is_held(phone.pk)


def test_the_waits_of_a_run_are_marked_in_its_recording(world: World, run: Run, lin: User) -> None:
    world.drive(run)
    assert world.host.taken.marks[-1] == "wait ConfirmationRequest"
    approve(run, lin)
    world.drive(run)
    marks = world.host.taken.marks
    assert "resume" in marks[marks.index("wait ConfirmationRequest") :]


def test_a_doubled_message_changes_nothing_while_the_run_is_driven(
    world: World, run: Run, phone: Phone, hand: Handset
) -> None:
    seen: list[tuple[Any, ...]] = []

    def double() -> None:
        before = _tokens(run, phone)
        other = World(world.host)
        other.drive(Run.objects.get(pk=run.pk))
        seen.append((before, _tokens(run, phone)))

    world.before_reply = double
    assert world.drive(run).status == RunStatus.AWAITING_CONFIRMATION
    assert seen
    assert all(before == after for before, after in seen)
    assert len([act for act in hand.acts if act == "tap:查询"]) == 1


def test_a_late_message_for_a_waiting_run_does_nothing(world: World, run: Run, phone: Phone) -> None:
    world.drive(run)
    before = _tokens(run, phone)
    assert world.drive(run).status == RunStatus.AWAITING_CONFIRMATION
    assert _tokens(run, phone) == before


def test_of_two_runs_for_one_phone_the_second_says_how_long_it_waits(
    world: World, run: Run, lin: User, department: Any, refund_flow: Any
) -> None:
    from tests.tickets.conftest import REFERENCE
    from tickets.services.tickets.changes import create_ticket

    other = create_ticket(user=None, subject="另一张", text=REFERENCE, department=department)
    second = starts.start_run(ticket=other, user=lin)
    world.drive(run)
    assert world.drive(second).status == RunStatus.QUEUED
    assert "等待空闲手机" in second.waiting_for


def test_at_the_end_of_its_slice_a_run_is_given_back_and_goes_on_with_the_next_message(
    world: World, run: Run, settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SLICE_S": -1.0}
    assert world.drive(run).status == RunStatus.RUNNING
    assert run.claimed_until is None
    assert Step.objects.filter(run=run).count() == 1
    for _ in range(12):
        if world.drive(run).status != RunStatus.RUNNING:
            break
    assert run.status == RunStatus.AWAITING_CONFIRMATION
    assert run.drivers_lost == 0


def test_an_operator_who_wants_the_phone_gets_it_and_the_agent_stops(
    world: World, run: Run, lin: User, hand: Handset
) -> None:
    world.before_reply = lambda: _once(world, lambda: takeovers.begin(Run.objects.get(pk=run.pk), lin))
    assert world.drive(run).status == RunStatus.TAKEN_OVER
    assert Takeover.objects.get().begun_at is not None
    acts = list(hand.acts)
    world.drive(run)
    assert hand.acts == acts


def test_after_the_handback_the_agent_goes_on(world: World, run: Run, lin: User) -> None:
    world.before_reply = lambda: _once(world, lambda: takeovers.begin(Run.objects.get(pk=run.pk), lin))
    world.drive(run)
    takeovers.hand_back(Takeover.objects.get(), lin, "验证码已输入")
    assert world.drive(run).status == RunStatus.AWAITING_CONFIRMATION


def test_while_everything_is_paused_no_run_is_taken_up(world: World, run: Run, sun: User, hand: Handset) -> None:
    switches.pause_all(sun, "演练")
    assert world.drive(run).status == RunStatus.QUEUED
    assert "暂停" in run.waiting_for
    assert hand.acts == []


def test_a_pause_of_everything_stops_a_run_between_two_acts_and_lets_it_go_on_later(
    world: World, run: Run, sun: User, hand: Handset
) -> None:
    world.before_reply = lambda: _once(world, lambda: switches.pause_all(sun))
    assert world.drive(run).status == RunStatus.RUNNING
    assert "暂停" in run.waiting_for
    acts = list(hand.acts)
    world.drive(run)
    assert hand.acts == acts
    switches.resume_all(sun)
    assert world.drive(run).status == RunStatus.AWAITING_CONFIRMATION
    assert run.drivers_lost == 0


def test_a_question_and_a_wish_for_a_takeover_wait_for_a_human(world: World, run: Run, lin: User) -> None:
    world.model_answers = lambda phone: Interact("请选择尺码")
    assert world.drive(run).status == RunStatus.AWAITING_ANSWER
    assert Question.objects.get().text == "请选择尺码"
    from tickets.services.runs import decisions

    decisions.answer_question(Question.objects.get(), lin, "L")
    world.model_answers = lambda phone: TakeOver("需要登录")
    assert world.drive(run).status == RunStatus.TAKEN_OVER
    assert Takeover.objects.get().reason == "需要登录"


def test_an_operator_who_asked_while_the_agent_asked_itself_has_the_phone_at_once(
    world: World, run: Run, lin: User
) -> None:
    def wants(phone: Handset) -> TakeOver:
        takeovers.begin(Run.objects.get(pk=run.pk), lin)
        world.wrap = lambda journal: journal
        return TakeOver("需要登录")

    world.model_answers = wants
    world.drive(run)
    [takeover] = Takeover.objects.all()
    assert takeover.begun_at is not None
    assert takeover.user == lin


def test_without_a_recorder_nothing_irreversible_is_done(world: World, run: Run, lin: User, hand: Handset) -> None:
    world.drive(run)
    approve(run, lin)
    world.host.taken.works = False
    world.host.taken.error = "disk full"
    world.drive(run)
    assert hand.ledger == []
    assert "disk full" in run.waiting_for


def test_a_run_that_goes_on_forgets_earlier_failures(world: World, run: Run, hand: Handset) -> None:
    hand.fail("screenshot", broken_app(), broken_app(), broken_app())
    world.drive(run)
    assert run.failures_in_a_row == 1
    Run.objects.filter(pk=run.pk).update(retry_at=None)
    world.drive(run)
    assert run.status == RunStatus.AWAITING_CONFIRMATION
    assert run.failures_in_a_row == 0
    assert run.waiting_for == ""


def test_a_message_that_comes_before_its_time_does_nothing(world: World, run: Run, hand: Handset) -> None:
    world.drive(run)
    later = timezone.now() + timedelta(seconds=30)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, claimed_until=None, retry_at=later)
    acts = list(hand.acts)
    run.refresh_from_db()
    world.drive(run)
    assert hand.acts == acts
    assert run.claimed_until is None


def test_everything_a_run_does_is_under_one_lease(world: World, run: Run, phone: Phone, lin: User) -> None:
    world.drive(run)
    first = leases.of_run(run.pk)
    approve(run, lin)
    world.drive(run)
    assert first is not None
    assert AuditEvent.objects.filter(type="run.driven", device_id=phone.serial).count() >= 1
    assert Confirmation.objects.get().state == "approved"


def _tokens(run: Run, phone: Phone) -> tuple[Any, ...]:
    run, phone = Run.objects.get(pk=run.pk), Phone.objects.get(pk=phone.pk)
    return run.claim_token, run.version, phone.lease_token, phone.lease_run_id


def _once(world: World, act: Any) -> None:
    world.before_reply = lambda: None
    act()
