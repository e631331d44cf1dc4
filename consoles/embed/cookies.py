"""The cookie of a panel: one for each ticket, kept apart by the browser for each helpdesk that frames it (CHIPS).

Rule: it goes to the addresses of its own ticket's panel only, and no script reads it.
"""

from __future__ import annotations

from http import cookies
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tickets.services.panels import sessions

NAME = "cs_panel"

# Python before 3.14 does not know the attribute, and refuses what it does not know.
_known: Any = cookies.Morsel
_known._reserved.setdefault("partitioned", "Partitioned")
_known._flags.add("partitioned")


def give(request: HttpRequest, response: HttpResponseBase, path: str, secret: str) -> None:
    """Over plain HTTP a browser keeps no cookie for a foreign page; a helpdesk of our own site still works there."""
    secure = request.is_secure() or _is_this_machine(request)
    age = int((sessions.WAITS + sessions.AGAIN).total_seconds())
    response.set_cookie(
        NAME, secret, max_age=age, path=path, secure=secure, httponly=True, samesite="None" if secure else "Lax"
    )
    if secure:
        response.cookies[NAME]["partitioned"] = True


def _is_this_machine(request: HttpRequest) -> bool:
    """Browsers trust it as they trust HTTPS."""
    return request.get_host().rpartition(":")[0] in {"localhost", "127.0.0.1"}
