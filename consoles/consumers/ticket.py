"""A ticket's socket: numbered hints. A page that misses a number asks for the whole state over HTTP."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from consoles.access import command
from consoles.consumers.base import CHECK_EVERY_S, NOT_FOUND, ConsoleConsumer
from tickets.errors import NotFound
from tickets.models import Ticket
from tickets.permissions import Permission
from tickets.services.live.events import HOUSE_GROUP, ticket_group
from tickets.services.people import access, names


class TicketConsumer(ConsoleConsumer):
    permission = Permission.VIEW_TICKETS
    number = ""
    known_as: tuple[int, str] = (0, "")  # key and name, as colleagues were told

    async def open(self) -> tuple[str, ...]:
        self.number = self.scope["url_route"]["kwargs"]["number"]
        ticket = await database_sync_to_async(access.get_ticket)(self.user, self.number)
        return (HOUSE_GROUP, ticket_group(ticket.pk))

    async def opened(self) -> None:
        await self._hello()
        await self._tell_others()

    async def disconnect(self, code: int) -> None:
        if self.heard:
            await self._tell_others(gone=True)
        await super().disconnect(code)

    async def presence_event(self, message: dict[str, Any]) -> None:
        """A colleague looks at the ticket too, or has left."""
        if message["person"] != self.user.pk:
            await self.tell({"type": "presence", "name": message["name"], "gone": message["gone"]})

    async def _tell_others(self, *, gone: bool = False) -> None:
        if self.user is not None:  # None once logged out: colleagues still hear that the person left
            self.known_as = (self.user.pk, names.called(self.user))
        person, name = self.known_as
        event = {"type": "presence.event", "person": person, "name": name, "gone": gone}
        await self.channel_layer.group_send(self.heard[-1], event)

    async def live_event(self, message: dict[str, Any]) -> None:
        """A phone's change comes with the run that holds it; another's is no news here."""
        event = message["event"]
        if event["ticket"] or event["kind"] == "automation.changed":
            await self.tell({"type": "event", **event})

    @command("beat", Permission.VIEW_TICKETS, trust_s=CHECK_EVERY_S)
    async def beat(self, message: dict[str, Any]) -> None:
        await self.tell({"type": "beat"})

    @command("ping", Permission.VIEW_TICKETS)
    async def ping(self, message: dict[str, Any]) -> None:
        """Answered with where the run stands, so that a lost last hint is noticed within one ping."""
        await self._hello()
        await self._tell_others()

    async def _hello(self) -> None:
        try:
            ticket = await database_sync_to_async(access.get_ticket)(self.user, self.number)
        except NotFound:  # moved to another department meanwhile
            await self._dismiss(NOT_FOUND)
            return
        await self.tell({"type": "hello", **await database_sync_to_async(_position)(ticket)})


def _position(ticket: Ticket) -> dict[str, Any]:
    run = ticket.runs.serving().order_by("-created_at").first()
    return {"run": str(run.pk) if run else "", "seq": run.event_seq if run else 0}
