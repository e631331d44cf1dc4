"""Administrators' actions on the outbox: list what waits and why, send again, give up; and its retention.

Rule: every action of a person here is audited; a finished delivery is kept for a month.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets import queues
from tickets.errors import Conflict, NotFound
from tickets.models import Delivery, DeliveryLane, DeliveryState, OutboxEvent
from tickets.permissions import Permission, require
from tickets.services.evidence import audit

KEPT = timedelta(days=31)
_AT_ONCE = 5_000


def deliveries(user: Any) -> QuerySet[Delivery]:
    require(user, Permission.MANAGE_INTEGRATIONS)
    return Delivery.objects.select_related("event", "ticket", "ended_by")


def lanes(user: Any) -> list[dict[str, Any]]:
    """Per lane: how many wait, since when the oldest does, how many were given up, and until when it rests."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    waiting = Q(state=DeliveryState.WAITING)
    counted = (
        Delivery.objects.exclude(state=DeliveryState.DELIVERED)
        .values("lane")
        .annotate(
            waiting=Count("pk", filter=waiting),
            oldest=Min("event__at", filter=waiting),
            given_up=Count("pk", filter=Q(state=DeliveryState.GIVEN_UP)),
        )
    )
    rests = dict(DeliveryLane.objects.filter(rest_until__gt=timezone.now()).values_list("name", "rest_until"))
    return [{**row, "rest_until": rests.get(row["lane"])} for row in counted.order_by("lane")]


def send_again(delivery_id: Any, user: Any) -> Delivery:
    """Make the delivery due now, whatever its state; the receiver recognises a repeat by its id."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    with transaction.atomic():
        delivery = _locked(delivery_id)
        now = timezone.now()
        blank = {"ended_at": None, "ended_by": None, "tries": 0, "next_at": now, "state": DeliveryState.WAITING}
        Delivery.objects.filter(pk=delivery.pk).update(**blank)
        DeliveryLane.objects.get_or_create(name=delivery.lane)
        DeliveryLane.objects.filter(name=delivery.lane).update(rest_until=None)
        _record("delivery.sent_again", delivery, user)
        transaction.on_commit(queues.hint_outbox, robust=True)
    return delivery


def give_up(delivery_id: Any, user: Any) -> Delivery:
    """Give up the delivery; later ones of the ticket go on."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    with transaction.atomic():
        delivery = _locked(delivery_id)
        changes = {"state": DeliveryState.GIVEN_UP, "ended_at": timezone.now(), "ended_by": user}
        if not Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(**changes):
            raise Conflict(_("它已不在等待发送。"), code="not_waiting")
        _record("delivery.given_up", delivery, user)
        transaction.on_commit(queues.hint_outbox, robust=True)
    return delivery


def delete_old(now: datetime) -> int:
    """Delete events older than a month without waiting deliveries; returns how many."""
    waiting = Delivery.objects.filter(event=OuterRef("pk"), state=DeliveryState.WAITING)
    old = OutboxEvent.objects.filter(~Exists(waiting), at__lt=now - KEPT, spread=True)
    done = 0
    while keys := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        OutboxEvent.objects.filter(pk__in=keys).delete()
        done += len(keys)
    return done


def _locked(delivery_id: Any) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("event", "ticket")
    row = rows.filter(pk=delivery_id).first()
    if row is None:
        raise NotFound
    return row


def _record(type: str, delivery: Delivery, user: Any) -> None:
    details = {"lane": delivery.lane, "event": delivery.event.type, "tries": delivery.tries}
    audit.record(type, user=user, ticket=delivery.ticket, obj=delivery, result="success", details=details)
