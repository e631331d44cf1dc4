"""Fetches due tickets from a helpdesk: one reader per ticket at a time, with growing pauses between attempts.

Rule: a ticket reported as changed during a reading is read again; the ticket of a killed reader is due again when its
claim expires. A failing helpdesk is paused as a whole.

Steps of a pass: 1. calls whose tickets only the helpdesk can name; 2. tickets, oldest first, until nothing is due, the
time is up or the helpdesk rests.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integrations.connectors import health
from integrations.connectors.build import build
from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, RateLimited
from integrations.connectors.protocol import Capability, Delivery, Pulled
from integrations.connectors.protocol import Connector as Helpdesk
from integrations.intake import applying, deliveries, polling
from integrations.intake.applying import Superseded
from integrations.models import Connector, DeliveryOutcome, IncomingDelivery, LinkedTicket
from tickets.errors import ServiceError
from tickets.said import bounded
from tickets.services import secret_store

log = logging.getLogger(__name__)
PASS_S = 20.0
CLAIM_S = 180.0  # longer than one file may take to load
_PULLS = 20  # tries of what a call announced
# Between tries: about a day and a half in all, then the ticket is given up until the next poke.
DELAYS_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, *(14400.0,) * 4, *(28800.0,) * 2)


def due_connectors() -> list[int]:
    """Connectors with something to read now."""
    tickets = _due_tickets().values_list("connector", flat=True)
    calls = _due_calls().values_list("connector", flat=True)
    return sorted({*tickets.distinct(), *calls.distinct()})


def read_due(connector: int, pass_s: float = PASS_S) -> int:
    """How many readings were made."""
    row, end, done = _ready(connector), time.monotonic() + pass_s, 0
    if row is None:
        return 0
    try:
        helpdesk = build(row)
    except ConnectorError as error:
        health.failed(row, error)
        return 0
    for call in _claimed_calls(row):
        _parse(row, helpdesk, call)
    while time.monotonic() < end and (linked := _claim(row)) is not None:
        done += _read(row, helpdesk, linked)
        row = _ready(connector)
        if row is None:
            break
    return done


def _ready(connector: int) -> Connector | None:
    """The connector, unless it is switched off or rests."""
    rested = Q(rest_until=None) | Q(rest_until__lte=timezone.now())
    rows = Connector.objects.filter(rested, pk=connector, enabled=True)
    return rows.select_related("acts_as", "department").first()


def _due_tickets() -> QuerySet[LinkedTicket]:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rested = Q(connector__rest_until=None) | Q(connector__rest_until__lte=now)
    rows = LinkedTicket.objects.filter(free & rested, ~Q(wanted=F("read")), next_at__lte=now, given_up=False)
    return rows.filter(connector__enabled=True)


def _due_calls() -> QuerySet[IncomingDelivery]:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rows = IncomingDelivery.objects.filter(free, outcome=DeliveryOutcome.WAITING, next_at__lte=now, linked=None)
    return rows.filter(connector__enabled=True)


def _claim(row: Connector) -> LinkedTicket | None:
    """The next ticket that is due, claimed; None when there is none."""
    for pk, claim in _due_tickets().filter(connector=row).order_by("next_at", "pk").values_list("pk", "claim")[:20]:
        until = timezone.now() + timedelta(seconds=CLAIM_S)
        if LinkedTicket.objects.filter(pk=pk, claim=claim).update(claim=claim + 1, claimed_until=until):
            return LinkedTicket.objects.select_related("ticket").get(pk=pk)
    return None


def _still_ours(linked: LinkedTicket) -> None:
    """Superseded unless the claim holds; renews it, and inside a transaction keeps others out until its end."""
    mine = LinkedTicket.objects.filter(pk=linked.pk, claim=linked.claim)
    if connection.in_atomic_block:
        mine = mine.select_for_update()
        if not mine.exists():
            raise Superseded
    if not mine.update(claimed_until=timezone.now() + timedelta(seconds=CLAIM_S)):
        raise Superseded


def _read(row: Connector, helpdesk: Helpdesk, linked: LinkedTicket) -> bool:
    """One reading, written down whatever comes of it."""
    still_ours = partial(_still_ours, linked)
    try:
        for content in _contents(linked):
            try:
                remote = helpdesk.fetch(linked.external_id, content)
            except Gone as error:
                applying.gone(row, linked, error, still_ours)
                continue
            applying.apply(row, linked, remote, still_ours, answers=Capability.REPLY in helpdesk.capabilities())
    except Superseded:
        return False
    except (ConnectorError, ServiceError) as error:
        _failed(row, linked, error)
        return False
    health.good(row)
    _finish(linked, read=linked.wanted, tries=0, fault="", next_at=timezone.now())
    return True


def _contents(linked: LinkedTicket) -> Iterator[bytes]:
    """What deliveries carried, each once and in order; nothing to go by where the helpdesk is asked."""
    rows = list(IncomingDelivery.objects.filter(linked=linked, outcome=DeliveryOutcome.WAITING).order_by("pk"))
    if not rows:
        yield b""
    for call in rows:
        yield secret_store.open_bytes(bytes(call.content))
        IncomingDelivery.objects.filter(pk=call.pk).update(outcome=DeliveryOutcome.DONE, content=b"", fault="")


def _failed(row: Connector, linked: LinkedTicket, error: ConnectorError | ServiceError) -> None:
    text = error.told if isinstance(error, ConnectorError) else error.message
    log.warning("connector %s: %s could not be read: %s", row.key, linked.external_id, text)
    if isinstance(error, ConnectorError) and not isinstance(error, (BadAnswer, Gone)):
        health.failed(row, error)
    if isinstance(error, RateLimited):  # the helpdesk's wish, not the ticket's fault
        _finish(linked, fault=bounded(text, 300))
        return
    last = linked.tries >= len(DELAYS_S)
    delay = DELAYS_S[min(linked.tries, len(DELAYS_S) - 1)]
    next_at = timezone.now() + timedelta(seconds=delay)
    _finish(linked, fault=bounded(text, 300), tries=linked.tries + 1, next_at=next_at, given_up=last)


def _finish(linked: LinkedTicket, **values: object) -> None:
    LinkedTicket.objects.filter(pk=linked.pk, claim=linked.claim).update(claimed_until=None, **values)


def _claimed_calls(row: Connector) -> Iterator[IncomingDelivery]:
    until = timezone.now() + timedelta(seconds=CLAIM_S)
    for call in _due_calls().filter(connector=row).order_by("pk")[:100]:
        mine = IncomingDelivery.objects.filter(pk=call.pk, claimed_until=call.claimed_until)
        if mine.update(claimed_until=until):
            yield call


def _parse(row: Connector, helpdesk: Helpdesk, call: IncomingDelivery) -> None:
    """Ask the helpdesk which tickets a call is about, or for what it announced."""
    mine = IncomingDelivery.objects.filter(pk=call.pk)
    if isinstance(helpdesk, Pulled):
        well = polling.pull(row.pk, call.hints)
        last = call.tries >= _PULLS  # the poller finds it all the same
        outcome = DeliveryOutcome.DONE if well or last else DeliveryOutcome.WAITING
        next_at = timezone.now() + timedelta(seconds=DELAYS_S[0])
        mine.update(outcome=outcome, tries=call.tries + 1, next_at=next_at, claimed_until=None)
        return
    try:
        delivery = Delivery(call.delivery_id, tuple(call.external_ids), call.event, call.hints)
        found = [each for each in helpdesk.parse(delivery) if deliveries.is_id(each)]
    except ConnectorError as error:
        health.failed(row, error)
        last = call.tries >= len(DELAYS_S)
        next_at = timezone.now() + timedelta(seconds=DELAYS_S[min(call.tries, len(DELAYS_S) - 1)])
        outcome = DeliveryOutcome.GIVEN_UP if last else DeliveryOutcome.WAITING
        tries = call.tries + 1
        mine.update(fault=bounded(error.told, 300), tries=tries, next_at=next_at, outcome=outcome, claimed_until=None)
        return
    deliveries.poke(row, found)
    outcome = DeliveryOutcome.DONE if found else DeliveryOutcome.NOTHING
    mine.update(external_ids=found, outcome=outcome, claimed_until=None, fault="")
