"""The questions to a customer on the ticket's page: what was asked and answered, and the draft of the next one.

Rule: nothing is sent from here; the draft is a text in a box until a person presses the button.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from tickets.flows.slots import parse_specs
from tickets.models import Clarification, ClarificationState, Delivery, DeliveryState, FlowVersion, Ticket
from tickets.services.clarify import answers, asking, draft, language
from tickets.services.tickets.external import CONNECTOR_LANE

_TONES = {
    ClarificationState.ASKED: "warn",
    ClarificationState.PARTLY: "warn",
    ClarificationState.UNCLEAR: "warn",
    ClarificationState.ANSWERED: "ok",
    ClarificationState.EXPIRED: "danger",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question as people see it. `undelivered`: the helpdesk did not bring it to the customer."""

    row: Clarification
    labels: list[str]
    tone: str
    undelivered: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """`drafts`: by language, the customer's own first; empty where nothing can be asked now."""

    turns: list[Turn]
    drafts: list[tuple[str, str]]
    left: int
    flow: str = ""

    @property
    def waiting(self) -> Turn | None:
        last = self.turns[-1] if self.turns else None
        return last if last is not None and last.row.state == ClarificationState.ASKED else None

    @property
    def used_up(self) -> bool:
        return bool(self.turns) and not self.left

    @property
    def anything(self) -> bool:
        return bool(self.turns or self.drafts)


def asking_of(ticket: Ticket, version: FlowVersion | None) -> Asking:
    """For the flow the reader looks at; None where none fits."""
    rows = Clarification.objects.filter(Q(ticket=ticket) | Q(ticket__merged_into=ticket))
    turns = [_turn(row, version) for row in rows.select_related("asked_by", "template", "reply").order_by("pk")]
    left = asking.turns_left(ticket)
    open_now = bool(turns) and turns[-1].row.state == ClarificationState.ASKED
    if version is None or open_now or not left:
        return Asking(turns, [], left)
    asked = draft.lacking(ticket, version)
    own = language.of_ticket(ticket)
    langs = [own, *(lang for lang in language.LANGS if lang != own)] if asked else []
    return Asking(turns, [(lang, draft.text_of(ticket, asked, lang)) for lang in langs], left, version.template.slug)


def offered(ticket: Ticket, version: FlowVersion) -> dict[str, list[tuple[str, str]]]:
    """By slot: values that the customer's last answer gives without certainty, and the doubt."""
    row = Clarification.objects.filter(ticket=ticket, template=version.template).exclude(answer="").last()
    if row is None:
        return {}
    found = answers.read(row, version).offers
    return {name: [(span.value, span.doubt or "") for span in spans] for name, spans in found.items()}


def _turn(row: Clarification, version: FlowVersion | None) -> Turn:
    labels = {spec.name: spec.label for spec in parse_specs(version.definition)} if version else {}
    lost = False
    if row.reply is not None and row.reply.send_by and row.state == ClarificationState.ASKED:
        sent = Delivery.objects.filter(ticket=row.ticket_id, lane__startswith=f"{CONNECTOR_LANE}:")
        lost = sent.filter(state=DeliveryState.GIVEN_UP, event__data__reply=row.reply_id).exists()
    tone = _TONES.get(ClarificationState(row.state), "")
    return Turn(row, [labels.get(name, name) for name in row.names], tone, lost)
