"""Panels inside a helpdesk's page: requested by a link, allowed by the person it names, open for 15 minutes.

Rule: a panel shows one ticket to one person, who allowed it while logged in, in a window of ours. Its cookie opens only
this ticket's panel; the person may do there what their own permissions and `IN_PANEL` both allow.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Forbidden, NotFound
from tickets.models import PanelSession, Ticket
from tickets.permissions import Permission, has
from tickets.services.evidence import audit
from tickets.services.panels.links import Fault, Link, LinkRefused
from tickets.services.people import access, names

LASTS = timedelta(minutes=15)
WAITS = timedelta(minutes=10)  # for the person to log in and allow it
AGAIN = timedelta(hours=12)  # how long an ended panel can be requested again


def ask(link: Link, ticket: Ticket) -> tuple[PanelSession, str]:
    """Create a panel that waits for its person; returns it and the secret for the frame's cookie."""
    user = names.with_log_in(link.person).first() if link.person else None
    if user is None:
        raise LinkRefused(Fault.OTHER_PERSON, person=link.person or "?", user_name="?")
    return _new(link.button.pk, ticket, user, link.language, link.theme)


def ask_again(old: PanelSession) -> tuple[PanelSession, str]:
    """Create a new panel like the ended one."""
    return _new(old.button_id, old.ticket, old.user, old.language, old.theme)


def waiting(user: Any, panel_id: uuid.UUID) -> PanelSession:
    """The panel that waits to be allowed; Forbidden unless it waits for this user."""
    rows = PanelSession.objects.select_related("ticket__department", "button", "user")
    row = rows.filter(pk=panel_id, button__active=True).first()
    if row is None:
        raise NotFound
    if row.user_id != user.pk:
        told = {"person": row.user.get_username(), "user_name": user.get_username()}
        text = _("这个面板是给 %(person)s 的,而您以 %(user_name)s 登录。请退出登录,换成自己的账号。") % told
        raise Forbidden(text, code="other_person")
    access.require_visible(user, row.ticket)
    return row


def allow(row: PanelSession, user: Any) -> None:
    """Open the panel for 15 minutes on behalf of its person. Idempotent."""
    now = timezone.now()
    with transaction.atomic():
        if _open(PanelSession.objects.filter(pk=row.pk, user=user), row, now):
            return
    row.refresh_from_db()
    if row.allowed_at is None or row.expires_at <= now:
        raise Conflict(_("等待的时间已过,面板没有打开。请回到客服系统,在面板里再点一次。"), code="panel_over")


def redeem(row: PanelSession) -> str:
    """Open a panel whose person allowed it by a code, once; the secret for the frame's cookie, "" if it is too late."""
    now, secret = timezone.now(), secrets.token_urlsafe(32)
    with transaction.atomic():
        waits = PanelSession.objects.filter(pk=row.pk, digest=row.digest)
        return secret if _open(waits, row, now, digest=_digest(secret)) else ""


def _open(found: QuerySet[PanelSession], row: PanelSession, now: datetime, **also: str) -> bool:
    """Open the panel if it still waits; inside the caller's transaction."""
    waiting = found.filter(allowed_at=None, expires_at__gt=now)
    if not waiting.update(allowed_at=now, expires_at=now + LASTS, **also):
        return False
    details = {"connector": row.button.connector}
    audit.record("panel.opened", user=row.user, ticket=row.ticket, obj=row, result="success", details=details)
    return True


def of_cookie(connector: str, number: str, secret: str) -> PanelSession | None:
    """The panel of that cookie and ticket, whatever its state."""
    if not secret:
        return None
    rows = PanelSession.objects.select_related("ticket__department", "button", "user")
    return rows.filter(digest=_digest(secret), button__connector=connector, ticket__number=number).first()


def is_asked(row: PanelSession | None) -> bool:
    return row is not None and row.allowed_at is None and row.expires_at > timezone.now()


def may_ask_again(row: PanelSession | None) -> bool:
    return row is not None and row.expires_at > timezone.now() - AGAIN and row.button.active and row.user.is_active


def person_in(row: PanelSession | None) -> Any:
    """The panel's user, restricted to its ticket; None unless the panel is open."""
    if row is None or row.allowed_at is None or row.expires_at <= timezone.now() or not row.button.active:
        return None
    user: Any = row.user
    if not user.is_active:
        return None
    user.panel = row
    return user if has(user, Permission.VIEW_TICKETS) and access.may_see(user, row.ticket) else None


def form_token(row: PanelSession) -> str:
    """The CSRF token of this panel's forms."""
    return salted_hmac("tickets.panels.form", row.digest, algorithm="sha256").hexdigest()


def is_form_token(row: PanelSession, token: str) -> bool:
    return hmac.compare_digest(form_token(row).encode(), token.encode())


def delete_old(now: datetime) -> int:
    """Delete panels that can never open again; returns how many."""
    return PanelSession.objects.filter(expires_at__lt=now - AGAIN).delete()[0]


def create(
    digest: str, button: int, ticket: Ticket, user: Any, *, language: str, theme: str, lasts: timedelta
) -> PanelSession:
    """A panel that waits for so long; `digest` finds it by its secret or code."""
    now = timezone.now()
    return PanelSession.objects.create(
        digest=digest,
        button_id=button,
        ticket=ticket,
        user=user,
        language=language[:10],
        theme=theme[:10],
        asked_at=now,
        expires_at=now + lasts,
    )


def _new(button: int, ticket: Ticket, user: Any, language: str, theme: str) -> tuple[PanelSession, str]:
    secret = secrets.token_urlsafe(32)
    return create(_digest(secret), button, ticket, user, language=language, theme=theme, lasts=WAITS), secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
