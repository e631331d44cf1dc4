"""What is done with a ticket as a whole: solved and on to the next, doubles merged, mentions seen to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.desk import next_up
from consoles.pages.cockpit import cockpit_of
from consoles.pages.parts import live_answer
from consoles.queue.wanted import TicketFilter
from tickets.errors import Invalid, NotFound
from tickets.models import Ticket, TicketStatus
from tickets.permissions import Permission
from tickets.services.people import access
from tickets.services.tickets import changes, doubles, mentions


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_resolve(request: HttpRequest, number: str) -> HttpResponse:
    """Solved, and on to what comes next."""
    ticket = access.get_ticket(request.user, number)
    following = next_up.after(request.user, number, TicketFilter.of(request.POST.get("list", "")))
    changes.set_status(ticket, TicketStatus.SOLVED, request.user)
    address = resolve_url("ticket", following) if following else resolve_url("ticket-list")
    if not getattr(request, "htmx", False):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_merge(request: HttpRequest, number: str) -> HttpResponse:
    """The named double becomes part of this ticket."""
    ticket = access.get_ticket(request.user, number)
    double = _double(request, request.POST.get("double", ""))
    doubles.merge(double, ticket, request.user)
    return live_answer(request, cockpit_of(access.get_ticket(request.user, number), request.user))


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_unmerge(request: HttpRequest, number: str) -> HttpResponse:
    """The ticket is one of its own again; asked for on its own page or, with `double`, on the other's."""
    ticket = access.get_ticket(request.user, number)
    double = _double(request, request.POST.get("double", number))
    if double.pk != ticket.pk and double.merged_into_id != ticket.pk:
        raise Invalid(_("该工单没有被合并。"), code="not_merged")
    doubles.undo(double, request.user)
    return live_answer(request, cockpit_of(access.get_ticket(request.user, number), request.user))


@permitted(Permission.VIEW_TICKETS, POST)
def mentions_seen(request: HttpRequest, number: str) -> HttpResponse:
    ticket = access.get_ticket(request.user, number)
    mentions.see(ticket, request.user)
    return live_answer(request, cockpit_of(ticket, request.user))


def _double(request: HttpRequest, number: str) -> Ticket:
    """The other ticket that the form names; Invalid where the reader knows none of that number."""
    try:
        return access.get_ticket(request.user, number.strip())
    except NotFound as error:
        raise Invalid(_("没有找到这个编号的工单。"), code="no_such_ticket", field="double") from error
