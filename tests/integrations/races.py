"""Of many calls with one key at once one acts and all get its answer; a killed reader or sender loses nothing.

Run by test_real_databases.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django.test import Client

from integrations.connectors.build import secret_name
from integrations.intake import deliveries, reading
from integrations.models import Connector, LinkedTicket
from integrations.webhooks import endpoints
from integrations.webhooks.endpoints import new_secret
from tests.integrations.conftest import Program
from tests.integrations.door.flood import Busy, faults, options, signed
from tests.integrations.door.receiver import hold_answer, out_of_order, receiving
from tests.integrations.rest_server import rest_server
from tests.processes import wait_until
from tests.tickets.races import at_once
from tickets.models import Delivery, DeliveryLane, DeliveryState, Department, Ticket
from tickets.permissions import SCOPES
from tickets.services import secret_store
from tickets.services.outbox import drain
from tickets.services.people import api_tokens
from tickets.services.tickets import edits
from tickets.services.tickets.changes import create_ticket

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_four_at_once_with_one_key_are_one_act(lin: User) -> None:
    program = Program(api_tokens.make(lin, "race", scopes=SCOPES))
    answers = at_once(*(lambda: program.post("/tickets", {"text": "退款"}, key="k") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Ticket.objects.count() == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 3


def test_of_two_changes_of_one_version_at_once_one_is_made(lin: User, department: Department) -> None:
    program = Program(api_tokens.make(lin, "race", scopes=SCOPES))
    ticket = create_ticket(user=lin, subject="s", text="t")
    etag = program.get(f"/tickets/{ticket.number}")["ETag"]

    def change(priority: int) -> Any:
        return program.patch(f"/tickets/{ticket.number}", {"priority": priority}, if_match=etag)

    answers = at_once(lambda: change(1), lambda: change(4))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


@contextmanager
def worker(tmp_path: Path, *work: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does that work (see flood_worker) in this test's database; killed at the end."""
    name = str(connection.settings_dict["NAME"])
    given = os.environ.get("DATABASE_URL", "")
    address = urlunsplit(urlsplit(given)._replace(path=f"/{name}")) if given else f"sqlite:///{name}"
    environ = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings_file_database"}
    command = [sys.executable, "-m", "tests.integrations.door.flood_worker", *work]
    with (tmp_path / "worker.log").open("ab") as log, subprocess.Popen(command, env=environ, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_flood_of_calls_leaves_exactly_the_tickets_there_are_though_the_reader_is_killed(
    lin: User, department: Department, tmp_path: Path
) -> None:
    busy, secret = Busy(seed=11), new_secret()
    with rest_server() as rest:
        rest.handle = busy.handle
        row = Connector.objects.create(
            key="flood", kind="generic", enabled=True, acts_as=lin, department=department, options=options(rest.url)
        )
        secret_store.put(secret_name(row.key, "signing"), secret)
        calls = busy.calls(60, 8)  # `make intake-proof` sends ten thousand
        for share in (35, 25):
            before = read_so_far()
            with worker(tmp_path, "read", str(row.pk)):
                for delivery, ticket in islice(calls, share):
                    body, headers = signed(secret, delivery, ticket)
                    sent = Client().post(f"/hooks/{row.hook}/", body, content_type="application/json", headers=headers)
                    assert sent.status_code == 200
                wait_until("a reading", lambda before=before: read_so_far() > before, 60)
            LinkedTicket.objects.update(claimed_until=None)  # what the dead reader had claimed is free by then
        deliveries.poke(row, list(busy.tickets))  # changes whose calls are still on their way
        while reading.read_due(row.pk):
            pass
    assert faults(busy.tickets) == []


def read_so_far() -> int:
    return LinkedTicket.objects.aggregate(read=Sum("read"))["read"] or 0


def test_events_arrive_in_their_tickets_order_though_the_sender_is_killed_with_one_in_the_air(
    lin: User, ann: User, department: Department, tmp_path: Path
) -> None:
    """What was in the air comes again under its id; nothing is missing, nothing overtakes."""
    with receiving() as receiver:
        endpoints.make(ann, name="shop", url=receiver.url, networks=["127.0.0.0/8"])
        tickets = [create_ticket(user=lin, subject=f"{n}", text="t") for n in range(4)]
        for number in range(60):
            edits.comment(tickets[number % len(tickets)], f"{number}", lin)
        hold = hold_answer(receiver, 20)
        with worker(tmp_path, "send"):
            wait_until("an event in the air", hold.reached.is_set, 60)
        hold.go_on.set()
        DeliveryLane.objects.update(claimed_until=None)  # what the dead sender had claimed is free by then
        while any(drain.drain(lane) for lane in drain.due_lanes()):
            pass
    assert out_of_order(receiver) == []
    assert len(receiver.got) == 64 + 1  # the one that was in the air
    assert not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists()
