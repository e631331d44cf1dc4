"""What proves what was done, and the phones it was done on."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from integrations.api import cursors, schemas
from integrations.api.door import operation
from integrations.api.operations import shapes
from integrations.api.operations.tickets import Number
from integrations.api.problems import Refused
from tickets.models import Phone, Recording
from tickets.permissions import Permission
from tickets.services.people import access

router = Router(tags=["evidence"])


@operation(router, "GET", "/runs/{run_id}/recording", Permission.VIEW_REPLAYS, answers=schemas.Recording)
def get_recording(request: HttpRequest, run_id: UUID) -> Any:
    """Where the recording of a run can be watched

    `page` asks for a person's log-in, and each viewing is written down; the file itself is given to nobody here.
    """
    row = Recording.objects.filter(run=access.get_run(request.user, run_id)).first()
    if row is None:
        raise Refused(404, "no_recording", _("这次处理没有录像。"))
    return shapes.recording(request, row)


@operation(router, "GET", "/audit", Permission.VIEW_AUDIT, answers=schemas.AuditRows)
def list_audit(
    request: HttpRequest,
    ticket: Query[Number | None] = None,
    run: Query[UUID | None] = None,
    type: Query[Annotated[str, Field(max_length=60)] | None] = None,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """Find events of the audit trail, newest first

    Facts without the customer's words; the whole trail of a range of days is `/api/audit.csv`.
    """
    wanted = {"ticket_no": ticket, "run_id": str(run) if run else None, "type": type}
    rows = access.visible_audit(request.user).filter(
        **{name: value for name, value in wanted.items() if value is not None}
    )
    return cursors.page(request, rows, shapes.audit_row, cursor=cursor, limit=limit, by=("seq",))


@operation(router, "GET", "/phones", Permission.VIEW_TICKETS, answers=schemas.Phones)
def list_phones(request: HttpRequest) -> Any:
    """Read the phones: which are ready and which are busy"""
    return {"items": [shapes.phone(row) for row in Phone.objects.order_by("name", "pk")]}
