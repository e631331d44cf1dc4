"""Buttons inside helpdesks: set up, switched on and off, their signing secret rotated; by administrators.

Rule: a secret is shown once, when it is created, and kept in the secret store; for a day after a rotation the old one
is accepted as well, so that the helpdesk can change over.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Invalid, NotFound
from tickets.models import HelpdeskButton
from tickets.permissions import Permission, require
from tickets.services import secret_store
from tickets.services.evidence import audit

OVERLAP = timedelta(hours=24)
MOST_ORIGINS = 10
_CONNECTOR = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")
SAME = "self"  # the helpdesk is part of this Django project


def all_of(user: Any) -> list[HelpdeskButton]:
    require(user, Permission.MANAGE_INTEGRATIONS)
    return list(HelpdeskButton.objects.select_related("changed_by"))


def get(user: Any, pk: int) -> HelpdeskButton:
    require(user, Permission.MANAGE_INTEGRATIONS)
    found = HelpdeskButton.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def active(connector: str) -> HelpdeskButton | None:
    """The button of that helpdesk while it is switched on."""
    return HelpdeskButton.objects.filter(connector=connector, active=True).first()


def make(user: Any, *, connector: str, name: str, origins: Iterable[str] = ()) -> tuple[HelpdeskButton, str]:
    """The button and the secret that signs its links, shown only now.

    `user` None: the command line, which needs no permission.
    """
    _may(user)
    connector = connector.strip()
    if not _CONNECTOR.fullmatch(connector):
        text = _("连接器名称只能用小写字母、数字、- 和 _,最长 40 个字符,并与工单来源的名称相同。")
        raise Invalid(text, code="bad_connector", field="connector")
    if HelpdeskButton.objects.filter(connector=connector).exists():
        raise Invalid(_("“%s” 已经有按钮了。") % connector, code="button_exists", field="connector")
    row = HelpdeskButton(connector=connector, name=_name(name), origins=_origins(origins), changed_by=user)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        row.save()
        secret_store.put(secret_names(row)[0], secret, user=user)
        _record("button.added", row, user)
    return row, secret


def change(row: HelpdeskButton, user: Any, *, name: str, origins: Iterable[str], active: bool) -> None:
    _may(user)
    row.name, row.origins, row.active, row.changed_by = _name(name), _origins(origins), active, user
    with transaction.atomic():
        row.save()
        _record("button.changed", row, user)


def rotate(row: HelpdeskButton, user: Any) -> str:
    """Create a new secret; the old one stays valid for a day. One that cannot be read any more is replaced."""
    _may(user)
    now_name, before_name = secret_names(row)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        kept = secret_store.keep_readable(now_name, before_name, user=user)
        secret_store.put(now_name, secret, user=user)
        until = timezone.now() + OVERLAP if kept else None
        HelpdeskButton.objects.filter(pk=row.pk).update(previous_until=until, changed_by=user)
        _record("button.rotated", row, user)
    return secret


def signing_secrets(row: HelpdeskButton) -> list[str]:
    """The valid signing secrets, newest first."""
    now_name, before_name = secret_names(row)
    found = [secret_store.get(now_name)]
    if row.previous_until is not None and row.previous_until > timezone.now():
        found.append(secret_store.get(before_name))
    return found


def secret_names(row: HelpdeskButton) -> tuple[str, str]:
    """Names in the secret store of the current and the previous secret."""
    return f"button/{row.pk}/now", f"button/{row.pk}/before"


def _may(user: Any) -> None:
    if user is not None:
        require(user, Permission.MANAGE_INTEGRATIONS)


def _record(type: str, row: HelpdeskButton, user: Any) -> None:
    details = {"connector": row.connector, "origins": row.origins, "active": row.active}
    audit.record(type, user=user, obj=row, result="success", details=details)


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > 80:
        raise Invalid(_("请填写名称,最长 80 个字符。"), code="bad_name", field="name")
    return name


def _origins(given: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(_origin(text.strip().lower().rstrip("/")) for text in given if text.strip()))
    if len(found) > MOST_ORIGINS:
        raise Invalid(_("最多 %d 个来源。") % MOST_ORIGINS, code="bad_origin", field="origins")
    return found


def _origin(text: str) -> str:
    """The origin in the form that browsers compare; Invalid for anything that could break the CSP header or match
    several hosts."""
    if text == SAME:
        return text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain = parts.scheme in {"https", "http"} and not (parts.path or parts.query or parts.fragment or parts.username)
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if not plain or not _HOST.fullmatch(host):
        told = {"given": text[:80]}
        message = _("“%(given)s” 不是来源。请写成 https://desk.example.com 的形式,不带路径;同一项目内写 self。") % told
        raise Invalid(message, code="bad_origin", field="origins")
    return text
