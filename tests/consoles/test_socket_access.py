"""Promise 9 on the websockets: role × socket and role × command, in one's own department, another and without log-in.

The cells are made from the tables of routes, commands and roles; a new one is in the matrix by being there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from consoles.access import commands_of
from consoles.consumers import base
from consoles.routing import websocket_urlpatterns
from tests.consoles import story
from tests.consoles.test_sockets import closing_code, opened, told
from tests.consoles.wire import Wire
from tickets.models import Department, Run
from tickets.permissions import GROUPS

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES: dict[str, Callable[[Run], str]] = {
    "ws-queue": lambda run: "/ws/queue/",
    "ws-ticket": lambda run: f"/ws/tickets/{run.ticket.number}/",
    "ws-phone": lambda run: f"/ws/runs/{run.pk}/phone/",
}
CONSUMERS: dict[str, Any] = {str(row.name): row.callback.consumer_class for row in websocket_urlpatterns}
OF_A_DEPARTMENT = {str(row.name) for row in websocket_urlpatterns if row.pattern.converters}
COMMANDS = [(name, command) for name, consumer in CONSUMERS.items() for command in commands_of(consumer)]
ROLES = (*sorted(GROUPS), "")  # and somebody without any


@pytest.fixture
def people(run: Run, department: Department) -> dict[str, User]:
    return {role: _person(role, department) for role in ROLES}


def _person(role: str, department: Department) -> User:
    if role:
        return story.member(f"the-{role}", role, department)
    user = User.objects.create_user("nobody")
    department.members.add(user)
    return user


def test_every_websocket_address_is_in_the_matrix() -> None:
    assert set(ADDRESSES) == set(CONSUMERS)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
async def test_a_role_opens_a_socket_where_its_permissions_say_so(
    name: str, run: Run, people: dict[str, User], charlie: User, record_property: Callable[[str, object], None]
) -> None:
    path = ADDRESSES[name](run)
    for role, user in people.items():
        if CONSUMERS[name].permission in GROUPS.get(role, ()):
            async with opened(path, user) as connection:
                assert (await connection.receive_output(5))["type"] == "websocket.send", role
        else:
            assert await closing_code(path, user) == base.NOT_PERMITTED, role
    assert await closing_code(path, None) == base.NOT_LOGGED_IN
    if name in OF_A_DEPARTMENT:
        assert await closing_code(path, charlie) == base.NOT_FOUND
    record_property("cells", len(people) + 1 + (name in OF_A_DEPARTMENT))


@pytest.mark.parametrize(("name", "command"), COMMANDS)
async def test_a_role_gives_a_command_where_its_permissions_say_so(
    name: str, command: str, run: Run, people: dict[str, User], record_property: Callable[[str, object], None]
) -> None:
    consumer = CONSUMERS[name]
    needed: Any = commands_of(consumer)[command]
    inside = {role: user for role, user in people.items() if consumer.permission in GROUPS.get(role, ())}
    for role, user in inside.items():
        async with opened(ADDRESSES[name](run), user) as connection:
            await connection.send_json({"type": command})
            await connection.send_json({"type": "no such command"})  # its answer comes after the command's own
            refused = "forbidden" in await codes_until_unknown(connection)
        assert refused is (needed.permission not in GROUPS[role]), role
    assert inside
    record_property("cells", len(inside))


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
