"""Fills a flow's slots from one ticket, and takes an operator's answers for what the ticket left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import InvalidSlot
from tickets.flows.slots import kinds, money, numbers, phrases
from tickets.flows.slots.spec import FoundSlot, SlotReading, SlotSpec, parse_specs
from tickets.flows.slots.text import Span, distinct, even
from tickets.models import Attachment, SlotSource, Ticket

MAX_ANSWER = 500


def read_slots(definition: Mapping[str, Any], ticket: Ticket) -> SlotReading:
    """What the ticket says for each slot of the definition: found, missing or ambiguous."""
    specs = parse_specs(definition)
    text = even(ticket.text)
    reading = SlotReading()
    for spec in specs:
        _sort(reading, spec, _candidates(spec, specs, text, ticket))
    return _relieve_groups(reading, specs)


def apply_answers(
    definition: Mapping[str, Any], ticket: Ticket, reading: SlotReading, answers: Mapping[str, str]
) -> SlotReading:
    """The reading with the operator's answers in place of what was found; InvalidSlot names a wrong one."""
    specs = {spec.name: spec for spec in parse_specs(definition)}
    unknown = sorted(set(answers) - set(specs))
    if unknown:
        raise InvalidSlot(_("没有名为 %s 的信息项。") % unknown[0], slot=unknown[0])
    given = {name: _answer(specs[name], text, ticket) for name, text in answers.items() if text.strip()}
    merged = SlotReading(
        found=[found for found in reading.found if found.name not in given] + list(given.values()),
        missing=[spec for spec in reading.missing if spec.name not in given],
        ambiguous=[(spec, found) for spec, found in reading.ambiguous if spec.name not in given],
    )
    return _relieve_groups(merged, list(specs.values()))


def media_name(ticket_number: str, label: str, file_name: str) -> str:
    """What an attachment is called on the phone: what it is, in the flow's words, and whose.

    Short, because pickers cut long names off; the ticket's last digits tell the files of two tickets apart.
    """
    return f"{label}_{ticket_number[-4:]}{PurePosixPath(file_name).suffix.lower()}"


def _sort(reading: SlotReading, spec: SlotSpec, candidates: list[FoundSlot]) -> None:
    if len(candidates) == 1:
        reading.found.append(candidates[0])
    elif candidates:
        reading.ambiguous.append((spec, candidates))
    elif spec.default:
        reading.found.append(_found(spec, spec.default, SlotSource.DEFAULT))
    elif spec.required:
        reading.missing.append(spec)


def _relieve_groups(reading: SlotReading, specs: Sequence[SlotSpec]) -> SlotReading:
    """Of a group one slot is enough: the others are not missed."""
    groups = {spec.name: spec.group for spec in specs}
    filled = {groups[found.name] for found in reading.found} | {spec.group for spec, _c in reading.ambiguous}
    missing = [spec for spec in reading.missing if not spec.group or spec.group not in filled]
    return SlotReading(reading.found, missing, reading.ambiguous)


def _candidates(spec: SlotSpec, specs: Sequence[SlotSpec], text: str, ticket: Ticket) -> list[FoundSlot]:
    if spec.is_file:
        return [_attached(spec, row, ticket) for row in _files(spec, ticket)]
    spans = _spans(spec, specs, text)
    if not spans and spec.from_customer and ticket.customer_mobile:
        known = numbers.mobiles(even(ticket.customer_mobile))
        return [_found(spec, span.value, SlotSource.TICKET) for span in known[:1]]
    return [_found(spec, span.value, SlotSource.TICKET, span) for span in spans]


def _spans(spec: SlotSpec, specs: Sequence[SlotSpec], text: str) -> list[Span]:
    readers: dict[str, Callable[[], list[Span]]] = {
        kinds.ORDER_NUMBER.name: lambda: numbers.orders(text),
        kinds.MOBILE.name: lambda: numbers.mobiles(text),
        kinds.ID_CARD.name: lambda: numbers.id_cards(text),
        kinds.MONEY.name: lambda: _money(spec, specs, text),
        kinds.CHOICE.name: lambda: phrases.options(text, spec.options)[:1],
        kinds.TEXT.name: lambda: phrases.behind(text, spec.words)[:1],
        kinds.DATE_RANGE.name: lambda: phrases.date_ranges(text, timezone.localdate())[:1],
    }
    return readers[spec.kind]()


