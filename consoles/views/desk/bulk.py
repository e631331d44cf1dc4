"""One act on many tickets, and what became of each: started, assigned, another priority, closed.

Rule: each ticket goes through the door of the single act, with its permission and its refusals; one that is refused
keeps no other from being done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.words import run_language
from tickets.errors import Invalid, NotFound, ServiceError, SlotsNeeded
from tickets.models import FlowTemplate, Ticket, TicketStatus
from tickets.permissions import Permission
from tickets.services.people import access
from tickets.services.runs import starts
from tickets.services.tickets import changes, desk, edits
from tickets.web.given import whole_number

MOST = 100  # in one request: few enough for one answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one ticket. `why` "": it was done; `ticket` None: not one of the reader's."""

    number: str
    ticket: Ticket | None = None
    why: str = ""
    askable: bool = False  # the ticket's page asks for what is missing


@permitted(Permission.START_RUNS, POST)
def bulk_start(request: HttpRequest) -> HttpResponse:
    template = picked_flow(request.POST.get("flow", ""))
    if template is None:
        raise Invalid(_("请先选择流程。"), code="unknown_flow")
    numbers, tickets = _chosen(request)
    done = starts.start_many(request.user, tickets, template, lang=run_language())
    return _report(request, _("启动"), numbers, (_outcome(each.ticket, each.error) for each in done))


@permitted(Permission.STOP_RUNS, POST)
def bulk_assign(request: HttpRequest) -> HttpResponse:
    """To a colleague; `to` "none": to nobody."""
    wanted = request.POST.get("to", "")
    to = desk.colleagues(request.user).filter(pk=whole_number(wanted) or 0).first()
    if to is None and wanted != "none":
        raise Invalid(_("请选择同事。"), code="no_colleague")
    return _each(request, _("转派"), lambda ticket: desk.assign(ticket, request.user, to))


@permitted(Permission.CREATE_TICKETS, POST)
def bulk_priority(request: HttpRequest) -> HttpResponse:
    priority = whole_number(request.POST.get("priority", "")) or 0
    return _each(request, _("改优先级"), lambda ticket: edits.change_ticket(ticket, request.user, priority=priority))


@permitted(Permission.CREATE_TICKETS, POST)
def bulk_close(request: HttpRequest) -> HttpResponse:
    return _each(request, _("关闭"), lambda ticket: changes.set_status(ticket, TicketStatus.CLOSED, request.user))


def picked_flow(slug: str) -> FlowTemplate | None:
    """The flow of that slug; None for no slug, Invalid for one of which nothing is released."""
    if not slug:
        return None
    template = FlowTemplate.objects.filter(slug=slug, active=True).first()
    if template is None or not template.releases.filter(ended_at=None).exists():
        raise Invalid(_("这个流程现在没有版本处理工单。"), code="unknown_flow")
    return template


def _each(request: HttpRequest, name: str, act: Callable[[Ticket], Any]) -> HttpResponse:
    numbers, tickets = _chosen(request)
    return _report(request, name, numbers, [_tried(ticket, act) for ticket in tickets])


def _tried(ticket: Ticket, act: Callable[[Ticket], Any]) -> Outcome:
    try:
        act(ticket)
    except ServiceError as error:
        return _outcome(ticket, error)
    return _outcome(ticket, None)


def _outcome(ticket: Ticket, error: ServiceError | None) -> Outcome:
    return Outcome(ticket.number, ticket, error.message if error else "", isinstance(error, SlotsNeeded))


def _chosen(request: HttpRequest) -> tuple[list[str], list[Ticket]]:
    """The numbers, and the reader's own among the tickets: what is due first first, as phones are given out."""
    numbers = list(dict.fromkeys(request.POST.getlist("number")))
    if not numbers:
        raise Invalid(_("请先选择工单。"), code="no_tickets")
    if len(numbers) > MOST:
        raise Invalid(_("一次最多处理 %d 个工单。") % MOST, code="too_many")
    visible = access.visible_tickets(request.user).select_related("department", "assignee")
    return numbers, list(visible.filter(number__in=numbers).order_by("due_at", "pk"))


def _report(request: HttpRequest, name: str, numbers: list[str], outcomes: Iterable[Outcome]) -> HttpResponse:
    listed = list(outcomes)
    known = {each.number for each in listed}
    unknown = [Outcome(number, why=NotFound().message) for number in numbers if number not in known]
    context = {
        "name": name,
        "done": [each for each in listed if not each.why],
        "refused": [*unknown, *(each for each in listed if each.why)],
    }
    part = getattr(request, "htmx", False)
    return render(request, "consoles/queue/done.html" if part else "consoles/queue/done_page.html", context)
