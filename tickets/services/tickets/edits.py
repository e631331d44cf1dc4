"""Changes an existing ticket: subject and priority, notes, reopening."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import Comment, Department, Ticket, TicketStatus
from tickets.models.ticket.tickets import FINISHED
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.tickets import changes, mentions
from tickets.services.tickets.once import written_before

MAX_COMMENT = 10_000
EDITABLE = ("subject", "customer_name", "customer_mobile", "priority", "department")


def change_ticket(ticket: Ticket, user: Any, **wanted: Any) -> Ticket:
    """Set some of EDITABLE; unchanged values cause no event.

    The customer's text cannot be changed.
    """
    require(user, Permission.CREATE_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    clean = {name: _cleaned(user, ticket, name, value) for name, value in wanted.items()}
    new = {name: value for name, value in clean.items() if value != getattr(ticket, name)}
    if not new:
        return ticket
    if "priority" in new:
        new["due_at"] = ticket.created_at + changes.DUE_IN[new["priority"]]
    with transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(**new, fit_known=False)
        for name, value in new.items():
            setattr(ticket, name, value)
        live.publish_ticket(ticket, {"changed": sorted(new)})
        details = {"fields": sorted(new)}
        audit.record("ticket.changed", user=user, ticket=ticket, obj=ticket, result="success", details=details)
    return ticket


def comment(ticket: Ticket, text: str, user: Any, *, once: bool = False) -> Comment:
    """A note for colleagues; it is never sent to the customer and never part of an instruction. `once`: a note that the
    person wrote a moment ago in the same words is this one."""
    require(user, Permission.CREATE_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    kept = changes.clean_text(text)
    if len(kept) > MAX_COMMENT:
        words = _("备注最多 %(most)d 个字,现在有 %(n)d 个。") % {"most": MAX_COMMENT, "n": len(kept)}
        raise Invalid(words, code="comment_too_long", field="text")
    with transaction.atomic():
        if once and (before := written_before(Comment, ticket, user, text=kept)):
            return before
        row = Comment.objects.create(ticket=ticket, text=kept, author=user)
        asked = mentions.note(row, user)
        mentions.see(ticket, user)
        live.publish_ticket(ticket, {"comment": row.pk})
        audit.record("ticket.commented", user=user, ticket=ticket, obj=row, result="success", details=_asked_for(asked))
    return row


def _asked_for(people: list[Any]) -> dict[str, Any]:
    return {"mentioned": [person.get_username() for person in people]} if people else {}


def reopen(ticket: Ticket, user: Any) -> Ticket:
    """Reopen a solved or closed ticket: it is shown as come back, and waits for a person."""
    if ticket.status not in FINISHED:
        require(user, Permission.CREATE_TICKETS, ticket=ticket)
        raise Conflict(_("工单没有关闭,无需重新打开。"), code="not_closed")
    with transaction.atomic():
        changes.set_status(ticket, TicketStatus.OPEN, user)
        ticket.reopened_at = timezone.now()
        Ticket.objects.filter(pk=ticket.pk).update(reopened_at=ticket.reopened_at)
    return ticket


def _cleaned(user: Any, ticket: Ticket, name: str, value: Any) -> Any:
    if name == "department":
        own = access.departments(user).filter(pk=value.pk).first() if isinstance(value, Department) else None
        if own is None:
            raise Invalid(_("没有这个部门,或您不属于该部门。"), code="no_department", field="department")
        return own
    return changes.clean_field(name, value, ticket.text)
