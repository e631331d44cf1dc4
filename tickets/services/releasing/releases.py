"""Releases: which version handles a ticket, extended gradually, taken back by a click or automatically.

Rule: only `Catalogue` decides which version handles a ticket: an active trial for the tickets of its share, the
releases for all others. A run keeps the version it began with; a release that ends changes only what later runs get.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import Department, FlowTemplate, FlowVersion, Release, ReleaseEnd, Ticket, Trial, VersionStage
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.releasing import stages, trials

SHARES = (5, 25, 100)  # percent of tickets
RELEASABLE = (VersionStage.APPROVED, VersionStage.RELEASED, VersionStage.RETIRED)


def bucket(template: FlowTemplate, number: str) -> int:
    """0-99, stable per ticket, so that tickets stay included while the share of a release grows."""
    digest = hashlib.sha256(f"{template.slug}:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100


class Catalogue:
    """The active releases and trials, read once for any number of tickets."""

    def __init__(self, releases: Iterable[Release], going_on: Iterable[Trial] = ()) -> None:
        self._by_template: dict[FlowTemplate, list[Release]] = {}
        self._trials = {trial.template_id: trial for trial in going_on}
        for release in releases:
            self._by_template.setdefault(release.template, []).append(release)

    @classmethod
    def load(cls) -> Catalogue:
        """Of the active templates, the newest release first."""
        rows = at_work().filter(template__active=True, shadow=False)
        going_on = trials.under_way().filter(template__active=True).select_related("a__template", "b__template")
        return cls(rows.select_related("template", "version__template").order_by("template_id", "-pk"), going_on)

    def version(self, template: FlowTemplate, ticket: Ticket) -> FlowVersion | None:
        """The version that handles this ticket; None if no release of the template covers it."""
        trial = self._trials.get(template.pk)
        if trial is not None and (arm := trials.arm_of(trial, ticket.number)) is not None:
            return trial.version(arm)
        place = bucket(template, ticket.number)
        for release in self._by_template.get(template, ()):
            if release.department_id in {None, ticket.department_id} and place < release.percent:
                return release.version
        return None

    def versions(self, ticket: Ticket) -> list[FlowVersion]:
        """The version of each template that covers the ticket, in the order of the templates."""
        found = (self.version(template, ticket) for template in self._by_template)
        return [version for version in found if version is not None]


def version_for(template: FlowTemplate, ticket: Ticket) -> FlowVersion | None:
    return Catalogue.load().version(template, ticket)


def at_work() -> Any:
    return Release.objects.filter(ended_at=None)


def release(
    version: FlowVersion,
    user: Any,
    *,
    percent: int = 100,
    department: Department | None = None,
    shadow: bool = False,
    success_floor: float = 0.8,
    rejection_ceiling: float = 0.2,
) -> Release:
    """Release the version for a share of the tickets. A release to all tickets ends the template's other releases; one
    that covers more than an earlier one of the same version takes its place. Conflict: it covers them already."""
    require(user, Permission.RELEASE_FLOWS)
    if percent not in SHARES:
        raise Invalid(_("比例应为 %s 之一。") % _("、").join(map(str, SHARES)))
    if not (0 <= success_floor <= 1 and 0 <= rejection_ceiling <= 1):
        raise Invalid(_("下限和上限应在 0 与 1 之间。"))
    with transaction.atomic():
        if stages.of(version) not in RELEASABLE:
            raise Conflict(_("只有评审通过的版本可以发布。"), code="flow_stage")
        if not shadow and trials.under_way().filter(template=version.template_id).exists():
            raise Conflict(_("两个版本正在对比:先停止对比,再发布。"), code="trial_running")
        _refuse_less(version, percent, department, shadow)
        return _begin(
            version,
            user,
            percent=percent,
            department=department,
            shadow=shadow,
            success_floor=success_floor,
            rejection_ceiling=rejection_ceiling,
        )


def adopt(version: FlowVersion, note: str) -> Release:
    """Release a version shipped with the product, which was reviewed there, without a user."""
    with transaction.atomic():
        lock(version.template)
        trials.stop_for_releases(version.template, None, note)
        stages.adopt(version)
        return _begin(version, None, note=note)


def take_back(template: FlowTemplate, user: Any, note: str = "") -> Release | None:
    """End the newest release and reactivate those it replaced. None if there were none."""
    require(user, Permission.RELEASE_FLOWS)
    newest = at_work().filter(template=template).order_by("-pk").first()
    if newest is None:
        raise Conflict(_("该流程没有发布中的版本。"), code="nothing_released")
    return end(newest, ReleaseEnd.RETURNED, user=user, note=note)


def before(template: FlowTemplate) -> FlowVersion | None:
    """The version that would handle all tickets if the newest release were taken back; None if none would."""
    rows = list(at_work().filter(template=template).select_related("version").order_by("-pk"))
    if not rows:
        return None
    stays = next((row for row in rows[1:] if row.percent == 100 and not row.shadow and row.department_id is None), None)
    again = stays or _replaced_whole(rows[0])
    return again.version if again else None


def end(row: Release, reason: ReleaseEnd, *, user: Any = None, note: str = "") -> Release | None:
    """End one release and reactivate those it replaced; returns the newest of these."""
    with transaction.atomic():
        lock(row.template)
        if not row.shadow:
            trials.stop_for_releases(row.template, user, str(reason.label))
        if not _finish(Release.objects.filter(pk=row.pk), reason, user, note):
            raise Conflict(_("该发布已经结束。"), code="release_ended")
        _retire_idle(row.version, user)
        return _begin_again(row, user)


def retire(template: FlowTemplate, user: Any, note: str = "") -> None:
    """End all releases of the template; runs under way finish on their version."""
    require(user, Permission.RELEASE_FLOWS)
    with transaction.atomic():
        lock(template)
        trials.stop_for_releases(template, user, str(ReleaseEnd.RETIRED.label))
        rows = list(at_work().filter(template=template).select_related("version"))
        _finish(at_work().filter(template=template), ReleaseEnd.RETIRED, user, note)
        for version in {row.version for row in rows}:
            _retire_idle(version, user)
        audit.record("flow.retired", user=user, obj=template, details={"template": template.slug, "note": note})


def _refuse_less(version: FlowVersion, percent: int, department: Department | None, shadow: bool) -> None:
    """What would change nothing: a shadow of what handles tickets, or a smaller share than the version has already."""
    mine = at_work().filter(version=version, shadow=False)
    if shadow and mine.exists():
        raise Conflict(_("v%s 已在处理工单,不能再作影子。") % version.number, code="release_covered")
    wider = mine.filter(Q(department=None) | Q(department=department), percent__gt=percent)
    if most := wider.order_by("-percent").first():
        words = _("v%(version)s 已在处理 %(share)s %% 的工单;要收回,请退回上一版本。")
        raise Conflict(words % {"version": version.number, "share": most.percent}, code="release_covered")


def _begin(version: FlowVersion, user: Any, *, note: str = "", **terms: Any) -> Release:
    template = version.template
    lock(template)
    row = Release.objects.create(version=version, template=template, began_by=user, **terms)
    if stages.of(version) is not VersionStage.RELEASED:
        stages.move(version, VersionStage.RELEASED, user=user)
    if row.percent == 100 and row.department_id is None and not row.shadow:
        _supersede(row, user)
    elif not row.shadow:
        _grow(row, user)
    details = {
        "template": template.slug,
        "number": version.number,
        "percent": row.percent,
        "department": row.department_id,
        "shadow": row.shadow,
        "note": note,
    }
    audit.record("flow.released", user=user, obj=version, flow_version=str(version), details=details)
    return row


def _supersede(row: Release, user: Any) -> None:
    others = at_work().filter(template=row.template).exclude(pk=row.pk)
    versions = {other.version for other in others.select_related("version")}
    _replace(others, row, user)
    for version in versions - {row.version}:
        _retire_idle(version, user)


def _grow(row: Release, user: Any) -> None:
    """End what the version had before of the same tickets or fewer: its shadow, and its smaller shares."""
    fewer = at_work().filter(version=row.version).exclude(pk=row.pk)
    if row.department_id is not None:
        fewer = fewer.filter(Q(department=row.department_id) | Q(shadow=True))
    _replace(fewer.filter(Q(percent__lte=row.percent) | Q(shadow=True)), row, user)


def _replace(others: Any, row: Release, user: Any) -> None:
    """End releases that `row` takes the place of. What those of its own version had replaced is from now on replaced by
    `row`, so that one click back leads to another version."""
    keys = list(others.values_list("pk", flat=True))
    ended = Release.objects.filter(pk__in=keys)
    Release.objects.filter(replaced_by__in=ended.filter(version=row.version)).update(replaced_by=row)
    ended.update(replaced_by=row)
    _finish(ended, ReleaseEnd.SUPERSEDED, user, "")


def _begin_again(row: Release, user: Any) -> Release | None:
    """Create a new row for each full release that `row` replaced; the old rows stay unchanged."""
    whole = _replaced_whole(row)
    if whole is None:
        return None
    terms = {"success_floor": whole.success_floor, "rejection_ceiling": whole.rejection_ceiling}
    again = _begin(whole.version, user, note=_("退回"), **terms)
    Release.objects.filter(replaced_by=whole).update(replaced_by=again)  # so that another take-back goes further back
    return again


def _replaced_whole(row: Release) -> Release | None:
    """The release to all tickets, of another version, whose place the row took."""
    rows = row.replaced.filter(percent=100, department=None, shadow=False).exclude(version=row.version)
    return rows.select_related("version").order_by("-pk").first()


def _finish(rows: Any, reason: ReleaseEnd, user: Any, note: str) -> int:
    from tickets.services.tickets import fitting  # which reads the releases

    now = timezone.now()
    transaction.on_commit(fitting.forget)  # an update calls no receiver of `post_save`
    return int(rows.filter(ended_at=None).update(ended_at=now, ended_by=user, end_reason=reason, end_note=note[:300]))


def _retire_idle(version: FlowVersion, user: Any) -> None:
    if not at_work().filter(version=version).exists() and stages.of(version) is VersionStage.RELEASED:
        stages.move(version, VersionStage.RETIRED, user=user)


def lock(template: FlowTemplate) -> None:
    """Serialise changes of the template's releases: its row is locked until the transaction ends."""
    FlowTemplate.objects.filter(pk=template.pk).update(active=F("active"))
