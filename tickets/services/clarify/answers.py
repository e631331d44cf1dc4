"""Adds a customer's answer to the ticket and fills the slots that were asked for.

Rule: what an operator typed is never overwritten, what is not certain is never filled in, and nothing starts by itself.
An answer to a ticket that was merged counts for the ticket that goes on.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from tickets.errors import InvalidSlot
from tickets.flows.slots import SlotReading, apply_answers, parse_specs
from tickets.flows.slots.replies import ReplyReading, read_reply
from tickets.models import Clarification, ClarificationState, FlowVersion, Run, SlotSource, Ticket, TicketValue
from tickets.permissions import Permission, require
from tickets.services.clarify import ending, language
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.releasing import releases
from tickets.services.tickets import values

MOST_ANSWER = 10_000
_OPEN = (ClarificationState.ASKED, ClarificationState.PARTLY, ClarificationState.UNCLEAR)
_AT_ONCE = 200


def goes_on_as(ticket: Ticket) -> Ticket:
    """The ticket itself, or the one it was merged into."""
    seen = {ticket.pk}
    while ticket.merged_into is not None and ticket.merged_into_id not in seen:
        ticket = ticket.merged_into
        seen.add(ticket.pk)
    return ticket


def take(ticket: Ticket, text: str, user: Any, *, somebody_else: bool = False) -> Clarification | None:
    """Record the customer's answer; None if nothing was asked, or a run has started since. The language of his words
    is kept either way.

    `somebody_else`: the author is not the customer; the text is kept for a person to check.
    """
    require(user, Permission.CREATE_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    with transaction.atomic():
        whole = goes_on_as(Ticket.objects.select_related("merged_into").get(pk=ticket.pk))
        whole = Ticket.objects.select_for_update().get(pk=whole.pk)
        row = _asked(whole)
        if not somebody_else:
            language.heard(whole, text, asked=row.text if row else "")
        version = releases.version_for(row.template, whole) if row else None
        if row is None or version is None or row.state == ClarificationState.ANSWERED:
            return None
        row.answer = f"{row.answer}\n\n{text}".strip()[:MOST_ANSWER]
        row.answered_at = row.answered_at or timezone.now()
        row.save(update_fields=["answer", "answered_at"])
        filled = [] if somebody_else else _fill(whole, version, row, text, user)
        _settle(row, whole, version, user, filled)
        ending.back_to_work(whole)
    return row


def settle(ticket: Ticket, user: Any = None) -> None:
    """Re-evaluate the open question after a file arrived or somebody filled in a value."""
    if not Clarification.objects.filter(ticket=ticket, state__in=_OPEN).exists():
        return
    with transaction.atomic():
        whole = Ticket.objects.select_for_update().get(pk=ticket.pk)
        row = _asked(whole)
        version = releases.version_for(row.template, whole) if row and row.state in _OPEN else None
        if row is not None and version is not None and not _lacks(whole, version, row):
            if row.answered_at is None:
                ending.withdraw(whole, "filled", user)
            else:
                _settle(row, whole, version, user, [])


def settle_filled() -> int:
    """Close open questions of tickets that lack nothing any more. Called periodically."""
    rows = Clarification.objects.filter(state__in=_OPEN, ticket__fit_known=True, ticket__lacks="")
    rows = rows.filter(Q(ticket__fitting=F("template"))).select_related("ticket")[:_AT_ONCE]
    for row in rows:
        settle(row.ticket)
    return len(rows)


def read(row: Clarification, version: FlowVersion) -> ReplyReading:
    """What the answer so far gives for each slot, for a person to choose from."""
    return read_reply(parse_specs(version.definition), row.questions, row.answer, timezone.localdate(), asked=row.text)


def _asked(ticket: Ticket) -> Clarification | None:
    """The newest question of the ticket or of one merged into it, unless a run has started since."""
    rows = Clarification.objects.filter(Q(ticket=ticket) | Q(ticket__merged_into=ticket)).select_related("template")
    row = rows.order_by("-pk").first()
    started = Run.objects.serving().filter(ticket=ticket)
    if row is None or started.filter(created_at__gt=row.asked_at).exists():
        return None
    return row


def _fill(ticket: Ticket, version: FlowVersion, row: Clarification, text: str, user: Any) -> list[str]:
    """Fill slots from this answer; returns their names."""
    specs = parse_specs(version.definition)
    found = read_reply(specs, row.questions, text, timezone.localdate(), asked=row.text).values
    return [name for name, value in found.items() if _keep(ticket, version, name, value, user)]


def _keep(ticket: Ticket, version: FlowVersion, name: str, value: str, user: Any) -> bool:
    try:
        apply_answers(version.definition, ticket, SlotReading(), {name: value})
    except InvalidSlot:
        return False
    mine = TicketValue.objects.filter(ticket=ticket, template=version.template, name=name)
    if mine.filter(source=SlotSource.OPERATOR).exists():
        return False
    new = {"value": value, "source": SlotSource.CUSTOMER, "user": user}
    mine.update_or_create(
        defaults=new, create_defaults={**new, "ticket": ticket, "template": version.template, "name": name}
    )
    return True


def _lacks(ticket: Ticket, version: FlowVersion, row: Clarification) -> list[str]:
    lacking = {spec.name for spec, _candidates in values.reading_of(ticket, version).asked}
    return [name for name in row.names if name in lacking]


def _settle(row: Clarification, ticket: Ticket, version: FlowVersion, user: Any, filled: list[str]) -> None:
    """Set the state that follows from what is still missing."""
    lacks = _lacks(ticket, version, row)
    was_partly = row.state == ClarificationState.PARTLY
    partly = filled or was_partly or len(lacks) < len(row.names)
    state = (
        ClarificationState.ANSWERED
        if not lacks
        else ClarificationState.PARTLY
        if partly
        else ClarificationState.UNCLEAR
    )
    Clarification.objects.filter(pk=row.pk).update(state=state)
    row.state = state
    Ticket.objects.filter(pk=ticket.pk).update(fit_known=False)
    for each in {ticket, row.ticket}:
        live.publish_ticket(each, {"clarification": state.value})
    details = {"state": state.value, "filled": filled, "lacks": lacks, "turn": row.turn, "late": row.late}
    audit.record("clarification.answered", user=user, ticket=ticket, obj=row, result="success", details=details)
