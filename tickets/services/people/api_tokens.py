"""API tokens: created, rotated and revoked by an administrator, checked at every call.

Rule: the token is shown once and only its hash is stored; creation and revocation are audited. It permits what both its
scopes and its owner's current permissions allow, from the networks it names.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import ApiToken
from tickets.permissions import SCOPES, Permission, opened_by
from tickets.services.evidence import audit
from tickets.web.given import network

_MARK = "csa_"  # so that a leaked one is recognised
MOST_DAYS = 366
OVERLAP = timedelta(hours=24)  # how long the old token stays valid after a rotation, at most
_USE_NOTED_EVERY = timedelta(minutes=1)
_MOST_NETWORKS = 20


def make(
    user: Any,
    name: str,
    days: int = 90,
    *,
    scopes: Iterable[str] = (Permission.EXPORT_AUDIT,),
    networks: Iterable[str] = (),
    by: Any = None,
) -> str:
    """Create a token for the user, valid for `days`; `by`: the administrator."""
    if not name.strip() or not 0 < days <= MOST_DAYS:
        raise Invalid(_("令牌需要填写用途,有效期为 1 到 %d 天。") % MOST_DAYS, code="token_days")
    row = ApiToken(user=user, name=name.strip()[:80], scopes=_scopes(scopes), networks=_networks(networks), made_by=by)
    return _issue(row, timedelta(days=days), "api_token.made")


def rotate(row: ApiToken, *, by: Any = None, overlap: timedelta = OVERLAP) -> str:
    """Create a token with the old one's rights and validity; the old one stays valid for `overlap`."""
    now = timezone.now()
    live = ApiToken.objects.filter(pk=row.pk, revoked_at=None, expires_at__gt=now)
    fresh = ApiToken(user=row.user, name=row.name, scopes=row.scopes, networks=row.networks, made_by=by)
    with transaction.atomic():
        if not live.update(expires_at=min(row.expires_at, now + overlap)):
            raise Conflict(_("该令牌已撤销或已过期,请新建一个。"), code="token_ended")
        return _issue(fresh, row.expires_at - row.made_at, "api_token.rotated")


def revoke(row: ApiToken, *, by: Any = None) -> None:
    """Revoke the token."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=timezone.now()):
            details = {"name": row.name, "user_name": row.user.get_username()}
            audit.record("api_token.revoked", user=by, obj=row, result="success", details=details)


def owner(request: HttpRequest) -> Any:
    """The owner of the request's `Authorization: Bearer …` token, with `token_scopes` and `api_token` set. None if the
    token is unknown, expired, revoked or used from another network, or its owner is inactive."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
    rows = ApiToken.objects.filter(digest=_digest(token.strip()), revoked_at=None, expires_at__gt=now)
    row = rows.filter(user__is_active=True).select_related("user").first()
    if row is None or not _may_come_from(address, row.networks):
        return None
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY) | ~Q(last_used_from=address)
    if ApiToken.objects.filter(unnoted, pk=row.pk).update(last_used_at=now, last_used_from=address[:45]):
        row.last_used_at, row.last_used_from = now, address[:45]
    user: Any = row.user
    user.api_token, user.token_scopes = row, opened_by(row.scopes)
    return user


def _issue(row: ApiToken, lasts: timedelta, type: str) -> str:
    token, now = _MARK + secrets.token_urlsafe(32), timezone.now()
    row.digest, row.made_at, row.expires_at = _digest(token), now, now + lasts
    with transaction.atomic():
        row.save(force_insert=True)
        details = {
            "name": row.name,
            "user_name": row.user.get_username(),
            "days": lasts.days,
            "scopes": row.scopes,
            "networks": row.networks,
        }
        audit.record(type, user=row.made_by, obj=row, result="success", details=details)
    return token


def _scopes(wanted: Iterable[str]) -> list[str]:
    chosen = [str(scope) for scope in wanted]
    if not chosen or not set(chosen) <= set(SCOPES):
        allowed = ", ".join(scope.value for scope in SCOPES)
        raise Invalid(_("请选择令牌的权限范围,可选:%s。") % allowed, code="token_scopes")
    return [scope.value for scope in SCOPES if scope in chosen]


def _networks(wanted: Iterable[str]) -> list[str]:
    texts = [text.strip() for text in wanted if text.strip()]
    try:
        found = [str(network(text)) for text in texts]
    except ValueError as error:
        raise Invalid(_("来源网络要写成 10.0.0.0/8 或 192.168.1.7 的形式。"), code="token_networks") from error
    if len(found) > _MOST_NETWORKS:
        raise Invalid(_("来源网络最多 %d 个。") % _MOST_NETWORKS, code="token_networks")
    return found


def _may_come_from(address: str, networks: list[str]) -> bool:
    if not networks:
        return True
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return any(mapped in network(text) for text in networks)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
