"""A form that was sent again because its first sending seemed lost: what it wrote is found, not written twice.

Rule: the same words by the same person on the same ticket within two minutes are one note, and one message to the
customer. Called within the transaction that would write.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from tickets.models import Ticket

WITHIN = timedelta(minutes=2)
Row = TypeVar("Row", bound=Model)


def written_before(kind: type[Row], ticket: Ticket, user: Any, **same: Any) -> Row | None:
    """The row that holds the same already. The ticket is locked: two sendings may arrive at once."""
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    since = timezone.now() - WITHIN
    rows = kind._default_manager.filter(ticket=ticket, author=user, created_at__gte=since, **same)
    return rows.order_by("pk").last()
