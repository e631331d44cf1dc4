"""Writes a question to a customer in the customer's language, from the slots' questions and labels.

Rule: it shows the customer only what the customer wrote: values from our records are never offered as options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from tickets.flows.slots import FoundSlot, SlotReading, SlotSpec, SlotState
from tickets.models import AttachmentKind, Clarification, FlowVersion, SlotSource, Ticket
from tickets.services.tickets import external, values

MONEY = "money"
_QUOTED = 40  # characters of the customer's own words that a question repeats


@dataclass(frozen=True, slots=True)
class Lacking:
    """One numbered question: alternative slots of which one suffices, and what the ticket says about them."""

    specs: tuple[SlotSpec, ...]
    state: SlotState
    said: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [spec.name for spec in self.specs]

    @property
    def harmless(self) -> bool:
        return all(spec.ask_freely for spec in self.specs)


def lacking(ticket: Ticket, version: FlowVersion) -> list[Lacking]:
    """The questions to ask, in the order of the flow's slots."""
    reading = values.reading_of(ticket, version)
    found = [*_missing(reading.missing), *_open(reading)]
    order = {spec.name: place for place, (spec, _candidates) in enumerate(reading.asked)}
    return sorted(found, key=lambda each: order[each.specs[0].name])


def text_of(ticket: Ticket, asked: Sequence[Lacking], lang: str) -> str:
    """The complete message, which a person may edit."""
    with translation.override("en" if lang == "en" else "zh-hans"):
        lines = [_question(each, lang) for each in asked]
        if len(lines) > 1:
            lines = [f"{place}. {line}" for place, line in enumerate(lines, 1)]
        name, number = external.name_for_customer(ticket), external.number_for_customer(ticket)
        hello = _("%(name)s,您好!") % {"name": name} if name else _("您好!")
        why = _("关于您的工单 %(number)s,还需要您确认以下信息,我们才能继续处理:")
        if _has_answered(ticket):  # the same words again would read as if nobody had looked at his answer
            why = _("谢谢您的回复。关于您的工单 %(number)s,以下信息还不全或不能确定,请再告诉我们一次:")
        end = _("请按序号直接回复本消息,谢谢!") if len(lines) > 1 else _("请直接回复本消息,谢谢!")
    return "\n".join([hello, why % {"number": number}, *lines, end])


def _has_answered(ticket: Ticket) -> bool:
    return Clarification.objects.filter(ticket=ticket).exclude(answer="").exists()


def _missing(specs: Sequence[SlotSpec]) -> list[Lacking]:
    """Slots of one group make one question."""
    groups: dict[str, list[SlotSpec]] = {}
    for spec in specs:
        groups.setdefault(spec.group or f"={spec.name}", []).append(spec)
    return [Lacking(tuple(group), SlotState.MISSING) for group in groups.values()]


def _open(reading: SlotReading) -> list[Lacking]:
    several = [Lacking((spec,), SlotState.AMBIGUOUS, _said(found)) for spec, found in reading.ambiguous]
    return [*several, *(Lacking((spec,), SlotState.DOUBTFUL, _said(found)) for spec, found in reading.doubtful)]


def _said(found: Sequence[FoundSlot]) -> tuple[str, ...]:
    """Values from the customer's own text or files."""
    own = (each for each in found if each.source in (SlotSource.TICKET, SlotSource.ATTACHMENT) and each.value)
    return tuple(dict.fromkeys(each.shown[:_QUOTED] for each in own))


def _question(each: Lacking, lang: str) -> str:
    own = [spec.question.en if lang == "en" else spec.question.zh for spec in each.specs]
    label = _(" 或 ").join(spec.label for spec in each.specs)
    said = _("、").join(each.said)
    if each.state is SlotState.AMBIGUOUS and said:
        return _("您提到了几个%(label)s:%(said)s。请问是哪一个?") % {"label": label, "said": said}
    if each.state is SlotState.DOUBTFUL and said:
        return _("您提到了%(label)s“%(said)s”,请再确认一下具体是什么。") % {"label": label, "said": said}
    if own[0]:
        return own[0]
    if each.specs[0].is_file:
        return _file(each.specs[0], label)
    if each.specs[0].kind == MONEY:
        return _("请告诉我们%(label)s的金额。") % {"label": label}
    options = _options(each.specs[0], lang)
    return (
        _("请告诉我们%(label)s(%(options)s)。") % {"label": label, "options": options}
        if options
        else _("请告诉我们%(label)s。") % {"label": label}
    )


def _file(spec: SlotSpec, label: str) -> str:
    what = {AttachmentKind.IMAGE: _("图片"), AttachmentKind.VIDEO: _("视频")}.get(
        AttachmentKind(spec.media or "document"), _("文件")
    )
    return _("请发来%(label)s(%(what)s)。") % {"label": label, "what": what}


def _options(spec: SlotSpec, lang: str) -> str:
    """A choice's values in the customer's words."""
    names = [option.english if lang == "en" else option.value for option in spec.options]
    return _("、").join(names)
