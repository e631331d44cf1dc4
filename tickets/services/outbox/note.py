"""Writes an outgoing event down in the transaction of its change.

Rule: so trivial that it cannot fail the change: one INSERT of values that are at hand, and a hint to the workers
after the commit. Called by `tickets.services.audit.record` only, which holds the order.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from tickets import queues
from tickets.models import AuditEvent, Clarification, Confirmation, CustomerReply, OutboxEvent, Question, Run, Ticket

# The audit trail's types that leave, and how the world calls them.
PUBLIC = {
    "ticket.created": "ticket.created",
    "ticket.changed": "ticket.changed",
    "ticket.commented": "ticket.commented",
    "ticket.replied": "ticket.replied",
    "ticket.status_changed": "ticket.status_changed",
    "clarification.asked": "ticket.clarification_asked",
    "clarification.answered": "ticket.clarification_answered",
    "clarification.expired": "ticket.clarification_expired",
    "run.started": "run.started",
    "run.resumed": "run.resumed",
    "confirmation.asked": "run.awaiting_confirmation",
    "question.asked": "run.awaiting_answer",
    "takeover.asked": "run.awaiting_takeover",
    "takeover.begun": "run.taken_over",
    "run.succeeded": "run.succeeded",
    "run.failed": "run.failed",
    "run.cancelled": "run.cancelled",
    "run.handed_off": "run.handed_off",
    "confirmation.approved": "confirmation.decided",
    "confirmation.rejected": "confirmation.decided",
    "confirmation.corrected": "confirmation.decided",
    "confirmation.expired": "confirmation.expired",
    "recording.encoded": "recording.ready",
}
TYPES = tuple(dict.fromkeys(PUBLIC.values()))  # as receivers know them


def note(event: AuditEvent, *, ticket: Ticket | None, run: Run | None, obj: Any) -> None:
    """The outgoing row of an audit event that was written just now, in the same transaction."""
    OutboxEvent.objects.create(
        audit_seq=event.seq,
        type=PUBLIC[event.type],
        at=event.at,
        ticket=ticket,
        department_id=event.department_id,
        data=_data(event, ticket, run, obj),
    )
    _hint()


def _data(event: AuditEvent, ticket: Ticket | None, run: Run | None, obj: Any) -> dict[str, Any]:
    """Ids and states as they stand in this transaction; never a value from a ticket or a screen."""
    data: dict[str, Any] = {}
    if ticket is not None:
        data |= {"ticket": ticket.number, "ticket_status": str(ticket.status)}
    if run is not None:
        data |= {"run": str(run.pk), "run_status": str(run.status), "flow": event.flow_version}
    if isinstance(obj, Confirmation):
        data |= {"confirmation": str(obj.pk), "decision": event.type.rpartition(".")[2]}
    if isinstance(obj, Question):
        data["question"] = str(obj.pk)
    if isinstance(obj, CustomerReply):
        data["reply"] = obj.pk
    if isinstance(obj, Clarification):
        data |= {"clarification": obj.pk, "state": str(obj.state)}
    return data


def _hint() -> None:
    """Wake the workers after the commit, once for all events of a transaction."""
    if not any(entry[1] is queues.hint_outbox for entry in connection.run_on_commit):
        transaction.on_commit(queues.hint_outbox, robust=True)
