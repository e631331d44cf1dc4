"""Every slot of a flow as shown to an operator before a start: its value, its source, and what is uncertain.

Rule: every value can be corrected. Answers given here are the `answers` of `start_run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tickets.flows.slots import FoundSlot, SlotReading, SlotSpec, SlotState, apply_answers, parse_specs, read_slots
from tickets.flows.slots.reading import NOTHING
from tickets.flows.slots.text import Doubt
from tickets.models import FlowVersion, Ticket


@dataclass(frozen=True, slots=True)
class SlotReview:
    """One slot. `found` is what would be used; `candidates` are offered where nothing is certain.

    `why` says in the reader's language what keeps a value from being taken; `quotes` are the ticket's words it is
    about; `unusual`: typed in a form that a ticket's value would not have.
    """

    spec: SlotSpec
    state: SlotState
    found: FoundSlot | None = None
    candidates: tuple[FoundSlot, ...] = ()
    why: str = ""
    quotes: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        return self.found.value if self.found else ""

    @property
    def unusual(self) -> bool:
        return self.found is not None and self.found.unusual

    @property
    def must_be_answered(self) -> bool:
        """Whether it blocks the start; an optional slot that the ticket does not mention does not."""
        return self.state in {SlotState.AMBIGUOUS, SlotState.DOUBTFUL} or (
            self.state is SlotState.MISSING and self.spec.required
        )

    @property
    def may_be_empty(self) -> bool:
        """Whether the answer `NOTHING` is allowed."""
        return not self.spec.required


def review(ticket: Ticket, version: FlowVersion, answers: Mapping[str, str] | None = None) -> list[SlotReview]:
    """Every slot of the version, in its order, with the operator's answers so far; InvalidSlot names a wrong one."""
    reading = read_slots(version.definition, ticket)
    if answers:
        reading = apply_answers(version.definition, ticket, reading, answers)
    return reviewed(parse_specs(version.definition), reading, ticket.text)


def reviewed(specs: tuple[SlotSpec, ...], reading: SlotReading, text: str) -> list[SlotReview]:
    found = {each.name: each for each in reading.found}
    several = {spec.name: candidates for spec, candidates in reading.ambiguous}
    unsure = {spec.name: candidates for spec, candidates in reading.doubtful}
    return [_one(spec, found.get(spec.name), several.get(spec.name), unsure.get(spec.name), text) for spec in specs]


def _one(
    spec: SlotSpec, found: FoundSlot | None, several: list[FoundSlot] | None, unsure: list[FoundSlot] | None, text: str
) -> SlotReview:
    if found is not None:
        return SlotReview(spec, SlotState.READ, found)
    candidates = several or unsure
    if candidates is None:
        return SlotReview(spec, SlotState.MISSING)
    state = SlotState.AMBIGUOUS if several else SlotState.DOUBTFUL
    quotes = tuple(dict.fromkeys(text[each.start : each.end] for each in candidates if each.start is not None))
    offered = tuple(each for each in candidates if each.value)
    return SlotReview(spec, state, None, offered, _why(candidates), quotes)


def _why(candidates: list[FoundSlot]) -> str:
    doubts = dict.fromkeys(each.doubt for each in candidates if each.doubt)
    return _("、").join(doubt_words(doubt) for doubt in doubts)


def doubt_words(doubt: Doubt) -> str:
    """The doubt in the reader's language."""
    return {
        Doubt.UNREADABLE: _("写法不完整或无法确定"),
        Doubt.RANGE: _("是一个范围或大概的数"),
        Doubt.QUESTION: _("客户只是在询问"),
        Doubt.CONDITION: _("附有条件"),
        Doubt.HEDGED: _("客户自己不确定"),
        Doubt.UNCLEAR: _("不能确定指的是什么"),
        Doubt.CURRENCY: _("不是人民币"),
        Doubt.OTHER_PERSON: _("说的是别人"),
        Doubt.OTHER_TIME: _("说的是以前"),
        Doubt.HEARSAY: _("转述别人的话"),
        Doubt.QUOTED: _("在引用的往来、签名或客服的话里"),
        Doubt.NEGATED: _("客户说不要或不是"),
    }[doubt]


__all__ = ["NOTHING", "SlotReview", "doubt_words", "review", "reviewed"]
