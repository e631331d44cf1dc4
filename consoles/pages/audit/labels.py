"""What the values that audit events name are called: by the flow version that the event is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import override

from consoles.pages.words import field_words
from tickets.flows.slots import parse_specs
from tickets.models import AuditEvent, FlowVersion

_NUMBER = " v"  # between a flow and its version


def labels_of(events: Iterable[AuditEvent]) -> dict[int, Mapping[str, str]]:
    """By sequence number: the labels of the flow's values in the reader's language, by their names and by the labels
    that are stored with confirmations; {} of no flow.

    Events that name only a flow use the labels of its newest version.
    """
    named = {event.seq: _flow_of(event) for event in events}
    known = _labels({flow for flow in named.values() if flow})
    return {seq: known.get(flow, {}) for seq, flow in named.items()}


def _flow_of(event: AuditEvent) -> str:
    """A flow, or a flow and its version; "" of neither."""
    return event.flow_version or str((event.details or {}).get("flow") or "")


def labels_in(definition: Mapping[str, Any]) -> Mapping[str, str]:
    labels = {spec.name: spec.label for spec in parse_specs(definition)}
    with override("zh-hans"):
        stored = {spec.label: labels[spec.name] for spec in parse_specs(definition)}
    fields = definition.get("engine", {}).get("confirm_fields", ())
    shown = {str(field.get("label")): word for field in fields if (word := field_words(field, labels))}
    return {**stored, **shown, **labels}


def _labels(flows: set[str]) -> dict[str, Mapping[str, str]]:
    if not flows:
        return {}
    wanted = Q()
    for flow in flows:
        slug, _sign, number = flow.partition(_NUMBER)
        wanted |= Q(template__slug=slug, number=int(number)) if number.isdecimal() else Q(template__slug=slug)
    found: dict[str, Mapping[str, str]] = {}
    for version in FlowVersion.objects.filter(wanted).select_related("template").order_by("number"):
        labels = labels_in(version.definition)
        found[f"{version.template.slug}{_NUMBER}{version.number}"] = found[version.template.slug] = labels
    return found
