"""What carries events out: a carrier names the places an event goes to and hands one event over.

Rule: `tickets` knows carriers by name only; the packages that speak to the world register theirs when they are ready.
A carrier raises for a defect of its own; everything the other side does is an `Answer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tickets.models import Delivery, OutboxEvent


class Verdict(StrEnum):
    TAKEN = "taken"  # the other side has it
    AGAIN = "again"  # try again later
    NEVER = "never"  # it will never take this one
    CLOSED = "closed"  # the place is gone: nothing more is sent there


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one try. `text` is for a technician and holds no secret; `whole_lane`: the place itself is in
    trouble (unreachable, overloaded), so that other tickets wait as well. `wait_s`: what the other side asked for."""

    verdict: Verdict
    text: str = ""
    whole_lane: bool = False
    wait_s: float | None = None


class Carrier(Protocol):
    """`name` is the part of the lane before the colon."""

    name: str
    delays_s: tuple[float, ...]  # before each further try; after the last one it is given up

    def places(self, event: OutboxEvent) -> Iterable[str]:
        """The lanes (`name:key`) this event goes to; cheap, asked once for each event."""

    def hand_over(self, delivery: Delivery) -> Answer:
        """One try, bounded in time (at most half a minute)."""

    def closed(self, lane: str, text: str) -> None:
        """The place answered that it is gone: remember it, so that `places` names it no more."""

    def title(self, lane: str) -> str:
        """How a page names the place."""


_carriers: dict[str, Carrier] = {}


def register(carrier: Carrier) -> None:
    _carriers[carrier.name] = carrier


def forget(name: str) -> None:
    """For tests: take a carrier away again."""
    _carriers.pop(name, None)


def of_lane(lane: str) -> Carrier | None:
    return _carriers.get(lane.partition(":")[0])


def everyone() -> list[Carrier]:
    return list(_carriers.values())
