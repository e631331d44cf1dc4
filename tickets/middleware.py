"""Tells the audit trail where a request comes from. Belongs after AuthenticationMiddleware."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tickets.web import request_context

REQUEST_ID_HEADER = "X-Request-ID"
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestContextMiddleware:
    """Runs every view inside a request context and answers with the request's id.

    The address is the peer's: behind a proxy, the ASGI server must be told to trust the proxy's headers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _USABLE_ID.fullmatch(given) else ""
        user = getattr(request, "user", None)
        ip = request.META.get("REMOTE_ADDR", "")
        with request_context.use(ip=ip, request_id=request_id, user=user) as context:
            request.request_id = context.request_id  # type: ignore[attr-defined] # for what is logged after the answer
            response = self.get_response(request)
        response[REQUEST_ID_HEADER] = context.request_id
        return response
