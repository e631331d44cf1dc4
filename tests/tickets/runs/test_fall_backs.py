"""When a run fails, what the flow says is done once; after an act that cannot be undone only a person goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cs_agent.engine.run.state import StepStatus
from tests.tickets.conftest import publish
from tests.tickets.flows.robots import ListRobot
from tickets import tasks
from tickets.errors import Forbidden, Invalid
from tickets.models import (
    AuditEvent,
    Department,
    FallBack,
    FallBackState,
    FallBackUse,
    FlowVersion,
    Run,
    RunStatus,
    Step,
    StepActor,
    Ticket,
    TicketStatus,
)
from tickets.services.flows import fall_backs
from tickets.services.flows.robots import RobotOutcome, RobotState
from tickets.services.runs import attention, starts
from tickets.services.runs import lifecycle as runs

pytestmark = pytest.mark.django_db
ROBOTS = {"list": "tests.tickets.flows.robots.ListRobot", "gone": "tests.tickets.flows.robots.Missing"}


@pytest.fixture
def robots(settings: Any) -> Iterator[None]:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_ROBOTS": ROBOTS}
    yield
    ListRobot.jobs.clear()
    ListRobot.says, ListRobot.is_down = RobotOutcome(RobotState.WORKING), False


@pytest.fixture
def other(db: None) -> FlowVersion:
    return publish("order_status")


def failed(run: Run, **step: Any) -> Run:
    runs.move(runs.locked(run), RunStatus.RUNNING, audit="run.driven")
    if step:
        Step.objects.create(run=run, number=1, started_at=timezone.now(), **step)
    return runs.end(runs.locked(run), RunStatus.FAILED, result="页面打不开")


def test_without_a_choice_nothing_happens(run: Run) -> None:
    failed(run)
    assert fall_backs.take_all() == 0
    assert not FallBackUse.objects.exists()


def test_the_ticket_waits_for_the_person_that_the_flow_names(run: Run, fei: User, bo: User) -> None:
    fall_backs.choose(run.flow_version.template, fei, bo)
    failed(run)
    tasks.take_fall_backs()
    item = next(each for each in attention.items(bo) if each.ticket == run.ticket)
    assert (item.why, item.mine) == (attention.Why.FAILED, True)
    assert AuditEvent.objects.get(type="run.fallen_back").details["to"] == "bo"


def test_the_ticket_goes_to_the_department_that_the_flow_names(
    run: Run, fei: User, otto: User, other_department: Department
) -> None:
    fall_backs.choose(run.flow_version.template, fei, other_department)
    failed(run)
    fall_backs.take_all()
    assert run.ticket in [each.ticket for each in attention.items(otto)]


def test_a_person_who_cannot_see_the_ticket_does_not_get_it(run: Run, fei: User, otto: User) -> None:
    fall_backs.choose(run.flow_version.template, fei, otto)
    failed(run)
    fall_backs.take_all()
    assert FallBackUse.objects.get().state == FallBackState.PERSON
    assert Ticket.objects.get(pk=run.ticket_id).assignee != otto


def test_another_version_or_flow_tries_once_and_no_more(run: Run, fei: User) -> None:
    version = run.flow_version
    fall_backs.choose(version.template, fei, version)
    failed(run)
    assert [fall_backs.take_all(), fall_backs.take_all()] == [1, 0]
    second = FallBackUse.objects.get(run=run).next_run
    assert second is not None
    assert (second.ticket, second.flow_version, second.started_by) == (run.ticket, version, run.started_by)
    failed(second)
    fall_backs.take_all()
    assert FallBackUse.objects.get(run=second).state == FallBackState.PERSON
    assert Run.objects.count() == 2


@pytest.mark.parametrize(
    "step",
    [
        {"irreversible": True, "status": StepStatus.UNCERTAIN.value},
        {"irreversible": True, "status": StepStatus.INTENDED.value},
        {"irreversible": True, "status": StepStatus.DONE.value},
        {"irreversible": True, "status": StepStatus.FAILED.value},
        {"actor": StepActor.HUMAN, "status": StepStatus.DONE.value},
    ],
)
def test_after_what_cannot_be_undone_or_a_persons_hand_only_a_person_goes_on(
    step: dict[str, Any], run: Run, fei: User
) -> None:
    fall_backs.choose(run.flow_version.template, fei, run.flow_version)
    failed(run, **step)
    fall_backs.take_all()
    assert FallBackUse.objects.get().state == FallBackState.PERSON
    assert Run.objects.count() == 1


def test_what_was_refused_or_can_be_undone_keeps_nobody_from_trying_again(run: Run, fei: User) -> None:
    fall_backs.choose(run.flow_version.template, fei, run.flow_version)
    failed(run, irreversible=True, status=StepStatus.REFUSED.value)
    fall_backs.take_all()
    assert Run.objects.count() == 2


def test_a_run_that_failed_before_the_choice_and_a_ticket_that_is_done_are_left_alone(run: Run, fei: User) -> None:
    failed(run)
    fall_backs.choose(run.flow_version.template, fei, run.flow_version)
    assert fall_backs.take_all() == 0
    second = failed(starts.start_run(ticket=run.ticket, user=run.started_by))
    Ticket.objects.filter(pk=second.ticket_id).update(status=TicketStatus.SOLVED)
    assert fall_backs.take_all() == 0


def test_what_a_dead_process_had_begun_is_left_to_a_person(run: Run, fei: User) -> None:
    fall_backs.choose(run.flow_version.template, fei, run.flow_version)
    failed(run)
    FallBackUse.objects.create(run=run, kind="flow")
    FallBackUse.objects.update(at=timezone.now() - 2 * fall_backs._LOST_AFTER)
    fall_backs.take_all()
    assert (FallBackUse.objects.get().state, Run.objects.count()) == (FallBackState.PERSON, 1)


class TestRobot:
    @pytest.fixture
    def lookup(self, department: Department, lin: User, fei: User, other: FlowVersion, robots: None) -> Run:
        """A failed run of a flow that only reads, which falls back on the robot."""
        from tickets.services.tickets.changes import create_ticket

        text = "我的订单到哪了?订单号202405218876"
        ticket = create_ticket(user=None, subject="查订单", text=text, department=department)
        fall_backs.choose(other.template, fei, "list")
        return failed(starts.start_run(ticket=ticket, user=lin, flow_version=other))

    def test_it_gets_the_job_once_and_a_person_looks_at_what_it_says(self, lookup: Run) -> None:
        assert [fall_backs.take_all(), fall_backs.take_all()] == [1, 0]
        (job,) = ListRobot.jobs.values()
        assert (job.ticket, job.values["order_number"]) == (lookup.ticket.number, "202405218876")
        ListRobot.says = RobotOutcome(RobotState.DONE, "已发货")
        fall_backs.take_all()
        ticket = Ticket.objects.get(pk=lookup.ticket_id)
        assert (ticket.result, ticket.status) == ("已发货", TicketStatus.OPEN)
        assert FallBackUse.objects.get().state == FallBackState.DONE

    def test_a_robot_that_fails_or_cannot_be_had_leaves_the_ticket_to_a_person(self, lookup: Run) -> None:
        ListRobot.is_down = True
        fall_backs.take_all()
        assert FallBackUse.objects.get().state == FallBackState.PERSON
        assert not ListRobot.jobs

    def test_a_robot_that_does_not_answer_is_asked_again(self, lookup: Run) -> None:
        fall_backs.take_all()
        ListRobot.is_down = True
        fall_backs.take_all()
        assert FallBackUse.objects.get().state == FallBackState.WORKING
        ListRobot.is_down, ListRobot.says = False, RobotOutcome(RobotState.FAILED, "查不到")
        fall_backs.take_all()
        assert FallBackUse.objects.get().note == "查不到"

    def test_a_flow_that_changes_anything_has_no_robot(self, run: Run, fei: User, robots: None) -> None:
        for name in ("list", "unknown"):
            with pytest.raises(Invalid):
                fall_backs.choose(run.flow_version.template, fei, name)
        assert not FallBack.objects.exists()


def test_who_may_not_release_chooses_nothing(run: Run, lin: User, bo: User) -> None:
    with pytest.raises(Forbidden):
        fall_backs.choose(run.flow_version.template, lin, bo)


def test_a_version_that_was_never_reviewed_and_the_flow_itself_are_refused(
    run: Run, fei: User, other: FlowVersion
) -> None:
    template = run.flow_version.template
    draft = FlowVersion.objects.create(template=template, number=9, definition=run.flow_version.definition)
    for target in (draft, other, template):
        with pytest.raises(Invalid):
            fall_backs.choose(template, fei, target)
