"""The one editor of values: what it offers for each slot, before the start, at a confirmation and while driving.

Rule: what is offered follows the slot's kind; a value that cannot be changed here has no editor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tickets.flows.slots import SlotSpec, parse_specs, read_slots
from tickets.flows.slots.money import FULL, HALF
from tickets.models import FlowVersion, Slot, SlotSource
from tickets.permissions import Permission, has

if TYPE_CHECKING:
    from consoles.pages.cockpit import Cockpit

_DIGITS = {"order_number", "mobile"}


@dataclass(frozen=True)
class Choice:
    """One value by a press; `shown` is what people read."""

    value: str
    shown: str


@dataclass(frozen=True)
class Editor:
    """`action`: where the form goes; `hidden`: what goes with it; `original`: what was there before a person came."""

    name: str
    label: str
    kind: str
    action: str
    hidden: tuple[tuple[str, str], ...]
    value: str = ""
    original: str = ""
    choices: tuple[Choice, ...] = ()
    resettable: bool = False

    @property
    def mode(self) -> str:
        """What the reader's keyboard offers on a phone."""
        return "decimal" if self.kind == "money" else "numeric" if self.kind in _DIGITS else "text"

    @property
    def long(self) -> bool:
        return self.kind == "text"

    @property
    def writable(self) -> bool:
        return self.kind not in {"choice", "attachment"}


def editors(cockpit: Cockpit) -> dict[str, Editor]:
    """By slot name; empty where nothing can be changed now, or not by this reader."""
    if cockpit.confirmation is not None:
        return _at_confirmation(cockpit) if has(cockpit.user, Permission.DECIDE) else {}
    if cockpit.driving:
        return _while_driving(cockpit)
    if cockpit.plan is not None and cockpit.plan.version is not None and cockpit.may_start:
        return _before_start(cockpit, cockpit.plan.version)
    return {}


def _before_start(cockpit: Cockpit, version: FlowVersion) -> dict[str, Editor]:
    assert cockpit.plan is not None  # noqa: S101 - tells the type checker
    action = reverse("ticket-value", args=[cockpit.ticket.number])
    said = {found.name: found.shown for found in read_slots(version.definition, cockpit.ticket).found}
    now = {found.name: found for found in cockpit.plan.found}
    made = {}
    for spec in parse_specs(version.definition):
        found = now.get(spec.name)
        given = found is not None and found.source == SlotSource.OPERATOR
        value = found.value if found else ""
        hidden = (("name", spec.name), ("was", value), ("flow", version.template.slug))
        files = _files(cockpit, spec)
        made[spec.name] = Editor(
            spec.name,
            spec.label,
            spec.kind,
            action,
            hidden,
            "" if spec.is_file else value,
            said.get(spec.name, "") if given else "",
            files or _choices(spec),
            given,
        )
    return made


def _at_confirmation(cockpit: Cockpit) -> dict[str, Editor]:
    confirmation, run = cockpit.confirmation, cockpit.run
    assert confirmation is not None and run is not None  # noqa: S101, PT018 - tells the type checker
    action = reverse("confirmation-correct", args=[confirmation.pk])
    specs = {spec.name: spec for spec in parse_specs(run.flow_version.definition)}
    slots = {slot.name: slot for slot in cockpit.slots}
    made = {}
    for field in confirmation.fields:
        spec, slot = specs.get(field["name"]), slots.get(field["name"])
        if spec is not None and spec.is_file:
            continue
        hidden = (("field", field["name"]), ("version", str(confirmation.version)))
        label = spec.label if spec else str(field.get("label", ""))
        value = str(field.get("ticket_value", ""))
        made[field["name"]] = Editor(
            field["name"],
            label,
            spec.kind if spec else "other",
            action,
            hidden,
            value,
            _before(slot),
            _choices(spec) if spec else (),
        )
    return made


def _while_driving(cockpit: Cockpit) -> dict[str, Editor]:
    assert cockpit.takeover is not None and cockpit.run is not None  # noqa: S101, PT018 - tells the type checker
    action = reverse("takeover-value", args=[cockpit.takeover.pk])
    specs = {spec.name: spec for spec in parse_specs(cockpit.run.flow_version.definition)}
    return {
        slot.name: Editor(
            slot.name,
            specs[slot.name].label,
            specs[slot.name].kind,
            action,
            (("name", slot.name),),
            slot.value,
            _before(slot),
            _choices(specs[slot.name]),
        )
        for slot in cockpit.slots
        if slot.name in specs and not specs[slot.name].is_file
    }


def _choices(spec: SlotSpec) -> tuple[Choice, ...]:
    shares = [value for value, may in ((FULL, spec.full), (HALF, spec.half)) if may]
    return tuple(Choice(value, spec.shown(value)) for value in dict.fromkeys([*spec.choices, *shares]))


def _files(cockpit: Cockpit, spec: SlotSpec) -> tuple[Choice, ...]:
    rows: list[Any] = [each for each in cockpit.attachments if spec.is_file and each.kind == spec.media]
    return tuple(Choice(str(row.pk), row.name) for row in rows)


def _before(slot: Slot | None) -> str:
    return slot.original if slot is not None else ""
