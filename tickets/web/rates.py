"""Counts calls per minute, over all web processes.

Rule: if the counter is unreachable calls pass; a limit protects the product, it is no access control.
"""

from __future__ import annotations

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
_WINDOW_S = 60


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
        log.warning("calls cannot be counted (%s); the limit is off for now", error)
        return 0
