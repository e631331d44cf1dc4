"""Which flow fits each open ticket, kept with the ticket so that the queue can filter by it.

Rule: computed when a ticket arrives and again after a flow changed, in batches by the clock; never while a page waits.
"""

from __future__ import annotations

from django.db.models import QuerySet

from tickets.models import FlowTemplate, Ticket, TicketStatus
from tickets.services.flows.recommendation import recommend_each

BATCH = 500
_OPEN = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING)


def forget() -> None:
    """A flow changed: what fits is not known any more."""
    Ticket.objects.filter(status__in=_OPEN, fit_known=True).update(fit_known=False)


def learn(tickets: QuerySet[Ticket] | None = None) -> int:
    """Compute it for a batch of those it is not known of; how many were done."""
    wanted = Ticket.objects.filter(status__in=_OPEN, fit_known=False) if tickets is None else tickets
    batch = list(wanted.order_by("-pk")[:BATCH])
    if not batch:
        return 0
    advice = recommend_each(batch)
    templates = FlowTemplate.objects.in_bulk(
        {each.flow_version.template_id for each in advice.values() if each.flow_version}
    )
    for ticket in batch:
        found = advice[ticket.pk]
        ticket.fitting = templates.get(found.flow_version.template_id) if found.flow_version else None
        ticket.for_person, ticket.fit_known = found.human_recommended, True
    Ticket.objects.bulk_update(batch, ["fitting", "for_person", "fit_known"], batch_size=100)
    return len(batch)
