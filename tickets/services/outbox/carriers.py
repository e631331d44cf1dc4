"""Carriers: each names the destinations (lanes) of an event and delivers one event.

Rule: `tickets` knows carriers by name only; integration packages announce theirs at start-up, and one is imported when
the outbox first needs it, as most commands never do. A carrier raises only for its own defects; everything the receiver
does is an `Answer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.utils.module_loading import import_string

from tickets.models import Delivery, OutboxEvent


class Verdict(StrEnum):
    TAKEN = "taken"  # the receiver has it
    AGAIN = "again"  # try again later
    NEVER = "never"  # the receiver will never accept this one
    CLOSED = "closed"  # the destination is gone: nothing more is sent there


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one attempt. `text` is for a technician and holds no secret; `whole_lane`: the destination itself
    fails (unreachable, overloaded), so that other tickets wait as well. `wait_s`: the delay the receiver asked for."""

    verdict: Verdict
    text: str = ""
    whole_lane: bool = False
    wait_s: float | None = None


class Carrier(Protocol):
    """`name` is the part of the lane before the colon."""

    name: str
    delays_s: tuple[float, ...]  # seconds before each retry; after the last one the delivery is given up

    def places(self, event: OutboxEvent) -> Iterable[str]:
        """The lanes (`name:key`) this event goes to; cheap, asked once for each event."""

    def hand_over(self, delivery: Delivery) -> Answer:
        """One attempt, at most half a minute."""

    def closed(self, lane: str, text: str) -> None:
        """The destination answered that it is gone: store that, so that `places` no longer names it."""

    def title(self, lane: str) -> str:
        """The destination's name on pages."""


_carriers: dict[str, Carrier] = {}
_announced: dict[str, str] = {}


def announce(name: str, path: str) -> None:
    """`path`: the carrier's class, imported and registered on first use."""
    _announced[name] = path


def register(carrier: Carrier) -> None:
    _carriers[carrier.name] = carrier


def forget(name: str) -> None:
    """For tests: unregister a carrier."""
    _carriers.pop(name, None)


def of_lane(lane: str) -> Carrier | None:
    _load_announced()
    return _carriers.get(lane.partition(":")[0])


def everyone() -> list[Carrier]:
    _load_announced()
    return list(_carriers.values())


def _load_announced() -> None:
    for name, path in list(_announced.items()):
        register(import_string(path)())
        _announced.pop(name, None)
