"""Filters of the console for the values of slots and of a confirmation's fields."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.translation import gettext as _

from consoles.pages.words import field_words, run_language
from cs_agent.vision.redaction import Audience, redact_text
from tickets.flows.slots.money import FULL, HALF
from tickets.flows.slots.spec import parse_specs
from tickets.services.evidence.redaction import policy_of
from tickets.services.runs.attention import Why

register = template.Library()

_PLAIN_AMOUNT = re.compile(r"\d+(?:\.\d+)?")


@register.filter
def source_of(slot: Any) -> str:
    """Where a slot's value came from, in words; works for stored slots and for a reading."""
    return {
        "ticket": _("工单原文"),
        "attachment": _("工单附件"),
        "operator": _("坐席填写"),
        "record": _("客户资料"),
        "default": _("默认值"),
        "customer": _("客户回复"),
    }.get(str(slot.source), str(slot.source))


@register.filter
def listed(words: Any) -> str:
    """Words one after the other, as the reader's language parts them."""
    return _("、").join(str(word) for word in words)


@register.filter
def slot_words(value: Any) -> str:
    """Values that mean something said as people say it."""
    return {FULL: _("全额"), HALF: _("一半")}.get(str(value), str(value))


@register.filter
def value_in(slot: Any, version: Any) -> str:
    """What a stored slot or a reading holds, in the reader's language; a file is called by its name."""
    attachment = getattr(slot, "attachment", None)
    if attachment is not None:
        return str(attachment.name)
    return getattr(slot, "display", "") or value_words(version, slot.name, slot.value)


@register.simple_tag
def value_words(version: Any, name: str, value: Any) -> str:
    """A value of the slot of that name in the reader's language."""
    specs = parse_specs(version.definition) if version is not None else ()
    spec = next((each for each in specs if each.name == name), None)
    return slot_words(spec.shown(str(value)) if spec else value)


@register.filter
def covered(text: Any, version: Any) -> str:
    """The text as it may leave the console in a file: without the personal data that records of this flow leave out."""
    return redact_text(str(text), policy_of(version.definition), Audience.STORED)


@register.filter
def summary_in(confirmation: Any, version: Any) -> str:
    """What is confirmed, in the reader's language. Where a value was not read, or the act is only not proven harmless,
    the stored words say what is done."""
    stored, told = str(confirmation.summary), [field.get("screen_value") for field in confirmation.fields]
    if not confirmation.commits or not told or not all(told):
        for field in confirmation.fields:
            stored = stored.replace(f"{field.get('label')}:", f"{slot_label(field, version)}: ")
        return stored
    parts = [
        _("%(label)s:%(value)s") % {"label": slot_label(field, version), "value": field.get("screen_value") or "—"}
        for field in confirmation.fields
    ]
    return f"[{_('确认')}] " + " | ".join(parts)


@register.filter
def item_words(item: Any) -> str:
    """What something that waits is about; a confirmation's values in the reader's language."""
    if item.why is Why.CONFIRMATION and item.run is not None:
        return summary_in(item.source, item.run.flow_version)
    return str(item.text)


@register.filter
def ticket_value_in(field: Any, cockpit: Any) -> str:
    """The ticket's side of a field, an amount written as the screen's; an attachment is called as on the ticket."""
    files = [slot for slot in cockpit.slots if slot.attachment is not None]
    told = str(field.get("ticket_value") or field.get("screen_value") or "")
    for slot in files:
        if slot.name == field.get("name") or slot.value == told:  # told by the name that the file has on the phone
            return str(slot.attachment.name)
    value = value_words(cockpit.run.flow_version, str(field.get("name")), field.get("ticket_value") or "")
    sign = str(field.get("screen_value") or "")[:1]
    return f"{sign}{value}" if sign in ("¥", "\uffe5") and _PLAIN_AMOUNT.fullmatch(value) else value


@register.filter
def original_of(slot: Any, edit: Any) -> str:
    """What was there before a person changed the value; "" where nobody did, or did so to the same value."""
    original = (edit.original if edit else "") or getattr(slot, "original", "")
    return "" if original == slot.value else original


@register.filter
def editor_in(slot: Any, cockpit: Any) -> Any:
    """The editor of a slot or of a confirmation's field; None where it cannot be changed."""
    return cockpit.editors.get(slot["name"] if isinstance(slot, dict) else slot.name)


@register.filter
def slot_label(slot: Any, version: Any) -> str:
    """The slot's name in the reader's language: stored slots and fields keep the Chinese one. A field that only shows a
    slot's value under the app's name for it is called as the slot."""
    name, label = (slot.get("name"), slot.get("label")) if isinstance(slot, dict) else (slot.name, slot.label)
    if run_language() == "zh" or version is None:
        return str(label)
    fields = version.definition.get("engine", {}).get("confirm_fields", ())
    shown: dict[str, Any] = next((field for field in fields if field.get("name") == name), {})
    labels = {spec.name: spec.label for spec in parse_specs(version.definition)}
    return str(labels.get(str(name)) or field_words(shown, labels) or label)
