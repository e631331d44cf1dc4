"""Runs and flows: start, read, wait for a change, stop. Confirmations and questions are people's: read only."""

from __future__ import annotations

import threading
import time
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import Field

from integrations.api import cursors, schemas
from integrations.api.door import caller, operation
from integrations.api.operations import shapes
from integrations.api.operations.tickets import Number
from integrations.api.problems import Refused
from tickets.errors import Invalid
from tickets.flows.slots.spec import parse_specs
from tickets.models import FlowTemplate, FlowVersion, Run
from tickets.permissions import Permission
from tickets.services.people import access
from tickets.services.releasing import releases
from tickets.services.runs import lifecycle, starts
from tickets.services.runs.transitions import ENDED

router = Router(tags=["runs"])
_NEWEST = ("created_at", "pk")
TicketOf = Annotated[str | None, Query(max_length=64, description="A ticket's number.")]
LONGEST_WAIT_S = 25  # shorter than proxies wait for an answer
_LOOK_S = 0.5
_MOST_WAITING = 20  # calls one process keeps waiting at once
_waiting = threading.BoundedSemaphore(_MOST_WAITING)


@operation(router, "GET", "/flows", Permission.VIEW_TICKETS, answers=schemas.Flows)
def list_flows(request: HttpRequest, ticket: TicketOf = None) -> Any:
    """Read the flows there are, with the slots each asks for

    The newest version of each; with `ticket` the version that this ticket would get, which a release to a share of the
    tickets or a comparison of two versions decides. Then flows that take no such ticket are left out.
    """
    versions = [_version(request, template, ticket) for template in FlowTemplate.objects.order_by("slug")]
    return {"items": [_flow(version) for version in versions if version is not None]}


@operation(router, "GET", "/flows/{slug}", Permission.VIEW_TICKETS, answers=schemas.Flow)
def get_flow(request: HttpRequest, slug: Annotated[str, Field(max_length=64)], ticket: TicketOf = None) -> Any:
    """Read one flow

    Its newest version; with `ticket` the version that this ticket would get.
    """
    template = FlowTemplate.objects.filter(slug=slug).first()
    version = _version(request, template, ticket) if template is not None else None
    if version is None:
        raise Refused(404, "not_found", _("没有这个流程。"))
    return _flow(version)


@operation(router, "POST", "/tickets/{number}/runs", Permission.START_RUNS, answers={201: schemas.Run})
def start_run(request: HttpRequest, number: Number, body: schemas.RunIn, response: HttpResponse) -> Any:
    """Start the handling of a ticket

    Only people say yes: what cannot be undone waits for an operator in the console. 422 `slots_needed` names what the
    ticket does not say (`data.missing`, `data.ambiguous`); send it in `answers`.
    """
    ticket = access.get_ticket(request.user, number)
    run = starts.start_run(
        ticket=ticket,
        user=request.user,
        template=_picked(body.flow),
        answers=dict(body.answers),
        lang=body.language,
    )
    response["Location"] = request.build_absolute_uri(reverse("api-get_run", args=[run.pk]))
    return Status(201, shapes.run(request, access.get_run(request.user, run.pk)))


@operation(router, "GET", "/runs", Permission.VIEW_TICKETS, answers=schemas.Runs)
def list_runs(
    request: HttpRequest,
    ticket: Query[Number | None] = None,
    status: Query[schemas.RunState | None] = None,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """Find runs, newest first"""
    wanted = {"ticket__number": ticket, "status": status}
    rows = access.visible_runs(request.user).filter(
        **{name: value for name, value in wanted.items() if value is not None}
    )
    shape = lambda row: shapes.run(request, row)  # noqa: E731
    return cursors.page(request, rows, shape, cursor=cursor, limit=limit, by=_NEWEST)


@operation(router, "GET", "/runs/{run_id}", Permission.VIEW_TICKETS, answers=schemas.Run)
def get_run(request: HttpRequest, run_id: UUID) -> Any:
    """Read a run"""
    return shapes.run(request, access.get_run(request.user, run_id))


@operation(router, "GET", "/runs/{run_id}/wait", Permission.VIEW_TICKETS, answers=schemas.Run)
def wait_for_run(
    request: HttpRequest,
    run_id: UUID,
    version: int = Query(..., ge=0, le=schemas.BIG, description="The `version` of the run that you know."),
    seconds: int = Query(LONGEST_WAIT_S, ge=0, le=LONGEST_WAIT_S),
) -> Any:
    """Wait until a run has another version than the one you know

    Answers at once when it has, or when the run has ended, and as it stands after `seconds`; then call again. A token
    that ends meanwhile, and a right that is taken away, end the wait.
    """
    if not _waiting.acquire(blocking=False):
        text = _("同时等待的调用太多,请稍后再试。")
        raise Refused(429, "too_many_waiting", text, headers={"Retry-After": "2"})
    try:
        return shapes.run(request, _changed(request, run_id, version, seconds))
    finally:
        _waiting.release()


@operation(router, "GET", "/runs/{run_id}/steps", Permission.VIEW_TICKETS, answers=schemas.Steps)
def list_steps(
    request: HttpRequest,
    run_id: UUID,
    cursor: str = cursors.asked(),
    limit: int = cursors.per_page(),
) -> Any:
    """Read what was done in a run, step by step"""
    rows: QuerySet[Any] = access.get_run(request.user, run_id).steps.all()
    return cursors.page(request, rows, shapes.step, cursor=cursor, limit=limit, by=("number",), descending=False)


@operation(router, "POST", "/runs/{run_id}/stop", Permission.STOP_RUNS, answers=schemas.Run)
def stop_run(request: HttpRequest, run_id: UUID) -> Any:
    """Stop a run at once, wherever it is"""
    run = lifecycle.stop_run(access.get_run(request.user, run_id), request.user)
    return shapes.run(request, access.get_run(request.user, run.pk))


def _changed(request: HttpRequest, run_id: UUID, version: int, seconds: int) -> Run:
    deadline = time.monotonic() + seconds
    while True:
        run = access.get_run(caller(request), run_id)
        left = deadline - time.monotonic()
        if run.version != version or run.status in ENDED or left <= 0:
            return run
        time.sleep(min(_LOOK_S, left))


def _picked(slug: str | None) -> FlowTemplate | None:
    """The flow; which of its versions handles the ticket is for its releases to say."""
    if slug is None:
        return None
    template = FlowTemplate.objects.filter(slug=slug, active=True).first()
    if template is None or template.latest is None:
        raise Invalid(_("没有这个流程,或它已停用。"), code="unknown_flow", field="flow")
    return template


def _version(request: HttpRequest, template: FlowTemplate, number: str | None) -> FlowVersion | None:
    if number is None:
        return template.latest
    return releases.version_for(template, access.get_ticket(request.user, number))


def _flow(version: FlowVersion) -> dict[str, Any]:
    template = version.template
    return {
        "slug": template.slug,
        "version": version.number,
        "active": template.active,
        "name": shapes.in_language({"zh": template.name, "en": template.name_en or template.name}),
        "slots": [
            {"name": spec.name, "label": spec.label, "required": spec.required}
            for spec in parse_specs(version.definition)
        ],
    }
