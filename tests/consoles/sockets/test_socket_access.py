"""Promise 9 on the websockets: role × socket and role × command, in one's own department, another and without log-in.

The cells are made from the tables of routes, commands and roles; a new one is in the matrix by being there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from consoles.access import commands_of
from consoles.consumers import base
from consoles.routing import websocket_urlpatterns
from tests.consoles.rules.test_access import ROLES, permitted_to, person
from tests.consoles.sockets.test_sockets import closing_code, opened, told
from tests.consoles.sockets.wire import Wire
from tickets.models import Department, Run, RunPurpose
from tickets.permissions import ADMINISTRATOR

pytestmark = pytest.mark.django_db(transaction=True)

LESSON = uuid.UUID(int=7)  # the run of a lesson with the run's ticket
ADDRESSES: dict[str, Callable[[Run], str]] = {
    "ws-queue": lambda run: "/ws/queue/",
    "ws-ticket": lambda run: f"/ws/tickets/{run.ticket.number}/",
    "ws-phone": lambda run: f"/ws/runs/{run.pk}/phone/",
    "ws-lesson": lambda run: f"/ws/lessons/{LESSON}/phone/",
}
ROWS = [row for row in websocket_urlpatterns if row.name != "ws-unknown"]  # which lets nobody in
CONSUMERS: dict[str, Any] = {str(row.name): row.callback.consumer_class for row in ROWS}
OF_A_DEPARTMENT = {str(row.name) for row in ROWS if row.pattern.converters}
COMMANDS = [(name, command) for name, consumer in CONSUMERS.items() for command in commands_of(consumer)]


@pytest.fixture(autouse=True)
def lesson(run: Run) -> Run:
    return Run.objects.create(pk=LESSON, ticket=run.ticket, flow_version=run.flow_version, purpose=RunPurpose.LESSON)


@pytest.fixture
def people(run: Run, department: Department) -> dict[str, User]:
    return {role: person(role, department) for role in ROLES}


@pytest.fixture
def others(run: Run, other_department: Department) -> dict[str, User]:
    """The same roles in another department."""
    return {role: person(role, other_department) for role in ROLES}


def test_every_websocket_address_is_in_the_matrix() -> None:
    assert set(ADDRESSES) == set(CONSUMERS)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
async def test_a_role_opens_a_socket_where_its_permissions_say_so(
    name: str, run: Run, people: dict[str, User], record_property: Callable[[str, object], None]
) -> None:
    path = ADDRESSES[name](run)
    for role, user in people.items():
        assert await answer(path, user) == (0 if may_open(role, name) else base.NOT_PERMITTED), role
    assert await closing_code(path, None) == base.NOT_LOGGED_IN
    record_property("cells", len(people) + 1)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
async def test_a_socket_of_another_departments_ticket_is_not_there_for_any_role_but_the_administrators(
    name: str, run: Run, others: dict[str, User], record_property: Callable[[str, object], None]
) -> None:
    path = ADDRESSES[name](run)
    for role, user in others.items():
        hidden = name in OF_A_DEPARTMENT and role != ADMINISTRATOR
        expected = (base.NOT_FOUND if hidden else 0) if may_open(role, name) else base.NOT_PERMITTED
        assert await answer(path, user) == expected, role
    record_property("cells", len(others))


async def answer(path: str, user: User) -> int:
    """0 when the socket begins to talk, else the code it closes with."""
    async with opened(path, user) as connection:
        message = await connection.receive_output(5)
        return 0 if message["type"] == "websocket.send" else int(message["code"])


def may_open(role: str, name: str) -> bool:
    return permitted_to(role, CONSUMERS[name].permission)


@pytest.mark.parametrize(("name", "command"), COMMANDS)
async def test_a_role_gives_a_command_where_its_permissions_say_so(
    name: str, command: str, run: Run, people: dict[str, User], record_property: Callable[[str, object], None]
) -> None:
    needed: Any = commands_of(CONSUMERS[name])[command]
    inside = {role: user for role, user in people.items() if may_open(role, name)}
    for role, user in inside.items():
        assert await is_refused(ADDRESSES[name](run), user, command) is not permitted_to(role, needed.permission), role
    assert inside
    record_property("cells", len(inside))


@pytest.mark.parametrize(("name", "command"), COMMANDS)
async def test_a_command_from_another_department_is_not_heard(
    name: str, command: str, run: Run, others: dict[str, User], record_property: Callable[[str, object], None]
) -> None:
    needed: Any = commands_of(CONSUMERS[name])[command]
    path, before = ADDRESSES[name](run), await Run.objects.filter(pk=run.pk).values().aget()
    for role, user in others.items():
        if may_open(role, name) and (name not in OF_A_DEPARTMENT or role == ADMINISTRATOR):
            assert await is_refused(path, user, command) is not permitted_to(role, needed.permission), role
        else:
            async with opened(path, user) as connection:
                await connection.send_json({"type": command})
                assert (await connection.receive_output(5))["type"] == "websocket.close", role
            assert await Run.objects.filter(pk=run.pk).values().aget() == before, role
    record_property("cells", len(others))


async def is_refused(path: str, user: User, command: str) -> bool:
    async with opened(path, user) as connection:
        await connection.send_json({"type": command})
        await connection.send_json({"type": "no such command"})  # its answer comes after the command's own
        return "forbidden" in await codes_until_unknown(connection)


async def codes_until_unknown(connection: Wire) -> set[str]:
    """The errors told before the one about an unknown command."""
    codes: set[str] = set()
    while "unknown_command" not in codes:
        codes.add((await told(connection, "error"))["code"])
    return codes


async def test_a_role_that_was_taken_away_closes_the_socket_at_the_next_command(run: Run, alice: User) -> None:
    async with opened(ADDRESSES["ws-ticket"](run), alice) as connection:
        await told(connection, "hello")
        await sync_to_async(alice.groups.clear)()
        await connection.send_json({"type": "ping"})
        assert await connection.receive_output(5) == {"type": "websocket.close", "code": base.NOT_PERMITTED}
