"""Hints to open consoles: "something of this ticket changed". Never the record, never pictures.

Rule: sent on commit only; a lost event is harmless, because a console that sees a gap in `seq` re-reads the database.
An unreachable channel layer never fails the transaction.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from tickets.models import Phone, Run, Ticket

log = logging.getLogger(__name__)


def ticket_group(ticket_pk: int) -> str:
    return f"ticket.{ticket_pk}"


def queue_group(department_id: int) -> str:
    return f"queue.{department_id}"


HOUSE_GROUP = "house"  # what concerns every console: the phones, and whether all automation is paused


def publish_run(run: Run, kind: str, data: dict[str, Any] | None = None) -> None:
    """Number the event in this transaction and send it on commit to the ticket's and the department's consoles."""
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(event_seq=F("event_seq") + 1)
        run.event_seq = Run.objects.values_list("event_seq", flat=True).get(pk=run.pk)
    _send_on_commit(run.ticket, {"seq": run.event_seq, "run": str(run.pk), "kind": kind, "data": data or {}})


def publish_ticket(ticket: Ticket, data: dict[str, Any] | None = None) -> None:
    """A change of the ticket itself, outside any run: `seq` 0, `run` empty."""
    _send_on_commit(ticket, {"seq": 0, "run": "", "kind": "ticket.changed", "data": data or {}})


def publish_phone(phone: Phone) -> None:
    """Publish that a phone left or rejoined the pool, to the run that holds it and to the queue."""
    data = {"phone": phone.pk, "state": phone.state, "fault": phone.fault}
    if phone.lease_run is not None:
        publish_run(phone.lease_run, "phone.changed", data)
    _publish_house("phone.changed", data)


def publish_pause(paused: bool) -> None:
    """Publish to every console that all automation was paused or resumed."""
    _publish_house("automation.changed", {"paused": paused})


def _publish_house(kind: str, data: dict[str, Any]) -> None:
    event = {"seq": 0, "run": "", "ticket": "", "kind": kind, "data": data}
    transaction.on_commit(partial(_send, (HOUSE_GROUP,), event), robust=True)


def _send_on_commit(ticket: Ticket, event: dict[str, Any]) -> None:
    event = {**event, "ticket": ticket.number}
    groups = (ticket_group(ticket.pk), queue_group(ticket.department_id))
    transaction.on_commit(partial(_send, groups, event), robust=True)


def _send(groups: tuple[str, ...], event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        for group in groups:
            async_to_sync(layer.group_send)(group, {"type": "live.event", "event": event})
    except (RedisError, OSError, ChannelFull) as error:
        log.warning("live: %s of %s not sent (%s); consoles will re-read", event["kind"], event["ticket"], error)
