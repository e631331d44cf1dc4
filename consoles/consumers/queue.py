"""The queue's socket: says that a ticket of the reader's departments changed; the page then asks for its rows."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from consoles.access import command
from consoles.consumers.base import CHECK_EVERY_S, ConsoleConsumer
from tickets.permissions import Permission
from tickets.services.live.events import HOUSE_GROUP, queue_group
from tickets.services.people import access


class QueueConsumer(ConsoleConsumer):
    permission = Permission.VIEW_TICKETS

    async def open(self) -> tuple[str, ...]:
        departments = await database_sync_to_async(self._departments)()
        return (HOUSE_GROUP, *(queue_group(pk) for pk in departments))

    async def opened(self) -> None:
        await self.tell({"type": "hello"})

    async def live_event(self, message: dict[str, Any]) -> None:
        event = message["event"]
        await self.tell({"type": "changed", "ticket": event["ticket"], "kind": event["kind"]})

    @command("beat", Permission.VIEW_TICKETS, trust_s=CHECK_EVERY_S)
    async def beat(self, message: dict[str, Any]) -> None:
        await self.tell({"type": "beat"})

    @command("ping", Permission.VIEW_TICKETS)
    async def ping(self, message: dict[str, Any]) -> None:
        await self.tell({"type": "pong"})

    def _departments(self) -> list[int]:
        return list(access.departments(self.user).values_list("pk", flat=True))
