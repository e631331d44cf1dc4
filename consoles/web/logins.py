"""Log-ins that keep failing have to wait: the wait grows with every failure, per name and per address.

Rule: the audit trail is the memory, so that the count holds over all web processes and restarts. While somebody
has to wait, no password is checked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone

from tickets.models import AuditEvent
from tickets.services.evidence import audit

WINDOW = timedelta(minutes=30)
FREE_PER_NAME = 5
FREE_PER_ADDRESS = 20  # a whole office may share one
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 15 * 60


def seconds_to_wait(name: str, address: str, now: datetime | None = None) -> int:
    """0 when a password may be tried now."""
    now = now or timezone.now()
    events = _recent(now)
    failed = [at for type_, _ip, who, at in events if type_ == "session.refused" and who == name]
    opened = max((at for type_, _ip, who, at in events if type_ == "session.opened" and who == name), default=None)
    since = [at for at in failed if opened is None or at > opened]
    nearby = [at for type_, ip, _who, at in events if type_ == "session.refused" and ip == address]
    return max(_wait(since, FREE_PER_NAME, now), _wait(nearby, FREE_PER_ADDRESS, now))


def try_log_in(request: Any, name: str, password: str) -> Any:
    """The user, or None; failures are audited by Django's signal, the one that begins a wait also as such."""
    user = authenticate(request, username=name, password=password)
    if user is None and (wait := seconds_to_wait(name, request.META.get("REMOTE_ADDR", ""))):
        details = {"user_name": name[:150], "wait_s": wait}
        audit.record("session.throttled", request=request, result="failure", details=details)
    return user


def _recent(now: datetime) -> list[tuple[str, str, str, datetime]]:
    """(type, address, name, time) of the log-ins and failures of the last minutes, oldest first."""
    rows = AuditEvent.objects.filter(at__gte=now - WINDOW, type__in=("session.refused", "session.opened"))
    values = rows.order_by("seq").values_list("type", "ip", "user_name", "details", "at")
    return [(type_, ip, details.get("user_name", name), at) for type_, ip, name, details, at in values]


def _wait(failures: list[datetime], free: int, now: datetime) -> int:
    extra = len(failures) - free
    if extra < 0:
        return 0
    wait = timedelta(seconds=min(FIRST_WAIT_S * 2 ** min(extra, 10), LONGEST_WAIT_S))
    return max(0, round((failures[-1] + wait - now).total_seconds()))
