"""The ticket queue: its rows, the tickets of a filter for bulk acts, and saved views."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.queue import heads, lines, rows
from consoles.queue.wanted import TicketFilter
from tickets.errors import Invalid, NotFound
from tickets.models import Priority
from tickets.permissions import Permission, has
from tickets.services.flows import templates
from tickets.services.people import access
from tickets.services.runs import switches
from tickets.services.tickets import saved_views
from tickets.web.given import whole_number

MOST_PICKED = 500
_BULK = (Permission.START_RUNS, Permission.STOP_RUNS, Permission.CREATE_TICKETS)


@permitted(Permission.VIEW_TICKETS)
def ticket_list(request: HttpRequest) -> HttpResponse:
    """The queue; only its rows when a live page asks for them. `go`: straight to the one ticket that is meant."""
    visible = access.visible_tickets(request.user)
    wanted = TicketFilter.read(request.GET)
    if request.GET.get("go") and wanted.search:
        one = rows.the_one(visible, wanted.search)
        if one is not None:
            return _to(request, resolve_url("ticket", one.number))
    context = _rows(request, wanted)
    if getattr(request, "htmx", False):
        return render(request, "consoles/queue/rows.html", context)
    context |= {
        "flows": templates.by_name(),
        "departments": access.departments(request.user).order_by("name"),
        "people": heads.people(request.user),
        "priorities": Priority.choices,
        "all_views": heads.views(request.user, wanted, most=None),
        "most": MOST_PICKED,
    }
    return render(request, "consoles/queue/page.html", context)


@permitted(Permission.VIEW_TICKETS)
def ticket_numbers(request: HttpRequest) -> JsonResponse:
    """The tickets of a filter with their kinds, in its order, for a bulk act on all of them; at most MOST_PICKED."""
    wanted = TicketFilter.read(request.GET)
    found = list(rows.keys(access.visible_tickets(request.user), wanted, request.user)[: MOST_PICKED + 1])
    picked = lines.lines(rows.of_keys(found[:MOST_PICKED]))
    body = {
        "tickets": [[line.ticket.number, line.flow.slug if line.flow else "", line.human] for line in picked],
        "more": len(found) > MOST_PICKED,
    }
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


@permitted(Permission.VIEW_TICKETS, POST)
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep what is shown as a view; with a department for everybody in it."""
    wanted = TicketFilter.of(request.POST.get("query", ""))
    department = None
    if request.POST.get("department"):
        key = whole_number(request.POST["department"]) or 0
        department = access.departments(request.user).filter(pk=key).first()
        if department is None:
            raise Invalid(_("没有这个部门,或您不属于该部门。"), code="no_department")
    saved_views.save(request.user, request.POST.get("name", ""), wanted.query(), department=department)
    return _to(request, f"{resolve_url('ticket-list')}?{wanted.query()}")


@permitted(Permission.VIEW_TICKETS, POST)
def view_drop(request: HttpRequest, view_id: int) -> HttpResponse:
    view = saved_views.of(request.user).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    saved_views.drop(request.user, view)
    return _to(request, f"{resolve_url('ticket-list')}?{TicketFilter.of(request.POST.get('query', '')).query()}")


def _rows(request: HttpRequest, wanted: TicketFilter) -> dict[str, Any]:
    visible = access.visible_tickets(request.user)
    found = rows.find(visible, wanted, request.user)
    keys = rows.keys(visible, wanted, request.user, found)
    page = rows.Pages(keys, found.counts[wanted.shown]).get_page(request.GET.get("page"))
    shown = lines.lines(rows.of_keys(page.object_list))
    return {
        "page": page,
        "days": lines.by_day(shown, grouped=wanted.by_day),
        "chips": heads.chips(found, wanted),
        "heads": heads.heads(wanted),
        "views": heads.views(request.user, wanted),
        "views_count": saved_views.of(request.user).count(),
        "cut": rows.MOST_FOUND if found.cut else 0,
        "everything": found.counts["all"],
        "pause": switches.current_pause(),
        "may_pick": any(has(request.user, each) for each in _BULK),
        "wanted": wanted,
        "here": wanted.query(),
    }


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response
