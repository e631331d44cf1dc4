"""A run is started once, moves only where the table allows, and tells every change."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.tickets.conftest import drive, publish
from tickets.errors import (
    AlreadyRunning,
    Conflict,
    Forbidden,
    IllegalTransition,
    InvalidFlow,
    NoFlow,
    NotFound,
    Paused,
    RunEnded,
    SlotsNeeded,
    StaleRun,
)
from tickets.models import (
    AuditEvent,
    Confirmation,
    Department,
    FlowVersion,
    Phone,
    Run,
    RunStatus,
    SlotSource,
    Ticket,
    TicketStatus,
)
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import starts, switches, transitions
from tickets.services.tickets.changes import create_ticket

INSTRUCTION = (
    '在售后系统中查找订单号202405218876,进入该订单详情页,选择"质量问题"退换原因,勾选"全额退款"和"补偿50元",提交审核。'
)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the runs that were sent to the queue: the broker is the edge of these tests."""
    ids: list[str] = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda self, name, args=(), **options: ids.append(args[0]))
    return ids


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The queues that something was sent to."""
    names: list[Any] = []
    monkeypatch.setattr(
        "celery.app.base.Celery.send_task", lambda self, name, queue=None, **options: names.append(queue)
    )
    return names


def test_starting_writes_run_slots_instruction_and_event_and_sends_the_run(
    ticket: Ticket, lin: User, refund_flow: FlowVersion, sent: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = starts.start_run(ticket=ticket, user=lin)
    assert (run.status, run.flow_version, run.instruction) == (RunStatus.QUEUED, refund_flow, INSTRUCTION)
    assert run.slots.get(name="order_number").source == SlotSource.TICKET
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (TicketStatus.OPEN, lin)
    event = AuditEvent.objects.get(type="run.started")
    assert (event.run_id, event.user_name, event.instruction) == (str(run.pk), "lin", INSTRUCTION)
    assert event.flow_version == "complaint_refund v1"
    assert set(event.data_accessed.split(",")) == {"order", "payment"}
    assert sent == [str(run.pk)]


def test_a_new_run_is_sent_to_every_host_with_a_free_phone(
    ticket: Ticket, lin: User, refund_flow: FlowVersion, queued: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    phones = [("north", "ready"), ("south", "ready"), ("north", "ready"), ("east", "faulty")]
    for number, (queue, state) in enumerate(phones):
        Phone.objects.create(name=f"{number} 号机", serial=f"serial-{number}", queue=queue, state=state)
    with django_capture_on_commit_callbacks(execute=True):
        starts.start_run(ticket=ticket, user=lin)
    assert queued == ["north", "south"]


def test_where_no_phone_is_free_the_default_host_tells_the_run_its_place(
    ticket: Ticket, lin: User, refund_flow: FlowVersion, queued: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        starts.start_run(ticket=ticket, user=lin)
    assert queued == [None]


def test_clicking_start_twice_gives_the_run_that_is_there(run: Run, lin: User) -> None:
    with pytest.raises(AlreadyRunning) as refused:
        starts.start_run(ticket=run.ticket, user=lin)
    assert refused.value.run == run
    assert Run.objects.count() == 1


def test_a_missing_slot_is_asked_for_and_nothing_is_started(
    department: Department, lin: User, refund_flow: FlowVersion
) -> None:
    ticket = create_ticket(user=lin, subject="退款", text="耳机坏了,要求全额退款")
    with pytest.raises(SlotsNeeded) as refused:
        starts.start_run(ticket=ticket, user=lin)
    assert refused.value.data["missing"] == ["order_number"]
    assert "订单号" in refused.value.message
    assert not Run.objects.exists()
    run = starts.start_run(ticket=ticket, user=lin, answers={"order_number": "202405218876"})
    assert run.slots.get(name="order_number").source == SlotSource.OPERATOR


def test_of_two_order_numbers_the_operator_chooses(lin: User, refund_flow: FlowVersion) -> None:
    ticket = create_ticket(user=lin, subject="退款", text="202405218876和202405218877都坏了,全额退款")
    with pytest.raises(SlotsNeeded) as refused:
        starts.start_run(ticket=ticket, user=lin)
    assert refused.value.data["ambiguous"] == {"order_number": ["202405218876", "202405218877"]}
    run = starts.start_run(ticket=ticket, user=lin, answers={"order_number": "202405218877"})
    assert "202405218877" in run.instruction


def test_a_ticket_no_flow_fits_is_not_started(lin: User, refund_flow: FlowVersion) -> None:
    ticket = create_ticket(user=lin, subject="你好", text="请问你们几点下班?")
    with pytest.raises(NoFlow):
        starts.start_run(ticket=ticket, user=lin)


def test_a_viewer_may_not_start_and_the_attempt_is_on_the_record(ticket: Ticket, vera: User) -> None:
    with pytest.raises(Forbidden):
        starts.start_run(ticket=ticket, user=vera)
    event = AuditEvent.objects.get(type="permission.refused")
    assert (event.user_name, event.ticket_no, event.result) == ("vera", ticket.number, "failure")


def test_an_operator_of_another_department_does_not_find_the_ticket(
    ticket: Ticket, otto: User, refund_flow: FlowVersion
) -> None:
    with pytest.raises(NotFound):
        starts.start_run(ticket=ticket, user=otto)


def test_a_flow_that_was_switched_off_is_not_started(ticket: Ticket, lin: User, refund_flow: FlowVersion) -> None:
    refund_flow.template.active = False
    refund_flow.template.save()
    with pytest.raises(NoFlow):
        starts.start_run(ticket=ticket, user=lin)
    with pytest.raises(InvalidFlow):
        starts.start_run(ticket=ticket, user=lin, flow_version=refund_flow)


def test_a_closed_ticket_is_not_started(ticket: Ticket, lin: User, refund_flow: FlowVersion) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status=TicketStatus.CLOSED)
    ticket.refresh_from_db()
    with pytest.raises(Conflict, match="ticket_closed"):
        starts.start_run(ticket=ticket, user=lin)


def test_a_ticket_that_was_closed_after_the_page_was_shown_is_not_started(
    ticket: Ticket, lin: User, refund_flow: FlowVersion
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status=TicketStatus.CLOSED)
    with pytest.raises(Conflict, match="ticket_closed"):
        starts.start_run(ticket=ticket, user=lin)
    assert not Run.objects.filter(ticket=ticket).exists()
    assert Ticket.objects.get(pk=ticket.pk).status == TicketStatus.CLOSED


def test_while_supervisors_pause_everything_nothing_starts(
    ticket: Ticket, lin: User, sun: User, refund_flow: FlowVersion
) -> None:
    with pytest.raises(Forbidden):
        switches.pause_all(lin)
    switches.pause_all(sun, "演练")
    with pytest.raises(Paused):
        starts.start_run(ticket=ticket, user=lin)
    switches.resume_all(sun)
    assert starts.start_run(ticket=ticket, user=lin)


def test_a_run_pins_the_version_it_started_with(run: Run, refund_flow: FlowVersion) -> None:
    newer = publish("complaint_refund", four_eyes=True)
    run.refresh_from_db()
    assert newer.number == 2
    assert run.flow_version == refund_flow


def test_a_change_under_way_elsewhere_makes_a_move_stale_and_changes_nothing(run: Run, phone: Phone) -> None:
    other = Run.objects.get(pk=run.pk)
    drive(run, phone)
    before = Run.objects.values().get(pk=run.pk)
    with pytest.raises(StaleRun):
        runs.move(other, RunStatus.CANCELLED, audit="run.cancelled")
    assert Run.objects.values().get(pk=run.pk) == before
    assert (other.status, other.version) == (RunStatus.QUEUED, 0)


@pytest.mark.parametrize("old", list(RunStatus))
@pytest.mark.parametrize("new", list(RunStatus))
def test_a_run_goes_only_where_the_table_allows(ticket: Ticket, refund_flow: FlowVersion, old: str, new: str) -> None:
    run = Run.objects.create(ticket=ticket, flow_version=refund_flow, instruction="i", status=old)
    if transitions.allowed(old, new):
        runs.move(run, new, audit="run.moved")
        assert Run.objects.get(pk=run.pk).status == new
        return
    with pytest.raises(IllegalTransition):
        runs.move(run, new, audit="run.moved")
    assert Run.objects.get(pk=run.pk).status == old
    assert not AuditEvent.objects.filter(type="run.moved").exists()


def test_every_status_can_be_reached_and_every_run_can_end() -> None:
    reached = {transitions.START} | {new for onward in transitions.TABLE.values() for new in onward}
    assert reached == set(RunStatus)
    assert all(transitions.TABLE[status] & transitions.ENDED for status in transitions.ACTIVE)
    assert transitions.WAITING <= transitions.ACTIVE


def test_the_diagram_of_the_docs_holds_every_arrow_of_the_table() -> None:
    drawn = transitions.as_mermaid()
    for old, onward in transitions.TABLE.items():
        for new in onward:
            assert f"{old.value} --> {new.value}\n" in drawn + "\n"


def test_every_change_counts_one_live_event_up(run: Run, phone: Phone) -> None:
    before = run.event_seq
    drive(run, phone)
    assert Run.objects.get(pk=run.pk).event_seq == before + 1 == run.event_seq


def test_the_end_writes_the_result_to_the_ticket(driven: Run) -> None:
    runs.end(driven, RunStatus.SUCCEEDED, result="退款申请已提交")
    ticket = Ticket.objects.get(pk=driven.ticket_id)
    assert (ticket.result, ticket.status) == ("退款申请已提交", TicketStatus.SOLVED)
    assert ticket.solved_at is not None
    run = Run.objects.get(pk=driven.pk)
    assert run.ended_at is not None
    assert run.claimed_until is None
    assert AuditEvent.objects.get(type="run.succeeded").result == "success"


def test_a_failed_run_leaves_its_ticket_open(driven: Run) -> None:
    runs.end(driven, RunStatus.FAILED, result="订单不存在", failure_code="not_found")
    ticket = Ticket.objects.get(pk=driven.ticket_id)
    assert (ticket.result, ticket.status) == ("订单不存在", TicketStatus.OPEN)
    assert Run.objects.get(pk=driven.pk).failure_code == "not_found"


def test_stopping_a_queued_run_ends_it_at_once(run: Run, lin: User) -> None:
    assert runs.stop_run(run, lin).status == RunStatus.CANCELLED
    with pytest.raises(RunEnded):
        runs.stop_run(run, lin)


def test_stopping_a_driven_run_ends_it_at_once_and_fences_its_worker(driven: Run, phone: Phone, lin: User) -> None:
    Phone.objects.filter(pk=phone.pk).update(lease_run=driven, lease_token=7)
    assert runs.stop_run(driven, lin).status == RunStatus.CANCELLED
    phone.refresh_from_db()
    assert (phone.lease_run_id, phone.lease_token) == (driven.pk, 8)


def test_stopping_a_waiting_run_voids_what_waits(confirmation: Confirmation, lin: User) -> None:
    runs.stop_run(confirmation.run, lin)
    confirmation.refresh_from_db()
    assert confirmation.state == "voided"


def test_a_viewer_may_not_stop(run: Run, vera: User) -> None:
    with pytest.raises(Forbidden):
        runs.stop_run(run, vera)


def test_a_queued_run_says_what_it_waits_for(run: Run) -> None:
    runs.wait_for_phone(run, 3)
    assert "3" in Run.objects.get(pk=run.pk).waiting_for
    seq = Run.objects.get(pk=run.pk).event_seq
    runs.wait_for_phone(run, 3)
    assert Run.objects.get(pk=run.pk).event_seq == seq


def test_trouble_is_counted_and_told(driven: Run) -> None:
    runs.note_trouble(driven, "手机离线", 2, 5)
    run = Run.objects.get(pk=driven.pk)
    assert run.failures_in_a_row == 2
    assert "手机离线" in run.waiting_for
    assert AuditEvent.objects.get(type="run.troubled").result == "retry"


def test_the_english_instruction_is_used_for_an_english_run(
    ticket: Ticket, lin: User, refund_flow: FlowVersion
) -> None:
    run = starts.start_run(ticket=ticket, user=lin, lang="en")
    assert run.instruction.startswith('In the "售后系统" app, find order 202405218876')
