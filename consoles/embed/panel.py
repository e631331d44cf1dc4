"""The panel itself: its page, how it stands while it waits, and asking anew once it ended."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from consoles.access import POST, Access, View, permitted
from consoles.embed import cookies
from consoles.pages.cockpit import cockpit_of
from consoles.pages.parts import page_parts
from tickets.errors import Forbidden, NotFound
from tickets.permissions import Permission
from tickets.services.panels import sessions

TOKEN_HEADER = "X-Panel-Token"  # noqa: S105 - a header's name
TOKEN_FIELD = "panel_token"  # noqa: S105


def in_panel(view: View) -> View:
    """A view that changes something, for a panel: its page's own token stands where the console has a CSRF cookie,
    which browsers do not keep for a framed page."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        given = request.headers.get(TOKEN_HEADER, "") or request.POST.get(TOKEN_FIELD, "")
        session = request.panel.session
        if request.method == "POST" and (session is None or not sessions.is_form_token(session, given)):
            raise Forbidden(_("这个请求不是从面板发出的,没有执行。请刷新面板后再试。"), code="panel_token")
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


@permitted(Permission.VIEW_TICKETS)
def page(request: Any) -> HttpResponse:
    cockpit = cockpit_of(request.user.panel.ticket, request.user, request.GET.get("run", ""))
    context = {"cockpit": cockpit, "ticket": cockpit.ticket, "parts": page_parts(request, cockpit)}
    return render(request, "consoles/embed/page.html", context)


@permitted(Access.PUBLIC)
def standing(request: Any) -> JsonResponse:
    """Whether the panel is open, waits for its person, or is over; asked by the frame while it waits."""
    panel = request.panel
    return JsonResponse({"standing": "open" if panel.person else "asked" if panel.asked else "over"})


@permitted(Access.PUBLIC, POST)
def again(request: Any) -> HttpResponse:
    """Ask for the panel that ended once more: it opens when its person allows it."""
    old = request.panel.session
    if request.panel.person is None and not request.panel.asked:
        if not sessions.may_ask_again(old):
            raise Forbidden(_("面板已结束。请刷新客服系统的页面。"), code="panel_over")
        _row, secret = sessions.ask_again(old)
        response = HttpResponseRedirect(request.panel.root)
        cookies.give(request, response, request.panel.root, secret)
        return response
    return HttpResponseRedirect(request.panel.root)


@permitted(Access.PUBLIC)
def not_there(request: HttpRequest) -> HttpResponse:
    raise NotFound(_("面板里没有这个地址。"))
