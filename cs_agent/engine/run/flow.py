"""What a flow version says to the engine: evidence of success, allowed apps, what to confirm, limits.

`EngineDefinition` is the one typed shape of that JSON (a flow definition's `engine`); `FlowRules` are the same rules
for one run, with the run's slot values filled in. Rule: a new rule is one field here, and everybody reads it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StrictBool, model_validator

Text = Annotated[str, Field(min_length=1)]
Amount = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]


class FieldKind(StrEnum):
    TEXT = "text"
    MONEY = "money"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class ConfirmField:
    """A value to read from the screen before an irreversible action.

    `screen_labels` are the captions it may stand beside; `screen_sentences` name it within a text, e.g. a dialog's
    question, by "{}": "will be sent to {}". `expected` is the ticket's value ("" = none);
    `full_of` names captions whose value must equal it when the ticket asks for the full amount ("全额").
    """

    name: str
    label: str
    screen_labels: tuple[str, ...]
    kind: FieldKind = FieldKind.TEXT
    expected: str = ""
    full_of: tuple[str, ...] = ()
    required: bool = True
    screen_sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedControl:
    """A control that a flow's editor says is harmless, bound to its page; see `NamedControlDefinition`."""

    app: str
    title: tuple[str, ...]
    shows: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowRules:
    """Rules of one run: the flow version's, with the run's slot values filled in."""

    success_evidence: tuple[tuple[str, ...], ...] = ()  # all groups must be seen; any text of a group will do
    allowed_apps: tuple[str, ...] = ()  # packages; empty = any
    app_names: tuple[str, ...] = ()  # what Launch may name; empty = any installed
    sensitive_words: tuple[str, ...] = ()  # the flow's own list, besides the gate's
    navigation_words: tuple[str, ...] = ()  # of versions before controls were bound to pages; they vouch for nothing
    named_controls: tuple[NamedControl, ...] = ()  # harmless on their page, says the flow's editor
    confirm_fields: tuple[ConfirmField, ...] = ()
    refuse_above: float | None = None  # CNY; an amount above it is never carried out by the agent
    read_only: bool = False  # nothing irreversible belongs in this flow at all
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], slots: Mapping[str, str]) -> FlowRules:
        """The rules of a definition's `engine`, `{slot}` in texts filled in; ValueError names what is wrong."""
        return EngineDefinition.model_validate(data).rules(slots)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConfirmFieldDefinition(_Part):
    """A value read from the screen and set beside the ticket's before a yes; see `ConfirmField`."""

    name: Text
    label: Text = Field(description="The field's name in the confirmation's summary.")
    screen_labels: tuple[Text, ...] = Field(description="Captions beside which the value stands on the screen.")
    screen_sentences: tuple[Text, ...] = Field((), description='Sentences that hold the value as "{}".')
    kind: FieldKind = FieldKind.TEXT
    slot: str = Field("", description="The slot it is compared with.")
    full_of: tuple[Text, ...] = Field((), description="Captions of the amount that a full refund must equal.")
    required: StrictBool = True

    def filled(self, slots: Mapping[str, str]) -> ConfirmField:
        values = self.model_dump(exclude={"slot"})
        return ConfirmField(**values, expected=slots.get(self.slot, ""))


class PageDefinition(_Part):
    """The page a named control stands on: the app, its head, and what else is seen on it."""

    app: Text = Field(description="The package of the app.")
    title: tuple[Text, ...] = Field((), description="What its head says, one of these; none: a page without a head.")
    shows: tuple[tuple[Text, ...], ...] = Field(
        (), description="Groups of texts; one text of every group is on the page, besides its head."
    )

    @model_validator(mode="after")
    def _is_told_from_others(self) -> Self:
        if not (self.title or self.shows):
            raise ValueError("a page needs a title, or texts that it shows")
        return self


class ControlDefinition(_Part):
    """A control by its whole label, one of these, or an entry of a list by a value in it."""

    label: tuple[Text, ...] = ()
    holds: tuple[Text, ...] = Field((), description="Values, one of which an entry of the list shows, e.g. {order}.")


class NamedControlDefinition(_Part):
    """Controls of one page that do nothing which cannot be taken back; a tap on them is not asked about. On pages of
    payment, transfer, deletion, authorisation and PINs they are asked about all the same."""

    page: PageDefinition
    control: ControlDefinition

    def filled(self, slots: Mapping[str, str]) -> NamedControl:
        def fill(texts: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(filled for text in texts if "{" not in (filled := _fill(text, slots)) and filled.strip())

        page, control = self.page, self.control
        shows = tuple(fill(group) for group in page.shows)
        return NamedControl(page.app, fill(page.title), shows, fill(control.label), fill(control.holds))


class EngineDefinition(_Part):
    """The `engine` part of a flow definition. Versions written before `refuse_above` had its name call it
    `amount_limit`; they are read for ever."""

    success_evidence: tuple[tuple[Text, ...], ...] = Field(
        (), description="Groups of texts; one text of every group must be on the screen before a run succeeds."
    )
    allowed_apps: tuple[Text, ...] = Field((), description="Packages that may be in the foreground; none: any.")
    app_names: tuple[Text, ...] = Field((), description="What the agent may launch; none: any installed app.")
    sensitive_words: tuple[Text, ...] = Field((), description="Words that need a yes, besides the gate's own.")
    navigation_words: tuple[Text, ...] = Field(
        (), description="Labels of versions before controls were bound to pages; nothing is let pass for them."
    )
    named_controls: tuple[NamedControlDefinition, ...] = Field(
        (), description="Controls that only lead on or choose, each bound to its page."
    )
    confirm_fields: tuple[ConfirmFieldDefinition, ...] = ()
    refuse_above: Amount | None = Field(
        None,
        validation_alias=AliasChoices("refuse_above", "amount_limit"),
        description="CNY. The agent never carries out an amount above it.",
    )
    read_only: StrictBool = Field(False, description="Nothing irreversible belongs in this flow at all.")

    def rules(self, slots: Mapping[str, str]) -> FlowRules:
        """The rules for one run with these slot values (name to value)."""
        evidence = tuple(tuple(_fill(text, slots) for text in group) for group in self.success_evidence)
        fields = tuple(each.filled(slots) for each in self.confirm_fields)
        named = tuple(each.filled(slots) for each in self.named_controls)
        same = {name: getattr(self, name) for name in type(self).model_fields}
        return FlowRules(**{**same, "success_evidence": evidence, "confirm_fields": fields, "named_controls": named})


def _fill(text: str, slots: Mapping[str, str]) -> str:
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return text
