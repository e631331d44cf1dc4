"""A reminder that somebody waits behind a run that waits for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, NotPending
from tickets.models import AuditEvent, Run
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.runs.transitions import WAITING

EVERY = timedelta(minutes=1)
_TYPE = "run.nudged"


def nudge(run: Run, user: Any) -> None:
    """Once a minute for each run; its consoles hear of it, whoever is away finds it in the audit trail."""
    require(user, Permission.START_RUNS, run=run)
    access.require_visible(user, run.ticket)
    if run.status not in WAITING:
        raise NotPending(_("这次处理已经不在等人。"))
    if AuditEvent.objects.filter(run_id=str(run.pk), type=_TYPE, at__gt=timezone.now() - EVERY).exists():
        raise Conflict(_("刚刚已经催过,请稍等。"), code="nudged_already")
    with transaction.atomic():
        live.publish_run(run, "confirmation.asked", {"nudged": True, "by": user.get_username()})
        audit.record(_TYPE, user=user, run=run, result="success")
