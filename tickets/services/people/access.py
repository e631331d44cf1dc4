"""The way to rows: everything a person may see is reached through here, and another department's row is not there.

Rule: views and sockets never fetch tickets, runs or confirmations by themselves. An administrator sees all departments.
In a panel inside a helpdesk's page (`user.panel`) there is one ticket and no other, for anybody.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from tickets.errors import NotFound
from tickets.models import Attachment, AuditEvent, Confirmation, Department, Question, Run, Takeover, Ticket
from tickets.permissions import Permission, require


def departments(user: Any) -> QuerySet[Department]:
    """The user's own departments; all of them for an administrator."""
    return Department.objects.all() if user.is_superuser else Department.objects.filter(members=user)


def visible_tickets(user: Any) -> QuerySet[Ticket]:
    require(user, Permission.VIEW_TICKETS)
    found = Ticket.objects.filter(department__in=departments(user))
    panel = getattr(user, "panel", None)
    return found if panel is None else found.filter(pk=panel.ticket_id)


def visible_runs(user: Any) -> QuerySet[Run]:
    runs = Run.objects.filter(ticket__in=visible_tickets(user))
    return runs.select_related("ticket__department", "flow_version__template", "phone", "started_by")


def visible_audit(user: Any) -> QuerySet[AuditEvent]:
    """Events of the user's departments; what belongs to none (log-ins, exports) is for administrators."""
    require(user, Permission.VIEW_AUDIT)
    if user.is_superuser:
        return AuditEvent.objects.all()
    return AuditEvent.objects.filter(department_id__in=list(departments(user).values_list("pk", flat=True)))


def get_ticket(user: Any, number: str) -> Ticket:
    found = visible_tickets(user).select_related("department", "assignee").filter(number=number).first()
    return _there(found)


def get_run(user: Any, run_id: uuid.UUID | str) -> Run:
    return _there(_by_id(visible_runs(user), run_id))


def get_confirmation(user: Any, confirmation_id: uuid.UUID | str) -> Confirmation:
    return _there(_by_id(_of_visible_runs(Confirmation.objects.all(), user), confirmation_id))


def get_question(user: Any, question_id: uuid.UUID | str) -> Question:
    return _there(_by_id(_of_visible_runs(Question.objects.all(), user), question_id))


def get_takeover(user: Any, takeover_id: uuid.UUID | str) -> Takeover:
    return _there(_by_id(_of_visible_runs(Takeover.objects.all(), user), takeover_id))


def get_attachment(user: Any, attachment_id: int | str) -> Attachment:
    return _there(_by_id(Attachment.objects.filter(ticket__in=visible_tickets(user)), attachment_id))


def may_see(user: Any, ticket: Ticket) -> bool:
    panel = getattr(user, "panel", None)
    if panel is not None and panel.ticket_id != ticket.pk:
        return False
    return user.is_superuser or ticket.department.members.filter(pk=user.pk).exists()


def require_visible(user: Any, ticket: Ticket) -> None:
    """For services that were handed a row: NotFound if it belongs to another department."""
    if not may_see(user, ticket):
        raise NotFound


def _of_visible_runs(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    return rows.filter(run__ticket__in=visible_tickets(user)).select_related(
        "run__ticket__department", "run__flow_version__template", "run__phone"
    )


def _by_id(rows: QuerySet[Any], wanted: object) -> Any:
    """None also for an id that is none at all."""
    try:
        return rows.filter(pk=wanted).first()
    except (ValidationError, ValueError, TypeError):
        return None


def _there(row: Any) -> Any:
    if row is None:
        raise NotFound
    return row
