"""What a flow asks for (`SlotSpec`) and what a ticket gave (`FoundSlot`), as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tickets.models import SlotSource


class SlotKind(StrEnum):
    ORDER_NUMBER = "order_number"
    MOBILE = "mobile"
    MONEY = "money"
    CHOICE = "choice"  # one of the flow's own values, recognised by phrases (a reason for a refund …)
    ATTACHMENT = "attachment"
    TEXT = "text"  # what stands behind one of the slot's words, up to the end of the sentence
    ID_CARD = "id_card"
    DATE_RANGE = "date_range"


# The kind of personal data a slot holds, for the audit trail.
CATEGORIES = {
    SlotKind.ORDER_NUMBER: "order",
    SlotKind.MOBILE: "mobile_number",
    SlotKind.MONEY: "payment",
    SlotKind.ATTACHMENT: "attachment",
    SlotKind.ID_CARD: "id_card",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a CHOICE slot and the phrases that mean it."""

    value: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One slot of a flow definition.

    `words`: words beside which the value is looked for (退款 for a refund); the meaning depends on the kind.
    `full`, `half`: a MONEY slot that takes 全额, 半额. `media`: image, video or document, for an ATTACHMENT.
    `options`: most telling first; where phrases of several are found, the first of them is meant.
    `from_customer`: a MOBILE slot that falls back on the ticket's own mobile number.
    `group`: of the slots with the same group name one is enough (a video or a photo).
    """

    name: str
    kind: SlotKind
    label_zh: str
    label_en: str = ""
    required: bool = True
    words: tuple[str, ...] = ()
    full: bool = False
    half: bool = False
    media: str = ""
    options: tuple[Option, ...] = ()
    default: str = ""
    suggestions: tuple[str, ...] = ()
    from_customer: bool = False
    group: str = ""

    @property
    def label(self) -> str:
        from django.utils.translation import get_language

        chinese = (get_language() or "zh").startswith("zh")
        return self.label_zh if chinese or not self.label_en else self.label_en

    @property
    def choices(self) -> tuple[str, ...]:
        """What an operator can be offered."""
        return tuple(option.value for option in self.options) or self.suggestions


@dataclass(frozen=True, slots=True)
class FoundSlot:
    """A value with its place: `start`, `end` are character offsets in the ticket's text, None for other sources.

    `display` is what people see where it differs from `value` (an attachment's own name).
    """

    name: str
    label: str
    value: str
    source: str = SlotSource.TICKET.value
    start: int | None = None
    end: int | None = None
    attachment_id: int | None = None
    display: str = ""
    category: str = ""

    @property
    def shown(self) -> str:
        return self.display or self.value


@dataclass(frozen=True, slots=True)
class SlotReading:
    found: list[FoundSlot] = field(default_factory=list)
    missing: list[SlotSpec] = field(default_factory=list)
    ambiguous: list[tuple[SlotSpec, list[FoundSlot]]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.missing and not self.ambiguous

    @property
    def values(self) -> dict[str, str]:
        return {found.name: found.value for found in self.found}


def parse_specs(definition: Mapping[str, Any]) -> list[SlotSpec]:
    """The specs of a definition that `tickets.services.flows.publishing` has validated."""
    return [_spec(item) for item in definition.get("slots", [])]


def _spec(item: Mapping[str, Any]) -> SlotSpec:
    label = item["label"]
    options = tuple(Option(each["value"], tuple(each["phrases"])) for each in item.get("options", []))
    plain = {
        key: item[key]
        for key in ("required", "full", "half", "media", "default", "from_customer", "group")
        if key in item
    }
    return SlotSpec(
        name=item["name"], kind=SlotKind(item["kind"]), label_zh=label["zh"], label_en=label.get("en", ""),
        words=tuple(item.get("words", [])), options=options, suggestions=tuple(item.get("suggestions", [])), **plain,
    )  # fmt: skip
