"""Fills a flow's slots from one ticket, and takes an operator's answers in place of what was read.

Rule: what is not certain is not filled in, it is asked; what an operator typed is kept as typed, and marked where it
has not the form that a ticket's value would have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import InvalidSlot
from tickets.flows.slots import quoted
from tickets.flows.slots.kinds import KINDS, MOBILE, Scene
from tickets.flows.slots.markup import Plain, plain
from tickets.flows.slots.numbers.phone_mentions import mentions
from tickets.flows.slots.numbers.phones import phones
from tickets.flows.slots.spec import FoundSlot, SlotReading, SlotSpec, parse_specs
from tickets.flows.slots.text import Doubt, Span, distinct, even
from tickets.models import Attachment, SlotSource, Ticket

MAX_ANSWER = 500
NOTHING = "—"  # an operator's answer: an optional slot is left empty, whatever the ticket says


def read_slots(definition: Mapping[str, Any], ticket: Ticket) -> SlotReading:
    """What the ticket says for each slot of the definition: found, missing, ambiguous or doubtful."""
    specs = parse_specs(definition)
    seen = plain(ticket.text)
    scene = Scene(quoted.without_senders(even(seen.text)), specs, timezone.localdate())
    stretches = quoted.elsewhere(scene.text)
    reading = SlotReading()
    for spec in specs:
        if spec.is_file:
            _sort(reading, spec, [_attached(spec, row, ticket) for row in _files(spec, ticket)], ticket)
        else:
            spans = _read(spec, scene, stretches)
            _sort(reading, spec, [_from_text(spec, span, seen) for span in distinct(spans)], ticket)
    return _relieve_groups(reading, specs)


def apply_answers(
    definition: Mapping[str, Any], ticket: Ticket, reading: SlotReading, answers: Mapping[str, str]
) -> SlotReading:
    """The reading with the operator's answers in place of what was found; InvalidSlot names a wrong one."""
    specs = {spec.name: spec for spec in parse_specs(definition)}
    unknown = sorted(set(answers) - set(specs))
    if unknown:
        raise InvalidSlot(_("没有名为 %s 的信息项。") % unknown[0], slot=unknown[0])
    answered = {name: text.strip() for name, text in answers.items() if text.strip()}
    emptied = {name for name, text in answered.items() if text == NOTHING and not specs[name].required}
    given = [_answer(specs[name], text, ticket) for name, text in answered.items() if name not in emptied]
    merged = SlotReading(
        found=[found for found in reading.found if found.name not in answered] + given,
        missing=[spec for spec in reading.missing if spec.name not in answered],
        ambiguous=[(spec, found) for spec, found in reading.ambiguous if spec.name not in answered],
        doubtful=[(spec, found) for spec, found in reading.doubtful if spec.name not in answered],
    )
    return _relieve_groups(merged, list(specs.values()))


def media_name(ticket_number: str, label: str, file_name: str) -> str:
    """What an attachment is called on the phone: what it is, in the flow's words, and whose.

    Short, because pickers cut long names off; the ticket's last digits tell the files of two tickets apart.
    """
    return f"{label}_{ticket_number[-4:]}{PurePosixPath(file_name).suffix.lower()}"


def _read(spec: SlotSpec, scene: Scene, stretches: list[quoted.Stretch]) -> list[Span]:
    """What the writer's own words say; and, only to be offered, what stands in those of others."""
    read = KINDS[spec.kind].read
    if not stretches:
        return read(spec, scene)
    spans = read(spec, replace(scene, text=quoted.without(scene.text, stretches)))
    others = [span for span in read(spec, scene) if quoted.touches(stretches, span)]
    if quoted.gave_way(scene.text, stretches, spans, others):
        spans = [span.doubted(Doubt.UNCLEAR) for span in spans]
    return [*spans, *(replace(span, doubt=Doubt.QUOTED) for span in others)]


def _sort(reading: SlotReading, spec: SlotSpec, candidates: list[FoundSlot], ticket: Ticket) -> None:
    """One value without a doubt is taken where every other place is said not to be meant."""
    sure = [each for each in candidates if each.doubt is None]
    open_ones = [each for each in candidates if each.doubt and not each.doubt.excludes]
    if len(sure) == 1 and not open_ones:
        reading.found.append(sure[0])
    elif sure and len({(each.value, each.attachment_id) for each in [*sure, *open_ones] if each.value}) > 1:
        reading.ambiguous.append((spec, [each for each in [*sure, *open_ones] if each.value]))
    elif open_ones or _is_asked(spec, candidates):
        reading.doubtful.append((spec, [*candidates, *_of_record(spec, ticket, candidates)]))
    elif fallback := _fallback(spec, ticket, spoken_of=bool(candidates)):
        reading.found.append(fallback)
    elif spec.required:
        reading.missing.append(spec)


