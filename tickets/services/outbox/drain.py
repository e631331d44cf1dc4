"""Sends the due deliveries of one lane: one sender at a time, in the order of each ticket, at least once.

Rule: a delivery is marked done after the receiver accepted it, never before; if the sender is killed in between it
stays waiting, and its repeat carries the same id. While one event of a ticket waits, no later one of that ticket goes.

Steps of a pass: 1. claim the lane; 2. read the first waiting delivery of each ticket that is due; 3. deliver each and
record the result; 4. again from 2 until nothing is due or the time is up; 5. release the lane.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from tickets.models import Delivery, DeliveryLane, DeliveryState
from tickets.said import bounded
from tickets.services.outbox import carriers
from tickets.services.outbox.carriers import Answer, Carrier, Verdict

CLAIM_S = 90.0  # longer than one attempt may last
PASS_S = 20.0  # a pass ends after that, so that other lanes get their turn
_AT_ONCE = 100
_REST_S = (1.0, 5.0, 30.0, 120.0, 300.0)  # pause of a failing lane, by failures in a row
_LONGEST_WAIT_S = 24 * 3600.0


def due_lanes() -> list[str]:
    """Lanes with due deliveries and no sender."""
    now = timezone.now()
    due = Delivery.objects.filter(lane=OuterRef("name"), state=DeliveryState.WAITING, next_at__lte=now)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rested = Q(rest_until=None) | Q(rest_until__lte=now)
    return list(DeliveryLane.objects.filter(free & rested, Exists(due)).values_list("name", flat=True))


def drain(lane: str, pass_s: float = PASS_S) -> int:
    """Send the lane's due deliveries; returns how many were accepted, 0 if another sender has the lane."""
    carrier = carriers.of_lane(lane)
    if carrier is None:
        return 0
    claim = _claim(lane)
    if claim is None:
        return 0
    end, taken = time.monotonic() + pass_s, 0
    try:
        while heads := _heads(lane):
            for delivery in heads:
                if not _renew(lane, claim) or time.monotonic() >= end:
                    return taken
                answer = carrier.hand_over(delivery)
                taken += answer.verdict is Verdict.TAKEN
                if _write(delivery, answer, carrier):
                    return taken
    finally:
        DeliveryLane.objects.filter(name=lane, claim=claim).update(claimed_until=None)
    return taken


def note_defect(lane: str, text: str) -> None:
    """Record a carrier's own failure: the lane pauses, and its first waiting delivery says why."""
    head = next(iter(_heads(lane)), None)
    carrier = carriers.of_lane(lane)
    if head is not None and carrier is not None:
        _write(head, Answer(Verdict.AGAIN, text, whole_lane=True), carrier)


def _claim(lane: str) -> int | None:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rows = DeliveryLane.objects.filter(free & (Q(rest_until=None) | Q(rest_until__lte=now)), name=lane)
    claim = DeliveryLane.objects.filter(name=lane).values_list("claim", flat=True).first()
    changes: dict[str, Any] = {"claim": F("claim") + 1, "claimed_until": now + timedelta(seconds=CLAIM_S)}
    if claim is None or not rows.filter(claim=claim).update(**changes):
        return None
    return claim + 1


def _renew(lane: str, claim: int) -> bool:
    until = timezone.now() + timedelta(seconds=CLAIM_S)
    return bool(DeliveryLane.objects.filter(name=lane, claim=claim).update(claimed_until=until))


def _heads(lane: str) -> list[Delivery]:
    """The first waiting delivery of each ticket, if it is due; deliveries without a ticket are independent of each
    other."""
    waiting = Delivery.objects.filter(lane=lane, state=DeliveryState.WAITING)
    earlier = waiting.filter(ticket=OuterRef("ticket"), event_id__lt=OuterRef("event_id"))
    due = waiting.filter(~Exists(earlier), next_at__lte=timezone.now())
    return list(due.select_related("event").order_by("event_id")[:_AT_ONCE])


def _write(delivery: Delivery, answer: Answer, carrier: Carrier) -> bool:
    """Record the outcome; returns whether the lane is paused or closed now."""
    now = timezone.now()
    changes: dict[str, Any] = {
        "tries": F("tries") + 1,
        "last_try_at": now,
        "last_answer": bounded(answer.text, 300),
    }
    rows = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    if answer.verdict is Verdict.TAKEN:
        rows.update(**changes, state=DeliveryState.DELIVERED, ended_at=now)
        DeliveryLane.objects.filter(name=delivery.lane).exclude(failures_in_a_row=0).update(failures_in_a_row=0)
        return False
    if answer.verdict is Verdict.CLOSED:
        rows.update(**changes)
        close(delivery.lane, answer.text)
        carrier.closed(delivery.lane, answer.text)
        return True
    delay = _delay(delivery, answer, carrier)
    if answer.verdict is Verdict.NEVER or delay is None:
        rows.update(**changes, state=DeliveryState.GIVEN_UP, ended_at=now)
    else:
        rows.update(**changes, next_at=now + timedelta(seconds=delay))
    return answer.whole_lane and _rest(delivery.lane, answer)


def close(lane: str, text: str) -> int:
    """Give up all waiting deliveries of the lane; returns how many."""
    changes = {"state": DeliveryState.GIVEN_UP, "ended_at": timezone.now(), "last_answer": bounded(text, 300)}
    return Delivery.objects.filter(lane=lane, state=DeliveryState.WAITING).update(**changes)


def _delay(delivery: Delivery, answer: Answer, carrier: Carrier) -> float | None:
    """Seconds to the next attempt, with jitter; None after the last."""
    if delivery.tries >= len(carrier.delays_s):
        return None
    planned = carrier.delays_s[delivery.tries] * random.uniform(1.0, 1.15)  # noqa: S311 - spreads load, hides nothing
    return max(planned, min(answer.wait_s or 0.0, _LONGEST_WAIT_S))


def _rest(lane: str, answer: Answer) -> bool:
    row = DeliveryLane.objects.get(name=lane)
    rest = max(_REST_S[min(row.failures_in_a_row, len(_REST_S) - 1)], min(answer.wait_s or 0.0, _LONGEST_WAIT_S))
    until = timezone.now() + timedelta(seconds=rest)
    DeliveryLane.objects.filter(name=lane).update(rest_until=until, failures_in_a_row=F("failures_in_a_row") + 1)
    return True
