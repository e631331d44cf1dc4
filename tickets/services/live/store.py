"""The process's one connection pool to the Redis that holds frames, pages and readings."""

from __future__ import annotations

from functools import lru_cache

import redis
from django.conf import settings


@lru_cache(maxsize=1)
def store() -> redis.Redis:
    """Its commands raise redis.RedisError."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, health_check_interval=30)
