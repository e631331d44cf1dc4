"""What comes after this ticket: what waits for the reader, else the next ticket of the queue."""

from __future__ import annotations

from typing import Any

from consoles.pages import queue
from consoles.pages.queue import TicketFilter
from tickets.services.people import access
from tickets.services.runs import attention
from tickets.services.runs.attention import CALLING
from tickets.services.runs.transitions import ACTIVE

_LOOK_AHEAD = 200


def waiting_for(user: Any, after: str = "") -> str:
    """The number of the ticket whose run waits for the reader first; "" when none does."""
    calling = [item for item in attention.items(user) if item.mine and item.why in CALLING]
    return next((item.ticket.number for item in calling if item.ticket.number != after), "")


def neighbour(user: Any, number: str, *, back: bool = False) -> str:
    """The undone ticket beside this one in the queue that no run handles; "" at the end."""
    rows: Any = queue.rows(access.visible_tickets(user), TicketFilter(), user)
    listed = [row.number for row in rows[:_LOOK_AHEAD] if row.number == number or row.run_status not in ACTIVE]
    if back:
        listed.reverse()
    place = listed.index(number) + 1 if number in listed else 0
    return listed[place] if place < len(listed) and listed[place] != number else ""
