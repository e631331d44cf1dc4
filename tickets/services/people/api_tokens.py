"""Tokens for programs: made and revoked by an administrator at the command line, checked at every call.

Rule: the token itself is shown once and kept nowhere; its maker and its end are audit events. It carries no rights of
its own: what it opens is what its person may do at that moment.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from tickets.errors import Invalid
from tickets.models import ApiToken
from tickets.services.evidence import audit

_MARK = "csa_"  # so that a leaked one is recognised
_MOST_DAYS = 366


def make(user: User, name: str, days: int = 90) -> str:
    """A new token of the user's, good for so many days."""
    if not name.strip() or not 0 < days <= _MOST_DAYS:
        raise Invalid(f"a token needs a name and lasts 1 to {_MOST_DAYS} days")
    token, now = _MARK + secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        row = ApiToken.objects.create(
            user=user, name=name.strip()[:80], digest=_digest(token), made_at=now, expires_at=now + timedelta(days=days)
        )
        details = {"name": row.name, "user_name": user.get_username(), "days": days}
        audit.record("api_token.made", obj=row, result="success", details=details)
    return token


def revoke(row: ApiToken) -> None:
    """From now on the token opens nothing."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=timezone.now()):
            details = {"name": row.name, "user_name": row.user.get_username()}
            audit.record("api_token.revoked", obj=row, result="success", details=details)


def owner(header: str) -> Any:
    """The person for whom `Authorization: Bearer …` speaks, or None: unknown, expired, revoked, or the person left."""
    kind, _space, token = header.partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    now = timezone.now()
    rows = ApiToken.objects.filter(digest=_digest(token.strip()), revoked_at=None, expires_at__gt=now)
    row = rows.filter(user__is_active=True).select_related("user").first()
    return row and row.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
