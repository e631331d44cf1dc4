"""The console's middlewares: language, error pages, access check, security headers.

Rule: error pages show only what a person can act on; scripts and styles come from our own origin only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from tickets.declared import declarations_of
from tickets.errors import ServiceError

GetResponse = Callable[[HttpRequest], HttpResponseBase]
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


class LanguageMiddleware:
    """Chinese first: the cookie of the language switch decides, never the browser's own preference."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._known = dict(settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in self._known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


class ServiceErrorMiddleware:
    """Turns a ServiceError into a page, or into a notice on an open page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error) if isinstance(error, ServiceError) else None


def refused(request: HttpRequest, error: ServiceError) -> HttpResponse:
    """The friendly answer to a ServiceError; a live page is also told to read its state again. A program gets JSON."""
    if _for_a_program(request):
        return JsonResponse({"code": error.code, "message": error.message}, status=error.status)
    htmx = getattr(request, "htmx", False)
    page = "consoles/refused.html" if getattr(request, "panel", None) is None else "consoles/embed/refused.html"
    template = "consoles/notice.html" if htmx else page
    context = {"error": error, "level": "danger", "back": _came_from(request)}
    response = render(request, template, context, status=error.status)
    if htmx:
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "beforeend"
        response["HX-Trigger"] = "live:refresh"
    return response


def _came_from(request: HttpRequest) -> str:
    """The page of ours whose form was refused; empty for what no form of ours sent."""
    address = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if request.method == "POST" and ours and address else ""


def _for_a_program(request: HttpRequest) -> bool:
    match = request.resolver_match
    declaration = getattr(match.func, "declaration", None) if match is not None else None
    return declaration is not None and declaration.by_token


class NulMiddleware:
    """Refuses requests that contain NUL, which databases do not store."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]) -> None:
        if hasattr(view, "declarations"):
            return  # the API says so itself, in its own form
        given = [*kwargs.values(), *_values(request.GET), *(_values(request.POST) if request.method == "POST" else ())]
        if any("\0" in str(value) for value in given):
            raise BadRequest("a NUL")


def _values(query: QueryDict) -> Iterator[str]:
    for name, values in query.lists():
        yield name
        yield from map(str, values)


class AccessMiddleware:
    """Refuses views without a declared permission; only the back office has its own rules."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        if declarations_of(view) or (match is not None and match.app_names[:1] == ["admin"]):
            return None
        raise RuntimeError(f"{view.__module__}.{view.__name__} declares no permission")


class SecurityHeadersMiddleware:
    """A strict content security policy for the console; the back office's framework needs a wider one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy(request))
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


_CONSOLE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_BACK_OFFICE = {
    **_CONSOLE,
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",  # Alpine evaluates its attributes
    "style-src": "'self' 'unsafe-inline'",
}


def _policy(request: HttpRequest) -> str:
    match = request.resolver_match
    rules = _BACK_OFFICE if match is not None and match.app_names == ["admin"] else _CONSOLE
    connect = f"{rules['connect-src']} {_sockets(request)}".strip()
    framed = {"frame-ancestors": getattr(request, "frame_ancestors", rules["frame-ancestors"])}
    return "; ".join(f"{name} {value}" for name, value in {**rules, **framed, "connect-src": connect}.items())


def _sockets(request: HttpRequest) -> str:
    """Our own websockets: some browsers do not count ws:// of the same host as 'self'."""
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    return f"{'wss' if request.is_secure() else 'ws'}://{host}"
