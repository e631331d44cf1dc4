"""Flow definitions: validated with readable messages, published as immutable versions.

Rule: a definition that `validate_definition` accepts can be rendered and run: its templates name only existing slots,
and its engine rules are valid.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tickets.errors import Conflict, InvalidFlow
from tickets.flows.definition import current_shape
from tickets.flows.faults import faults
from tickets.models import FlowTemplate, FlowVersion, VersionLife
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows.recommendation import Recommendation, recommend
from tickets.services.releasing import releases

__all__ = ["Recommendation", "publish_version", "recommend", "validate_definition"]


def validate_definition(definition: Any) -> None:
    """Raise InvalidFlow with every fault and its place in the definition."""
    if problems := faults(definition):
        raise InvalidFlow(problems)


def publish_version(
    template: FlowTemplate,
    definition: dict[str, Any],
    user: Any,
    note: str = "",
    *,
    route: dict[str, Any] | None = None,
) -> FlowVersion:
    """Validate the definition, make it the template's newest version and release it; running runs keep theirs."""
    if user is not None:
        require(user, Permission.EDIT_FLOWS)
    validate_definition(definition)
    with transaction.atomic():
        version = new_version(template, definition, user, note, route=route)
        releases.adopt(version, note)
        details = {"template": template.slug, "number": version.number, "note": note}
        audit.record("flow.published", user=user, obj=version, flow_version=str(version), details=details)
    return version


def new_version(
    template: FlowTemplate, definition: dict[str, Any], user: Any, note: str, *, route: dict[str, Any] | None = None
) -> FlowVersion:
    """Create the next version inside the caller's transaction; keys of earlier releases are renamed.

    Without a `route` it keeps the previous version's. Conflict if a colleague was first.
    """
    last = template.versions.aggregate(last=Max("number"))["last"] or 0
    kept = template.versions.filter(number=last).values_list("route", flat=True).first()
    try:
        with transaction.atomic():
            version = FlowVersion.objects.create(
                template=template,
                number=last + 1,
                definition=current_shape(definition),
                route=route if route is not None else kept,
                note=note[:200],
                created_by=user,
            )
    except IntegrityError as error:
        raise Conflict(_("另一位同事刚刚建立了新版本,请重新载入。")) from error
    VersionLife.objects.create(version=version)
    return version
