"""What comes after this ticket: what waits for the reader, else the next ticket of the list they came from."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from consoles.queue import rows
from consoles.queue.wanted import TicketFilter
from tickets.models import Run
from tickets.services.people import access
from tickets.services.runs import attention
from tickets.services.runs.attention import CALLING
from tickets.services.runs.transitions import ACTIVE

_LOOK_AHEAD = 200


def waiting_for(user: Any, after: str = "") -> str:
    """The number of the ticket whose run waits for the reader first; "" when none does."""
    calling = [item for item in attention.items(user) if item.mine and item.why in CALLING]
    return next((item.ticket.number for item in calling if item.ticket.number != after), "")


def after(user: Any, number: str, wanted: TicketFilter | None = None) -> str:
    """What comes after a ticket that is done: what waits for the person, else the next of the list; "" for nothing.

    A search leads to one ticket: past the last of what it found the queue goes on.
    """
    searched = wanted is not None and bool(wanted.search)
    following = waiting_for(user, number) or neighbour(user, number, wanted)
    return following or (neighbour(user, number) if searched else "")


def neighbour(user: Any, number: str, wanted: TicketFilter | None = None, *, back: bool = False) -> str:
    """The ticket beside this one in the list that no run handles; "" at the end.

    One that is not in it, having been solved or standing beyond the first rows, is gone on from by its own place.
    """
    wanted = wanted or TicketFilter()
    visible = access.visible_tickets(user)
    listed = _free(rows.keys(visible, wanted, user), number)
    if back:
        listed.reverse()
    following = listed[listed.index(number) + 1 :] if number in listed else []
    if following or (back and number in listed):
        return next(iter(following), "")
    ticket = visible.filter(number=number).first()
    beside = rows.keys_beside(visible, wanted, user, ticket, back=back) if ticket else None
    if beside is None:
        return "" if number in listed else next(iter(listed), "")
    return next(iter(_free(beside)), "")


def _free(keys: QuerySet[Any, int], number: str = "") -> list[str]:
    """The first tickets of the list that no run handles; the one of that number in any case."""
    pairs = [(ticket.pk, ticket.number) for ticket in rows.of_keys(keys[:_LOOK_AHEAD])]
    handled = Run.objects.serving().filter(ticket__in=[key for key, _number in pairs], status__in=tuple(ACTIVE))
    busy = set(handled.values_list("ticket_id", flat=True))
    return [each for key, each in pairs if each == number or key not in busy]
