"""Renders a run's instruction: the clauses of the flow's template whose slots are filled.

A template is a list of clauses, each `{"text": "…{slot}…", "when": {"slot": condition}}`. A clause is left out when a
slot it names is absent or a condition fails. Conditions: a value, "*" (any value), "" (absent), ["a", "b"] (one of),
{"not": ["a", "b"]} (none of). `{slot:plain}` writes money as people do (50.00 → 50), `{slot:shown}` the name people
know an attachment by.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tickets.flows.definition import Clause, Condition, NoneOf, stored
from tickets.flows.faults import PLACE
from tickets.flows.slots import SlotReading
from tickets.flows.slots.numbers.amounts import plain
from tickets.flows.slots.spec import FoundSlot

DEFAULT_LANG = "zh"


def render(definition: Mapping[str, Any], reading: SlotReading, lang: str = DEFAULT_LANG) -> str:
    """The instruction in `lang`, or in Chinese where the flow has no other."""
    template = stored(definition).instruction.in_language(lang)
    slots = {found.name: found for found in reading.found if found.value}
    clauses = [_fill(clause.text, slots) for clause in template.clauses if _applies(clause, slots)]
    return template.start + template.join.join(clauses) + template.end


def _applies(clause: Clause, slots: Mapping[str, FoundSlot]) -> bool:
    named = {match[1] for match in PLACE.finditer(clause.text)}
    return named <= set(slots) and all(_holds(slots.get(name), wanted) for name, wanted in clause.when.items())


def _holds(slot: FoundSlot | None, wanted: Condition) -> bool:
    value = slot.value if slot else ""
    match wanted:
        case "*":
            return bool(value)
        case str():
            return value == wanted
        case NoneOf():
            return value not in wanted.none_of
        case _:
            return value in wanted


def _fill(text: str, slots: Mapping[str, FoundSlot]) -> str:
    def write(match: re.Match[str]) -> str:
        slot = slots[match[1]]
        forms = {"plain": plain(slot.value), "shown": slot.shown}
        return _one_line(forms.get(match[2] or "", slot.value))

    return PLACE.sub(write, text)


def _one_line(value: str) -> str:
    """Escape a ticket's value: it cannot start a new line or close a quotation of the template."""
    return re.sub('["“”「」]', "'", re.sub(r"\s+", " ", value)).strip()
