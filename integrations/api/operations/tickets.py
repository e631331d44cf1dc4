"""Tickets: find, read, create with attachments, change, comment, reopen."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from integrations.api import cursors, etags, schemas
from integrations.api.door import beforehand, operation
from integrations.api.operations import shapes
from tickets.errors import Invalid
from tickets.models import Department, Ticket
from tickets.permissions import Permission
from tickets.services.clarify import answers
from tickets.services.flows.recommendation import recommend
from tickets.services.people import access
from tickets.services.tickets import changes, edits, uploads
from tickets.services.tickets.uploads import MAX_FILES
from tickets.web.given import is_storable

router = Router(tags=["tickets"])
Number = Annotated[str, Field(max_length=64)]
_SINCE = "With its zone, such as 2026-05-31T08:00:00Z; of the years 1900 to 2199."


def _written_out(given: Any) -> Any:
    """A bare number is refused: 20260101 would be taken for seconds since 1970, and everything be found."""
    if isinstance(given, str) and re.fullmatch(r"[\s+-]*[\d.,_]+(?:[eE][+-]?\d+)?\s*", given):
        raise PydanticCustomError("datetime_parsing", "no date")
    return given


@contextmanager
def _files_ahead(request: HttpRequest) -> Iterator[None]:
    """Files are copied before the key's transaction begins, in which others wait."""
    with uploads.placed_ahead(_sent(request)) as files:
        request.files_ahead = files  # type: ignore[attr-defined]
        yield


def _sent(request: HttpRequest) -> list[Any]:
    """The files of the form or of the body; none of a body that the operation will refuse anyway."""
    if request.content_type == "multipart/form-data":
        return [file for file in (request.FILES.get("file"),) if file is not None]
    try:
        items = json.loads(request.body)["attachments"]
        return [_decoded(schemas.FileIn.model_validate(item)) for item in items] if len(items) <= MAX_FILES else []
    except (ValueError, TypeError, KeyError, RecursionError, Invalid):
        return []


