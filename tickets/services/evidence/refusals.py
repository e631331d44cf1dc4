"""Refusals of callers whom nobody knows: recorded, but nobody can fill the audit trail with them.

Rule: of one address the first `MOST` of a minute are recorded; the last of these says that the rest is not. Who is
logged in is recorded every time.
"""

from __future__ import annotations

from typing import Any

from tickets.services.evidence import audit
from tickets.web import rates, request_context

MOST = 30  # a minute; a program with an expired token tries once in a few seconds


def record(type: str, *, details: dict[str, Any], user: Any = None, now: float | None = None, **more: Any) -> None:
    """As `audit.record`, of a refusal. `now`: seconds since the epoch."""
    number = 0 if user is not None else rates.count(f"refused:{type}:{request_context.current().ip}", now)[0]
    if number > MOST:
        return
    told = {"rest_unrecorded": True} if number == MOST else {}
    audit.record(type, user=user, result="failure", details={**details, **told}, **more)
