"""Merges duplicate tickets of one customer: the duplicate is closed and points to the other.

Rule: no row of the duplicate is lost or rewritten: its text, notes, runs and external numbers stay with it; only its
files are moved, and moved back when the merge is undone.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import Attachment, Run, Ticket, TicketStatus
from tickets.models.ticket.tickets import UNFINISHED
from tickets.permissions import Permission, require
from tickets.services.clarify import ending
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.runs import transitions
from tickets.services.tickets import fitting


def same_customer(ticket: Ticket) -> Q | None:
    """The customer's other tickets, by mobile number or else by name; None for an unknown customer."""
    if ticket.customer_mobile:
        return Q(customer_mobile=ticket.customer_mobile)
    return Q(customer_name=ticket.customer_name, customer_mobile="") if ticket.customer_name else None


def candidates(ticket: Ticket) -> QuerySet[Ticket]:
    """Tickets that may be merged into this one: unsolved ones of the same customer and department."""
    same = same_customer(ticket)
    if same is None or ticket.status not in UNFINISHED:
        return Ticket.objects.none()
    return Ticket.objects.filter(same, department=ticket.department_id, status__in=UNFINISHED).exclude(pk=ticket.pk)


def merge(double: Ticket, into: Ticket, user: Any) -> Ticket:
    """Close `double` as a duplicate of `into`; raises Invalid or Conflict."""
    for ticket in (double, into):
        require(user, Permission.CREATE_TICKETS, ticket=ticket)
        access.require_visible(user, ticket)
    with transaction.atomic():
        rows = {
            row.pk: row for row in Ticket.objects.select_for_update().filter(pk__in=(double.pk, into.pk)).order_by("pk")
        }
        double, into = rows[double.pk], rows[into.pk]
        _refuse_unlike(double, into)
        Attachment.objects.filter(ticket=double).update(ticket=into, came_with=double)
        before = double.status
        Ticket.objects.filter(pk=double.pk).update(
            status=TicketStatus.CLOSED, merged_into=into, merged_status=before, solved_at=None
        )
        double.status, double.merged_into = TicketStatus.CLOSED, into
        ending.withdraw(double, "merged", user)
        _tell(double, into)
        details = {"from": before, "to": TicketStatus.CLOSED, "merged_into": into.number}
        audit.record("ticket.status_changed", user=user, ticket=double, obj=double, details=details)
        audit.record(
            "ticket.merged", user=user, ticket=into, obj=double, result="success", details={"double": double.number}
        )
    return into


def undo(double: Ticket, user: Any) -> Ticket:
    """Undo a merge: reopen the duplicate with its former status and files."""
    require(user, Permission.CREATE_TICKETS, ticket=double)
    access.require_visible(user, double)
    with transaction.atomic():
        double = Ticket.objects.select_for_update().get(pk=double.pk)
        into = double.merged_into
        if into is None:
            raise Conflict(_("该工单没有被合并。"), code="not_merged")
        if Run.objects.filter(ticket=into, status__in=transitions.ACTIVE).exists():
            raise Conflict(_("合并后的工单正在智能处理中,请先停止。"), code="still_running")
        Attachment.objects.filter(came_with=double).update(ticket=double, came_with=None)
        status = double.merged_status or TicketStatus.OPEN
        Ticket.objects.filter(pk=double.pk).update(status=status, merged_into=None, merged_status="")
        double.status, double.merged_into = status, None
        _tell(double, into)
        details = {"from": TicketStatus.CLOSED, "to": status}
        audit.record("ticket.status_changed", user=user, ticket=double, obj=double, details=details)
        audit.record(
            "ticket.unmerged", user=user, ticket=into, obj=double, result="success", details={"double": double.number}
        )
    return double


def _refuse_unlike(double: Ticket, into: Ticket) -> None:
    if double.pk == into.pk:
        raise Invalid(_("不能把工单合并到它自己。"), code="same_ticket")
    if double.department_id != into.department_id:
        raise Invalid(_("两张工单不在同一个部门,不能合并。"), code="other_department")
    if same_customer(double) is None or same_customer(double) != same_customer(into):
        raise Invalid(_("不是同一位客户的工单,不能合并。"), code="other_customer")
    if double.status not in UNFINISHED or into.status not in UNFINISHED:
        raise Conflict(_("只有未完成的工单可以合并。"), code="not_open")
    if Run.objects.filter(ticket__in=(double, into), status__in=transitions.ACTIVE).exists():
        raise Conflict(_("工单正在智能处理中,请先停止。"), code="still_running")


def _tell(double: Ticket, into: Ticket) -> None:
    """Publish both changes and recompute what each ticket lacks, since files moved."""
    fitting.forget(Ticket.objects.filter(pk__in=(double.pk, into.pk)))
    for ticket in (double, into):
        live.publish_ticket(ticket, {"merged": double.number})
