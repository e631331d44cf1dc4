"""Administration of webhook endpoints: create, rotate the secret, switch and delete, all audited.

Rule: a secret is shown once, when it is created, and kept in the secret store; for a day after a rotation the old one
signs as well, so that the receiver can change over.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.models import WebhookEndpoint
from tickets.errors import Invalid, NotFound
from tickets.models import Department
from tickets.permissions import Permission, require
from tickets.said import bounded, gettext_said
from tickets.services import secret_store
from tickets.services.evidence import audit
from tickets.services.outbox import drain
from tickets.services.outbox.note import TYPES
from tickets.web.given import network

OVERLAP = timedelta(hours=24)
_LONGEST_URL = 500
_PREFIX = "whsec_"


def lane(endpoint: WebhookEndpoint) -> str:
    return f"webhook:{endpoint.pk}"


def secret_names(endpoint: WebhookEndpoint) -> tuple[str, str]:
    """Names in the secret store of the current and the previous secret."""
    return f"webhook/{endpoint.pk}/now", f"webhook/{endpoint.pk}/before"


def query_name(endpoint: WebhookEndpoint) -> str:
    """Name in the secret store of what follows the `?` in the address: receivers put their keys there."""
    return f"webhook/{endpoint.pk}/query"


def has_query(endpoint: WebhookEndpoint) -> bool:
    return secret_store.has(query_name(endpoint))


def address(endpoint: WebhookEndpoint) -> str:
    """The whole address, for the call alone. SecretUnreadable if its key is gone."""
    name = query_name(endpoint)
    return f"{endpoint.url}?{secret_store.get(name)}" if secret_store.has(name) else endpoint.url


def all_of(user: Any) -> list[WebhookEndpoint]:
    require(user, Permission.MANAGE_INTEGRATIONS)
    return list(WebhookEndpoint.objects.prefetch_related("departments").select_related("created_by"))


def get(user: Any, pk: int) -> WebhookEndpoint:
    require(user, Permission.MANAGE_INTEGRATIONS)
    found = WebhookEndpoint.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def make(
    user: Any,
    *,
    name: str,
    url: str,
    types: Iterable[str] = (),
    departments: Iterable[Department] = (),
    networks: Iterable[str] = (),
) -> tuple[WebhookEndpoint, str]:
    """Create an endpoint; returns it and its secret, shown only now."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    allowed = _networks(networks)
    shown, _mark, query = _url(url, bool(allowed)).partition("?")
    row = WebhookEndpoint(name=_name(name), url=shown, types=_types(types), networks=allowed, created_by=user)
    secret = new_secret()
    with transaction.atomic():
        row.save()
        row.departments.set(departments)
        secret_store.put(secret_names(row)[0], secret, user=user)
        if query:
            secret_store.put(query_name(row), query, user=user)
        _record("webhook.added", row, user)
    return row, secret


def rotate(endpoint: WebhookEndpoint, user: Any) -> str:
    """Create a new secret; the old one signs as well for a day. One that cannot be read any more is replaced."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    now_name, before_name = secret_names(endpoint)
    secret = new_secret()
    with transaction.atomic():
        kept = secret_store.keep_readable(now_name, before_name, user=user)
        secret_store.put(now_name, secret, user=user)
        endpoint.previous_until = timezone.now() + OVERLAP if kept else None
        endpoint.save(update_fields=["previous_until"])
        _record("webhook.rotated", endpoint, user)
    return secret


def switch(endpoint: WebhookEndpoint, user: Any, on: bool) -> None:
    """Off: waiting deliveries are given up, and nothing more is sent. On: deliveries start with the next event."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    with transaction.atomic():
        endpoint.active = on
        endpoint.why_inactive = "" if on else gettext_said("由 %s 停用") % user.get_username()
        endpoint.save(update_fields=["active", "why_inactive"])
        if not on:
            drain.close(lane(endpoint), gettext_said("已停用"))
        _record("webhook.switched_on" if on else "webhook.switched_off", endpoint, user)


def closed_by_receiver(endpoint: WebhookEndpoint, text: str) -> None:
    """Switch off an endpoint that answered 410, until an administrator switches it on again."""
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(active=False, why_inactive=bounded(text, 300))
        _record("webhook.switched_off", endpoint, None)


def delete(endpoint: WebhookEndpoint, user: Any) -> None:
    require(user, Permission.MANAGE_INTEGRATIONS)
    with transaction.atomic():
        drain.close(lane(endpoint), gettext_said("已删除"))
        for name in (*secret_names(endpoint), query_name(endpoint)):
            secret_store.forget(name, user=user)
        _record("webhook.deleted", endpoint, user)
        endpoint.delete()


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _name(name: str) -> str:
    if not name.strip():
        raise Invalid(_("请填写名称。"), code="no_name", field="name")
    return name.strip()[:80]


def _url(url: str, private: bool) -> str:
    url = url.strip()
    if fault := address_fault(url, private):
        raise Invalid(fault, code="bad_url", field="url")
    return url


def address_fault(url: str, private: bool) -> str:
    """Why the URL is not accepted, "" if it is: https, or plain http into a named private network."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc and not parts.fragment
    except ValueError:
        usable = False
    if not usable or len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return _("请填写完整的地址,如 https://crm.example.com/hooks。")
    if parts.scheme != "https" and not (parts.scheme == "http" and private):
        return _("地址必须以 https:// 开头;只有指定了允许的内网时才可以用 http://。")
    return ""


def _types(types: Iterable[str]) -> list[str]:
    wanted = set(types)
    if not wanted <= set(TYPES):
        raise Invalid(
            _("没有这种事件:%s。") % ", ".join(sorted(wanted - set(TYPES)))[:80], code="bad_type", field="types"
        )
    return [] if wanted == set(TYPES) else [type for type in TYPES if type in wanted]


def _networks(texts: Iterable[str]) -> list[str]:
    try:
        return [str(network(text)) for text in texts if text.strip()]
    except ValueError as error:
        raise Invalid(
            _("内网要写成 10.0.0.0/8 或 192.168.1.7 的形式。"), code="bad_network", field="networks"
        ) from error


def _record(type: str, endpoint: WebhookEndpoint, user: Any) -> None:
    host = urlsplit(endpoint.url).netloc
    details = {"name": endpoint.name, "host": host, "types": endpoint.types, "networks": endpoint.networks}
    audit.record(type, user=user, obj=endpoint, result="success", details=details)
