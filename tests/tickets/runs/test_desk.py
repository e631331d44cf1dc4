"""What people do at their desks: values corrected before and in a run, notes, passing on, and what waits for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.utils import timezone

from cs_agent.engine.run.state import RunState, TakeoverRequest
from tests.tickets.conftest import drive
from tickets.errors import Conflict, Forbidden, Invalid, InvalidSlot
from tickets.models import (
    AuditEvent,
    Confirmation,
    Department,
    FlowVersion,
    Phone,
    Run,
    RunStatus,
    SavedView,
    SlotSource,
    Takeover,
    Ticket,
    TicketStatus,
)
from tickets.services.runs import attention, decisions, pauses, starts, takeovers
from tickets.services.runs import values as run_values
from tickets.services.runs.attention import Why
from tickets.services.runs.clocks import takeovers as takeover_clock
from tickets.services.tickets import desk, fitting, saved_views, values

pytestmark = pytest.mark.django_db


def whys(user: User, *, mine: bool = True) -> list[Why]:
    return [item.why for item in attention.items(user) if item.mine is mine]


def test_a_value_given_before_the_start_counts_more_than_the_ticket_and_the_original_stays(
    ticket: Ticket, lin: User, refund_flow: FlowVersion
) -> None:
    values.give(ticket, refund_flow, "compensation", "三十元", lin)
    run = starts.start_run(ticket=ticket, user=lin, flow_version=refund_flow)
    slot = run.slots.get(name="compensation")
    assert (slot.value, slot.source, slot.original) == ("30.00", SlotSource.OPERATOR, "50.00")
    assert "30" in run.instruction
    assert AuditEvent.objects.filter(type="value.changed", ticket_no=ticket.number).exists()


def test_a_value_taken_back_is_what_the_ticket_says_again(ticket: Ticket, lin: User, refund_flow: FlowVersion) -> None:
    values.give(ticket, refund_flow, "compensation", "30", lin)
    values.give(ticket, refund_flow, "compensation", "", lin)
    assert values.reading_of(ticket, refund_flow).values["compensation"] == "50.00"


@pytest.mark.parametrize(("name", "value"), [("compensation", "很多"), ("order_no", "12"), ("nothing", "1")])
def test_a_value_that_its_slot_cannot_hold_is_refused(
    ticket: Ticket, lin: User, refund_flow: FlowVersion, name: str, value: str
) -> None:
    with pytest.raises(InvalidSlot):
        values.give(ticket, refund_flow, name, value, lin)
    assert not ticket.given_values.exists()


def test_of_two_who_change_one_value_the_second_is_told(
    ticket: Ticket, lin: User, bo: User, refund_flow: FlowVersion
) -> None:
    values.give(ticket, refund_flow, "compensation", "30", lin, was="50.00")
    with pytest.raises(Conflict, match="value_changed") as told:
        values.give(ticket, refund_flow, "compensation", "40", bo, was="50.00")
    assert "lin" in told.value.message
    assert "30.00" in told.value.message


def test_a_correction_at_the_confirmation_is_read_by_its_kind(confirmation: Confirmation, lin: User) -> None:
    with pytest.raises(InvalidSlot):
        decisions.correct_field(confirmation=confirmation, user=lin, name="compensation", value="很多", version=0)
    confirmation.refresh_from_db()
    assert confirmation.state == "pending"
    decisions.correct_field(confirmation=confirmation, user=lin, name="compensation", value="一百", version=0)
    run = Run.objects.get(pk=confirmation.run_id)
    assert run.slots.get(name="compensation").value == "100.00"
    assert RunState.from_json(run.checkpoint).corrections == {"compensation": "100.00"}
    confirmation.refresh_from_db()
    assert confirmation.note.endswith("→ 100.00")
    assert "compensation" not in confirmation.note


def test_a_value_changed_while_driving_reaches_the_agent_and_the_note_stands_among_the_steps(
    run: Run, phone: Phone, lin: User, bo: User
) -> None:
    drive(run, phone)
    pauses.ask_takeover(Run.objects.get(pk=run.pk), TakeoverRequest("验证码", "model"))
    takeover = takeovers.begin(Run.objects.get(pk=run.pk), lin)
    with pytest.raises(Conflict):
        run_values.change(takeover, bo, "compensation", "30")
    assert run_values.change(takeover, lin, "compensation", "30元") == "30.00"
    takeovers.hand_back(takeover, lin, "补偿已改")
    run = Run.objects.get(pk=run.pk)
    state = RunState.from_json(run.checkpoint)
    assert state.corrections == {"compensation": "30.00"}
    assert run.slots.get(name="compensation").original == "50.00"
    last = run.steps.order_by("-number").first()
    assert last is not None
    assert "补偿已改" in last.action_text
    assert last.user == lin


def test_a_takeover_nobody_begins_is_given_up_and_the_phone_goes_on(run: Run, phone: Phone) -> None:
    drive(run, phone)
    pauses.ask_takeover(Run.objects.get(pk=run.pk), TakeoverRequest("请登录", "model"))
    due = timedelta(seconds=settings.CS_AGENT["CS_AGENT_TAKEOVER_DUE_S"])
    assert takeover_clock.sweep(timezone.now() + due / 2).given_up == 0
    assert takeover_clock.sweep(timezone.now() + due * 2).given_up == 1
    run = Run.objects.get(pk=run.pk)
    assert (run.status, run.failure_code) == (RunStatus.HANDED_OFF, takeover_clock.NOT_TAKEN)
    assert "请登录" in run.result
    assert AuditEvent.objects.filter(type="takeover.expired").exists()
    assert takeover_clock.sweep(timezone.now() + due * 2).given_up == 0


def test_one_that_was_begun_is_not_given_up(run: Run, phone: Phone, lin: User) -> None:
    drive(run, phone)
    pauses.ask_takeover(Run.objects.get(pk=run.pk), TakeoverRequest("请登录", "model"))
    takeovers.begin(Run.objects.get(pk=run.pk), lin)
    Takeover.objects.update(last_gesture_at=timezone.now() + timedelta(days=1))
    assert takeover_clock.sweep(timezone.now() + timedelta(hours=5)).given_up == 0


def test_what_waits_is_told_to_who_may_deal_with_it(
    confirmation: Confirmation, lin: User, bo: User, vera: User, otto: User
) -> None:
    assert whys(lin) == [Why.CONFIRMATION]
    assert whys(bo) == []
    assert whys(bo, mine=False) == [Why.CONFIRMATION]
    assert whys(vera) == []
    assert attention.items(otto) == []


def test_a_handed_off_ticket_stays_until_it_is_solved(confirmation: Confirmation, lin: User) -> None:
    decisions.expire_if_due(confirmation, confirmation.due_at + timedelta(seconds=1))
    assert whys(lin) == [Why.EXPIRED]
    Ticket.objects.update(status=TicketStatus.SOLVED)
    assert whys(lin) == []


def test_a_rejection_is_followed_up_until_a_new_run_begins(confirmation: Confirmation, lin: User) -> None:
    decisions.decide(confirmation=confirmation, user=lin, approve=False, version=0, note="不对")
    assert whys(lin) == [Why.REJECTED]
    starts.start_run(ticket=confirmation.run.ticket, user=lin)
    assert whys(lin) == []


def test_a_ticket_for_a_person_waits_for_the_team_until_somebody_takes_it(ticket: Ticket, lin: User, bo: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(for_person=True)
    assert whys(lin) == whys(bo) == [Why.PERSON]
    desk.take(Ticket.objects.get(pk=ticket.pk), lin)
    assert whys(lin) == [Why.PERSON]
    assert whys(bo) == []
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status) == (lin, TicketStatus.OPEN)


def test_a_ticket_goes_to_colleagues_who_see_it_only(
    ticket: Ticket, lin: User, bo: User, vera: User, otto: User
) -> None:
    desk.assign(ticket, lin, bo)
    assert Ticket.objects.get(pk=ticket.pk).assignee == bo
    with pytest.raises(Invalid):
        desk.assign(ticket, lin, otto)
    with pytest.raises(Forbidden):
        desk.assign(ticket, vera, vera)


def test_nobody_takes_a_ticket_that_is_being_handled(run: Run, bo: User) -> None:
    with pytest.raises(Conflict):
        desk.take(run.ticket, bo)


def test_what_the_customer_was_told_is_kept_within_bounds(ticket: Ticket, lin: User) -> None:
    assert desk.reply(ticket, lin, " 已退款 \0").text == "已退款"
    for text in ("", " \n", "x" * 5001):
        with pytest.raises(Invalid):
            desk.reply(ticket, lin, text)
    assert ticket.replies.count() == 1


def test_which_flow_fits_is_known_from_the_arrival_and_again_after_a_flow_changed(
    ticket: Ticket, refund_flow: FlowVersion, django_capture_on_commit_callbacks: Any
) -> None:
    fitting.forget()
    assert fitting.learn() == 1
    ticket.refresh_from_db()
    assert ticket.fitting == refund_flow.template
    with django_capture_on_commit_callbacks(execute=True):
        refund_flow.template.save()
    ticket.refresh_from_db()
    assert not ticket.fit_known
    assert fitting.learn() == 1
    assert fitting.learn() == 0


def test_saved_views_are_bounded_and_ones_own(lin: User, bo: User) -> None:
    view = saved_views.save(lin, " 我的  退款 ", "flow=complaint_refund")
    assert view.name == "我的 退款"
    assert saved_views.save(lin, "我的 退款", "flow=resend_code").pk == view.pk, "the same name is the same view"
    assert list(saved_views.of(bo)) == []
    with pytest.raises(Forbidden):
        saved_views.drop(bo, view)
    SavedView.objects.bulk_create(SavedView(owner=lin, name=str(n), query="") for n in range(saved_views.MAX_VIEWS))
    with pytest.raises(Invalid):
        saved_views.save(lin, "noch", "")


def test_a_view_is_shared_with_a_department_by_who_manages_its_desk(
    lin: User, bo: User, department: Department
) -> None:
    with pytest.raises(Forbidden):
        saved_views.save(lin, "本组", "who=none", department=department)
    lead = User.objects.create_user("lead")
    lead.groups.add(Group.objects.get(name="supervisor"))
    with pytest.raises(Forbidden):
        saved_views.save(lead, "别组", "who=none", department=department)
    department.members.add(lead)
    view = saved_views.save(lead, "本组", "who=none", department=department)
    own = saved_views.save(bo, "自己", "who=me")
    assert list(saved_views.of(bo)) == [own, view], "one's own come first"
    with pytest.raises(Forbidden):
        saved_views.drop(bo, view)
    saved_views.drop(lead, view)
    assert list(saved_views.of(bo)) == [own]
