"""The instruction a run is started with: the clauses of the flow's template that its slots can fill.

A template is a list of clauses, each `{"text": "…{slot}…", "when": {"slot": condition}}`. A clause is left out when a
slot it names is absent or a condition fails. Conditions: a value, "*" (any value), "" (absent), ["a", "b"] (one of),
{"not": ["a", "b"]} (none of). `{slot:plain}` writes money as people do (50.00 → 50), `{slot:shown}` the name people
know an attachment by.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tickets.flows.slots import SlotReading
from tickets.flows.slots.money import plain
from tickets.flows.slots.spec import FoundSlot

PLACE = re.compile(r"\{(\w+)(?::(plain|shown))?\}")
DEFAULT_LANG = "zh"
Condition = str | list[str] | Mapping[str, list[str]]


def render(definition: Mapping[str, Any], reading: SlotReading, lang: str = DEFAULT_LANG) -> str:
    """The instruction in `lang`, or in Chinese where the flow has no other."""
    templates = definition["instruction"]
    template = templates.get(lang) or templates[DEFAULT_LANG]
    slots = {found.name: found for found in reading.found if found.value}
    clauses = [_fill(clause["text"], slots) for clause in template["clauses"] if _applies(clause, slots)]
    return template.get("start", "") + template.get("join", "").join(clauses) + template.get("end", "")


def _applies(clause: Mapping[str, Any], slots: Mapping[str, FoundSlot]) -> bool:
    named = {match[1] for match in PLACE.finditer(clause["text"])}
    conditions = clause.get("when", {})
    return named <= set(slots) and all(_holds(slots.get(name), wanted) for name, wanted in conditions.items())


def _holds(slot: FoundSlot | None, wanted: Condition) -> bool:
    value = slot.value if slot else ""
    match wanted:
        case "*":
            return bool(value)
        case str():
            return value == wanted
        case {"not": unwanted}:
            return value not in unwanted
        case _:
            return value in wanted


def _fill(text: str, slots: Mapping[str, FoundSlot]) -> str:
    def write(match: re.Match[str]) -> str:
        slot = slots[match[1]]
        forms = {"plain": plain(slot.value), "shown": slot.shown}
        return _one_line(forms.get(match[2] or "", slot.value))

    return PLACE.sub(write, text)


def _one_line(value: str) -> str:
    """A value from a ticket is data: it starts no line of its own and closes no quotation of the template's."""
    return re.sub('["“”「」]', "'", re.sub(r"\s+", " ", value)).strip()
