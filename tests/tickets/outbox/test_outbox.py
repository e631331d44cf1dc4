"""Events leave at least once, in the order of their ticket, and nothing that happens to a sender loses one."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tickets.outbox.post import TAKEN, Post, later, pump
from tickets import delivery as tasks
from tickets import queues
from tickets.errors import Conflict, Forbidden
from tickets.models import (
    AuditEvent,
    Confirmation,
    Delivery,
    DeliveryLane,
    DeliveryState,
    Department,
    OutboxEvent,
    Ticket,
    TicketStatus,
)
from tickets.services.evidence import audit
from tickets.services.outbox import drain, manage
from tickets.services.outbox.carriers import Answer, Verdict
from tickets.services.outbox.note import PUBLIC
from tickets.services.outbox.spread import spread
from tickets.services.runs import lifecycle as runs
from tickets.services.tickets.changes import create_ticket, set_status


def types(got: list[Delivery]) -> list[str]:
    return [delivery.event.type for delivery in got]


def test_a_ticket_handled_to_its_end_is_told_step_by_step(post: Post, confirmation: Confirmation, lin: User) -> None:
    runs.stop_run(confirmation.run, lin)
    pump()
    assert types(post.got) == ["ticket.created", "run.started", "run.awaiting_confirmation", "run.cancelled"]
    assert not Delivery.objects.exclude(state=DeliveryState.DELIVERED, ended_at__isnull=False).exists()


def test_what_leaves_names_ids_and_states_and_nothing_the_customer_said(
    post: Post, confirmation: Confirmation, lin: User
) -> None:
    pump()
    told = str([delivery.event.data for delivery in post.got])
    run = confirmation.run
    assert run.ticket.number in told
    assert str(confirmation.pk) in told
    for personal in (run.ticket.text, run.ticket.subject, run.ticket.customer_name, "¥399", run.instruction):
        assert personal not in told


def test_an_event_and_its_change_are_written_together_or_not_at_all(ticket: Ticket, lin: User) -> None:
    before = OutboxEvent.objects.count()

    def change_and_fail() -> None:
        with transaction.atomic():
            set_status(ticket, TicketStatus.PENDING, lin)
            assert OutboxEvent.objects.count() == before + 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert OutboxEvent.objects.count() == before


def test_every_event_of_the_trail_that_may_leave_does_so_once_and_in_its_order(confirmation: Confirmation) -> None:
    kept = AuditEvent.objects.filter(type__in=PUBLIC).order_by("seq").values_list("seq", flat=True)
    assert list(OutboxEvent.objects.order_by("pk").values_list("audit_seq", flat=True)) == list(kept)


def test_a_later_event_of_a_ticket_waits_for_the_one_before_and_other_tickets_do_not(
    post: Post, ticket: Ticket, lin: User, department: Department
) -> None:
    other = create_ticket(user=None, subject="s", text="t", department=department)
    set_status(ticket, TicketStatus.PENDING, lin)
    post.answers = lambda delivery: Answer(Verdict.AGAIN, "500") if delivery.ticket == ticket else TAKEN
    pump()
    assert [delivery.ticket for delivery in post.got] == [other]
    assert Delivery.objects.get(ticket=ticket, tries=1).last_answer == "500"
    post.answers = lambda delivery: TAKEN
    pump()
    assert len(post.got) == 1, "not before its time"
    later()
    pump()
    assert types(post.got[1:]) == ["ticket.created", "ticket.status_changed"]


def test_a_place_in_trouble_is_left_alone_as_a_whole_and_for_as_long_as_it_asks(post: Post, ticket: Ticket) -> None:
    post.answers = lambda delivery: Answer(Verdict.AGAIN, "503", whole_lane=True, wait_s=600)
    pump()
    lane = DeliveryLane.objects.get()
    assert lane.rest_until is not None
    assert lane.rest_until > timezone.now() + timedelta(seconds=590)
    assert Delivery.objects.get().next_at > timezone.now() + timedelta(seconds=590)
    assert drain.due_lanes() == []


def test_after_the_last_delay_it_is_given_up_and_the_ticket_goes_on(post: Post, ticket: Ticket, lin: User) -> None:
    set_status(ticket, TicketStatus.PENDING, lin)
    post.answers = lambda delivery: Answer(Verdict.AGAIN) if delivery.event.type == "ticket.created" else TAKEN
    for _ in range(4):
        pump()
        later()
    assert types(post.got) == ["ticket.status_changed"]
    given_up = Delivery.objects.get(event__type="ticket.created")
    assert given_up.state == DeliveryState.GIVEN_UP
    assert given_up.ended_at is not None  # from then on it is kept as long as the installation says


def test_a_place_that_is_gone_gets_nothing_more(post: Post, ticket: Ticket, lin: User) -> None:
    set_status(ticket, TicketStatus.PENDING, lin)
    post.answers = lambda delivery: Answer(Verdict.CLOSED, "410")
    pump()
    assert post.closed_lanes == ["post:a"]
    set_status(ticket, TicketStatus.OPEN, lin)
    pump()
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.GIVEN_UP}
    assert not Delivery.objects.filter(ended_at=None).exists()
    assert Delivery.objects.count() == 2
    asked = Delivery.objects.get(tries=1)
    assert (asked.last_answer, asked.event.type) == ("410", "ticket.created")


def test_a_sender_that_died_after_the_handing_over_repeats_it_with_the_same_id(post: Post, ticket: Ticket) -> None:
    class Killed(BaseException):
        pass

    def take_and_die(delivery: Delivery) -> Answer:
        post.got.append(delivery)
        raise Killed

    post.answers = take_and_die
    with pytest.raises(Killed):
        pump()
    DeliveryLane.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # a killed process lets nothing go
    post.answers = lambda delivery: TAKEN
    pump()
    assert [delivery.event.uid for delivery in post.got] == [OutboxEvent.objects.get().uid] * 2


def test_two_senders_never_send_to_one_place_at_once(post: Post, ticket: Ticket) -> None:
    inner: list[int] = []

    def send_from_within(delivery: Delivery) -> Answer:
        inner.append(drain.drain("post:a"))
        return TAKEN

    post.answers = send_from_within
    pump()
    assert inner == [0]
    assert len(post.got) == 1


def test_a_sender_whose_claim_was_taken_stops(post: Post, ticket: Ticket, department: Department) -> None:
    create_ticket(user=None, subject="s", text="t", department=department)

    def lose_the_claim(delivery: Delivery) -> Answer:
        DeliveryLane.objects.update(claim=99)
        return TAKEN

    post.answers = lose_the_claim
    pump()
    assert len(post.got) == 1
    assert DeliveryLane.objects.get().claimed_until is not None, "the claim of another is not let go"


def test_a_defect_of_a_carrier_is_written_down_and_the_lane_rests(post: Post, ticket: Ticket) -> None:
    def fail(delivery: Delivery) -> Answer:
        raise ZeroDivisionError

    post.answers = fail
    spread()
    tasks.drain("post:a")
    row = Delivery.objects.get()
    assert (row.state, row.last_answer) == (DeliveryState.WAITING, "程序内部错误:ZeroDivisionError")
    assert drain.due_lanes() == []


def test_places_made_later_do_not_hold_up_what_nobody_wanted(ticket: Ticket, post: Post, lin: User) -> None:
    post.keys = ()
    pump()
    assert not Delivery.objects.exists()
    assert not OutboxEvent.objects.filter(spread=False).exists()
    post.keys = ("a",)
    set_status(ticket, TicketStatus.PENDING, lin)
    pump()
    assert types(post.got) == ["ticket.status_changed"]


def test_only_who_manages_integrations_sees_and_changes_deliveries(post: Post, ticket: Ticket, sun: User) -> None:
    post.answers = lambda delivery: Answer(Verdict.NEVER, "400")
    pump()
    row = Delivery.objects.get()
    acts = (
        lambda: manage.send_again(row.pk, sun),
        lambda: manage.give_up(row.pk, sun),
        lambda: manage.lanes(sun),
        lambda: manage.deliveries(sun),
    )
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_what_was_given_up_can_be_sent_again_on_the_record(
    post: Post, ticket: Ticket, ann: User, django_capture_on_commit_callbacks: Any
) -> None:
    post.answers = lambda delivery: Answer(Verdict.NEVER, "400")
    pump()
    assert [(row["lane"], row["given_up"]) for row in manage.lanes(ann)] == [("post:a", 1)]
    post.answers = lambda delivery: TAKEN
    with django_capture_on_commit_callbacks() as told:
        again = manage.send_again(Delivery.objects.get().pk, ann)
    assert len(told) >= 1  # the sender is told at once
    assert again == Delivery.objects.get()
    assert (Delivery.objects.get().tries, Delivery.objects.get().state) == (0, DeliveryState.WAITING)
    pump()
    assert len(post.got) == 1
    event = AuditEvent.objects.get(type="delivery.sent_again")
    assert (event.user, event.ticket_no) == (ann, ticket.number)


def test_giving_up_lets_the_next_one_go_and_works_once(
    post: Post, ticket: Ticket, lin: User, ann: User, django_capture_on_commit_callbacks: Any
) -> None:
    set_status(ticket, TicketStatus.PENDING, lin)
    post.answers = lambda delivery: Answer(Verdict.AGAIN) if delivery.event.type == "ticket.created" else TAKEN
    pump()
    stuck = Delivery.objects.get(tries=1)
    with django_capture_on_commit_callbacks() as told:
        manage.give_up(stuck.pk, ann)
    assert [call for call in told if call is queues.hint_outbox]
    with pytest.raises(Conflict):
        manage.give_up(stuck.pk, ann)
    pump()
    assert types(post.got) == ["ticket.status_changed"]


def test_only_old_events_that_nothing_waits_for_are_deleted(post: Post, ticket: Ticket, lin: User) -> None:
    pump()
    post.answers = lambda delivery: Answer(Verdict.AGAIN)
    set_status(ticket, TicketStatus.PENDING, lin)
    pump()
    assert manage.delete_old(timezone.now()) == 0
    assert manage.delete_old(timezone.now() + manage.KEPT + timedelta(hours=1)) == 1
    assert OutboxEvent.objects.get().type == "ticket.status_changed"


# Fewer on a server, where each takes a second: what is tried there is the database, not the order.
_EXAMPLES = 30 if connection.vendor == "sqlite" else 10


@pytest.fixture
def three(department: Department) -> list[Ticket]:
    return [create_ticket(user=None, subject="s", text=str(n), department=department) for n in range(3)]


@settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["taken", "again", "lost"])), min_size=1, max_size=14))
def test_whatever_the_receiver_does_it_gets_everything_in_order(
    post: Post, three: list[Ticket], plan: list[tuple[int, Any]]
) -> None:
    """`lost`: it took the event, and the sender died before it knew. Order is judged without the repeats."""
    with transaction.atomic():
        Delivery.objects.all().delete()
        OutboxEvent.objects.all().delete()
        post.got.clear()
        for place, _outcome in plan:
            audit.record("ticket.status_changed", ticket=three[place])
        outcomes = iter([outcome for _place, outcome in plan])

        def answer(delivery: Delivery) -> Answer:
            outcome = next(outcomes, "taken")
            if outcome == "lost":
                post.got.append(delivery)
            return TAKEN if outcome == "taken" else Answer(Verdict.AGAIN)

        post.answers, post.delays_s = answer, (1.0,) * 50
        for _ in range(len(plan) + 2):
            pump()
            later()
        got: dict[int, list[int]] = defaultdict(list)
        for delivery in post.got:
            assert delivery.ticket_id is not None
            got[delivery.ticket_id].append(delivery.event_id)
        for ticket in three:
            expected = list(OutboxEvent.objects.filter(ticket=ticket).order_by("pk").values_list("pk", flat=True))
            assert sorted(got[ticket.pk]) == got[ticket.pk]
            assert sorted(set(got[ticket.pk])) == expected


def test_what_was_taken_ends_a_row_of_failures(post: Post, ticket: Ticket) -> None:
    post.answers = lambda delivery: Answer(Verdict.AGAIN, "503", whole_lane=True)
    pump()
    assert DeliveryLane.objects.get().failures_in_a_row == 1
    later()
    post.answers = lambda delivery: TAKEN
    pump()
    assert DeliveryLane.objects.get().failures_in_a_row == 0


def test_a_sender_tells_how_many_were_taken_and_gives_its_lane_back(post: Post, ticket: Ticket, lin: User) -> None:
    set_status(ticket, TicketStatus.PENDING, lin)
    spread()
    assert drain.drain("post:a") == 2
    assert DeliveryLane.objects.get().claimed_until is None
    assert drain.drain("nobody:a") == 0


@pytest.mark.parametrize("answer", [Answer(Verdict.CLOSED, "410"), Answer(Verdict.AGAIN, "503", whole_lane=True)])
def test_a_place_that_is_gone_or_in_trouble_is_tried_with_one_event_and_no_other(
    post: Post, ticket: Ticket, department: Department, answer: Answer
) -> None:
    create_ticket(user=None, subject="s", text="t", department=department)
    tried: list[Delivery] = []
    post.answers = lambda delivery: tried.append(delivery) or answer  # type: ignore[func-returns-value]
    pump()
    assert len(tried) == 1


@pytest.mark.parametrize("verdict", [Verdict.AGAIN, Verdict.CLOSED])
def test_an_answer_of_any_length_is_kept_as_far_as_its_column_holds_it(
    post: Post, ticket: Ticket, lin: User, verdict: Verdict
) -> None:
    set_status(ticket, TicketStatus.PENDING, lin)
    post.answers = lambda delivery: Answer(verdict, "x" * 1000)
    pump()
    for row in Delivery.objects.filter(tries__gt=0) | Delivery.objects.filter(state=DeliveryState.GIVEN_UP):
        row.full_clean()
        assert row.last_answer == "x" * 300


def test_the_sender_is_told_once_of_all_that_a_transaction_wrote(
    department: Department, lin: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as told, transaction.atomic():
        ticket = create_ticket(user=None, subject="s", text="t", department=department)
        set_status(ticket, TicketStatus.PENDING, lin)
    assert sum(call is queues.hint_outbox for call in told) == 1
