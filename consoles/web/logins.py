"""Log-in throttling by django-axes per name and address, for every log-in page.

Rule: a try is counted before its password is looked at, in one row that is locked meanwhile, so that forty guesses at
once are as many as forty in a row. The lock is on (name, address): a stranger elsewhere keeps no operator out. An
address that tries many names waits as well, but not for names that were let in from there before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tickets.models import AuditEvent
from tickets.services.evidence import audit

TRIES = 5  # per name and address
TRIES_OF_ADDRESS = 50  # a whole office may share one
WAIT = timedelta(minutes=5)  # since the last try that was counted
_KEPT = timedelta(days=1)  # far beyond the wait; who tried stands in the audit trail
_MAX_NAME = 150
_ANY_NAME = ""  # the row that counts what an address tried, whatever the name


class CountingHandler(AxesDatabaseHandler):
    """Axes' handler, which counts before the password check instead of after it."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Count this attempt; returns whether its password may be checked."""
        name, address, now = _name(credentials), _address(request), _now(request)
        if _count(_ANY_NAME, address, now) > TRIES_OF_ADDRESS and not _was_let_in(name, address):
            return False  # nor is a row kept for each name that is made up
        tried = _count(name, address, now)
        if tried <= TRIES:
            return True
        if tried == TRIES + 1:
            details = {"user_name": name, "wait_s": round(WAIT.total_seconds())}
            audit.record("session.throttled", request=request, result="failure", details=details)
        return False

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Counted already."""

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """A success resets the count."""
        address = _address(request)
        AccessAttempt.objects.filter(username=user.get_username(), ip_address=address).delete()
        here = AccessAttempt.objects.filter(username=_ANY_NAME, ip_address=address, failures_since_start__gt=0)
        here.update(failures_since_start=F("failures_since_start") - 1)

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Nothing is kept of it but the audit event."""


def client_address(request: HttpRequest) -> str | None:
    """The client address: the peer's, or the one given by a trusted proxy (`cs_agent.project.asgi`)."""
    return request.META.get("REMOTE_ADDR") or None


def locked_page(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """The log-in page with the remaining wait."""
    wait = seconds_to_wait(_name(request.POST), _address(request), _now(request))
    words = _("登录失败次数过多,请在 %(n)d 秒后再试。") % {"n": wait}
    context = {"next": request.POST.get("next", ""), "error": words, "name": _name(request.POST)}
    page = render(request, "consoles/login.html", context, status=429)
    page["Retry-After"] = str(wait)
    return page


def seconds_to_wait(name: str, address: str | None, now: datetime) -> int:
    """Until a password of this name from this address is looked at again; at least 1."""
    rows = AccessAttempt.objects.filter(username__in=(name, _ANY_NAME), ip_address=address)
    full = [row.attempt_time for row in rows if row.failures_since_start > _most(row.username)]
    return max([1, *(round((at + WAIT - now).total_seconds()) for at in full)])


def _count(name: str, address: str | None, now: datetime) -> int:
    """Consecutive attempts for this name and address, including this one. Refused attempts do not prolong the wait."""
    most = _most(name)
    with transaction.atomic():
        row, made = AccessAttempt.objects.select_for_update().get_or_create(
            username=name, ip_address=address, user_agent="", defaults={"failures_since_start": 1}
        )
        if made:
            AccessAttempt.objects.filter(attempt_time__lt=now - _KEPT).delete()
            return 1
        if now - row.attempt_time >= WAIT:
            row.failures_since_start = 0
        row.failures_since_start += 1
        if row.failures_since_start <= most + 1:
            row.attempt_time = now
        row.save(update_fields=["failures_since_start", "attempt_time"])
    return row.failures_since_start


def _most(name: str | None) -> int:
    return TRIES if name else TRIES_OF_ADDRESS


def _was_let_in(name: str, address: str | None) -> bool:
    return AuditEvent.objects.filter(type="session.opened", user_name=name, ip=address or "").exists()


def _name(given: Any) -> str:
    text = str((given or {}).get("username") or "").strip()
    return "".join(char for char in text if char.isprintable())[:_MAX_NAME] or "?"


def _address(request: Any) -> str | None:
    return getattr(request, "axes_ip_address", None) or client_address(request)


def _now(request: Any) -> datetime:
    return request.axes_attempt_time
