"""What a flow asks for (`SlotSpec`) and what a ticket gave (`FoundSlot`), as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from django.utils.translation import get_language
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, TypeAdapter, WithJsonSchema
from pydantic_core import PydanticCustomError

from tickets.flows.slots.kinds import ATTACHMENT, CHOICE, KINDS
from tickets.flows.slots.text import Doubt
from tickets.models import AttachmentKind, SlotSource

Text = Annotated[str, Field(min_length=1)]


def _known_kind(name: str) -> str:
    if name not in KINDS:
        raise PydanticCustomError("enum", "no such kind of slot", {"expected": ", ".join(sorted(KINDS))})
    return name


KindName = Annotated[str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": sorted(KINDS)})]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class Label(_Part):
    """What people call a slot."""

    zh: Text
    en: str = ""


class Wording(_Part):
    """A sentence for customers; the product's own words stand in for a language that is not given."""

    zh: str = Field(default="", max_length=300)
    en: str = Field(default="", max_length=300)


class Option(_Part):
    """One value of a choice and the phrases that mean it."""

    value: Text
    phrases: tuple[Text, ...] = Field(min_length=1)

    @property
    def english(self) -> str:
        """Its first phrase in Latin letters; the value itself where there is none."""
        if self.value.isascii():
            return self.value
        return next((phrase for phrase in self.phrases if phrase.isascii()), self.value)


class SlotSpec(_Part):
    """A value that a flow needs from a ticket."""

    name: Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=60)]
    kind: KindName
    labels: Label = Field(alias="label")
    required: StrictBool = True
    words: tuple[Text, ...] = Field((), description="Words beside which the value is looked for.")
    full: StrictBool = Field(False, description="A money slot that takes 全额, the full amount.")
    half: StrictBool = Field(False, description="A money slot that takes 半额, half of it.")
    to_line_end: StrictBool = Field(
        False, description="Of a text: all that its line says, where otherwise it ends with the sentence."
    )
    media: AttachmentKind | None = Field(None, description="Of an attachment: what kind of file.")
    options: tuple[Option, ...] = Field((), description="Of a choice: its values, the most telling first.")
    first_counts: StrictBool = Field(
        False,
        description="Of a choice: of several options found the first is meant; else it is asked.",
    )
    ignore: tuple[Text, ...] = Field((), description="Of a choice: phrases that mean none of it (气坏了 for 坏了).")
    default: str = Field("", description="Taken where the ticket says nothing.")
    suggestions: tuple[Text, ...] = Field((), description="Values an operator is offered.")
    from_customer: StrictBool = Field(
        False, description="A mobile number that the customer's record gives where the ticket speaks of none."
    )
    group: str = Field("", description="Of the slots with the same group one is enough.")
    question: Wording = Field(Wording(), description="How a customer is asked for it, where he has to be asked.")
    ask_freely: StrictBool = Field(
        False, description="Harmless to ask: a connector that allows it asks without a person's yes."
    )

    @property
    def label(self) -> str:
        """In the reader's language."""
        chinese = (get_language() or "zh").startswith("zh")
        return self.labels.zh if chinese or not self.labels.en else self.labels.en

    @property
    def choices(self) -> tuple[str, ...]:
        """What an operator can be offered."""
        return tuple(option.value for option in self.options) or self.suggestions

    def shown(self, value: str) -> str:
        """A value as the reader knows it: who reads English sees what a choice means before what the app calls it."""
        meant = {option.value: option.english for option in self.options}.get(value, value)
        if meant == value or (get_language() or "zh").startswith("zh"):
            return value
        return f"{meant[:1].upper()}{meant[1:]} ({value})"

    @property
    def is_file(self) -> bool:
        return self.kind == ATTACHMENT.name

    @property
    def is_choice(self) -> bool:
        return self.kind == CHOICE.name

    @property
    def category(self) -> str:
        return KINDS[self.kind].category


@dataclass(frozen=True, slots=True)
class FoundSlot:
    """A value with its place: `start`, `end` are character offsets in the ticket's text, None for other sources.

    `display` is what people see where it differs from `value` (an attachment's own name). `doubt`: why it is only
    offered; `unusual`: an operator typed it in a form that a ticket's value would not have.
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
    doubt: Doubt | None = None
    unusual: bool = False

    @property
    def shown(self) -> str:
        return self.display or self.value


class SlotState(StrEnum):
    READ = "read"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"  # several values stand in the ticket
    DOUBTFUL = "doubtful"  # one is spoken of that is not certain, or not simply wished


@dataclass(frozen=True, slots=True)
class SlotReading:
    """What a ticket gives for a flow's slots. What is not `found` and not optional is asked before a start.

    `doubtful` holds the places whose value is not certain; a value "" there could not be read at all.
    """

    found: list[FoundSlot] = field(default_factory=list)
    missing: list[SlotSpec] = field(default_factory=list)
    ambiguous: list[tuple[SlotSpec, list[FoundSlot]]] = field(default_factory=list)
    doubtful: list[tuple[SlotSpec, list[FoundSlot]]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.missing and not self.ambiguous and not self.doubtful

    @property
    def values(self) -> dict[str, str]:
        return {found.name: found.value for found in self.found}

    @property
    def asked(self) -> list[tuple[SlotSpec, list[FoundSlot]]]:
        """Every slot that must be answered, with the values to offer; none for a missing one."""
        return [*((spec, []) for spec in self.missing), *self.ambiguous, *self.doubtful]


_SPECS = TypeAdapter(tuple[SlotSpec, ...])


def parse_specs(definition: Mapping[str, Any]) -> tuple[SlotSpec, ...]:
    """The slots of a published version's definition; keys of other releases are passed over."""
    return _SPECS.validate_python(definition.get("slots", ()), extra="ignore")
