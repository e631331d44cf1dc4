"""Who may use what: every view and every websocket command is declared with `permitted` or `command`, here only.

Rule: a view names its permission and its HTTP methods in one place; what declares nothing is refused by
`consoles.middleware.AccessMiddleware` and found by a test that walks all URL patterns and commands. A view whose
methods include POST is the only kind that changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import resolve_url

from tickets.permissions import Permission, require

GET = ("GET", "HEAD")
POST = ("POST",)
FORM = ("GET", "HEAD", "POST")


class Access(StrEnum):
    """What a view may declare besides a Permission."""

    PUBLIC = "public"  # log-in, health: no personal data, nothing to decide
    SIGNED_IN = "signed_in"  # one's own preferences


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a view said about itself."""

    permission: Permission | Access
    methods: tuple[str, ...]


View = Callable[..., Any]


def permitted(permission: Permission | Access, methods: tuple[str, ...] = GET) -> Callable[[View], View]:
    """Let only those in who have the permission, and only by these methods."""
    declaration = Declaration(permission, methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            refusal = _refusal(request, permission)
            return refusal if refusal is not None else view(request, *args, **kwargs)

        guarded.declaration = declaration  # type: ignore[attr-defined]
        return guarded

    return decorate


def _refusal(request: HttpRequest, permission: Permission | Access) -> HttpResponse | None:
    """An answer for people who are not logged in; Forbidden is raised for those who may not."""
    if permission is Access.PUBLIC:
        return None
    if not request.user.is_authenticated:
        return _to_login(request)
    if isinstance(permission, Permission):
        require(request.user, permission)
    return None


def _to_login(request: HttpRequest) -> HttpResponse:
    """A page goes to the log-in and comes back; a fragment tells the browser to load the log-in as a page."""
    if not getattr(request, "htmx", False):
        return redirect_to_login(request.get_full_path() if request.method in GET else resolve_url("ticket-list"))
    response = HttpResponse(status=401)
    response["HX-Redirect"] = resolve_url("login")
    return response


def command(name: str, permission: Permission, *, trust_s: float = 0.0) -> Callable[[View], View]:
    """Declare a websocket command: its name on the wire and the permission that is asked for every time.

    `trust_s`: an answer that is so old still holds, for messages that change nothing and come many times a second.
    """

    def decorate(method: View) -> View:
        method.command = name  # type: ignore[attr-defined]
        method.permission = permission  # type: ignore[attr-defined]
        method.trust_s = trust_s  # type: ignore[attr-defined]
        return method

    return decorate


def commands_of(consumer: type) -> dict[str, View]:
    """Every declared command of a consumer class by name."""
    members = (getattr(consumer, attribute) for attribute in dir(consumer))
    return {member.command: member for member in members if hasattr(member, "command")}
