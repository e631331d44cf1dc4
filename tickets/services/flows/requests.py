"""Requests for new flows, scored so that the most worthwhile is built next.

The score follows the operators' practice: value (hours a week it saves), feasibility (clear rules, few exceptions),
and risk (personal data, writing) as a discount.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import FlowRequest, FlowTemplate, RequestStatus, Ticket
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.people import access

_POINTS = range(1, 6)
_RISK = {(False, False): 1.0, (True, False): 0.8, (False, True): 0.7, (True, True): 0.5}  # personal data, writes
_MAX_MINUTES = 24 * 60
_MAX_PER_WEEK = 1_000_000


def hours_a_week(request: FlowRequest) -> float:
    return request.per_week * request.minutes_each / 60


def score(request: FlowRequest) -> float:
    """Hours a week, discounted by 0-1 for feasibility and for risk; comparable between requests only."""
    feasibility = (request.rule_based / 5 + (6 - request.exceptions) / 5) / 2
    return round(hours_a_week(request) * feasibility * _RISK[request.personal_data, request.writes], 1)


def ranked() -> list[FlowRequest]:
    """The open requests, highest score first."""
    rows = FlowRequest.objects.filter(status=RequestStatus.OPEN).select_related("requested_by")
    return sorted(rows.prefetch_related("examples"), key=lambda row: (-score(row), row.pk))


def answered() -> Any:
    """The requests that were accepted or declined, the newest first."""
    rows = FlowRequest.objects.exclude(status=RequestStatus.OPEN).select_related("requested_by", "template")
    return rows.order_by("-pk")


def ask(user: Any, values: dict[str, Any], examples: Iterable[Ticket] = ()) -> FlowRequest:
    """Create a request; Invalid names the value that cannot be used."""
    require(user, Permission.REQUEST_FLOWS)
    tickets = list(examples)
    for ticket in tickets:
        access.require_visible(user, ticket)
    row = FlowRequest(**values, requested_by=user)
    _check(row)
    with transaction.atomic():
        row.save()
        row.examples.set(tickets)
        audit.record("flow.requested", user=user, obj=row, details={"title": row.title, "score": score(row)})
    return row


def answer(
    row: FlowRequest, user: Any, status: RequestStatus, text: str = "", template: FlowTemplate | None = None
) -> FlowRequest:
    """Accept the request (naming the flow that is built for it) or decline it with a reason."""
    require(user, Permission.EDIT_FLOWS)
    if status is RequestStatus.DECLINED and not text.strip():
        raise Invalid(_("请写明不采纳的理由。"))
    with transaction.atomic():
        rows = FlowRequest.objects.filter(pk=row.pk, status=RequestStatus.OPEN)
        if not rows.update(status=status, answer=text.strip()[:300], template=template):
            raise Conflict(_("这项需求已经有人答复。"), code="already_answered")
        audit.record("flow.request_answered", user=user, obj=row, details={"status": status.value})
    row.refresh_from_db()
    return row


def _check(row: FlowRequest) -> None:
    if not row.title.strip() or len(row.title) > 120:
        raise Invalid(_("请用不超过 120 个字写明要办的事。"))
    if row.rule_based not in _POINTS or row.exceptions not in _POINTS:
        raise Invalid(_("评分应为 1 到 5。"))
    if not (0 <= row.per_week <= _MAX_PER_WEEK and 0 <= row.minutes_each <= _MAX_MINUTES):
        raise Invalid(_("每周工单数或分钟数超出范围。"))
