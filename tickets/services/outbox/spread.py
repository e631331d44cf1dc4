"""Creates the deliveries of new events: one per destination.

Rule: events are processed in order, under a lock, so that no later event of a ticket precedes an earlier one in a lane.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from tickets.models import Delivery, DeliveryLane, OutboxEvent
from tickets.services.outbox import carriers

_AT_ONCE = 500


def spread() -> int:
    """Create deliveries; returns the number of events processed."""
    done = 0
    while count := _spread_some():
        done += count
        if count < _AT_ONCE:
            break
    return done


def _spread_some() -> int:
    with transaction.atomic():
        events = list(OutboxEvent.objects.select_for_update().filter(spread=False).order_by("id")[:_AT_ONCE])
        if not events:
            return 0
        made = [
            Delivery(event=event, lane=lane, ticket_id=event.ticket_id, next_at=timezone.now())
            for event in events
            for carrier in carriers.everyone()
            for lane in carrier.places(event)
        ]
        lanes = [DeliveryLane(name=lane) for lane in sorted({delivery.lane for delivery in made})]
        DeliveryLane.objects.bulk_create(lanes, ignore_conflicts=True)
        Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(spread=True)
    return len(events)
