"""Each lane for itself: what is due, who sends, how long a place in trouble rests, and what people may do."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.tickets.outbox.post import TAKEN, Post, later, pump
from tickets import queues
from tickets.errors import NotFound
from tickets.models import (
    AuditEvent,
    Confirmation,
    Delivery,
    DeliveryLane,
    DeliveryState,
    Department,
    OutboxEvent,
    Question,
    Ticket,
    TicketStatus,
)
from tickets.services.evidence import audit
from tickets.services.outbox import carriers, drain, manage
from tickets.services.outbox.carriers import Answer, Verdict
from tickets.services.outbox.spread import spread
from tickets.services.tickets.changes import create_ticket, set_status


def lane_of(name: str, **values: Any) -> DeliveryLane:
    return DeliveryLane.objects.update_or_create(name=name, defaults=values)[0]


def seconds_until(moment: Any) -> float:
    return (moment - timezone.now()).total_seconds()


def test_only_lanes_with_something_due_that_nobody_sends_are_due(post: Post, ticket: Ticket, lin: User) -> None:
    post.keys = ("a", "b", "c", "d", "e", "f")
    spread()
    now, minute = timezone.now(), timedelta(minutes=1)
    Delivery.objects.filter(lane="post:b").update(state=DeliveryState.DELIVERED)
    Delivery.objects.filter(lane="post:c").update(next_at=now + minute)
    lane_of("post:d", claimed_until=now + minute)
    lane_of("post:e", rest_until=now + minute)
    lane_of("post:f", claimed_until=now - minute, rest_until=now - minute)
    lane_of("post:g")
    assert sorted(drain.due_lanes()) == ["post:a", "post:f"]


def test_a_sender_sends_and_holds_its_own_lane_only(post: Post, ticket: Ticket) -> None:
    post.keys = ("a", "b")
    spread()
    other = lane_of("post:b", claim=1, claimed_until=timezone.now() + timedelta(seconds=1))
    held: list[DeliveryLane] = []

    def look(delivery: Delivery) -> Answer:
        held.extend(DeliveryLane.objects.filter(name="post:a"))
        return TAKEN

    post.answers = look
    assert drain.drain("post:a") == 1
    assert [delivery.lane for delivery in post.got] == ["post:a"]
    assert held[0].claim == other.claim, "both hold a claim of the same number"
    assert 60 < seconds_until(held[0].claimed_until) < 91
    assert DeliveryLane.objects.get(name="post:b").claimed_until == other.claimed_until
    assert Delivery.objects.get(lane="post:b").state == DeliveryState.WAITING


@pytest.mark.parametrize("then", ["the_claim_is_lost", "the_place_rests"])
def test_a_pass_that_stops_early_tells_what_was_taken_before(
    post: Post, ticket: Ticket, department: Department, then: str
) -> None:
    create_ticket(user=None, subject="s", text="t", department=department)

    def answer(delivery: Delivery) -> Answer:
        if then == "the_claim_is_lost":
            DeliveryLane.objects.update(claim=99)
        return Answer(Verdict.AGAIN, whole_lane=True) if post.got and then == "the_place_rests" else TAKEN

    post.answers = answer
    spread()
    assert drain.drain("post:a") == 1


def test_a_pass_whose_time_is_over_sends_nothing_more(
    post: Post, ticket: Ticket, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_ticket(user=None, subject="s", text="t", department=department)
    spread()
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def answer(delivery: Delivery) -> Answer:
        clock[0] += 5.0
        return TAKEN

    post.answers = answer
    assert drain.drain("post:a", pass_s=5.0) == 1
    assert drain.drain("post:a", pass_s=0.0) == 0
    assert drain.drain("post:a", pass_s=5.1) == 1


def test_what_a_person_gave_up_while_it_was_handed_over_stays_given_up(post: Post, ticket: Ticket) -> None:
    def answer(delivery: Delivery) -> Answer:
        Delivery.objects.update(state=DeliveryState.GIVEN_UP)
        return TAKEN

    post.answers = answer
    pump()
    assert Delivery.objects.get().state == DeliveryState.GIVEN_UP


def test_a_defect_rests_the_lane_also_where_nothing_waits_for_it(post: Post, ticket: Ticket) -> None:
    drain.note_defect("post:a", "defect: KeyError")
    drain.note_defect("nobody:a", "defect: KeyError")
    spread()
    drain.note_defect("post:a", "defect: KeyError")
    rest = DeliveryLane.objects.get().rest_until
    assert rest is not None
    assert 0 < seconds_until(rest) <= 1


def test_a_place_in_trouble_is_left_alone_longer_each_time(post: Post, ticket: Ticket) -> None:
    post.delays_s = (1.0,) * 20
    lane_of("post:b")
    spread()
    rests = []
    for _ in range(7):
        post.answers = lambda delivery: Answer(Verdict.AGAIN, whole_lane=True)
        later()
        drain.drain("post:a")
        lane = DeliveryLane.objects.get(name="post:a")
        assert lane.rest_until is not None
        rests.append(round(seconds_until(lane.rest_until)))
    assert rests == [1, 5, 30, 120, 300, 300, 300]
    untouched = DeliveryLane.objects.get(name="post:b")
    assert (untouched.rest_until, untouched.failures_in_a_row) == (None, 0)


def test_each_further_try_waits_its_delay_and_after_the_last_there_is_none(post: Post, ticket: Ticket) -> None:
    post.answers = lambda delivery: Answer(Verdict.AGAIN)
    waits = []
    for _ in range(3):
        later()
        pump()
        row = Delivery.objects.get()
        waits.append((row.tries, row.state, seconds_until(row.next_at)))
    assert [(tries, state) for tries, state, _wait in waits] == [
        (1, DeliveryState.WAITING),
        (2, DeliveryState.WAITING),
        (3, DeliveryState.GIVEN_UP),
    ]
    assert 4.9 < waits[0][2] < 5.8
    assert 59.9 < waits[1][2] < 69.1


@pytest.mark.parametrize("asked", [10.0**9, 86_400.0])
def test_nobody_waits_longer_than_a_day_whatever_the_other_side_asks(post: Post, ticket: Ticket, asked: float) -> None:
    post.answers = lambda delivery: Answer(Verdict.AGAIN, whole_lane=True, wait_s=asked)
    pump()
    rest, next_at = DeliveryLane.objects.get().rest_until, Delivery.objects.get().next_at
    assert rest is not None
    assert 86_390 < seconds_until(rest) <= 86_400
    assert 86_390 < seconds_until(next_at) <= 86_400


def test_a_closed_lane_gives_up_what_waits_for_it_and_nothing_else(post: Post, ticket: Ticket, lin: User) -> None:
    post.keys = ("a", "b")
    set_status(ticket, TicketStatus.PENDING, lin)
    spread()
    first = Delivery.objects.filter(lane="post:a").earliest("event")
    Delivery.objects.filter(pk=first.pk).update(state=DeliveryState.DELIVERED)
    assert drain.close("post:a", "410") == 1
    states = Delivery.objects.order_by("lane", "event").values_list("state", flat=True)
    assert list(states) == ["delivered", "given_up", "waiting", "waiting"]


def test_the_page_tells_of_each_lane_what_waits_since_when_and_how_long_it_rests(
    post: Post, ticket: Ticket, lin: User, ann: User
) -> None:
    post.keys = ("a", "b", "c")
    set_status(ticket, TicketStatus.PENDING, lin)
    spread()
    first = OutboxEvent.objects.earliest("pk")
    Delivery.objects.filter(lane="post:b", event=first).update(state=DeliveryState.GIVEN_UP)
    Delivery.objects.filter(lane="post:c").update(state=DeliveryState.DELIVERED)
    rests = lane_of("post:a", rest_until=timezone.now() + timedelta(minutes=1)).rest_until
    lane_of("post:b", rest_until=timezone.now() - timedelta(minutes=1))
    told = [(row["lane"], row["waiting"], row["given_up"], row["rest_until"]) for row in manage.lanes(ann)]
    assert told == [("post:a", 2, 0, rests), ("post:b", 1, 1, None)]
    assert [row["oldest"] for row in manage.lanes(ann)] == [first.at, OutboxEvent.objects.latest("pk").at]
    assert manage.deliveries(ann).count() == 6


def test_sending_again_wakes_its_own_lane_and_delivery_only(post: Post, ticket: Ticket, lin: User, ann: User) -> None:
    post.keys = ("a", "b")
    spread()
    rest = timezone.now() + timedelta(hours=1)
    DeliveryLane.objects.update(rest_until=rest)
    Delivery.objects.update(state=DeliveryState.GIVEN_UP, ended_at=rest, ended_by=lin, tries=3, next_at=rest)
    manage.send_again(Delivery.objects.get(lane="post:a").pk, ann)
    again, other = Delivery.objects.order_by("lane")
    assert (again.state, again.tries, again.ended_at, again.ended_by) == (DeliveryState.WAITING, 0, None, None)
    assert again.next_at <= timezone.now()
    assert (other.state, other.tries, other.ended_by) == (DeliveryState.GIVEN_UP, 3, lin)
    rests = dict(DeliveryLane.objects.values_list("name", "rest_until"))
    assert rests == {"post:a": None, "post:b": rest}


def test_what_is_sent_again_is_due_also_where_its_lane_was_forgotten(post: Post, ticket: Ticket, ann: User) -> None:
    spread()
    DeliveryLane.objects.all().delete()
    manage.send_again(Delivery.objects.get().pk, ann)
    assert drain.due_lanes() == ["post:a"]


def test_giving_up_takes_one_delivery_and_says_who_and_when(post: Post, ticket: Ticket, lin: User, ann: User) -> None:
    set_status(ticket, TicketStatus.PENDING, lin)
    spread()
    first, second = Delivery.objects.order_by("event")
    assert manage.give_up(first.pk, ann) == first
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.ended_by, second.state) == (DeliveryState.GIVEN_UP, ann, DeliveryState.WAITING)
    assert first.ended_at is not None
    event = AuditEvent.objects.get(type="delivery.given_up")
    assert event.details == {"lane": "post:a", "event": "ticket.created", "tries": 0}


def test_a_delivery_that_is_not_there_is_told_as_such(ann: User) -> None:
    for act in (manage.send_again, manage.give_up):
        with pytest.raises(NotFound):
            act(uuid.uuid4(), ann)


@pytest.mark.parametrize("act", ["write", "send_again", "give_up"])
def test_workers_that_cannot_be_woken_undo_no_change(
    post: Post,
    ticket: Ticket,
    lin: User,
    ann: User,
    act: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    spread()
    row = Delivery.objects.get()
    acts: dict[str, Callable[[], object]] = {
        "write": lambda: create_ticket(user=None, subject="s", text="t", department=ticket.department),
        "send_again": lambda: manage.send_again(row.pk, ann),
        "give_up": lambda: manage.give_up(row.pk, ann),
    }
    monkeypatch.setattr(queues, "hint_outbox", break_down)
    with django_capture_on_commit_callbacks(execute=True) as told:
        acts[act]()
    assert break_down in told


def test_old_events_that_were_not_spread_yet_are_kept(ticket: Ticket, lin: User) -> None:
    late = timezone.now() + manage.KEPT + timedelta(hours=1)
    assert manage.delete_old(late) == 0
    spread()
    assert manage.delete_old(late) == 1


def test_all_new_events_are_spread_however_many_are_taken_at_once(
    post: Post, ticket: Ticket, lin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for status in (TicketStatus.PENDING, TicketStatus.OPEN, TicketStatus.PENDING):
        set_status(ticket, status, lin)
    monkeypatch.setattr("tickets.services.outbox.spread._AT_ONCE", 2)
    post.keys = ("a", "a", "b")  # a place named twice hears once
    assert spread() == 4
    assert spread() == 0
    assert Delivery.objects.filter(lane="post:a").count() == Delivery.objects.filter(lane="post:b").count() == 4


def test_an_event_names_what_it_is_about(confirmation: Confirmation, ticket: Ticket, lin: User) -> None:
    run = confirmation.run
    about = {"ticket": ticket.number, "ticket_status": "open", "run": str(run.pk), "flow": "complaint_refund:1"}
    event = OutboxEvent.objects.get(type="run.awaiting_confirmation")
    assert event.data | {"flow": about["flow"]} == {
        **about,
        "run_status": "awaiting_confirmation",
        "confirmation": str(confirmation.pk),
        "decision": "asked",
    }
    assert run.flow_version.template.slug in event.data["flow"]
    question = Question.objects.create(run=run, text="?", choices=[])
    audit.record("question.asked", run=run, obj=question)
    assert OutboxEvent.objects.latest("pk").data["question"] == str(question.pk)
    assert OutboxEvent.objects.earliest("pk").data == {"ticket": ticket.number, "ticket_status": "new"}


def test_a_carrier_that_was_taken_away_gets_nothing(post: Post, ticket: Ticket) -> None:
    carriers.forget(post.name)
    pump()
    assert (carriers.of_lane("post:a"), Delivery.objects.count()) == (None, 0)
