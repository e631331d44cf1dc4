"""Who may use what: every view is declared with `permitted`, whichever package it stands in.

Rule: a view names its permission and its HTTP methods in one place; what declares nothing is refused by
`consoles.middleware.AccessMiddleware` and found by a test that walks all URL patterns. A view whose methods include
POST is the only kind that changes anything. A view for programs asks for a token instead of a log-in, and takes nothing
else: a browser that is logged in cannot be made to call it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.people import api_tokens

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
    by_token: bool = False


View = Callable[..., Any]


def permitted(
    permission: Permission | Access, methods: tuple[str, ...] = GET, *, by_token: bool = False
) -> Callable[[View], View]:
    """Let only those in who have the permission, and only by these methods; `by_token`: programs, not browsers."""
    declaration = Declaration(permission, methods, by_token)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            if by_token:
                request.user = api_tokens.owner(request) or AnonymousUser()
            refusal = _refusal(request, permission, by_token)
            return refusal if refusal is not None else view(request, *args, **kwargs)

        guarded.declaration = declaration  # type: ignore[attr-defined]
        return guarded

    return decorate


def declarations_of(view: Any) -> tuple[Declaration, ...]:
    """Everything a view declares: one for a page, one for each method of an API's address; empty for none."""
    several = getattr(view, "declarations", None)
    if several is not None:
        return tuple(several)
    one = getattr(view, "declaration", None)
    return (one,) if one is not None else ()


def _refusal(request: HttpRequest, permission: Permission | Access, by_token: bool) -> HttpResponse | None:
    """An answer for people who are not logged in; Forbidden is raised for those who may not."""
    if permission is Access.PUBLIC:
        return None
    if not request.user.is_authenticated:
        return _no_token(request) if by_token else _to_login(request)
    if isinstance(permission, Permission):
        require(request.user, permission)
    return None


def _no_token(request: HttpRequest) -> HttpResponse:
    audit.record("api_token.refused", request=request, result="failure", details={"path": request.path[:200]})
    message = _("令牌缺失、有误、已过期或已撤销。请求头应为 Authorization: Bearer 令牌。")
    return JsonResponse({"code": "token", "message": message}, status=401, headers={"WWW-Authenticate": "Bearer"})


def _to_login(request: HttpRequest) -> HttpResponse:
    """A page goes to the log-in and comes back; a page that is open offers the log-in over itself and loses nothing."""
    if not getattr(request, "htmx", False):
        return redirect_to_login(request.get_full_path() if request.method in GET else resolve_url("ticket-list"))
    return HttpResponse(status=401, headers={"HX-Reswap": "none"})
