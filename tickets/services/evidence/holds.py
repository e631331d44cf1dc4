"""Legal holds: a ticket that must be kept as it is, whatever retention or a request for erasure would delete."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import LegalHold, Ticket
from tickets.services.evidence import audit


def place(ticket: Ticket, reason: str, *, user: Any = None) -> LegalHold:
    """Keep everything of the ticket until the hold is lifted. `user` None: the system's own command line."""
    reason = reason.strip()[:200]
    if not reason:
        raise Invalid(_("请填写法律保留的理由。"), code="no_reason")
    with transaction.atomic():
        hold, made = LegalHold.objects.get_or_create(ticket=ticket, defaults={"reason": reason, "placed_by": user})
        if not made:
            raise Conflict(_("该工单已处于法律保留。"), code="held_already")
        audit.record("hold.placed", user=user, ticket=ticket, obj=hold, result="success", details={"why": reason})
    return hold


def lift(ticket: Ticket, *, user: Any = None) -> None:
    with transaction.atomic():
        hold = LegalHold.objects.filter(ticket=ticket).first()
        if hold is None:
            raise Conflict(_("该工单没有法律保留。"), code="not_held")
        details = {"why": hold.reason}
        hold.delete()
        audit.record("hold.lifted", user=user, ticket=ticket, result="success", details=details)


def refuse_held(ticket: Ticket) -> None:
    hold = LegalHold.objects.filter(ticket=ticket).first()
    if hold is not None:
        raise Conflict(_("该工单处于法律保留,不能删除:%s") % hold.reason, code="held")
