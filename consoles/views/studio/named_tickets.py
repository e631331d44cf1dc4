"""Tickets that a person names by their numbers in a form."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from tickets.errors import Invalid, NotFound
from tickets.models import Ticket
from tickets.services.people import access


def named_tickets(user: Any, text: str, *, most: int) -> list[Ticket]:
    """Those of the numbers, in their order. NotFound says which number is none that the person sees, Invalid how many
    may be named."""
    numbers = [number for number in re.split(r"[,,、;;\s]+", text) if number]
    if len(numbers) > most:
        raise Invalid(_("一次最多 %d 个工单。") % most, code="too_many")
    return [_ticket(user, number) for number in numbers]


def _ticket(user: Any, number: str) -> Ticket:
    try:
        return access.get_ticket(user, number)
    except NotFound as error:
        raise NotFound(_("没有工单“%s”,或您看不到它。") % number[:40]) from error
