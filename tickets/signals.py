"""What happens after `migrate`, and log-ins as audit events."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connections, transaction
from django.db.models.signals import post_migrate, post_save
from django.dispatch import receiver

from tickets import permissions
from tickets.models import FlowTemplate, Release
from tickets.models.record import audit_triggers
from tickets.services.evidence import audit


def connect(app_config: Any) -> None:
    """Called once the app is ready; importing this module has connected the log-in receivers."""
    post_migrate.connect(after_migrate, sender=app_config)


def after_migrate(sender: Any, using: str = "default", plan: Any = (), apps: Any = None, **kwargs: Any) -> None:
    """Ensure groups, permissions and triggers after every migrate; not for a partially migrated database."""
    if "tickets_audithead" not in connections[using].introspection.table_names():
        return
    permissions.ensure_groups(using)
    audit_triggers.install(connections[using])


@receiver(post_save, sender=FlowTemplate)
@receiver(post_save, sender=Release)
def flow_changed(sender: Any, **kwargs: Any) -> None:
    """Have the fitting flows recomputed by the periodic task."""
    from tickets.services.tickets import fitting  # the readers of texts are large: not every command needs them

    transaction.on_commit(fitting.forget)


@receiver(user_logged_in)
def logged_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    audit.record("session.opened", user=user, request=request, result="success")


@receiver(user_logged_out)
def logged_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        audit.record("session.closed", user=user, request=request, result="success")


@receiver(user_login_failed)
def login_failed(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    if getattr(request, "axes_locked_out", False):
        return  # no password was looked at; that somebody has to wait is an event of its own
    tried = str(credentials.get("username", ""))[:150]
    audit.record("session.refused", request=request, result="failure", details={"user_name": tried})
