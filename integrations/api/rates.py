"""Rate limit per token: calls per minute, counted over all web processes.

Rule: if the counter is unreachable calls pass; the limit protects the product, it is no access control.
"""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from integrations.api.problems import Refused

log = logging.getLogger(__name__)
_WINDOW_S = 60


def spend(token_pk: int, now: float | None = None) -> dict[str, str]:
    """Count one call; Refused with 429 and `Retry-After` above the limit, else the rate limit headers."""
    most: int = settings.CS_AGENT["CS_AGENT_API_CALLS_PER_MINUTE"]
    used, wait = count(f"api-calls:{token_pk}", now)
    headers = {"RateLimit": f'"minute";r={max(0, most - used)};t={wait}', "RateLimit-Policy": f'"minute";q={most};w=60'}
    if used > most:
        text = _("调用过于频繁:每分钟最多 %(most)d 次,请在 %(wait)d 秒后再试。") % {"most": most, "wait": wait}
        raise Refused(429, "too_many_calls", text, headers={**headers, "Retry-After": str(wait)})
    return headers


def count(name: str, now: float | None = None) -> tuple[int, int]:
    """Count one call of that name; how many there were in this minute, and the seconds until the next one."""
    now = now or time.time()
    return _counted(f"{name}:{int(now // _WINDOW_S)}"), max(1, _WINDOW_S - int(now % _WINDOW_S))


def _counted(key: str) -> int:
    try:
        cache.add(key, 0, timeout=_WINDOW_S * 2)
        return int(cache.incr(key))
    except ValueError:  # it was evicted between the two
        return 1
    except (RedisError, OSError) as error:
        log.warning("api: calls cannot be counted (%s); the limit is off for now", error)
        return 0
