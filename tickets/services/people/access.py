"""Access to rows: querysets limited to what a user may see; rows of other departments appear not to exist.

Rule: views and sockets fetch tickets, runs and confirmations only through these functions. An administrator sees all
departments. In a panel inside a helpdesk's page (`user.panel`) there is one ticket and no other, for anybody.
"""

from __future__ import annotations

import uuid
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from tickets.errors import NotFound
from tickets.models import Attachment, AuditEvent, Confirmation, Department, Question, Run, Takeover, Ticket
from tickets.permissions import Permission, require

_HOUSE = 0  # no department's number
_OF_THE_HOUSE = ("automation", "flow", "rehearsal", "vouch")
# A range instead of a prefix match: it is found by the index on every database.
_OPEN_TO_AUDIT = reduce(or_, (Q(type__gt=f"{kind}.", type__lt=f"{kind}/") for kind in _OF_THE_HOUSE))
_OPEN_TO_AUDIT |= Q(type="audit.verified")


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
    """The union of `audit_parts`, for reading all of it in the order of `seq`.

    The department is compared as an expression, so that no database combines two indexes and sorts for every page.
    """
    require(user, Permission.VIEW_AUDIT)
    if user.is_superuser:
        return AuditEvent.objects.all()
    of = AuditEvent.objects.alias(place=Coalesce("department_id", Value(_HOUSE)))
    return of.filter(Q(place__in=_own_departments(user)) | Q(place=_HOUSE) & _OPEN_TO_AUDIT)


def audit_parts(user: Any) -> tuple[QuerySet[AuditEvent], ...]:
    """Querysets of the events of the user's departments and of those without a department that every auditor sees:
    changes of flows, pauses of all automation and checks of the chain. The rest (log-ins, exports, accounts) is for
    administrators.

    Each uses an index of its own.
    """
    require(user, Permission.VIEW_AUDIT)
    if user.is_superuser:
        return (AuditEvent.objects.all(),)
    own = AuditEvent.objects.filter(department_id__in=_own_departments(user))
    return own, AuditEvent.objects.filter(_OPEN_TO_AUDIT, department_id=None)


def _own_departments(user: Any) -> list[int]:
    return list(departments(user).values_list("pk", flat=True))


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
    """Raise NotFound if the row belongs to another department; for services that get a row as an argument."""
    if not may_see(user, ticket):
        raise NotFound


def _of_visible_runs(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    return rows.filter(run__ticket__in=visible_tickets(user)).select_related(
        "run__ticket__department", "run__flow_version__template", "run__phone"
    )


def _by_id(rows: QuerySet[Any], wanted: object) -> Any:
    """The row of that id; None also for a malformed id."""
    try:
        return rows.filter(pk=wanted).first()
    except (ValidationError, ValueError, TypeError):
        return None


def _there(row: Any) -> Any:
    if row is None:
        raise NotFound
    return row
