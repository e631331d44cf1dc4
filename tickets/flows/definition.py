"""The one typed definition of a flow: the editor's check, the readers, the schema and the docs go by these models.

Rule: a stored version is immutable, so a shape that was once published is read for ever (`stored`), while what is
published now is checked without leniency (`tickets.flows.faults`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from cs_agent.engine.run.flow import Amount, EngineDefinition, Text
from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.redaction import Audience
from tickets.flows.slots.spec import SlotSpec
from tickets.models import AttachmentKind

# Keys of versions published before each limit had a name of its own, as (where, old, new).
RENAMED = ((), "amount_limit", "second_approval_above"), (("engine",), "amount_limit", "refuse_above")
Weight = Annotated[float, Field(strict=True, allow_inf_nan=False)]

MOST_KEPT_DAYS = 3650


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Part):
    """Which tickets the flow is recommended for."""

    keywords: dict[Text, Weight] = Field(
        min_length=1, description="Words of a ticket and their weights; a negative one speaks against the flow."
    )
    threshold: Annotated[Weight, Field(gt=0)] = Field(1, description="The points that make a full fit.")
    questions: StrictBool | None = Field(
        None, description="Asking about the thing is wanting the flow; by itself true for a read-only flow."
    )


class NoneOf(BaseModel):
    """Holds where the slot's value is none of these."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    none_of: tuple[str, ...] = Field(alias="not")


Condition = str | tuple[str, ...] | NoneOf


class Clause(_Part):
    """A piece of the instruction; left out where a slot it names is absent or a condition fails."""

    text: Text = Field(description="`{slot}` the value, `{slot:plain}` money as people write it, `{slot:shown}`.")
    when: dict[str, Condition] = Field(
        {}, description='By slot: a value, "*" (any), "" (absent), a list (one of), {"not": [...]} (none of).'
    )


class InstructionTemplate(_Part):
    """The instruction in one language: the clauses that apply, joined."""

    start: str = ""
    join: str = ""
    end: str = ""
    clauses: tuple[Clause, ...] = Field(min_length=1)


class Instruction(_Part):
    """The instruction given to the agent; Chinese is required and stands in for a language that is not given."""

    zh: InstructionTemplate
    en: InstructionTemplate | None = None

    def in_language(self, lang: str) -> InstructionTemplate:
        return self.en if lang == "en" and self.en is not None else self.zh


class FlowDefinition(_Part):
    """How one kind of ticket is handled."""

    match: Match
    slots: tuple[SlotSpec, ...] = Field(description="The values the flow needs from a ticket.")
    instruction: Instruction
    engine: EngineDefinition
    media: tuple[str, ...] = Field((), description="Attachment slots whose file is put on the phone.")
    bring_back: tuple[AttachmentKind, ...] = Field((), description="Kinds of files that come back onto the ticket.")
    phone_labels: tuple[Text, ...] = Field((), description="Labels a phone must carry to be used.")
    four_eyes: StrictBool = Field(False, description="Who started a run may not confirm it.")
    second_approval_above: Amount | None = Field(
        None,
        validation_alias=AliasChoices("second_approval_above", "amount_limit"),
        description="CNY. Above it, or where an amount cannot be read, two people must confirm.",
    )
    redaction: dict[Audience, tuple[DataKind, ...]] = Field({}, description="What is hidden besides the policy.")
    record: StrictBool = Field(True, description="False: runs are not recorded; only for a read-only flow.")
    keep_days: StrictInt | None = Field(
        None,
        ge=1,
        le=MOST_KEPT_DAYS,
        description="Days that recordings and pictures of its runs are kept; none: as the installation's settings say.",
    )
    name: Any = None
    description: Any = None

    @property
    def slot_names(self) -> set[str]:
        return {slot.name for slot in self.slots}


def stored(definition: Mapping[str, Any]) -> FlowDefinition:
    """A published version's definition; keys of other releases are passed over."""
    return FlowDefinition.model_validate(definition, extra="ignore")


def current_shape(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with keys of earlier releases under their current names; parts of another kind stay as they are,
    for the checks to refuse."""
    shaped = dict(definition)
    for place, old, new in RENAMED:
        part: Any = shaped
        for key in place:
            part[key] = dict(part[key]) if isinstance(part.get(key), Mapping) else part.get(key, {})
            part = part[key]
        if isinstance(part, dict) and old in part and new not in part:
            part[new] = part.pop(old)
    return shaped


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of a flow definition, as an editor or another program reads it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **FlowDefinition.model_json_schema(by_alias=True),
        "title": "Flow definition",
    }
