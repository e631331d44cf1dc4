"""Celery's Redis transport: kombu's, except that a worker with tasks in hand survives a lost Redis connection.

A worker that loses Redis gives its connection up and makes a new one. Where one of its channels cannot be closed, kombu
goes on with the others, asks a channel without a connection for Redis' address and ends the worker: AttributeError is
nothing that Celery retries. Here such a channel says that Redis is away, which Celery knows what to do with.

Rule: a message that was in hand then is neither acknowledged nor given back; Redis delivers it again after the
visibility timeout, and the sweeper and the clock do not wait for that.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisAway


class Channel(redis.Channel):  # type: ignore[misc]  # kombu has no types
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise RedisAway("the connection of this channel was given up")
        return dict(super()._connparams(asynchronous))


class Transport(redis.Transport):  # type: ignore[misc]  # kombu has no types
    Channel = Channel
