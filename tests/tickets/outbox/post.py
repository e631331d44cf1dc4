"""A carrier of the tests for what leaves by the outbox, and the clock that lets it leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from tickets.models import Delivery, DeliveryLane, OutboxEvent
from tickets.services.outbox import carriers, drain
from tickets.services.outbox.carriers import Answer, Verdict
from tickets.services.outbox.spread import spread

TAKEN = Answer(Verdict.TAKEN, "200")


class Post:
    """A carrier of the tests: two places at most; what it hands over it remembers."""

    name = "post"
    delays_s: tuple[float, ...] = (5.0, 60.0)

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.got: list[Delivery] = []
        self.answers: Callable[[Delivery], Answer] = lambda delivery: TAKEN
        self.closed_lanes: list[str] = []

    def places(self, event: OutboxEvent) -> list[str]:
        return [f"{self.name}:{key}" for key in self.keys]

    def hand_over(self, delivery: Delivery) -> Answer:
        answer = self.answers(delivery)
        if answer.verdict is Verdict.TAKEN:
            self.got.append(delivery)
        return answer

    def closed(self, lane: str, text: str) -> None:
        self.closed_lanes.append(lane)
        self.keys = tuple(key for key in self.keys if f"{self.name}:{key}" != lane)

    def title(self, lane: str) -> str:
        return lane


@pytest.fixture
def post() -> Iterator[Post]:
    carrier = Post("a")
    carriers.register(carrier)
    yield carrier
    carriers.forget("post")


def pump() -> None:
    """What the clock does, until nothing is due."""
    spread()
    for lane in drain.due_lanes():
        drain.drain(lane)


def later() -> None:
    """Time passes for everything that waits."""
    Delivery.objects.update(next_at=timezone.now())
    DeliveryLane.objects.update(rest_until=None)
