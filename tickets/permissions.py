"""Permissions, the groups that have them, and the check, whose refusals are audited.

Rule: every service and every page calls `require` (or `has`) with one of these names; groups are data, updated after
every migration, and an installation may create its own groups from the same permissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model

from tickets.errors import Forbidden


class Permission(StrEnum):
    VIEW_TICKETS = "view_tickets"
    VIEW_REPLAYS = "view_replays"
    VIEW_AUDIT = "view_audit"
    EXPORT_AUDIT = "export_audit"
    CREATE_TICKETS = "create_tickets"
    START_RUNS = "start_runs"
    RUN_BATCHES = "run_batches"  # to make batches one must be able to start runs as well
    DECIDE = "decide"
    STOP_RUNS = "stop_runs"
    TAKE_OVER = "take_over"
    EDIT_FLOWS = "edit_flows"
    TEACH = "teach"
    REQUEST_FLOWS = "request_flows"
    REVIEW_FLOWS = "review_flows"
    RELEASE_FLOWS = "release_flows"
    MANAGE_PHONES = "manage_phones"
    PAUSE_ALL = "pause_all"
    MANAGE_DESK = "manage_desk"  # a department's views of the queue, and the texts for customers
    MANAGE_INTEGRATIONS = "manage_integrations"

    @property
    def label(self) -> str:
        return f"tickets.{self.value}"


P = Permission
_VIEW = frozenset({P.VIEW_TICKETS, P.VIEW_REPLAYS, P.VIEW_AUDIT})
_FLOWS = frozenset({P.REQUEST_FLOWS, P.REVIEW_FLOWS, P.RELEASE_FLOWS})

# Supervisors decide and take over too: what nobody answers is escalated to them. They start nothing. Auditors read
# what viewers read, and may take the trail away.
GROUPS: Mapping[str, frozenset[Permission]] = {
    "viewer": _VIEW,
    "auditor": _VIEW | {P.EXPORT_AUDIT},
    "operator": _VIEW | {P.CREATE_TICKETS, P.START_RUNS, P.RUN_BATCHES, P.DECIDE, P.STOP_RUNS, P.TAKE_OVER},
    "supervisor": _VIEW
    | _FLOWS
    | {P.EXPORT_AUDIT, P.PAUSE_ALL, P.RUN_BATCHES, P.MANAGE_DESK, P.DECIDE, P.STOP_RUNS, P.TAKE_OVER},
    "flow_editor": _VIEW | _FLOWS | {P.EDIT_FLOWS, P.TEACH},
}
ADMINISTRATOR = "administrator"


# What a token may carry at most: a program never decides for a person, drives a phone or gives out rights.
SCOPES: tuple[Permission, ...] = (
    P.VIEW_TICKETS,
    P.CREATE_TICKETS,
    P.START_RUNS,
    P.STOP_RUNS,
    P.VIEW_REPLAYS,
    P.VIEW_AUDIT,
    P.EXPORT_AUDIT,
)
# Who may take the whole trail away may also look at it; who acts on a ticket gets it for an answer.
_SEEN = frozenset({P.VIEW_TICKETS})
IMPLIED: Mapping[Permission, frozenset[Permission]] = {
    P.EXPORT_AUDIT: frozenset({P.VIEW_AUDIT}),
    P.CREATE_TICKETS: _SEEN,
    P.START_RUNS: _SEEN,
    P.STOP_RUNS: _SEEN,
    P.VIEW_REPLAYS: _SEEN,
}
BY_PROGRAM = "api"  # how the audit trail marks what a person's program did
# What a panel inside a helpdesk's page offers: one ticket, no phone in one's hands, nothing of the house.
IN_PANEL = frozenset({P.VIEW_TICKETS, P.CREATE_TICKETS, P.START_RUNS, P.DECIDE, P.STOP_RUNS})
BY_PANEL = "panel"  # how the audit trail marks what a person did there


def has(user: Any, permission: Permission) -> bool:
    """Whether the user has the permission; may be cached on the user object during a request.

    For an API token (`token_scopes`), what its scopes and the user's permissions both allow; inside a helpdesk's page
    (`panel`), only what panels permit.
    """
    if getattr(user, "panel", None) is not None and permission not in IN_PANEL:
        return False
    scopes = getattr(user, "token_scopes", None)
    if scopes is not None and permission not in scopes:
        return False
    return bool(user and user.is_authenticated and user.is_active and user.has_perm(permission.label))


def opened_by(scopes: Iterable[str]) -> frozenset[Permission]:
    """All permissions that these token scopes imply."""
    named = {Permission(scope) for scope in scopes if scope in SCOPES}
    return frozenset(named.union(*(IMPLIED.get(scope, frozenset()) for scope in named)))


def has_now(user_id: int, permission: Permission) -> bool:
    """As `has`, read from the database: for sockets that stay open while roles change."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    return user is not None and has(user, permission)


def require(user: Any, permission: Permission, *, ticket: Any = None, run: Any = None) -> None:
    """Raise Forbidden, and audit `permission.refused`, unless the user has the permission."""
    if has(user, permission):
        return
    from tickets.services.evidence import audit

    known = user if user is not None and user.is_authenticated else None
    audit.record(
        "permission.refused",
        user=known,
        ticket=ticket,
        run=run,
        result="failure",
        details={"permission": permission.value},
    )
    raise Forbidden(permission=permission.value)


def role_of(user: Any) -> str:
    """The user's roles as the audit trail names them, e.g. `operator` or `flow_editor,viewer`."""
    if user is None or not user.is_authenticated:
        return ""
    groups = [ADMINISTRATOR] if user.is_superuser else user.groups.order_by("name").values_list("name", flat=True)
    marks = [BY_PROGRAM] if getattr(user, "token_scopes", None) is not None else []
    marks += [BY_PANEL] if getattr(user, "panel", None) is not None else []
    return ",".join([*marks, *groups])[:60]


def ensure_groups(using: str = "default") -> None:
    """Create missing permissions and groups; called after every migrate.

    A new permission is granted once to the shipped groups that need it, so that an upgrade blocks nobody's work;
    otherwise existing groups stay as the administrator left them.
    """
    from django.contrib.auth.models import Group
    from django.contrib.auth.models import Permission as Row
    from django.contrib.contenttypes.models import ContentType

    from tickets.models import Ticket

    content_type = ContentType.objects.db_manager(using).get_for_model(Ticket)
    rows, new = {}, set()
    for permission in Permission:
        rows[permission], is_new = Row.objects.using(using).get_or_create(
            codename=permission.value, content_type=content_type, defaults={"name": permission.value}
        )
        new |= {permission} if is_new else set()
    for name, permissions in GROUPS.items():
        group, made = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*(rows[permission] for permission in permissions if made or permission in new))
