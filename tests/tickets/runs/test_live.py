"""Hints to open consoles are numbered, sent on commit only, and never stand in the way of the change itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.db import transaction
from redis.exceptions import ConnectionError as RedisGone

from tickets.models import Run, RunStatus, Ticket
from tickets.services.live import events as live
from tickets.services.runs import lifecycle as runs


class Heard:
    """A console's ears on the groups of one ticket."""

    def __init__(self, ticket: Ticket) -> None:
        self.layer = get_channel_layer()
        self.name = asyncio.run(self.layer.new_channel())
        for group in (live.ticket_group(ticket.pk), live.queue_group(ticket.department_id)):
            asyncio.run(self.layer.group_add(group, self.name))

    def events(self) -> list[dict[str, Any]]:
        async def drain() -> list[dict[str, Any]]:
            found = []
            while True:
                try:
                    found.append(await asyncio.wait_for(self.layer.receive(self.name), 0.01))
                except TimeoutError:
                    return found

        return [message["event"] for message in asyncio.run(drain())]


@pytest.fixture(autouse=True)
def a_fresh_layer() -> Iterator[None]:
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


def test_a_change_is_told_to_the_ticket_and_the_queue_with_its_number(
    run: Run, django_capture_on_commit_callbacks: Any
) -> None:
    heard = Heard(run.ticket)
    with django_capture_on_commit_callbacks(execute=True):
        live.publish_run(run, "step.changed", {"step": 3})
    first, second = heard.events()
    assert first == second
    assert first == {
        "seq": run.event_seq,
        "run": str(run.pk),
        "ticket": run.ticket.number,
        "kind": "step.changed",
        "data": {"step": 3},
    }


def test_numbers_only_grow(run: Run) -> None:
    seen = []
    for _ in range(3):
        live.publish_run(run, "run.changed")
        seen.append(run.event_seq)
    assert seen == [seen[0], seen[0] + 1, seen[0] + 2]
    assert Run.objects.get(pk=run.pk).event_seq == seen[-1]


def test_what_is_rolled_back_is_not_told(run: Run, django_capture_on_commit_callbacks: Any) -> None:
    heard = Heard(run.ticket)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        live.publish_run(run, "run.changed")
        transaction.set_rollback(True)
    assert heard.events() == []


def test_a_ticket_of_its_own_has_no_number(ticket: Ticket, django_capture_on_commit_callbacks: Any) -> None:
    heard = Heard(ticket)
    with django_capture_on_commit_callbacks(execute=True):
        live.publish_ticket(ticket, {"status": "open"})
    assert [(event["seq"], event["run"], event["kind"]) for event in heard.events()] == [(0, "", "ticket.changed")] * 2


def test_a_dead_redis_does_not_undo_the_change(
    run: Run, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    channel_layers.backends["default"] = DeadLayer()
    with django_capture_on_commit_callbacks(execute=True):
        runs.end(run, RunStatus.CANCELLED, result="停止")
    assert Run.objects.get(pk=run.pk).status == RunStatus.CANCELLED
    assert "consoles will re-read" in caplog.text


class DeadLayer:
    """A channel layer whose Redis is gone."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        raise RedisGone("Connection refused")
