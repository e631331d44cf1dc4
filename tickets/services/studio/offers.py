"""The values of a sample ticket that a teacher picks from a list instead of typing them, each with its slot.

Rule: what the flow's slots read comes first; what else the ticket says is offered as a slot that the flow would get.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_agent.engine.routes.slots import plain
from cs_agent.engine.screen.text import amounts
from tickets.errors import Conflict
from tickets.flows.slots import read_slots
from tickets.models import Lesson, Slot, SlotSource, Ticket
from tickets.said import in_each

Spec = dict[str, Any]
_GENERAL: tuple[tuple[str, str, Any], ...] = (  # name, kind, label
    ("order_number", "order_number", gettext_lazy("订单号")),
    ("mobile", "mobile", gettext_lazy("手机号")),
    ("id_card", "id_card", gettext_lazy("身份证号")),
    ("period", "date_range", gettext_lazy("起止日期")),
)
_AMOUNT = gettext_lazy("金额")
_FILES = {"image": gettext_lazy("图片"), "video": gettext_lazy("视频"), "document": gettext_lazy("文件")}
_BEFORE_AMOUNT = re.compile(r"([一-鿿]{2,4}|[A-Za-z]{4,})[^\w]*$")
_CURRENCY = re.compile(r"[\s\u00a5\uffe5]+$")
_LABELLED = re.compile(r"([^\s:\uff1a,\uff0c。;\uff1b]{2,10})\s*[:\uff1a]\s*$")


@dataclass(frozen=True, slots=True)
class Offer:
    """`spec`: the slot's definition; `used`: the flow has it already."""

    spec: Spec
    value: str
    source: str = SlotSource.TICKET
    used: bool = False
    attachment_id: int | None = None

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def typed(self) -> str:
        """As people type it: an amount without a needless fraction."""
        return plain(self.value)

    @property
    def is_file(self) -> bool:
        return self.spec["kind"] == "attachment"


def of_lesson(lesson: Lesson) -> list[Offer]:
    """Every value that can be picked now, the flow's own first; empty once the lesson's run is gone."""
    if lesson.run is None:
        return []
    specs = {spec["name"]: spec for spec in [*lesson.base.definition.get("slots", ()), *lesson.slots]}
    rows = [row for row in lesson.run.slots.order_by("pk") if row.value and row.name in specs]
    own = [Offer(specs[row.name], row.value, row.source, True, row.attachment_id) for row in rows]
    taken = {offer.value for offer in own}
    names = set(specs)
    return [*own, *(offer for offer in _general(lesson.ticket, names) if offer.value not in taken)]


def values(offers: Iterable[Offer], first: str = "") -> dict[str, str]:
    """Name to value; of two slots with the same value the `first` is found."""
    found = {offer.name: offer.value for offer in offers if offer.value}
    return {first: found.pop(first), **found} if first in found else found


def adopt(lesson: Lesson, names: Iterable[str]) -> None:
    """These slots are used by the lesson: the flow gets them, the run their values. In the caller's transaction."""
    wanted = set(names)
    for offer in of_lesson(lesson):
        if offer.name in wanted and not offer.used:
            add(lesson, offer)


def add(lesson: Lesson, offer: Offer) -> None:
    """The lesson's row is saved by the caller; the lesson is under way."""
    if lesson.run is None:
        raise Conflict(_("这次示教已经结束。"))
    lesson.slots = [*lesson.slots, offer.spec]
    label = offer.spec["label"]["zh"]
    Slot.objects.create(
        run_id=lesson.run.pk,
        name=offer.name,
        label=label,
        value=offer.value,
        source=offer.source,
        attachment_id=offer.attachment_id,
    )


def words_before(text: str, value: str) -> str:
    """The caption that the value has in the ticket, e.g. 收货人 in "收货人:张三"; empty for none."""
    place = text.find(value)
    found = _LABELLED.search(text[:place]) if place > 0 else None
    return found[1] if found else ""


def _general(ticket: Ticket, names: set[str]) -> list[Offer]:
    specs: list[Spec] = [
        {"name": name, "kind": kind, "label": in_each(label)} | ({"from_customer": True} if name == "mobile" else {})
        for name, kind, label in _GENERAL
        if name not in names
    ]
    reading = read_slots({"slots": specs}, ticket)
    by_name = {spec["name"]: spec for spec in specs}
    found = [Offer(by_name[each.name], each.value, each.source) for each in reading.found if each.value]
    for spec, candidates in reading.ambiguous:
        found += [
            Offer({**by_name[spec.name], "name": _free(spec.name, names, number)}, each.value)
            for number, each in enumerate(candidates, 1)
            if each.value
        ]
    return [*found, *_amounts(ticket.text, names)]


def _free(name: str, names: set[str], number: int) -> str:
    return name if number == 1 and name not in names else f"{name}_{number}"


def _amounts(text: str, names: set[str]) -> list[Offer]:
    """Each amount with the word before it, which says what it is the amount of."""
    offers = []
    for number, amount in enumerate(dict.fromkeys(amounts(text)), 1):
        shown = plain(f"{amount:.2f}")
        before = _BEFORE_AMOUNT.search(_CURRENCY.sub("", text[: max(text.find(shown), 0)]))
        word = before[1] if before else ""
        name = f"amount_{number}"
        if name not in names:
            spec: Spec = {
                "name": name,
                "kind": "money",
                "label": {"zh": word, "en": word} if word else in_each(_AMOUNT),
            }
            spec["words"] = [word or spec["label"]["zh"]]
            offers.append(Offer(spec, f"{amount:.2f}"))
    return offers


def files(ticket: Ticket, known: Sequence[Mapping[str, Any]]) -> list[Spec]:
    """A slot for each kind of file that the ticket has and the flow has none for."""
    kinds = {spec.get("media") for spec in known if spec.get("kind") == "attachment"}
    here = ticket.attachments.filter(from_run=None).order_by("pk").values_list("kind", flat=True)
    return [
        {"name": kind, "kind": "attachment", "media": kind, "label": in_each(_FILES[kind])}
        for kind in dict.fromkeys(map(str, here))
        if kind not in kinds
    ]
