"""Events on their way out while worker, upkeep and Redis are killed: each arrives, in its ticket's order.

OUTBOX_EVENTS (10,000) go to one receiver on this machine; OUTBOX_KILLS (9) parts are killed, each while events flow
and, of the sender, while one is in the air: the receiver has it and has not answered.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.integrations.door.receiver import Receiver, differing, hold_answer, receiving, told
from tests.processes import Product, wait_until

pytestmark = pytest.mark.soak
EVENTS = int(os.environ.get("OUTBOX_EVENTS", "10000"))
KILLS = int(os.environ.get("OUTBOX_KILLS", "9"))
SEED = int(os.environ.get("SOAK_SEED", "0")) or time.time_ns() % 1_000_000
TICKETS = 40
_AT_ONCE = 1000  # events made by one command
LIMIT_S = 1800.0
SENDER = "upkeep"
VICTIMS = (SENDER, "redis", "worker")

_MAKE = """
from django.contrib.auth.models import User
from integrations.webhooks import endpoints
endpoints.make(User.objects.filter(is_superuser=True).first(), name="soak", url={url!r}, networks=["127.0.0.0/8"])
"""
_NOTE = """
from tickets.models import Ticket
from tickets.services.evidence import audit
tickets = list(Ticket.objects.order_by("pk")[:{tickets}])
for number in range({count}):
    ticket = tickets[number % len(tickets)]
    audit.record("ticket.commented", ticket=ticket, details={{"number": number}})
"""
_TELL = """
import json
from tickets.models import Delivery
rows = Delivery.objects.filter(lane__startswith="webhook:").order_by("event_id").select_related("event", "ticket")
told = [[f"evt_{row.event.uid.hex}", row.ticket.number if row.ticket else "", row.state] for row in rows]
print(json.dumps(told))
"""


def test_ten_thousand_events_arrive_in_order_whatever_is_killed(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with receiving() as receiver, Product(tmp_path, without=("phone", "pilot", "backoffice")) as product:
        _shell(product, _MAKE.format(url=receiver.url))
        product.stop(SENDER)  # all events are there before the first one leaves
        for begin in range(0, EVENTS, _AT_ONCE):
            _shell(product, _NOTE.format(count=min(_AT_ONCE, EVENTS - begin), tickets=TICKETS))
        began = time.monotonic()
        product.start(SENDER)
        for kill in range(1, KILLS + 1):
            _kill(product, receiver, VICTIMS[kill % len(VICTIMS)], EVENTS * kill // (KILLS + 1), chance)
        wait_until(
            "all events",
            lambda: _alive(product) and len(receiver.got) >= EVENTS and len(told(receiver)) >= EVENTS,
            LIMIT_S,
        )
        wait_until("all is marked delivered", lambda: {row[2] for row in _tell(product)} == {"delivered"}, LIMIT_S)
        rows, took = _tell(product), time.monotonic() - began
    again = sum(count - 1 for count in Counter(headers["webhook-id"] for headers, _body in receiver.got).values())
    assert len(rows) >= EVENTS
    assert differing([(row[0], row[1]) for row in rows], told(receiver)) == []
    print(f"\n{len(rows)} events, {KILLS} kills (seed {SEED}): all there, in order; {again} came twice; {took:.0f} s")


def _kill(product: Product, receiver: Receiver, victim: str, at: int, chance: random.Random) -> None:
    """Kill it when so many events came; the sender with that very event in the air. Down for up to two seconds."""
    hold = hold_answer(receiver, max(at, len(receiver.got) + 1), LIMIT_S)
    wait_until(f"event {at}", lambda: _alive(product) and hold.reached.is_set(), LIMIT_S)
    if victim != SENDER:
        hold.go_on.set()
    product.kill(victim)
    hold.go_on.set()
    end = time.monotonic() + chance.uniform(0.2, 2.0)
    wait_until("the pause is over", lambda: time.monotonic() >= end, 10)
    product.start(victim)
    product.wait_ready(victim)


def _alive(product: Product) -> bool:
    """AssertionError when a part ended that nobody killed: all of them outlive the others, Redis too."""
    for name, process in product.running.items():
        assert process.poll() is None, f"{name} ended by itself: {product.tail(name)}"
    return True


def _shell(product: Product, code: str) -> str:
    return product.manage("shell", "-v", "0", "-c", code)


def _tell(product: Product) -> list[list[str]]:
    return list(json.loads(_shell(product, _TELL)))
