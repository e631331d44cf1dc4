"""The probability a model gave its own action, from the probabilities of its tokens.

How: only the tokens of the action's decisive parts count (`do` or `finish`, the action's name, points, app,
typed text, duration), not the thought, not the fixed spelling between the values, and not free prose such as a message,
whose wording may vary without changing what happens. Each value's confidence is the geometric mean over its
tokens; the action's is that of its least certain value. Unknown is None, never a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cs_agent.engine.actions.parse import Parsed
from cs_agent.engine.run.protocols import Reply

DECISIVE = frozenset({"action", "element", "start", "end", "app", "text", "duration"})
_SURE = 0.85  # below it a human is asked whatever else is known
_FLOOR = 1e-9  # a probability of 0 has no logarithm


@dataclass(frozen=True, slots=True)
class Confidence:
    """`value` is what the gate compares with its limit; `lowest` is the least likely single token."""

    value: float
    lowest: float
    weakest: str  # the argument `value` comes from


def confidence_of(reply: Reply, parsed: Parsed) -> float | None:
    """0-1, or None where the server gave no probabilities or they do not match the text."""
    if reply.parsed is not None:
        return reply.confidence
    found = action_confidence(reply, parsed)
    return found.value if found else None


def action_confidence(reply: Reply, parsed: Parsed) -> Confidence | None:
    tokens = _placed(reply, parsed)
    if tokens is None:
        return None
    by_value = {
        name: [p for start, end, p in tokens if start < last and end > first]
        for name, first, last in _decisive_spans(parsed)
    }
    if not all(by_value.values()):
        return None
    means = {name: _geometric_mean(found) for name, found in by_value.items()}
    weakest = min(means, key=lambda name: means[name])
    return Confidence(means[weakest], min(p for found in by_value.values() for p in found), weakest)


def confidence_of_values(reply: Reply, values: Sequence[str]) -> float | None:
    """That of the least certain value, for an answer that is no text: each value is looked for, from the last on, among
    the tokens as the server lists them. None where there are none, or a value is not among them."""
    if not reply.token_probabilities or not values:
        return None
    joined = "".join(text for text, _ in reply.token_probabilities)
    means, until = [], len(joined)
    for value in reversed(values):
        start = joined.rfind(value, 0, until)
        if start < 0 or not value:
            return None
        means.append(_geometric_mean(_between(reply.token_probabilities, start, start + len(value))))
        until = start
    return min(means)


def weaker(one: float | None, other: float | None) -> float | None:
    """The confidence of two models together. Unknown is the weaker one, unless the other is plainly unsure."""
    known = [value for value in (one, other) if value is not None]
    lowest = min(known, default=None)
    return lowest if len(known) == 2 or (lowest is not None and lowest < _SURE) else None


def _between(tokens: Iterable[tuple[str, float]], start: int, end: int) -> list[float]:
    found, at = [], 0
    for text, probability in tokens:
        if at < end and at + len(text) > start:
            found.append(probability)
        at += len(text)
    return found


def _decisive_spans(parsed: Parsed) -> list[tuple[str, int, int]]:
    """`do` or `finish` is a decision too, and the only one of a finish."""
    start = parsed.span[0]
    head = parsed.call_text.partition("(")[0].rstrip()
    return [("call", start, start + len(head)), *(span for span in parsed.value_spans if span[0] in DECISIVE)]


def _placed(reply: Reply, parsed: Parsed) -> list[tuple[int, int, float]] | None:
    """Tokens as (start, end, probability) in the reply's text; servers may list more tokens than text."""
    if not reply.token_probabilities:
        return None
    joined = "".join(text for text, _ in reply.token_probabilities)
    shift = joined.rfind(reply.text)
    if shift < 0:
        call = joined.rfind(parsed.call_text)
        if call < 0:
            return None
        shift = call - parsed.span[0]
    placed, at = [], -shift
    for text, probability in reply.token_probabilities:
        placed.append((at, at + len(text), probability))
        at += len(text)
    return placed


def _geometric_mean(probabilities: list[float]) -> float:
    logs = [math.log(min(max(p, _FLOOR), 1.0)) for p in probabilities]
    return math.exp(sum(logs) / len(logs))
