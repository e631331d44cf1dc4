"""A new ticket, and the ticket page with its live state."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _

from consoles.access import FORM, POST, permitted
from consoles.pages.cockpit import chosen_version, cockpit_of
from consoles.pages.forms import TicketForm
from consoles.pages.parts import live_answer, page_parts
from tickets.errors import Invalid, ServiceError
from tickets.permissions import Permission
from tickets.services.people import access, names
from tickets.services.tickets import changes as tickets
from tickets.services.tickets import desk, edits, values


@permitted(Permission.CREATE_TICKETS, FORM)
def ticket_new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, TicketForm(user=request.user))
    form = TicketForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        fields = dict(form.cleaned_data)
        files = fields.pop("attachments")
        ticket = tickets.create_ticket(user=request.user, files=files, **fields)
    except ServiceError as error:
        return _form_page(request, form, error, error.status)
    return _go(request, resolve_url("ticket", ticket.number))


@permitted(Permission.VIEW_TICKETS)
def ticket_page(request: HttpRequest, number: str) -> HttpResponse:
    ticket = access.get_ticket(request.user, number)
    cockpit = cockpit_of(ticket, request.user, request.GET.get("run", ""), flow=request.GET.get("flow", ""))
    context = {"cockpit": cockpit, "ticket": ticket, "parts": page_parts(request, cockpit)}
    return render(request, "consoles/ticket/page.html", context)


@permitted(Permission.VIEW_TICKETS)
def ticket_state(request: HttpRequest, number: str) -> HttpResponse:
    """What changed on the ticket page since the browser last looked."""
    ticket = access.get_ticket(request.user, number)
    cockpit = cockpit_of(ticket, request.user, request.GET.get("run", ""), flow=request.GET.get("flow", ""))
    return live_answer(request, cockpit)


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_status(request: HttpRequest, number: str) -> HttpResponse:
    ticket = access.get_ticket(request.user, number)
    tickets.set_status(ticket, request.POST.get("status", ""), request.user)
    return live_answer(request, cockpit_of(access.get_ticket(request.user, number), request.user))


@permitted(Permission.START_RUNS, POST)
def ticket_value(request: HttpRequest, number: str) -> HttpResponse:
    """Another value for a slot before the start; `reset` goes back to what the ticket says."""
    ticket = access.get_ticket(request.user, number)
    flow = request.POST.get("flow", "")
    version = chosen_version(ticket, request.user, flow)
    value = "" if request.POST.get("reset") else request.POST.get("value", "")
    name, was = request.POST.get("name", ""), request.POST.get("was")
    values.give(ticket, version, name, value, request.user, was=was)
    return live_answer(request, cockpit_of(ticket, request.user, flow=flow))


@permitted(Permission.START_RUNS, POST)
def ticket_take(request: HttpRequest, number: str) -> HttpResponse:
    """The reader handles the ticket themselves."""
    desk.take(access.get_ticket(request.user, number), request.user)
    return live_answer(request, cockpit_of(access.get_ticket(request.user, number), request.user))


@permitted(Permission.STOP_RUNS, POST)
def ticket_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Pass the ticket on to a colleague of its department; operators and supervisors may."""
    ticket = access.get_ticket(request.user, number)
    to = names.with_key(request.POST.get("to", ""), ticket.department.members.all())
    if to is None:
        raise Invalid(_("请选择同事。"), code="no_colleague")
    desk.assign(ticket, request.user, to)
    return live_answer(request, cockpit_of(access.get_ticket(request.user, number), request.user))


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_note(request: HttpRequest, number: str) -> HttpResponse:
    """A note for colleagues, or what the customer was told."""
    ticket = access.get_ticket(request.user, number)
    text = request.POST.get("text", "")
    if request.POST.get("kind") == "reply":
        desk.reply(ticket, request.user, text, send_by=request.POST.get("send_by", "")[:40], once=True)
    else:
        edits.comment(ticket, text, request.user, once=True)
    return live_answer(request, cockpit_of(ticket, request.user))


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_attach(request: HttpRequest, number: str) -> HttpResponse:
    """Add files to a ticket, for instance the photo a flow asks for: all of them, or none."""
    ticket = access.get_ticket(request.user, number)
    tickets.add_attachments(ticket, request.FILES.getlist("files"), user=request.user)
    return live_answer(request, cockpit_of(ticket, request.user, flow=request.POST.get("flow", "")))


def _form_page(
    request: HttpRequest, form: TicketForm, error: ServiceError | None = None, status: int = 200
) -> HttpResponse:
    """The form; a live page gets the messages only, so that what was typed and chosen stays."""
    context = {"form": form, "error": error, "max_mb": settings.CS_AGENT["CS_AGENT_MAX_UPLOAD_MB"]}
    if not getattr(request, "htmx", False):
        return render(request, "consoles/new/page.html", context, status=status)
    response = render(request, "consoles/new/errors.html", context, status=status)
    response["HX-Retarget"] = "#form-errors"
    return response


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response
