"""From a customer's mail in a real Request Tracker to the note about what became of it, and back again."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from integrations.connectors.build import secret_name
from integrations.intake import polling, reading
from integrations.models import Connector, LinkedTicket
from integrations.writeback.words import Part, WriteBack
from tests.servers.request_tracker import RequestTracker
from tests.tickets.conftest import REFERENCE
from tickets.models import Delivery, DeliveryLane, DeliveryState, Department, FlowVersion, Run, Ticket, TicketStatus
from tickets.services import secret_store
from tickets.services.outbox import drain
from tickets.services.outbox.spread import spread
from tickets.services.runs import lifecycle, starts
from tickets.services.tickets import changes

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SetUp = Callable[..., Connector]


@pytest.fixture
def set_up(rt: RequestTracker, lin: User, department: Department) -> SetUp:
    """`set_up("cs-agent")`: as an administrator would, for tickets whose subject holds `subject`."""

    def make(account: str, subject: str) -> Connector:
        row = Connector.objects.create(
            key="rt-1",
            kind="request_tracker",
            name="Request Tracker",
            enabled=True,
            acts_as=lin,
            department=department,
            home=f"request_tracker:{rt.url}",
            options={"url": rt.url, "networks": ["127.0.0.0/8"], "condition": f"Subject LIKE '{subject}'"},
            write_back=WriteBack(
                site="https://agent.example.com", cancelled=Part(note=True, status="resolved")
            ).model_dump(mode="json"),
        )
        secret_store.put(secret_name(row.key, "token"), rt.tokens[account])
        return row

    return make


def poll(row: Connector) -> None:
    """As often as there is something: ask what changed, read it."""
    Connector.objects.update(rest_until=None, polled_at=None)
    LinkedTicket.objects.update(next_at=timezone.now())
    polling.poll(row.pk)
    while reading.read_due(row.pk):
        pass


def deliver() -> Delivery:
    spread()
    Delivery.objects.update(next_at=timezone.now())
    DeliveryLane.objects.update(rest_until=None)
    drain.drain(DeliveryLane.objects.get(name__startswith="connector:").name)
    return Delivery.objects.get(lane__startswith="connector:")


def comments(rt: RequestTracker, id: str) -> int:
    return [row["Type"] for row in rt.transactions(id)].count("Comment")


@pytest.mark.django_db
@pytest.mark.parametrize("account", ["cs-agent", "shanghai"])
def test_a_ticket_is_polled_in_and_its_end_is_noted_exactly_once(
    rt: RequestTracker, set_up: SetUp, lin: User, refund_flow: FlowVersion, account: str
) -> None:
    """Also where Request Tracker breaks the connection at every note instead of answering (a Chinese account)."""
    picture = {"FileName": "broken.png", "FileType": "image/png", "FileContent": base64.b64encode(PIXEL).decode()}
    id = rt.file_ticket("Refunds", f"退款 {account}", REFERENCE, Attachments=[picture])
    row = set_up(account, f"退款 {account}")
    poll(row)
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.text.strip()) == (f"退款 {account}", REFERENCE)
    assert [file.name for file in ticket.attachments.all()] == ["broken.png"]

    run = starts.start_run(ticket=ticket, flow_version=refund_flow, user=lin)
    lifecycle.stop_run(run, lin)
    assert deliver().state == DeliveryState.DELIVERED
    assert comments(rt, id) == 1
    assert rt.call("GET", f"/ticket/{id}")["Status"] == "resolved"
    Delivery.objects.update(state=DeliveryState.WAITING)
    assert deliver().state == DeliveryState.DELIVERED
    assert comments(rt, id) == 1

    poll(row)
    ticket.refresh_from_db()
    assert (Ticket.objects.count(), Run.objects.count(), ticket.comments.count()) == (1, 1, 0)


@pytest.mark.django_db
def test_a_customers_answer_opens_the_ticket_again(
    rt: RequestTracker, set_up: SetUp, lin: User, refund_flow: FlowVersion
) -> None:
    id = rt.file_ticket("Refunds", "再开", REFERENCE, requester="wang@example.com")
    row = set_up("cs-agent", "再开")
    poll(row)
    lifecycle.stop_run(starts.start_run(ticket=Ticket.objects.get(), flow_version=refund_flow, user=lin), lin)
    deliver()
    changes.set_status(Ticket.objects.get(), TicketStatus.SOLVED, lin)
    said: dict[str, Any] = {"Content": "还是没有收到退款", "ContentType": "text/plain"}
    rt.call("POST", f"/ticket/{id}/correspond", said, account="wang")
    poll(row)
    ticket = Ticket.objects.get()
    assert ticket.status == TicketStatus.OPEN
    assert any("还是没有收到退款" in comment.text for comment in ticket.comments.all())


@pytest.mark.django_db
def test_a_ticket_that_is_deleted_there_is_noticed_before_anything_is_written(
    rt: RequestTracker, set_up: SetUp, lin: User, refund_flow: FlowVersion
) -> None:
    id = rt.file_ticket("Refunds", "删除", REFERENCE)
    poll(set_up("cs-agent", "删除"))
    run = starts.start_run(ticket=Ticket.objects.get(), flow_version=refund_flow, user=lin)
    rt.call("DELETE", f"/ticket/{id}")
    lifecycle.stop_run(run, lin)
    assert deliver().state == DeliveryState.GIVEN_UP
    assert comments(rt, id) == 0
