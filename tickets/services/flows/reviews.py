"""Reviews: a version needs the approval of someone other than its author before its release.

Rule: who wrote or submitted a version may not review it; a version that can move money or names a two-person limit
needs two reviewers; a single rejection sends it back.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.errors import Conflict, FourEyes, NeedsReason
from tickets.models import FlowReview, FlowVersion, ReviewVerdict, VersionLife, VersionStage
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows.routes import plans
from tickets.services.releasing import stages
from tickets.services.studio import route_notes

_LIMITS = ("amount_limit", "two_approvers_above", "four_eyes")


def submit(version: FlowVersion, user: Any, *, unrehearsed_reason: str = "") -> VersionLife:
    """Ask for a review. A version that was not rehearsed needs a reason, which the reviewer reads."""
    require(user, Permission.EDIT_FLOWS)
    with transaction.atomic():
        stage = stages.of(version)
        reason = unrehearsed_reason.strip()[:300]
        if stage is VersionStage.DRAFT and not reason:
            raise NeedsReason(_("该版本还没有演练过;请先演练,或写明为什么不演练。"))
        life = stages.move(version, VersionStage.IN_REVIEW, user=user, unrehearsed_reason=reason)
        life.submitted_by, life.unrehearsed_reason = user, reason
        life.save(update_fields=["submitted_by", "unrehearsed_reason"])
    return life


def review(version: FlowVersion, user: Any, verdict: ReviewVerdict, comment: str = "") -> FlowReview:
    """Record a review; the version advances when enough approve, and goes back when one rejects."""
    require(user, Permission.REVIEW_FLOWS)
    comment = comment.strip()[:4000]
    if verdict is ReviewVerdict.SENT_BACK and not comment:
        raise NeedsReason(_("退回时请写明要改什么。"))
    with transaction.atomic():
        life = VersionLife.objects.select_for_update().get(version=version)
        _refuse_own(version, life, user)
        if life.stage != VersionStage.IN_REVIEW:
            raise Conflict(_("该版本不在评审中。"), code="flow_stage")
        if approvals(version).filter(reviewer=user).exists():
            raise Conflict(_("您已经评审过这个版本。"), code="already_reviewed")
        row = FlowReview.objects.create(version=version, reviewer=user, verdict=verdict, comment=comment)
        details = {"verdict": verdict.value, "comment": comment}
        audit.record("flow.reviewed", user=user, obj=version, flow_version=str(version), details=details)
        if verdict is ReviewVerdict.SENT_BACK:
            stages.move(version, VersionStage.DRAFT, user=user)
        elif approvals(version).count() >= reviewers_needed(version):
            stages.move(version, VersionStage.APPROVED, user=user)
    return row


def approvals(version: FlowVersion) -> Any:
    """The approvals since the version was last sent back."""
    rows = FlowReview.objects.filter(version=version)
    sent_back = rows.filter(verdict=ReviewVerdict.SENT_BACK).order_by("-pk").values_list("pk", flat=True).first()
    return rows.filter(verdict=ReviewVerdict.APPROVED, pk__gt=sent_back or 0)


def reviewers_needed(version: FlowVersion) -> int:
    """Two for a flow that is high-risk: one that confirms amounts, sets a limit or four eyes on itself, or whose route
    passes a control with a word of commitment that is declared harmless."""
    definition = version.definition
    engine = definition.get("engine", {})
    if route_notes.needs_two(plans.of_version(version)):
        return 2
    if engine.get("read_only"):
        return 1
    money = any(field.get("kind") == "money" for field in engine.get("confirm_fields", []))
    return 2 if money or any(definition.get(key) for key in _LIMITS) else 1


def _refuse_own(version: FlowVersion, life: VersionLife, user: Any) -> None:
    if user.pk in {version.created_by_id, life.submitted_by_id}:
        raise FourEyes(_("编写或提交这个版本的人不能评审它。"))
