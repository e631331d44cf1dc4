"""The plan of a start: the fitting flow, the slots found, and what must be asked first."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consoles.desk import clarify
from tickets.flows.slots import FoundSlot, SlotSpec, SlotState, parse_specs
from tickets.flows.slots.text import Doubt
from tickets.models import FlowTemplate, FlowVersion, SlotSource, Ticket
from tickets.services.flows import templates
from tickets.services.flows.recommendation import recommend
from tickets.services.releasing import releases
from tickets.services.tickets import values
from tickets.services.tickets.reading import NOTHING, SlotReview, doubt_words, reviewed


@dataclass(frozen=True)
class Candidate:
    """One value that could fill a slot; `shown` is what people read. `source`: where it stands, if not in the ticket;
    `doubt`: why it was not simply taken."""

    value: str
    shown: str
    source: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Asked:
    """A slot that must be filled before the start: chosen among `candidates`, or written."""

    name: str
    label: str
    is_file: bool
    may_write: bool  # whether another value than the candidates may be typed
    candidates: list[Candidate]
    state: SlotState
    why: str = ""  # what kept a value that stands in the ticket from being taken
    media: str = ""
    answer: str = ""

    @property
    def accept(self) -> str:
        """What a file chooser offers."""
        return {"image": "image/*", "video": "video/*", "document": "application/pdf"}.get(self.media, "")


@dataclass(frozen=True)
class Plan:
    """`version` None: no flow fits and none was picked."""

    version: FlowVersion | None
    recommended: FlowVersion | None
    fit: int  # percent
    human: bool  # a person should handle this ticket
    reasons: list[str]
    found: list[FoundSlot]
    asked: list[Asked]
    choices: list[FlowTemplate]


def make_plan(ticket: Ticket, slug: str = "", answers: dict[str, str] | None = None) -> Plan:
    """The plan for the flow of that slug, or for the recommended one."""
    advice = recommend(ticket)
    version = _picked(slug, ticket) or advice.flow_version
    slots = _slots(ticket, version) if version else []
    replied = clarify.offered(ticket, version) if version and any(slot.must_be_answered for slot in slots) else {}
    return Plan(
        version=version,
        recommended=advice.flow_version,
        fit=round(advice.fit * 100),
        human=advice.human_recommended,
        reasons=list(advice.reasons),
        found=[slot.found for slot in slots if slot.found],
        asked=[_ask(slot, answers or {}, replied.get(slot.spec.name, [])) for slot in slots if slot.must_be_answered],
        choices=list(templates.that_serve()),
    )


def _slots(ticket: Ticket, version: FlowVersion) -> list[SlotReview]:
    """Every slot with what the ticket says, or what a person gave in its place."""
    return reviewed(parse_specs(version.definition), values.reading_of(ticket, version), ticket.text)


def _picked(slug: str, ticket: Ticket) -> FlowVersion | None:
    template = FlowTemplate.objects.filter(slug=slug, active=True).first() if slug else None
    return releases.version_for(template, ticket) if template else None


def _ask(slot: SlotReview, answers: dict[str, str], replied: list[tuple[str, str]]) -> Asked:
    spec = slot.spec
    offered = [_candidate(each, spec) for each in slot.candidates]
    known = {each.value for each in offered}
    offered += [
        Candidate(value, spec.shown(value), SlotSource.CUSTOMER, doubt_words(Doubt(doubt)) if doubt else "")
        for value, doubt in replied
        if value not in known
    ]
    known = {each.value for each in offered}
    offered += [Candidate(value, spec.shown(value)) for value in spec.choices if value not in known]
    if slot.may_be_empty:
        offered.append(Candidate(NOTHING, _("不填")))
    return Asked(
        name=spec.name,
        label=spec.label,
        is_file=spec.is_file,
        may_write=not spec.is_file and not spec.is_choice,
        candidates=offered,
        state=slot.state,
        why=slot.why,
        media=spec.media or "",
        answer=answers.get(spec.name, ""),
    )


def _candidate(found: FoundSlot, spec: SlotSpec) -> Candidate:
    value = found.value if found.attachment_id is None else str(found.attachment_id)
    return Candidate(value, found.display or spec.shown(found.value), found.source)
