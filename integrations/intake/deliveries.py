"""Stores helpdesks' calls and answers at once; the tickets to fetch are recorded in the same transaction.

Rule: nothing is fetched here. A repeated call is only counted; a kill after the answer loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from integrations import queues
from integrations.connectors import health
from integrations.connectors.build import build
from integrations.connectors.errors import ConnectorError, Refused
from integrations.connectors.protocol import Delivery, Incoming
from integrations.models import Connector, DeliveryOutcome, IncomingDelivery, LinkedTicket
from tickets.said import gettext_said as _
from tickets.services import secret_store

KEPT = timedelta(days=31)
_LONGEST_ID = 120


def receive(row: Connector, incoming: Incoming) -> str:
    """Authenticate and store one call; returns the response body. Refused for an unauthentic call, Unusable if it
    cannot be checked."""
    try:
        delivery = build(row).verify(incoming)
        parts = delivery.parts or (delivery,)
        for part in parts:
            _refuse_strange(part)
    except Refused as error:
        health.refused(row, error.text)
        raise
    except ConnectorError as error:
        health.failed(row, error)
        raise
    with transaction.atomic():
        for part in parts:
            keep(row, part, incoming.received_at)
    return delivery.answer


def keep(row: Connector, delivery: Delivery, received_at: datetime) -> bool:
    """Whether it was new."""
    with transaction.atomic():
        defaults = {
            "received_at": received_at,
            "next_at": received_at,
            "event": delivery.event[:80],
            "external_ids": list(delivery.external_ids),
            "hints": dict(delivery.hints),
            "outcome": _outcome(delivery),
            "content": secret_store.seal_bytes(delivery.content) if delivery.content else b"",
        }
        found, new = IncomingDelivery.objects.get_or_create(
            connector=row, delivery_id=delivery.delivery_id, defaults=defaults
        )
        Connector.objects.filter(pk=row.pk).update(heard_at=received_at)
        if not new:
            IncomingDelivery.objects.filter(pk=found.pk).update(repeats=F("repeats") + 1)
            return False
        linked = poke(row, delivery.external_ids, received_at)
        if delivery.content:
            IncomingDelivery.objects.filter(pk=found.pk).update(linked=linked[0])
        transaction.on_commit(partial(queues.hint_reading, row.pk), robust=True)
    return True


def poke(row: Connector, external_ids: Iterable[str], now: datetime | None = None) -> list[LinkedTicket]:
    """Have these tickets fetched again soon."""
    now = now or timezone.now()
    wanted = sorted(set(external_ids))
    with transaction.atomic():
        for external_id in wanted:
            LinkedTicket.objects.get_or_create(connector=row, external_id=external_id, defaults={"next_at": now})
        rows = LinkedTicket.objects.filter(connector=row, external_id__in=wanted)
        rows.update(wanted=F("wanted") + 1, next_at=Least(F("next_at"), now), given_up=False)
        transaction.on_commit(partial(queues.hint_reading, row.pk), robust=True)
    return list(rows)


def delete_old(now: datetime) -> int:
    """Calls a month old that nothing waits for; by then a repeat is a poke like any other."""
    old = IncomingDelivery.objects.filter(received_at__lt=now - KEPT).exclude(outcome=DeliveryOutcome.WAITING)
    return old.delete()[0]


def is_id(external_id: object) -> bool:
    return isinstance(external_id, str) and 0 < len(external_id) <= _LONGEST_ID and external_id.isprintable()


def _outcome(delivery: Delivery) -> DeliveryOutcome:
    if delivery.content or (delivery.hints and not delivery.external_ids):
        return DeliveryOutcome.WAITING
    return DeliveryOutcome.DONE if delivery.external_ids else DeliveryOutcome.NOTHING


def _refuse_strange(delivery: Delivery) -> None:
    """Ids that no column takes are no ids of a helpdesk."""
    name = delivery.delivery_id
    if not isinstance(name, str) or not 0 < len(name) <= 200 or not name.isprintable():
        raise Refused(_("投递编号为空或过长。"))
    if not all(map(is_id, delivery.external_ids)):
        raise Refused(_("工单编号为空、过长或含有不可见字符。"))
    if delivery.content and len(delivery.external_ids) != 1:
        raise Refused(_("带内容的投递必须正好对应一个工单。"))
