"""The amounts wished under a slot's words: the stages put together."""

from __future__ import annotations

from collections.abc import Sequence

from tickets.flows.slots.money.claims import by_clause
from tickets.flows.slots.money.shares import wished_shares
from tickets.flows.slots.money.strays import added, strays
from tickets.flows.slots.money.words import Words
from tickets.flows.slots.text import Span


def wished(text: str, own: Sequence[str], rivals: Sequence[str], *, full: bool, half: bool) -> list[Span]:
    """What the writer wishes under one of the slot's `own` words, not nearer to another slot's (`rivals`).

    What is asked about, refused, reported or not certain comes with its doubt.
    """
    words = Words(own, rivals)
    found = [*by_clause(text, words), *wished_shares(text, words, full=full, half=half)]
    found += [*strays(text, found, words), *added(text, found, words)]
    return sorted(found, key=lambda span: span.start)