def _is_asked(spec: SlotSpec, candidates: list[FoundSlot]) -> bool:
    """Whether places that are said not to be meant leave a question: a refusal answers an optional slot."""
    if spec.required:
        return bool(candidates)
    return any(each.doubt is not Doubt.NEGATED for each in candidates)


def _fallback(spec: SlotSpec, ticket: Ticket, *, spoken_of: bool) -> FoundSlot | None:
    """The flow's default, or the number of the customer's record where the ticket speaks of no telephone."""
    if spec.default and not spoken_of:
        return _found(spec, spec.default, SlotSource.DEFAULT)
    if spec.kind != MOBILE.name or not spec.from_customer or spoken_of:
        return None
    subject = even(ticket.subject)
    return None if phones(subject) or mentions(subject) else _recorded(spec, ticket)


def _recorded(spec: SlotSpec, ticket: Ticket) -> FoundSlot | None:
    """The number of the customer's record, where it is one."""
    known = phones(even(ticket.customer_mobile))
    certain = len(known) == 1 and known[0].doubt is None
    return _found(spec, known[0].value, SlotSource.RECORD) if certain else None


def _of_record(spec: SlotSpec, ticket: Ticket, candidates: list[FoundSlot]) -> list[FoundSlot]:
    """The record's number to choose from, where the ticket means some telephone and does not say which."""
    if spec.kind != MOBILE.name or not spec.from_customer:
        return []
    known = _recorded(spec, ticket)
    new = known is not None and known.value not in {each.value for each in candidates}
    return [replace(known, doubt=candidates[0].doubt)] if known is not None and new else []


def _relieve_groups(reading: SlotReading, specs: Sequence[SlotSpec]) -> SlotReading:
    """Of a group one slot is enough: the others are not missed."""
    groups = {spec.name: spec.group for spec in specs}
    open_groups = {spec.group for spec, _candidates in [*reading.ambiguous, *reading.doubtful]}
    filled = {groups[found.name] for found in reading.found} | open_groups
    missing = [spec for spec in reading.missing if not spec.group or spec.group not in filled]
    return replace(reading, missing=missing)


def _files(spec: SlotSpec, ticket: Ticket) -> Iterable[Attachment]:
    if ticket.pk is None:
        return []
    rows = (row for row in ticket.attachments.all() if row.kind == spec.media and row.from_run_id is None)
    return sorted(rows, key=lambda row: row.pk)


def _attached(spec: SlotSpec, row: Attachment, ticket: Ticket) -> FoundSlot:
    value = media_name(ticket.number, spec.labels.zh, row.name)
    return replace(_found(spec, value, SlotSource.ATTACHMENT), attachment_id=row.pk, display=row.name)


def _from_text(spec: SlotSpec, span: Span, seen: Plain) -> FoundSlot:
    own = span.value and KINDS[spec.kind].verbatim
    value = seen.text[span.start : span.end] if own else span.value
    place = seen.at_source(span)
    return replace(_found(spec, value, SlotSource.TICKET), start=place.start, end=place.end, doubt=span.doubt)


def _found(spec: SlotSpec, value: str, source: SlotSource) -> FoundSlot:
    return FoundSlot(spec.name, spec.labels.zh, value, source.value, category=spec.category)


def _answer(spec: SlotSpec, text: str, ticket: Ticket) -> FoundSlot:
    """The operator's words as a slot."""
    if len(text) > MAX_ANSWER:
        raise InvalidSlot(_("%s 太长了。") % spec.label, slot=spec.name)
    if spec.is_file:
        return _chosen_file(spec, text, ticket)
    answer = KINDS[spec.kind].answer(spec, text, timezone.localdate())
    if not answer.value:
        raise InvalidSlot(_("“%(text)s”不能用作%(label)s。") % {"text": text, "label": spec.label}, slot=spec.name)
    return replace(_found(spec, answer.value, SlotSource.OPERATOR), unusual=answer.unusual)


def _chosen_file(spec: SlotSpec, text: str, ticket: Ticket) -> FoundSlot:
    for row in _files(spec, ticket):
        found = _attached(spec, row, ticket)
        if text in {str(row.pk), row.name, found.value}:
            return found
    raise InvalidSlot(_("工单没有这个附件:%s") % text, slot=spec.name)
