"""Where a version of a flow stands in its life, and what a reader may do with it now."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tickets.models import FlowVersion, ReviewVerdict, VersionStage
from tickets.permissions import Permission, has
from tickets.services.flows import rehearsals, reviews
from tickets.services.releasing import releases, stages

TONES = {
    VersionStage.DRAFT: "quiet",
    VersionStage.REHEARSED: "info",
    VersionStage.IN_REVIEW: "warn",
    VersionStage.APPROVED: "info",
    VersionStage.RELEASED: "ok",
    VersionStage.RETIRED: "quiet",
}


def life_of(user: Any, version: FlowVersion) -> dict[str, Any]:
    """Where the version stands, and what this reader may do with it now."""
    stage, life = stages.of(version), getattr(version, "life", None)
    own = user.pk in {version.created_by_id, life.submitted_by_id if life else None}
    needed = reviews.reviewers_needed(version)
    given = reviews.approvals(version)
    reviewed = stage is VersionStage.IN_REVIEW and given.filter(reviewer=user).exists()
    return {
        "stage": stage,
        "stages": VersionStage.choices,
        "tone": TONES[stage],
        "row": life,
        "needed": needed,
        "given": given.count(),
        "reviews": list(version.reviews.select_related("reviewer")),
        "may_submit": stage in {VersionStage.DRAFT, VersionStage.REHEARSED} and has(user, Permission.EDIT_FLOWS),
        "may_review": stage is VersionStage.IN_REVIEW
        and not own
        and not reviewed
        and has(user, Permission.REVIEW_FLOWS),
        "reviewed": reviewed,
        "sent_back": _sent_back(version),
        "rehearsed_in_vain": _rehearsed_in_vain(version),
        "own_in_review": stage is VersionStage.IN_REVIEW and own,
        **_release_terms(user, version, stage),
        "next": _next_step(user, version, stage),
    }


def _sent_back(version: FlowVersion) -> bool:
    return version.reviews.filter(verdict=ReviewVerdict.SENT_BACK).exists()


def _rehearsed_in_vain(version: FlowVersion) -> bool:
    """Whether rehearsals of the version ended and none of their runs went well."""
    ended = version.rehearsals.exclude(ended_at=None)
    return ended.exists() and not ended.filter(runs__outcome__in=rehearsals.GOOD).exists()


def _release_terms(user: Any, version: FlowVersion, stage: VersionStage) -> dict[str, Any]:
    """How far the version may be released from where it is: to more tickets than it has, or at first as a shadow."""
    mine = [row for row in releases.at_work().filter(version=version) if not row.shadow]
    most = max((row.percent for row in mine if row.department_id is None), default=0)
    shares = [share for share in releases.SHARES if share > most]
    may = stage in stages.REVIEWED and has(user, Permission.RELEASE_FLOWS)
    return {"may_release": may and bool(shares), "offers_shadow": not mine, "shares": shares}


def _next_step(user: Any, version: FlowVersion, stage: VersionStage) -> str:
    """What this version waits for now, and who does it; empty where it waits for nothing."""
    match stage:
        case VersionStage.DRAFT if _sent_back(version):
            return _("评审人退回了这个版本:按意见改草稿,再生成新版本;不改就写明理由再次提交。")
        case VersionStage.DRAFT if _rehearsed_in_vain(version):
            return _("演练过,没有一次成功:看报告(见下面的“演练”),改草稿,再生成版本;不改就写明理由提交评审。")
        case VersionStage.DRAFT:
            return _("演练这个版本(见下面的“演练”),看报告,再提交评审。")
        case VersionStage.REHEARSED:
            return _("看演练报告;满意就提交评审,不满意就改草稿再生成版本。")
        case VersionStage.IN_REVIEW:
            return _("由没有写也没有提交这个版本的同事评审:先看“路线”,再通过或退回。")
        case VersionStage.APPROVED:
            return _("发布:先作影子或给一个部门,再 5 %、25 %,最后全部工单。")
    shares = [row.percent for row in releases.at_work().filter(version=version, department=None, shadow=False)]
    if stage is VersionStage.RELEASED and max(shares, default=0) < max(releases.SHARES):
        return _("看“正在使用”里的数字;好就扩大比例,不好就退回上一版本。")
    return ""