def _money(spec: SlotSpec, specs: Sequence[SlotSpec], text: str) -> list[Span]:
    """The amounts beside this slot's words and not nearer to another's; 全额 where the slot takes it."""
    rivals = tuple(
        word for other in specs if other.kind == kinds.MONEY.name and other.name != spec.name for word in other.words
    )
    found = money.beside(text, money.amounts(text), spec.words, rivals)
    return distinct(found + _shares(spec, text))


def _shares(spec: SlotSpec, text: str) -> list[Span]:
    """全额 and 半额, where the flow can carry them out; else the operator is asked for the amount."""
    wanted = {money.FULL: spec.full, money.HALF: spec.half}
    return [span for span in money.shares(text) if wanted[span.value]]


def _files(spec: SlotSpec, ticket: Ticket) -> list[Attachment]:
    if ticket.pk is None:
        return []
    return list(ticket.attachments.filter(kind=spec.media, from_run=None).order_by("pk"))


def _attached(spec: SlotSpec, row: Attachment, ticket: Ticket) -> FoundSlot:
    value = media_name(ticket.number, spec.labels.zh, row.name)
    found = _found(spec, value, SlotSource.ATTACHMENT)
    return FoundSlot(
        found.name, found.label, value, found.source, None, None, row.pk, display=row.name, category=found.category
    )


def _found(spec: SlotSpec, value: str, source: SlotSource, span: Span | None = None) -> FoundSlot:
    start, end = (span.start, span.end) if span else (None, None)
    return FoundSlot(spec.name, spec.labels.zh, value, source.value, start, end, category=spec.category)


def _answer(spec: SlotSpec, text: str, ticket: Ticket) -> FoundSlot:
    """The operator's words as a slot, read by the same readers as the ticket."""
    text = text.strip()
    if len(text) > MAX_ANSWER:
        raise InvalidSlot(_("%s 太长了。") % spec.label, slot=spec.name)
    if spec.is_file:
        return _chosen_file(spec, text, ticket)
    value = _read_answer(spec, even(text))
    if not value:
        raise InvalidSlot(_("“%(text)s”不能用作%(label)s。") % {"text": text, "label": spec.label}, slot=spec.name)
    return _found(spec, value, SlotSource.OPERATOR)


def _chosen_file(spec: SlotSpec, text: str, ticket: Ticket) -> FoundSlot:
    for row in _files(spec, ticket):
        found = _attached(spec, row, ticket)
        if text in {str(row.pk), row.name, found.value}:
            return found
    raise InvalidSlot(_("工单没有这个附件:%s") % text, slot=spec.name)


def _read_answer(spec: SlotSpec, text: str) -> str:
    match spec.kind:
        case kinds.ORDER_NUMBER.name:
            spans = numbers.orders("订单号" + text)
        case kinds.MOBILE.name:
            spans = numbers.mobiles(text)
        case kinds.ID_CARD.name:
            spans = numbers.id_cards(text)
        case kinds.MONEY.name:
            return _money_answer(spec, text)
        case kinds.CHOICE.name:
            return next((each.value for each in spec.options if each.value == text), "") or _meant(spec, text)
        case kinds.DATE_RANGE.name:
            spans = phrases.date_ranges(text, timezone.localdate())
        case _:
            return text
    return spans[0].value if len(spans) == 1 else ""


def _money_answer(spec: SlotSpec, text: str) -> str:
    value = money.read_one(text) or ""
    refused = (value == money.FULL and not spec.full) or (value == money.HALF and not spec.half)
    return "" if refused else value


def _meant(spec: SlotSpec, text: str) -> str:
    spans = phrases.options(text, spec.options)
    return spans[0].value if spans else ""
