"""Ends the waiting for a customer's answer: the time is up, the ticket is done, or a person said so.

Rule: only an open question is ended; answered ones stay unchanged. A later answer still counts.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict
from tickets.models import Clarification, ClarificationState, Ticket, TicketStatus
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access

_AT_ONCE = 200


def withdraw(ticket: Ticket, why: str, user: Any = None) -> bool:
    """Withdraw the open question; returns whether there was one. Called inside a transaction of a service that has
    checked the permission.

    `why`: a word for the audit trail (`closed`, `merged`, `started`, `filled`, `person`).
    """
    row = Clarification.objects.filter(ticket=ticket, state=ClarificationState.ASKED).first()
    return row is not None and _end(row, ClarificationState.WITHDRAWN, why, user)


def stop_waiting(ticket: Ticket, user: Any) -> None:
    """Stop waiting on behalf of a person; Conflict if no question is open."""
    require(user, Permission.CREATE_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    with transaction.atomic():
        back_to_work(ticket)
        if not withdraw(ticket, "person", user):
            raise Conflict(_("现在没有等待客户回复的询问。"), code="nothing_asked")


def expire_due() -> int:
    """Expire questions not answered in time and reopen their tickets. Called periodically."""
    due = Clarification.objects.filter(state=ClarificationState.ASKED, due_at__lte=timezone.now())
    return sum(_expire(row) for row in due.select_related("ticket")[:_AT_ONCE])


def _expire(row: Clarification) -> bool:
    with transaction.atomic():
        if not Clarification.objects.select_for_update().filter(pk=row.pk, state=ClarificationState.ASKED).exists():
            return False
        back_to_work(row.ticket)
        return _end(row, ClarificationState.EXPIRED, "expired")


def _end(row: Clarification, state: ClarificationState, why: str, user: Any = None) -> bool:
    """Compare-and-set of the state; returns whether this call ended the question."""
    mine = Clarification.objects.filter(pk=row.pk, state=ClarificationState.ASKED)
    if not mine.update(state=state):
        return False
    row.state = state
    live.publish_ticket(row.ticket, {"clarification": state.value})
    details = {"why": why, "turn": row.turn}
    audit.record(
        f"clarification.{state.value}", user=user, ticket=row.ticket, obj=row, result="success", details=details
    )
    return True


def back_to_work(ticket: Ticket) -> None:
    """Reopen the ticket for a person. Called inside the caller's transaction."""
    if Ticket.objects.filter(pk=ticket.pk, status=TicketStatus.PENDING).update(status=TicketStatus.OPEN):
        ticket.status = TicketStatus.OPEN
        live.publish_ticket(ticket, {"status": TicketStatus.OPEN})
        details = {"from": TicketStatus.PENDING, "to": TicketStatus.OPEN}
        audit.record("ticket.status_changed", ticket=ticket, obj=ticket, details=details)
