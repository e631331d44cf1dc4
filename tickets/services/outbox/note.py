"""Records an outgoing event in the transaction of its change.

Rule: it must not fail the change: one INSERT of known values, and a message to the workers after the commit. Called
only by `tickets.services.evidence.audit.record`, whose lock fixes the order.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from tickets import queues
from tickets.models import AuditEvent, Clarification, Confirmation, CustomerReply, OutboxEvent, Question, Run, Ticket

# Audit types that are published, by their public name.
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
TYPES = tuple(dict.fromkeys(PUBLIC.values()))  # public names


def note(event: AuditEvent, *, ticket: Ticket | None, run: Run | None, obj: Any) -> None:
    """Create the outgoing row of an audit event just written, in the same transaction."""
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
    """Ids and states as of this transaction; never a value from a ticket or a screen."""
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
