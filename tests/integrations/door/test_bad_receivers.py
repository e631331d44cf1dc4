"""A receiver in trouble: down for an hour, asking for time, silent after it took an event, answering 500 after it did.

Each event arrives at least once, under one id and with one body, a ticket's in their order; what the receiver asks for
is kept; and what a technician reads of a delivery says what happened. Time is moved, nobody waits for it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from integrations.webhooks import endpoints, post
from tests.integrations.door.receiver import Receiver, out_of_order, receiving
from tests.integrations.door.test_webhooks import HERE, new_ticket, pump
from tickets.models import Delivery, DeliveryLane, DeliveryState, Department, Ticket, TicketStatus
from tickets.services.tickets.changes import set_status

HOUR = 3600.0
Told = tuple[int, dict[str, str], bytes]
TAKEN: Told = (204, {}, b"")


class Clock:
    """What waits for a moment waits so much less, as if that time had passed."""

    def __init__(self) -> None:
        self.s = 0.0

    def passes(self, seconds: float) -> None:
        self.s += seconds
        less = timedelta(seconds=seconds)
        Delivery.objects.filter(state=DeliveryState.WAITING).update(next_at=F("next_at") - less)
        DeliveryLane.objects.exclude(rest_until=None).update(rest_until=F("rest_until") - less)


@pytest.fixture
def receiver(ann: User) -> Iterator[Receiver]:
    with receiving() as found:
        endpoints.make(ann, name="CRM", url=found.url, networks=[HERE])
        yield found


@pytest.fixture
def tickets(receiver: Receiver, department: Department, lin: User) -> list[Ticket]:
    """Four tickets with three events each, all of them waiting."""
    found = [new_ticket(department) for _ in range(4)]
    for status in (TicketStatus.PENDING, TicketStatus.SOLVED):
        for ticket in found:
            set_status(ticket, status, lin)
    return found


def arrives(clock: Clock, limit_s: float) -> None:
    """Time goes from one due moment to the next until nothing waits; AssertionError when that takes too much of it."""
    while clock.s <= limit_s:
        pump()
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
        if not waiting.exists():
            return
        firsts = {row.ticket_id: row.next_at for row in waiting.order_by("-event_id")}
        moments = [min(firsts.values()), DeliveryLane.objects.get().rest_until or timezone.now()]
        clock.passes(max(1.0, (max(moments) - timezone.now()).total_seconds()))
    raise AssertionError(list(Delivery.objects.values_list("state", "tries", "last_answer")))


def whole(receiver: Receiver) -> bool:
    """All there, each ticket's in order, and every repeat of an event the same event."""
    bodies = defaultdict(set)
    for headers, body in receiver.got:
        bodies[headers["webhook-id"]].add(body)
    return out_of_order(receiver) == [] and all(len(each) == 1 for each in bodies.values())


def test_after_an_hour_without_a_receiver_everything_arrives_in_order(
    receiver: Receiver, tickets: list[Ticket]
) -> None:
    clock = Clock()
    receiver.answers = lambda count: TAKEN if clock.s >= HOUR else (503, {}, b"down for maintenance")
    pump()
    tried = Delivery.objects.get(tries=1)
    assert tried.last_answer == "503 down for maintenance"
    arrives(clock, 12 * HOUR)
    assert whole(receiver)
    asked_meanwhile = len(receiver.got) - 12
    assert asked_meanwhile < 40, "an hour of trouble is no hour of knocking"
    assert set(Delivery.objects.values_list("last_answer", flat=True)) == {"204"}
    assert DeliveryLane.objects.get().failures_in_a_row == 0


def test_a_receiver_that_asks_for_time_gets_it_before_every_further_try(
    receiver: Receiver, tickets: list[Ticket]
) -> None:
    clock, came = Clock(), list[float]()

    def answer(count: int) -> Told:
        came.append(clock.s)
        return (429, {"Retry-After": "600"}, b"") if count <= 3 else TAKEN

    receiver.answers = answer
    arrives(clock, HOUR)
    assert all(after - before > 590 for before, after in pairwise(came[:4]))
    assert whole(receiver)


def test_a_receiver_that_fails_after_it_took_an_event_gets_it_again_under_its_id(
    receiver: Receiver, tickets: list[Ticket]
) -> None:
    def fails_twice(count: int) -> Told:
        ids = [headers["webhook-id"] for headers, _body in receiver.got[:count]]
        return (500, {}, b"oops") if ids.count(ids[-1]) <= 2 else TAKEN

    receiver.answers = fails_twice
    arrives(Clock(), 12 * HOUR)
    assert whole(receiver)
    assert len(receiver.got) == 3 * 12
    assert set(Delivery.objects.values_list("tries", flat=True)) == {3}


def test_a_receiver_that_took_an_event_and_says_nothing_is_told_again_and_the_log_says_why(
    receiver: Receiver, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "LIMIT_S", 0.2)
    over = threading.Event()

    def silent(count: int) -> Told:
        if count == 2:
            over.wait(10)
        return TAKEN

    receiver.answers = silent
    clock = Clock()
    pump()
    over.set()
    [late] = Delivery.objects.filter(state=DeliveryState.WAITING, tries=1)
    assert late.last_answer.startswith("没有回应:")
    arrives(clock, HOUR)
    assert whole(receiver)
    assert len(receiver.got) == 12 + 1
