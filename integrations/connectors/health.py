"""A connector's health: the last fault, and until when its helpdesk is not called.

Rule: a pause requested by a helpdesk applies to all calls to it, up to a day.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from integrations.connectors.errors import ConnectorError, NotAllowed, RateLimited, Unreachable
from integrations.models import Connector
from tickets.said import bounded

_REST_S = (1.0, 5.0, 30.0, 120.0, 300.0)  # by failures in a row
_RATE_S = 60.0  # if it requested no time
_LONGEST_S = 24 * 3600.0


def good(row: Connector) -> None:
    clean = {"good_at": timezone.now(), "fault": "", "failures_in_a_row": 0, "rest_until": None}
    Connector.objects.filter(pk=row.pk).update(**clean)


def failed(row: Connector, error: ConnectorError) -> None:
    """Store the fault; pause calls if the helpdesk fails, refuses our account as a whole, or requested it."""
    now = timezone.now()
    changes = {"fault": bounded(error.told, 300), "fault_at": now}
    rest = _rest_s(row, error)
    if rest:
        changes |= {"rest_until": now + timedelta(seconds=rest), "failures_in_a_row": F("failures_in_a_row") + 1}
    Connector.objects.filter(pk=row.pk).update(**changes)


def refused(row: Connector, text: str) -> None:
    """Count an unauthentic call and store the reason, so that a wrong secret is noticed."""
    changes = {"refused": F("refused") + 1, "refusal": bounded(text, 300), "refused_at": timezone.now()}
    Connector.objects.filter(pk=row.pk).update(**changes)


def _rest_s(row: Connector, error: ConnectorError) -> float:
    if isinstance(error, RateLimited):
        return min(error.retry_after_s or _RATE_S, _LONGEST_S)
    if isinstance(error, NotAllowed) and error.here:
        return 0.0
    if isinstance(error, (Unreachable, NotAllowed)):
        return _REST_S[min(row.failures_in_a_row, len(_REST_S) - 1)]
    return 0.0
