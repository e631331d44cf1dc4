"""Our only middleware in a host project: below the prefix it applies ours, everything else passes unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

URLS = "cs_agent.plugin.urls"
OURS = (
    "consoles.middleware.SecurityHeadersMiddleware",
    "consoles.middleware.LanguageMiddleware",
    "consoles.embed.frames.PanelMiddleware",
    "tickets.middleware.RequestContextMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "consoles.middleware.NulMiddleware",
    "consoles.middleware.AccessMiddleware",
    "consoles.middleware.ServiceErrorMiddleware",
)


class Mount:
    """Gives a request below the prefix our URL configuration and our middlewares; the host's resolve is never asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._host = get_response
        self._root = f"/{getattr(settings, 'CS_AGENT_PREFIX', '')}"
        self._parts: list[Any] = []
        handler: Any = get_response
        for name in reversed(OURS):
            handler = import_string(name)(handler)
            self._parts.insert(0, handler)
        self._chain = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not self._is_ours(request):
            return self._host(request)
        request.urlconf = URLS  # type: ignore[assignment]
        request.is_ours = True  # type: ignore[attr-defined] # a panel's path is shortened further in
        return self._chain(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> Any:
        return self._ask("process_view", request, view, args, kwargs)

    def process_exception(self, request: HttpRequest, error: Exception) -> Any:
        return self._ask("process_exception", request, error)

    def _ask(self, hook: str, request: HttpRequest, *arguments: Any) -> Any:
        if getattr(request, "is_ours", False):
            for part in self._parts:
                answer = getattr(part, hook)(request, *arguments) if hasattr(part, hook) else None
                if answer is not None:
                    return answer
        return None

    def _is_ours(self, request: HttpRequest) -> bool:
        return request.path_info.startswith(self._root)
