"""Operators' actions on a ticket besides runs: take it, assign it, reply to the customer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import CustomerReply, Run, RunStatus, Ticket, TicketStatus
from tickets.permissions import Permission, has, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access, names
from tickets.services.runs import transitions
from tickets.services.tickets.once import written_before

MAX_REPLY = 5000


def assign(ticket: Ticket, user: Any, to: User | None) -> Ticket:
    """Assign the ticket to a user who can see it. Requires the permission to start runs or to pause all."""
    if not has(user, Permission.STOP_RUNS):
        require(user, Permission.START_RUNS, ticket=ticket)
    access.require_visible(user, ticket)
    if to is not None and not (to.is_active and access.may_see(to, ticket)):
        raise Invalid(_("该同事不在工单所属的部门。"), code="not_in_department")
    with transaction.atomic():
        _give(ticket, user, to)
    return ticket


def take(ticket: Ticket, user: Any) -> Ticket:
    """Take the ticket to handle it by hand; Conflict while a run is active."""
    require(user, Permission.START_RUNS, ticket=ticket)
    access.require_visible(user, ticket)
    if Run.objects.filter(ticket=ticket, status__in=transitions.ACTIVE - {RunStatus.TAKEN_OVER}).exists():
        raise Conflict(_("工单正在智能处理中,请先停止或接管。"), code="still_running")
    with transaction.atomic():
        opened = Ticket.objects.filter(pk=ticket.pk, status=TicketStatus.NEW).update(status=TicketStatus.OPEN)
        _give(ticket, user, user)
        if opened:
            ticket.status = TicketStatus.OPEN
            details = {"from": TicketStatus.NEW, "to": TicketStatus.OPEN}
            audit.record("ticket.status_changed", user=user, ticket=ticket, obj=ticket, details=details)
    return ticket


def _give(ticket: Ticket, user: Any, to: User | None) -> None:
    before = ticket.assignee
    Ticket.objects.filter(pk=ticket.pk).update(assignee=to)
    ticket.assignee = to
    live.publish_ticket(ticket, {"assignee": to.pk if to else None})
    details = {"from": before.get_username() if before else "", "to": to.get_username() if to else ""}
    audit.record("ticket.assigned", user=user, ticket=ticket, obj=ticket, result="success", details=details)


def reply(ticket: Ticket, user: Any, text: str, *, send_by: str = "", once: bool = False) -> CustomerReply:
    """Record a reply to the customer. `send_by`: the connector that sends it now; the call is the person's approval of
    exactly this text. `once`: the same text of a moment ago is this one, and is not sent again."""
    require(user, Permission.CREATE_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    text = "".join(char for char in text if char in "\n\t" or char.isprintable()).strip()
    if not text:
        raise Invalid(_("请填写内容。"), code="empty_reply")
    if len(text) > MAX_REPLY:
        raise Invalid(
            _("最多 %(most)d 个字,现在有 %(n)d 个。") % {"most": MAX_REPLY, "n": len(text)}, code="reply_too_long"
        )
    if send_by and not ticket.refs.filter(connector=send_by).exists():
        raise Invalid(_("该工单不是从这个客服系统进来的。"), code="bad_connector")
    with transaction.atomic():
        if once and (before := written_before(CustomerReply, ticket, user, text=text, send_by=send_by)):
            return before
        row = CustomerReply.objects.create(ticket=ticket, text=text, author=user, send_by=send_by)
        live.publish_ticket(ticket, {"reply": row.pk})
        details = {"length": len(text), "send_by": send_by}
        audit.record("ticket.replied", user=user, ticket=ticket, obj=row, result="success", details=details)
    return row


def colleagues(user: Any) -> QuerySet[User]:
    """Members of the person's departments, including the person: possible assignees."""
    members = get_user_model().objects.filter(is_active=True, departments__in=access.departments(user)).distinct()
    return members.order_by(*names.order())
