"""Stores with each open ticket which flow fits and which slots are missing, for the queue's page.

Rule: computed when a ticket arrives, and again by a periodic task after a flow or the ticket changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet, prefetch_related_objects

from tickets.models import FlowTemplate, FlowVersion, Ticket
from tickets.models.ticket.tickets import UNFINISHED
from tickets.services.flows.recommendation import recommend_each
from tickets.services.tickets import values

BATCH = 200


@dataclass(frozen=True, slots=True)
class Fitting:
    """`template` None: none fits. `lacks`: names of the slots that must be filled in before a start."""

    template: FlowTemplate | None
    for_person: bool
    lacks: tuple[str, ...] = ()


def kept(ticket: Ticket) -> Fitting:
    """The stored result."""
    return Fitting(ticket.fitting, ticket.for_person, tuple(filter(None, ticket.lacks.split(","))))


def weigh_each(tickets: Iterable[Ticket]) -> dict[int, Fitting]:
    """Compute the results by the tickets' primary keys."""
    batch = list(tickets)
    if not batch:
        return {}
    prefetch_related_objects(batch, "attachments", "given_values")
    advice = recommend_each(batch)
    found = {}
    for ticket in batch:
        version = advice[ticket.pk].flow_version
        template = version.template if version else None
        found[ticket.pk] = Fitting(template, advice[ticket.pk].human_recommended, _lacking(ticket, version))
    return found


def forget(tickets: QuerySet[Ticket] | None = None) -> None:
    """Mark stored results as outdated after a change of a flow or of these tickets."""
    wanted = Ticket.objects.filter(status__in=UNFINISHED, fit_known=True) if tickets is None else tickets
    wanted.update(fit_known=False)


def learn(tickets: QuerySet[Ticket] | None = None) -> int:
    """Compute outdated results for a batch, most urgent first; returns how many."""
    wanted = Ticket.objects.filter(status__in=UNFINISHED, fit_known=False) if tickets is None else tickets
    batch = list(wanted.order_by("due_at", "pk")[:BATCH])
    fits = weigh_each(batch)
    for ticket in batch:
        fit = fits[ticket.pk]
        ticket.fitting, ticket.for_person, ticket.fit_known = fit.template, fit.for_person, True
        ticket.lacks = ",".join(fit.lacks)
    Ticket.objects.bulk_update(batch, ["fitting", "for_person", "fit_known", "lacks"], batch_size=100)
    return len(batch)


def _lacking(ticket: Ticket, version: FlowVersion | None) -> tuple[str, ...]:
    if version is None:
        return ()
    return tuple(spec.name for spec, _found in values.reading_of(ticket, version).asked)
