"""Access declarations: every view of every package is declared with `permitted`.

Rule: a view names its permission and its HTTP methods in one place; an undeclared view is refused by
`consoles.middleware.AccessMiddleware` and found by a test that walks all URL patterns. Only views that accept POST
change anything. A view for programs accepts only a token, never a session, so that a logged-in browser cannot be made
to call it.
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
from tickets.services.evidence import refusals
from tickets.services.people import api_tokens

GET = ("GET", "HEAD")
POST = ("POST",)
FORM = ("GET", "HEAD", "POST")


class Access(StrEnum):
    """What a view may declare instead of a Permission."""

    PUBLIC = "public"  # log-in, health: no personal data, nothing to decide
    SIGNED_IN = "signed_in"  # one's own preferences


@dataclass(frozen=True, slots=True)
class Declaration:
    """A view's declaration."""

    permission: Permission | Access
    methods: tuple[str, ...]
    by_token: bool = False


View = Callable[..., Any]


def permitted(
    permission: Permission | Access, methods: tuple[str, ...] = GET, *, by_token: bool = False
) -> Callable[[View], View]:
    """Restrict a view to users with the permission and to these methods; `by_token`: for programs, not browsers."""
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
    """A view's declarations: one for a page, one per method for an API endpoint; empty if there are none."""
    several = getattr(view, "declarations", None)
    if several is not None:
        return tuple(several)
    one = getattr(view, "declaration", None)
    return (one,) if one is not None else ()


def _refusal(request: HttpRequest, permission: Permission | Access, by_token: bool) -> HttpResponse | None:
    """The response for users who are not logged in; raises Forbidden for those without the permission."""
    if permission is Access.PUBLIC:
        return None
    if not request.user.is_authenticated:
        return _no_token(request) if by_token else _to_login(request)
    if isinstance(permission, Permission):
        require(request.user, permission)
    return None


def _no_token(request: HttpRequest) -> HttpResponse:
    refusals.record("api_token.refused", details={"path": request.path[:200]}, request=request)
    message = _("令牌缺失、有误、已过期或已撤销。请求头应为 Authorization: Bearer 令牌。")
    return JsonResponse({"code": "token", "message": message}, status=401, headers={"WWW-Authenticate": "Bearer"})


def _to_login(request: HttpRequest) -> HttpResponse:
    """Redirect a page to the log-in; an htmx request gets 401, and its page offers the log-in in place."""
    if not getattr(request, "htmx", False):
        return redirect_to_login(request.get_full_path() if request.method in GET else resolve_url("ticket-list"))
    return HttpResponse(status=401, headers={"HX-Reswap": "none"})
