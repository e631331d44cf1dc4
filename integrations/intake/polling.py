"""Polls each helpdesk for changes, since calls get lost, arrive out of order, or never arrive.

Rule: the cursor and its page's tickets are saved in one transaction; reading a page twice is harmless.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.connectors import health
from integrations.connectors.build import build
from integrations.connectors.errors import ConnectorError
from integrations.connectors.protocol import Capability, Pulled
from integrations.connectors.protocol import Connector as Helpdesk
from integrations.intake import deliveries
from integrations.models import Connector

log = logging.getLogger(__name__)
PASS_S = 60.0
CLAIM_S = 120.0


def due() -> list[int]:
    now = timezone.now()
    rested = Q(rest_until=None) | Q(rest_until__lte=now)
    free = Q(poll_claimed_until=None) | Q(poll_claimed_until__lt=now)
    rows = Connector.objects.filter(free & rested, enabled=True)
    return [row.pk for row in rows if row.polled_at is None or row.polled_at + timedelta(seconds=row.poll_s) <= now]


def poll(connector: int, pass_s: float = PASS_S) -> int:
    """Read pages until there are no more or the time is up; how many tickets were named."""
    row = _claimed(connector)
    return _pages(row, {}, pass_s)[0] if row is not None else 0


def pull(connector: int, hints: Mapping[str, str], pass_s: float = PASS_S) -> bool:
    """Read at once what a call hinted at. False when it failed, or while somebody else is at it: try again soon."""
    row = _claimed(connector)
    return row is not None and _pages(row, hints, pass_s)[1]


def _pages(row: Connector, hints: Mapping[str, str], pass_s: float) -> tuple[int, bool]:
    """How many tickets were named, and whether all went well."""
    end, named, more, well = time.monotonic() + pass_s, 0, True, True
    try:
        helpdesk = build(row)
        while Capability.POLL in helpdesk.capabilities() and more and time.monotonic() < end:
            count, more = _page(row, helpdesk, hints)
            named += count
        health.good(row)
    except ConnectorError as error:
        log.warning("connector %s: not polled: %s", row.key, error.text)
        health.failed(row, error)
        more = well = False
    finally:
        values = {"poll_claimed_until": None} | ({} if more else {"polled_at": timezone.now()})
        Connector.objects.filter(pk=row.pk).update(**values)
    return named, well


def _claimed(connector: int) -> Connector | None:
    now = timezone.now()
    free = Q(poll_claimed_until=None) | Q(poll_claimed_until__lt=now)
    mine = Connector.objects.filter(free, pk=connector, enabled=True)
    if not mine.update(poll_claimed_until=now + timedelta(seconds=CLAIM_S)):
        return None
    return Connector.objects.get(pk=connector)


def _page(row: Connector, helpdesk: Helpdesk, hints: Mapping[str, str]) -> tuple[int, bool]:
    if hints and isinstance(helpdesk, Pulled):
        changes = helpdesk.pull(row.cursor, hints)
    else:
        changes = helpdesk.changed_since(row.cursor)
    ids = [each for each in changes.external_ids if deliveries.is_id(each)]
    with transaction.atomic():
        moved = Connector.objects.filter(pk=row.pk, cursor=row.cursor)
        if not moved.update(cursor=changes.cursor, poll_claimed_until=timezone.now() + timedelta(seconds=CLAIM_S)):
            return 0, False  # another poller, or an administrator who set it anew
        deliveries.poke(row, ids)
        for delivery in changes.carried:
            deliveries.keep(row, delivery, timezone.now())
    stands = changes.cursor == row.cursor
    row.cursor = changes.cursor
    return len(ids) + len(changes.carried), changes.more and not stands
