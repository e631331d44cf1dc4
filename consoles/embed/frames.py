"""Everything below `embed/<connector>/`: may be framed by that helpdesk, and by no other page.

Rule: below `embed/<connector>/t/<number>/` the person is whom the panel's cookie says, with one ticket, and addresses
are those of `consoles.embed.urls`, made below this prefix: what a panel does not offer has no address in it. A panel
that is not open (yet, any more) shows how to open it, whatever was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import translation
from django.utils.functional import cached_property

from consoles.embed import cookies
from consoles.middleware import THEMES
from tickets.declared import Access, declarations_of
from tickets.models import HelpdeskButton, PanelSession
from tickets.services.panels import buttons, entries, sessions
from tickets.web.our_urls import ours

PANEL_URLS = "consoles.embed.urls"
_KEEPS_FRAME = frozenset({"chatwoot"})  # others make a frame of its own for each ticket
_BELOW = re.compile(r"embed/(?P<connector>[a-z0-9_-]{1,40})/(?:t/(?P<number>[^/]{1,40})/)?")


class Panel:
    """The panel of a request, open or not. `root`: the path below which its addresses lie."""

    def __init__(self, root: str, outer: str, connector: str, number: str, secret: str) -> None:
        self.root = root
        self.outer = outer
        self.connector = connector
        self.session: PanelSession | None = sessions.of_cookie(connector, number, secret)
        self.person: Any = sessions.person_in(self.session)

    @property
    def language(self) -> str:
        chosen = self.session.language if self.session else ""
        return chosen if chosen in dict(settings.LANGUAGES) else ""

    @property
    def theme(self) -> str:
        return self.session.theme if self.session and self.session.theme in THEMES else "auto"

    @cached_property
    def token(self) -> str:
        return sessions.form_token(self.session) if self.session else ""

    @property
    def asked(self) -> bool:
        return sessions.is_asked(self.session)

    @property
    def may_ask_again(self) -> bool:
        return sessions.may_ask_again(self.session)

    @cached_property
    def follows(self) -> dict[str, Any] | None:
        """How the panel's page hears that the helpdesk shows another ticket by now, in a frame that it leaves as it
        is."""
        session, entry = self.session, entries.of(self.connector)
        if session is None or entry is None or entry.speaks not in _KEEPS_FRAME:
            return None
        display = {"lang": session.language, "theme": session.theme}
        asked = urlencode({name: value for name, value in display.items() if value})
        return {
            "speaks": entry.speaks,
            "origins": session.button.origins,
            "account": entry.account,
            "tickets": list(session.ticket.refs.filter(connector=self.connector).values_list("external_id", flat=True)),
            "enter": f"{self.in_console('panel-enter', self.connector)}{'?' if asked else ''}{asked}",
        }

    def in_console(self, name: str, *values: object) -> str:
        """An address of the console proper, for links that open a tab."""
        with _below(self.outer):
            return reverse(name, urlconf=ours(), args=values)


class PanelMiddleware:
    """Belongs after AuthenticationMiddleware, whose answer it replaces inside a panel."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        settings.STATIC_URL  # noqa: B018 - Django keeps it with the prefix it is first asked under
        self._root = f"/{getattr(settings, 'CS_AGENT_PREFIX', '')}"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        match = _BELOW.match(path, len(self._root)) if path.startswith(self._root) else None
        if match is None:
            return self.get_response(request)
        framed: Any = request
        framed.frame_ancestors = _ancestors(buttons.active(match["connector"]))
        response = self._in_panel(framed, match) if match["number"] else self._on_the_way(framed)
        del response.headers["X-Frame-Options"]
        response.xframe_options_exempt = True  # type: ignore[attr-defined] # a host's own middleware asks for it
        response.headers["Cache-Control"] = response.headers.get("Cache-Control", "no-store")
        return response

    def _on_the_way(self, request: Any) -> HttpResponseBase:
        """A link as it is opened or refused: in the words and colours of the page around it, whatever is wrong with
        it."""
        chosen = request.GET.get("lang", "")
        request.frame_theme = request.GET.get("theme", "")
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else translation.get_language()):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    def _in_panel(self, request: Any, match: re.Match[str]) -> HttpResponseBase:
        outer = get_script_prefix()
        root = outer.rstrip("/") + request.path_info[: match.end()]
        secret = request.COOKIES.get(cookies.NAME, "")
        panel = Panel(root, outer, match["connector"], unquote(match["number"]), secret)
        request.panel = panel
        request.user = panel.person or AnonymousUser()
        request.urlconf = PANEL_URLS
        request.path_info = "/" + request.path_info[match.end() :]
        with _below(root), translation.override(panel.language or translation.get_language()):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    def process_view(self, request: Any, view: Callable[..., Any], args: object, kwargs: object) -> HttpResponse | None:
        panel = getattr(request, "panel", None)
        if panel is None or panel.person is not None:
            return None
        public = all(each.permission is Access.PUBLIC for each in declarations_of(view))
        return None if public else closed(request)


def closed(request: Any) -> HttpResponse:
    """What a panel shows while it is not open: how to open it. A live page only learns that it is over."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Reswap": "none"})
    status = 200 if request.panel.asked else 401
    return render(request, "consoles/embed/closed.html", {"panel": request.panel}, status=status)


def _ancestors(button: HelpdeskButton | None) -> str:
    if button is None or not button.origins:
        return "'none'"
    return " ".join("'self'" if origin == buttons.SAME else origin for origin in button.origins)


@contextmanager
def _below(prefix: str) -> Iterator[None]:
    """Addresses made inside lie below the prefix."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(before)
