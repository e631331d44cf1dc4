"""Events on their way out while worker, upkeep and Redis are killed: each arrives, in its ticket's order.

OUTBOX_EVENTS (10,000) go to one receiver on this machine; OUTBOX_KILLS (9) parts are killed and started meanwhile.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integrations.test_webhooks import Receiver, receiving
from tests.processes import Product, wait_until

pytestmark = pytest.mark.soak
EVENTS = int(os.environ.get("OUTBOX_EVENTS", "10000"))
KILLS = int(os.environ.get("OUTBOX_KILLS", "9"))
TICKETS = 40
_AT_ONCE = 1000  # events made by one command
LIMIT_S = 1800.0
VICTIMS = ("upkeep", "redis", "worker")

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
rows = Delivery.objects.filter(lane__startswith="webhook:").order_by("event_id")
print(json.dumps([[f"evt_{row.event.uid.hex}", row.ticket_id, row.state] for row in rows.select_related("event")]))
"""


def test_ten_thousand_events_arrive_in_order_whatever_is_killed(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("SOAK_SEED", "0")) or time.time_ns())
    with receiving() as receiver, Product(tmp_path, without=("phone", "pilot", "backoffice")) as product:
        product.manage("shell", "-v", "0", "-c", _MAKE.format(url=receiver.url))
        began = time.monotonic()
        for begin in range(0, EVENTS, _AT_ONCE):
            count = min(_AT_ONCE, EVENTS - begin)
            product.manage("shell", "-v", "0", "-c", _NOTE.format(count=count, tickets=TICKETS))
        noted = time.monotonic() - began
        for kill in range(1, KILLS + 1):
            _arrived(receiver, EVENTS * kill // (KILLS + 1))
            victim = VICTIMS[kill % len(VICTIMS)]
            product.kill(victim)
            time_down = chance.uniform(0.2, 2.0)
            wait_until("the pause is over", _after(time_down), time_down + 5)
            product.start(victim)
            product.wait_ready(victim)
        _arrived(receiver, EVENTS)
        wait_until("all is marked delivered", lambda: _states(product) == {"delivered"}, LIMIT_S)
        rows = json.loads(product.manage("shell", "-v", "0", "-c", _TELL))
        took = time.monotonic() - began - noted
    got = [headers["webhook-id"] for headers, _body in receiver.got]
    first = list(dict.fromkeys(got))
    mine = [row for row in rows if row[0] in set(first)]
    assert len(mine) == len(rows) >= EVENTS, "some are missing"
    for ticket in {row[1] for row in rows}:
        ids = {row[0] for row in rows if row[1] == ticket}
        assert [each for each in first if each in ids] == [row[0] for row in rows if row[1] == ticket], ticket
    again = sum(count - 1 for count in Counter(got).values())
    print(f"\n{len(rows)} events, {KILLS} kills: all there, in order; {again} came twice; {took:.0f} s")


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def _arrived(receiver: Receiver, count: int) -> None:
    wait_until(f"{count} events", lambda: len({got[0]["webhook-id"] for got in list(receiver.got)}) >= count, LIMIT_S)


def _states(product: Product) -> set[str]:
    return {row[2] for row in json.loads(product.manage("shell", "-v", "0", "-c", _TELL))}
