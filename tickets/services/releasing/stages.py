"""The stage of a flow version, from draft to retired, and the only function that changes it.

Rule: a forbidden move raises and changes nothing; every move is audited with the user's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tickets.errors import Conflict
from tickets.models import FlowVersion, VersionLife, VersionStage
from tickets.services.evidence import audit

S = VersionStage
MOVES: Mapping[VersionStage, frozenset[VersionStage]] = {
    S.DRAFT: frozenset({S.REHEARSED, S.IN_REVIEW, S.RETIRED}),
    S.REHEARSED: frozenset({S.IN_REVIEW, S.RETIRED}),
    S.IN_REVIEW: frozenset({S.APPROVED, S.DRAFT, S.RETIRED}),
    S.APPROVED: frozenset({S.RELEASED, S.RETIRED}),
    S.RELEASED: frozenset({S.RETIRED}),
    S.RETIRED: frozenset({S.RELEASED}),  # the way back to an earlier release
}
REVIEWED = frozenset({S.APPROVED, S.RELEASED, S.RETIRED})


def of(version: FlowVersion) -> VersionStage:
    """The version's stage; a version without a row is a draft."""
    stage = VersionLife.objects.filter(version=version).values_list("stage", flat=True).first()
    return VersionStage(stage or S.DRAFT)


def loaded(version: FlowVersion) -> VersionStage:
    """As it was when the row was loaded with its `life`."""
    life = getattr(version, "life", None)
    return VersionStage(life.stage) if life else S.DRAFT


def move(version: FlowVersion, to: VersionStage, *, user: Any = None, **details: Any) -> VersionLife:
    """Change the stage inside the caller's transaction; Conflict if the table forbids it or somebody was first."""
    life, _made = VersionLife.objects.select_for_update().get_or_create(version=version)
    if to not in MOVES[VersionStage(life.stage)]:
        words = {"from": life.get_stage_display(), "to": to.label}
        raise Conflict(_("版本处于“%(from)s”,不能变为“%(to)s”。") % words, code="flow_stage")
    before, life.stage = life.stage, to
    life.save(update_fields=["stage", "changed_at"])
    told = {"from": before, "to": to.value, **details}
    audit.record("flow.stage_changed", user=user, obj=version, flow_version=str(version), details=told)
    return life


def adopt(version: FlowVersion) -> None:
    """Set a version shipped with the product to approved, inside the caller's transaction."""
    life, _made = VersionLife.objects.select_for_update().get_or_create(version=version)
    if life.stage == S.DRAFT:
        VersionLife.objects.filter(pk=life.pk).update(stage=S.APPROVED)
        audit.record("flow.adopted", obj=version, flow_version=str(version), details={"number": version.number})
