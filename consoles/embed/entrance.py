"""The ways in: a helpdesk's link to the ticket's page, or to a panel in the helpdesk's own page, and the person's word.

Rule: a GET uses nothing up, so that what fetches links ahead (mail scanners, previews) spoils none; the page it answers
with sends the link back by itself.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from consoles.access import FORM, Access, permitted
from consoles.embed import cookies
from tickets.errors import ServiceError
from tickets.models import PanelSession, Ticket
from tickets.permissions import Permission
from tickets.services.panels import links, sessions
from tickets.services.panels.links import Link, LinkRefused
from tickets.services.people import access


@csrf_exempt  # the signature stands for the page that sends it
@permitted(Access.PUBLIC, FORM)
def open_ticket(request: HttpRequest) -> HttpResponse:
    """A link to the ticket's page; log-in comes first where it is needed."""
    person = request.user if request.user.is_authenticated else None
    try:
        link = links.read(request.GET)
        if request.method != "POST":
            return render(request, "consoles/embed/opening.html")
        ticket = links.use(link, person)
    except LinkRefused as error:
        return _refused(request, error, person)
    page = resolve_url("ticket", ticket.number)
    return HttpResponseRedirect(page) if person else redirect_to_login(page)


@permitted(Permission.VIEW_TICKETS)
def open_external(request: HttpRequest, connector: str, external_id: str) -> HttpResponse:
    """A plain address, for helpdesks that can only put a number into a link: it opens what the reader may see."""
    refs = {"refs__connector": connector, "refs__external_id": external_id}
    ticket = access.visible_tickets(request.user).filter(**refs).first()
    if ticket is None:
        error = LinkRefused(links.Fault.NO_TICKET, external_id=external_id[:120])
        return render(request, "consoles/embed/link_refused.html", {"error": error}, status=404)
    return HttpResponseRedirect(resolve_url("ticket", ticket.number))


@csrf_exempt
@permitted(Access.PUBLIC, FORM)
def open_panel(request: HttpRequest, connector: str) -> HttpResponse:
    """A link to a panel, in the helpdesk's frame."""
    given = {**request.GET.dict(), "c": connector}
    try:
        link = links.read(given)
        if request.method != "POST":
            return render(request, "consoles/embed/opening.html", {"framed": True})
        ticket = links.use(link)
        session, secret = sessions.ask(link, ticket)
    except LinkRefused as error:
        return _refused(request, error, None, framed=True)
    _allow_at_once(request, link, session, ticket)
    root = f"{reverse('panel-open', args=[connector]).removesuffix('open/')}t/{ticket.number}/"
    response = HttpResponseRedirect(root)
    cookies.give(request, response, root, secret)
    return response


@permitted(Permission.VIEW_TICKETS, FORM)
def panel_allow(request: HttpRequest, panel_id: uuid.UUID) -> HttpResponse:
    """In a window of our own: the person, logged in, says that the panel is theirs."""
    try:
        session = sessions.waiting(request.user, panel_id)
        if request.method == "POST":
            sessions.allow(session, request.user)
    except ServiceError as error:
        context: dict[str, Any] = {"error": error, "other": error.code == "other_person", "next": request.path}
        return render(request, "consoles/embed/allow.html", context, status=error.status)
    context = {
        "session": session,
        "done": request.method == "POST",
        "minutes": int(sessions.LASTS.total_seconds() / 60),
    }
    return render(request, "consoles/embed/allow.html", context)


def _allow_at_once(request: HttpRequest, link: Link, session: PanelSession, ticket: Ticket) -> None:
    """A browser that shows us our own log-in inside the frame (same site) has the person's word already."""
    user: Any = request.user
    if user.is_authenticated and user.get_username() == link.person:
        sessions.allow(sessions.waiting(user, session.pk), user)


def _refused(request: HttpRequest, error: LinkRefused, user: Any, *, framed: bool = False) -> HttpResponse:
    links.refuse(error, request.GET, user)
    context = {"error": error, "framed": framed, "other": error.code == links.Fault.OTHER_PERSON and not framed}
    return render(request, "consoles/embed/link_refused.html", context, status=error.status)
