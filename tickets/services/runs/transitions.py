"""The allowed transitions of a run's status, as one table; the diagram in the docs is generated from it.

Rule: every change of a status calls `check` first (`tickets.services.runs.lifecycle.move` does); an illegal transition
raises and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from tickets.errors import IllegalTransition
from tickets.models.runs import RunStatus as S

_ENDS_BADLY = {S.FAILED, S.CANCELLED, S.HANDED_OFF}

TABLE: Mapping[S, frozenset[S]] = {
    S.QUEUED: frozenset({S.RUNNING, S.TAKEN_OVER} | _ENDS_BADLY),
    S.RUNNING: frozenset(
        {S.QUEUED, S.AWAITING_CONFIRMATION, S.AWAITING_ANSWER, S.TAKEN_OVER, S.SUCCEEDED} | _ENDS_BADLY
    ),
    S.AWAITING_CONFIRMATION: frozenset({S.QUEUED, S.TAKEN_OVER} | _ENDS_BADLY),
    S.AWAITING_ANSWER: frozenset({S.QUEUED, S.TAKEN_OVER} | _ENDS_BADLY),
    S.TAKEN_OVER: frozenset({S.QUEUED} | _ENDS_BADLY),
    S.SUCCEEDED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.HANDED_OFF: frozenset(),
}
START = S.QUEUED
ENDED = frozenset(status for status, onward in TABLE.items() if not onward)
ACTIVE = frozenset(TABLE) - ENDED
COUNTS_FOR_FLOW = ENDED - {S.CANCELLED}  # a stop by a person says nothing about the flow
WAITING = frozenset({S.AWAITING_CONFIRMATION, S.AWAITING_ANSWER, S.TAKEN_OVER})  # for a human; hold no worker


def allowed(old: str, new: str) -> bool:
    return S(new) in TABLE[S(old)]


def check(old: str, new: str) -> None:
    """Raise IllegalTransition unless a run may go from `old` to `new`."""
    if not allowed(old, new):
        raise IllegalTransition(S(old).value, S(new).value)


def as_mermaid() -> str:
    """The table as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", f"    [*] --> {START.value}"]
    for old, onward in TABLE.items():
        lines += [f"    {old.value} --> {new.value}" for new in S if new in onward]
        if not onward:
            lines.append(f"    {old.value} --> [*]")
    return "\n".join(lines)