@operation(router, "GET", "/tickets", Permission.VIEW_TICKETS, answers=schemas.Tickets)
def list_tickets(
    request: HttpRequest,
    status: Query[schemas.Status | None] = None,
    connector: Query[Annotated[str, Field(max_length=40)] | None] = None,
    external_id: Query[Annotated[str, Field(max_length=120)] | None] = None,
    created_since: Query[Annotated[datetime, BeforeValidator(_written_out), Field(description=_SINCE)] | None] = None,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """Find tickets, newest first

    Of the departments of the token's person. `connector` with `external_id` finds the ticket of another system.
    """
    wanted = {
        "status": status,
        "refs__connector": connector,
        "refs__external_id": external_id,
        "created_at__gte": _aware(created_since),
    }
    rows = access.visible_tickets(request.user).filter(
        **{name: value for name, value in wanted.items() if value is not None}
    )
    rows = rows.distinct().select_related("department", "assignee").prefetch_related("refs")
    return cursors.page(request, rows, lambda row: shapes.ticket(request, row), cursor=cursor, limit=limit)


@operation(
    router,
    "POST",
    "/tickets",
    Permission.CREATE_TICKETS,
    answers={200: schemas.TicketWhole, 201: schemas.TicketWhole},
)
@beforehand(_files_ahead)
def create_ticket(request: HttpRequest, body: schemas.TicketIn, response: HttpResponse) -> Any:
    """Create a ticket, whole or not at all

    Attachments come as base64 within the limit of a request (5 MB); larger ones are added one by one afterwards.
    """
    files = request.files_ahead or [_decoded(item) for item in body.attachments]  # type: ignore[attr-defined]
    known = Ticket.objects.filter(refs__connector=body.connector, refs__external_id=body.external_id)
    there = bool(body.external_id) and known.exists()
    ticket = changes.create_ticket(
        user=request.user,
        subject=body.subject,
        text=body.text,
        customer_name=body.customer_name,
        customer_mobile=body.customer_mobile,
        priority=body.priority,
        files=files,
        connector=body.connector,
        external_id=body.external_id,
        department=_department(request, body.department),
    )
    response["Location"] = request.build_absolute_uri(reverse("api-get_ticket", args=[ticket.number]))
    return Status(200 if there else 201, _whole(request, ticket.number, response))


@operation(router, "GET", "/tickets/{number}", Permission.VIEW_TICKETS, answers=schemas.TicketWhole)
def get_ticket(request: HttpRequest, number: Number, response: HttpResponse) -> Any:
    """Read a ticket

    `ETag` is its version; with `If-None-Match` an unchanged ticket is answered by 304.
    """
    shown = _whole(request, number, response)
    return HttpResponse(status=304, headers={"ETag": response["ETag"]}) if _unchanged(request, response) else shown


@operation(router, "PATCH", "/tickets/{number}", Permission.CREATE_TICKETS, answers=schemas.TicketWhole, versioned=True)
def change_ticket(request: HttpRequest, number: Number, body: schemas.TicketChange, response: HttpResponse) -> Any:
    """Change a ticket

    Only the version that `If-Match` names is changed, else 412; without the header 428.
    """
    wanted = body.dict(exclude_unset=True)
    status = wanted.pop("status", None)
    if "department" in wanted:
        wanted["department"] = _department(request, wanted["department"])
    with transaction.atomic():
        ticket = access.get_ticket(request.user, number)
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        ticket = access.get_ticket(request.user, number)
        etags.require_match(request, etags.of(shapes.whole_ticket(request, ticket)))
        edits.change_ticket(ticket, request.user, **wanted)
        if status is not None and status != ticket.status:
            changes.set_status(ticket, status, request.user)
    return _whole(request, number, response)


@operation(router, "POST", "/tickets/{number}/reopen", Permission.CREATE_TICKETS, answers=schemas.TicketWhole)
def reopen_ticket(request: HttpRequest, number: Number, response: HttpResponse) -> Any:
    """Open a solved or closed ticket again"""
    edits.reopen(access.get_ticket(request.user, number), request.user)
    return _whole(request, number, response)


@operation(router, "GET", "/tickets/{number}/comments", Permission.VIEW_TICKETS, answers=schemas.Comments)
def list_comments(
    request: HttpRequest,
    number: Number,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """Read the comments of a ticket, oldest first"""
    rows = access.get_ticket(request.user, number).comments.select_related("author")
    return cursors.page(request, rows, shapes.comment, cursor=cursor, limit=limit, descending=False)


@operation(router, "POST", "/tickets/{number}/comments", Permission.CREATE_TICKETS, answers={201: schemas.Comment})
def add_comment(request: HttpRequest, number: Number, body: schemas.CommentIn) -> Any:
    """Comment on a ticket

    For colleagues: it is not sent to the customer and is no instruction. `by_customer`: it is what the customer said;
    what he was asked and answers with certainty is filled in.
    """
    ticket = access.get_ticket(request.user, number)
    with transaction.atomic():
        if body.by_customer:
            answers.take(ticket, body.text, request.user)
        row = edits.comment(ticket, body.text, request.user)
    return Status(201, shapes.comment(row))


@operation(router, "GET", "/tickets/{number}/clarifications", Permission.VIEW_TICKETS, answers=schemas.Clarifications)
def list_clarifications(
    request: HttpRequest,
    number: Number,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """Read what the customer was asked and what he answered, oldest first"""
    rows = access.get_ticket(request.user, number).clarifications.select_related("reply")
    return cursors.page(request, rows, shapes.clarification, cursor=cursor, limit=limit, descending=False)


@operation(
    router,
    "POST",
    "/tickets/{number}/attachments",
    Permission.CREATE_TICKETS,
    answers={201: schemas.File},
)
@beforehand(_files_ahead)
def add_attachment(request: HttpRequest, number: Number, file: File[UploadedFile]) -> Any:
    """Add a file to a ticket

    Multipart, field `file`. What it is is judged by its content, never by its name.
    """
    [sent] = request.files_ahead  # type: ignore[attr-defined]
    row = changes.add_attachment(access.get_ticket(request.user, number), sent, user=request.user)
    return Status(201, shapes.file(row))


@operation(router, "GET", "/tickets/{number}/recommendation", Permission.VIEW_TICKETS, answers=schemas.Recommendation)
def recommend_flow(request: HttpRequest, number: Number) -> Any:
    """Which flow fits a ticket, and whether a person should rather handle it"""
    advice = recommend(access.get_ticket(request.user, number))
    version = advice.flow_version
    return {
        "flow": version.template.slug if version else None,
        "version": version.number if version else None,
        "fit": advice.fit,
        "human_recommended": advice.human_recommended,
        "reasons": list(advice.reasons),
    }


def _whole(request: HttpRequest, number: str, response: HttpResponse) -> dict[str, Any]:
    shown = shapes.whole_ticket(request, access.get_ticket(request.user, number))
    etags.tell(response, etags.of(shown))
    return shown


def _unchanged(request: HttpRequest, response: HttpResponse) -> bool:
    return etags.is_known(request, response["ETag"])


def _department(request: HttpRequest, name: str | None) -> Department | None:
    if name is None:
        return None
    found = access.departments(request.user).filter(name=name).first()
    if found is None:
        raise Invalid(_("没有这个部门,或您不属于该部门。"), code="no_department", field="department")
    return found


def _decoded(item: schemas.FileIn) -> ContentFile[bytes]:
    try:
        return ContentFile(base64.b64decode(item.content_base64, validate=True), name=item.name)
    except (binascii.Error, ValueError) as error:
        raise Invalid(_("附件 %s 的内容不是有效的 base64。") % item.name[:80], code="bad_base64") from error


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is refused: nobody would know which is meant. So is one that no database can compare."""
    if moment is not None and moment.tzinfo is None:
        raise Invalid(_("时间必须带时区,如 2026-05-31T08:00:00Z。"), code="time_without_zone", field="created_since")
    if moment is not None and not is_storable(moment):
        raise Invalid(_("时间超出可用的范围。"), code="time_out_of_range", field="created_since")
    return moment
