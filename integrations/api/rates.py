"""Rate limit per token: calls per minute."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.api.problems import Refused
from tickets.web.rates import count


def spend(token_pk: int, now: float | None = None) -> dict[str, str]:
    """Count one call; Refused with 429 and `Retry-After` above the limit, else the rate limit headers."""
    most: int = settings.CS_AGENT["CS_AGENT_API_CALLS_PER_MINUTE"]
    used, wait = count(f"api-calls:{token_pk}", now)
    headers = {"RateLimit": f'"minute";r={max(0, most - used)};t={wait}', "RateLimit-Policy": f'"minute";q={most};w=60'}
    if used > most:
        text = _("调用过于频繁:每分钟最多 %(most)d 次,请在 %(wait)d 秒后再试。") % {"most": most, "wait": wait}
        raise Refused(429, "too_many_calls", text, headers={**headers, "Retry-After": str(wait)})
    return headers
