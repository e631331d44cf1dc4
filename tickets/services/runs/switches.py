"""The supervisors' switch that pauses all automation: no run starts and none is driven while it is on."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from tickets.errors import Paused
from tickets.models import Switch
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.live import events as live

PAUSE_ALL = "pause_all"


def is_paused() -> bool:
    return Switch.objects.filter(name=PAUSE_ALL, on=True).exists()


def current_pause() -> Switch | None:
    """The pause that is on, with who turned it on, when and why."""
    return Switch.objects.filter(name=PAUSE_ALL, on=True).select_related("changed_by").first()


def require_not_paused() -> None:
    if is_paused():
        raise Paused


def pause_all(user: Any, reason: str = "") -> Switch:
    return _turn(user, on=True, reason=reason)


def resume_all(user: Any) -> Switch:
    return _turn(user, on=False, reason="")


def _turn(user: Any, *, on: bool, reason: str) -> Switch:
    require(user, Permission.PAUSE_ALL)
    with transaction.atomic():
        switch, _made = Switch.objects.update_or_create(
            name=PAUSE_ALL,
            defaults={"on": on, "reason": reason[:200], "changed_by": user, "changed_at": timezone.now()},
        )
        live.publish_pause(on)
        audit.record("automation.paused" if on else "automation.resumed", user=user, details={"reason": reason})
    return switch
