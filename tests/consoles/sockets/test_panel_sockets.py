"""A panel's sockets: with its own cookie, for its own ticket, until it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils import timezone

from consoles.consumers import base
from consoles.embed.cookies import NAME
from tests.consoles import story
from tests.consoles.sockets.test_sockets import cookie, socket, told
from tests.consoles.sockets.wire import Wire
from tickets.models import Department, PanelSession, Phone, Run, Ticket
from tickets.services.panels import buttons, links, sessions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket(department: Department) -> Ticket:
    buttons.make(None, connector="desk", name="前台")
    return story.new_ticket(department, connector="desk", external_id="D-1")


def panel_of(user: User, ticket: Ticket) -> str:
    """The secret of a panel that the person has open."""
    link = links.read(links.make("desk", ticket.refs.get().external_id, user.username))
    row, secret = sessions.ask(link, ticket)
    sessions.allow(row, user)
    return secret


@asynccontextmanager
async def opened(path: str, secret: str, session: bytes = b"") -> AsyncIterator[Wire]:
    connection = socket(path, f"{NAME}={secret}; ".encode() + session)
    assert await connection.connect()
    try:
        yield connection
    finally:
        await connection.disconnect()


async def first(path: str, secret: str, session: bytes = b"") -> Any:
    async with opened(path, secret, session) as connection:
        message = await connection.receive_output(5)
        return message.get("code", 0)


async def test_a_panel_hears_of_its_own_ticket_and_sees_its_phone(run: Run, ticket: Ticket, alice: User) -> None:
    secret = await sync_to_async(panel_of)(alice, ticket)
    root = f"/embed/desk/t/{ticket.number}/ws"
    assert await first(f"{root}/tickets/{ticket.number}/", secret) == 0
    assert await first(f"{root}/runs/{run.pk}/phone/", secret) == 0


async def test_neither_another_ticket_nor_the_queue_nor_the_consoles_sockets_open_by_it(
    run: Run, ticket: Ticket, alice: User, department: Department
) -> None:
    other = await sync_to_async(story.new_ticket)(department, connector="desk", external_id="D-2")
    foreign = await sync_to_async(story.start)(other, alice)
    secret = await sync_to_async(panel_of)(alice, ticket)
    root = f"/embed/desk/t/{ticket.number}/ws"
    assert await first(f"{root}/tickets/{other.number}/", secret) == base.NOT_FOUND
    assert await first(f"{root}/runs/{foreign.pk}/phone/", secret) == base.NOT_FOUND
    assert await first(f"{root}/queue/", secret) == base.NOT_FOUND
    assert await first(f"/embed/desk/t/{other.number}/ws/tickets/{other.number}/", secret) == base.NOT_LOGGED_IN
    assert await first(f"/embed/other/t/{ticket.number}/ws/tickets/{ticket.number}/", secret) == base.NOT_LOGGED_IN
    for path in (f"/ws/tickets/{ticket.number}/", f"/ws/runs/{run.pk}/phone/", "/ws/queue/"):
        assert await first(path, secret) == base.NOT_LOGGED_IN


async def test_a_log_in_of_the_console_opens_no_panels_socket(ticket: Ticket, alice: User) -> None:
    session = await sync_to_async(cookie)(alice)
    path = f"/embed/desk/t/{ticket.number}/ws/tickets/{ticket.number}/"
    for secret in ("", "nonsense"):
        assert await first(path, secret, session) == base.NOT_LOGGED_IN


async def test_a_socket_closes_when_its_panel_ends(ticket: Ticket, alice: User) -> None:
    secret = await sync_to_async(panel_of)(alice, ticket)
    path = f"/embed/desk/t/{ticket.number}/ws/tickets/{ticket.number}/"
    async with opened(path, secret) as connection:
        await told(connection, "hello")
        await PanelSession.objects.aupdate(expires_at=timezone.now() - timedelta(seconds=1))
        await connection.send_json({"type": "ping"})
        closed = await connection.receive_output(5)
        assert closed == {"type": "websocket.close", "code": base.NOT_LOGGED_IN}


async def test_nobody_drives_a_phone_from_a_panel(run: Run, ticket: Ticket, alice: User, phone: Phone) -> None:
    secret = await sync_to_async(panel_of)(alice, ticket)
    path = f"/embed/desk/t/{ticket.number}/ws/runs/{run.pk}/phone/"
    async with opened(path, secret) as connection:
        await connection.send_json({"type": "gesture", "kind": "tap", "at": [0.5, 0.5]})
        assert (await told(connection, "error"))["code"] == "forbidden"
