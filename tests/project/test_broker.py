"""A worker with a task in hand outlives a Redis that goes away: its connection closes, and no message stops it."""

from __future__ import annotations

from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Queue

from cs_agent.project import settings
from tests.redis_server import redis_server

OURS = "cs_agent.project.broker:Transport"


def test_a_connection_with_a_message_in_hand_closes_after_redis_went_away() -> None:
    held: list[Any] = []
    with redis_server() as url:
        connection = _as_a_worker_has_it(url, held)
    connection.collect(socket_timeout=2)  # as Celery does on the loss
    connection.close()
    with pytest.raises(connection.connection_errors):  # known to whoever acknowledges, and logged there
        held[0].ack()


def test_the_product_uses_that_way_to_redis_and_tries_for_ever() -> None:
    assert settings.CELERY_BROKER_TRANSPORT == OURS
    assert settings.CELERY_BROKER_CONNECTION_MAX_RETRIES is None


def _as_a_worker_has_it(url: str, held: list[Any]) -> Connection:
    """Waiting for more with one message not acknowledged, and a second channel for remote commands."""
    connection = Connection(url, transport=OURS)
    channel, control = connection.default_channel, connection.channel()
    queue = Queue("work")
    queue(channel).declare()
    connection.Producer(channel).publish({}, routing_key="work")
    Consumer(channel, [queue], callbacks=[lambda _body, message: held.append(message)], prefetch_count=2).consume()
    told = Queue("told", Exchange("told", "fanout"), auto_delete=True)
    Consumer(control, [told], callbacks=[lambda _body, message: message.ack()]).consume()
    while not held:
        connection.drain_events(timeout=10)
    connection.transport.cycle.on_poll_start()
    return connection
