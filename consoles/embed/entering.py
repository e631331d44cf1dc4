"""The way in through a helpdesk's own frame: the frame's page, and the window of ours where the person allows a panel.

Rule: the frame learns nothing about a ticket before the person, logged in in a window of our own, allowed it; what
opens it is a code that this window hands to the frame that opened it, or that the person types there.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from consoles.access import FORM, Access, permitted
from consoles.embed import cookies
from tickets.models import HelpdeskButton
from tickets.permissions import Permission
from tickets.services.panels import entries, links, sessions
from tickets.services.panels.links import Fault, LinkRefused


@csrf_exempt  # the helpdesk posts the first request; a code is proof of its own
@permitted(Access.PUBLIC, FORM)
def enter(request: HttpRequest, connector: str) -> HttpResponse:
    """The frame's page: it hears which ticket the helpdesk shows. With a code: the panel."""
    try:
        if request.method == "POST" and "code" in request.POST:
            return _open(request, connector)
        button, entry, pass_ = entries.admit(connector, request.POST.dict())
    except LinkRefused as error:
        return _refused(request, error, connector, framed=True)
    return _page(request, button, entry, pass_)


@permitted(Permission.VIEW_TICKETS, FORM)
def allow_here(request: HttpRequest, connector: str) -> HttpResponse:
    """In a window of our own: the person sees which ticket the frame asks for, and allows it there."""
    given = request.GET
    try:
        button, ticket = entries.ticket_for(request.user, connector, given.get("t", ""), given.get("a", ""))
        code = ""
        if request.method == "POST":
            code = entries.allow(request.user, button, ticket, given.get("lang", ""), given.get("theme", ""))
    except LinkRefused as error:
        return _refused(request, error, connector, status=404)
    minutes = int(sessions.LASTS.total_seconds() / 60)
    context = {"button": button, "ticket": ticket, "code": code, "minutes": minutes}
    response = render(request, "consoles/embed/allow_here.html", context)
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"  # else it cannot reach the frame that opened it
    return response


def _open(request: HttpRequest, connector: str) -> HttpResponse:
    if request.headers.get("Origin", "") != f"{request.scheme}://{request.get_host()}":
        raise LinkRefused(Fault.UNPROVEN)
    pass_ = request.POST.get("pass", "")
    try:
        session, secret = entries.take(connector, request.POST["code"], pass_)
    except LinkRefused as error:
        if error.code != Fault.BAD_CODE:
            raise
        links.refuse(error, {"c": connector})
        return _page(request, *entries.open_for(connector), pass_, error)
    root = f"{reverse('panel-enter', args=[connector]).removesuffix('enter/')}t/{session.ticket.number}/"
    response = HttpResponseRedirect(root)
    cookies.give(request, response, root, secret)
    return response


def _page(
    request: HttpRequest, button: HelpdeskButton, entry: entries.Entry, pass_: str, error: LinkRefused | None = None
) -> HttpResponse:
    hears = {
        "speaks": entry.speaks,
        "origins": button.origins,
        "account": entry.account,
        "window": reverse("panel-allow-here", args=[button.connector]),
    }
    context = {"hears": hears, "pass": pass_, "error": error}
    return render(request, "consoles/embed/enter.html", context, status=error.status if error else 200)


def _refused(
    request: HttpRequest, error: LinkRefused, connector: str, *, framed: bool = False, status: int = 403
) -> HttpResponse:
    user: Any = request.user
    links.refuse(error, {**request.GET.dict(), "c": connector}, user if user.is_authenticated else None)
    context = {"error": error, "framed": framed}
    return render(request, "consoles/embed/link_refused.html", context, status=status)
