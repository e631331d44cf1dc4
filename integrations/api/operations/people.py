"""What only people decide: programs read it and get the address of the page where a person does.

Rule: no token, scope, agent or robot gives a yes, an answer or a takeover. Every attempt is answered by 403 with the
page, and written down.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from integrations.api import cursors, schemas
from integrations.api.door import operation
from integrations.api.operations import shapes
from integrations.api.problems import Refused
from tickets.models import Confirmation, ConfirmationState, Question, Run
from tickets.permissions import Permission
from tickets.services.evidence import audit
from tickets.services.people import access

router = Router(tags=["people"])
_ORDER = ("created_at", "pk")


@operation(router, "GET", "/confirmations", Permission.VIEW_TICKETS, answers=schemas.Confirmations)
def list_confirmations(
    request: HttpRequest,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """What waits for a person's yes or no, newest first"""
    runs = access.visible_runs(request.user)
    rows = Confirmation.objects.filter(run__in=runs, state=ConfirmationState.PENDING)
    rows = rows.select_related("run__ticket", "decided_by")
    shape = lambda row: shapes.confirmation(request, row)  # noqa: E731
    return cursors.page(request, rows, shape, cursor=cursor, limit=limit, by=_ORDER)


@operation(router, "GET", "/confirmations/{confirmation_id}", Permission.VIEW_TICKETS, answers=schemas.Confirmation)
def get_confirmation(request: HttpRequest, confirmation_id: UUID) -> Any:
    """Read a confirmation"""
    return shapes.confirmation(request, access.get_confirmation(request.user, confirmation_id))


@operation(router, "GET", "/questions", Permission.VIEW_TICKETS, answers=schemas.Questions)
def list_questions(
    request: HttpRequest,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """What waits for a person's answer, newest first"""
    rows = Question.objects.filter(run__in=access.visible_runs(request.user), answered_at=None)
    shape = lambda row: shapes.question(request, row)  # noqa: E731
    return cursors.page(request, rows.select_related("run__ticket"), shape, cursor=cursor, limit=limit, by=_ORDER)


@operation(router, "GET", "/questions/{question_id}", Permission.VIEW_TICKETS, answers=schemas.Question)
def get_question(request: HttpRequest, question_id: UUID) -> Any:
    """Read a question"""
    return shapes.question(request, access.get_question(request.user, question_id))


@operation(
    router, "POST", "/confirmations/{confirmation_id}/decide", Permission.VIEW_TICKETS, answers={}, idempotent=False
)
def decide_confirmation(request: HttpRequest, confirmation_id: UUID) -> Any:
    """Not for programs: always 403, with the page where a person decides"""
    raise _for_people(request, access.get_confirmation(request.user, confirmation_id).run, "decide")


@operation(
    router, "POST", "/confirmations/{confirmation_id}/correct", Permission.VIEW_TICKETS, answers={}, idempotent=False
)
def correct_confirmation(request: HttpRequest, confirmation_id: UUID) -> Any:
    """Not for programs: always 403, with the page where a person decides"""
    raise _for_people(request, access.get_confirmation(request.user, confirmation_id).run, "decide")


@operation(router, "POST", "/questions/{question_id}/answer", Permission.VIEW_TICKETS, answers={}, idempotent=False)
def answer_question(request: HttpRequest, question_id: UUID) -> Any:
    """Not for programs: always 403, with the page where a person answers"""
    raise _for_people(request, access.get_question(request.user, question_id).run, "decide")


@operation(router, "POST", "/runs/{run_id}/takeover", Permission.VIEW_TICKETS, answers={}, idempotent=False)
def take_over_run(request: HttpRequest, run_id: UUID) -> Any:
    """Not for programs: always 403, with the page where a person takes over"""
    raise _for_people(request, access.get_run(request.user, run_id), "take_over")


def _for_people(request: HttpRequest, run: Run, what: str) -> Refused:
    audit.record("permission.refused", user=request.user, run=run, result="failure", details={"permission": what})
    text = _("只有登录控制台的人可以作出决定,任何令牌都不能代替。请在 page 给出的页面处理。")
    return Refused(403, "people_only", text, page=shapes.page_of(request, run.ticket.number))
