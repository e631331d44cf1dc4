"""Takes back a release automatically if too few of its runs succeed or too many confirmations are rejected.

Rule: nothing happens before `MIN_RUNS` runs have ended since the release began. A release without a predecessor stays
active and is only reported, because taking it back would stop the flow altogether.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import dataclass

from django.db.models import Count, Q

from tickets.errors import Conflict
from tickets.models import Confirmation, ConfirmationState, Release, ReleaseEnd, Run, RunStatus, TrialState
from tickets.services.evidence import audit
from tickets.services.releasing import releases
from tickets.services.runs import transitions
from tickets.task_entry import Apart

log = logging.getLogger(__name__)
MIN_RUNS = 10
_ANSWERED = (ConfirmationState.APPROVED, ConfirmationState.REJECTED)


@dataclass(frozen=True, slots=True)
class Measured:
    """The results of a release's runs. Rates are 0-1; None if nothing was counted yet."""

    runs: int
    succeeded: int
    answered: int
    rejected: int

    @property
    def success(self) -> float | None:
        return self.succeeded / self.runs if self.runs else None

    @property
    def rejection(self) -> float | None:
        return self.rejected / self.answered if self.answered else None

    def fault(self, release: Release) -> str:
        """The figures that violate a limit, as text; "" if none do."""
        if self.runs < MIN_RUNS:
            return ""
        if self.success is not None and self.success < release.success_floor:
            return f"{self.succeeded}/{self.runs} < {release.success_floor:.0%}"
        if self.rejection is not None and self.rejection > release.rejection_ceiling:
            return f"{self.rejected}/{self.answered} > {release.rejection_ceiling:.0%}"
        return ""


def measure(release: Release) -> Measured:
    """The figures of this version's runs since the release began (the first of those that grew into it), without those
    of an active trial, which are not disclosed yet."""
    grown = release.replaced.filter(version=release.version_id, shadow=False).order_by("began_at").first()
    since = min(release.began_at, grown.began_at) if grown else release.began_at
    mine = Q(flow_version=release.version_id, created_at__gte=since)
    if release.department_id:
        mine &= Q(ticket__department=release.department_id)
    runs = (
        Run.objects.serving()
        .filter(mine, status__in=transitions.COUNTS_FOR_FLOW)
        .exclude(trial_member__trial__state=TrialState.RUNNING)
        .aggregate(ended=Count("pk"), succeeded=Count("pk", filter=Q(status=RunStatus.SUCCEEDED)))
    )
    asked = Confirmation.objects.filter(
        run__flow_version=release.version_id, run__created_at__gte=since, state__in=_ANSWERED
    ).exclude(run__trial_member__trial__state=TrialState.RUNNING)
    answered = asked.aggregate(all=Count("pk"), rejected=Count("pk", filter=Q(state=ConfirmationState.REJECTED)))
    return Measured(runs["ended"], runs["succeeded"], answered["all"], answered["rejected"])


def check_all(apart: Apart = nullcontext) -> int:
    """Check all releases; returns how many were taken back. Called periodically; one transaction per release."""
    taken = 0
    for release in releases.at_work().filter(shadow=False).select_related("version__template", "template"):
        with apart(f"floor of {release}"):
            fault = measure(release).fault(release)
            if fault and _has_predecessor(release):
                taken += _take_back(release, fault)
    return taken


def _has_predecessor(release: Release) -> bool:
    """Whether tickets of this release would still be handled without it."""
    wider = releases.at_work().filter(template=release.template_id, shadow=False).exclude(pk=release.pk)
    return wider.exists() or release.replaced.exclude(version=release.version_id).exists()


def _take_back(release: Release, fault: str) -> int:
    try:
        releases.end(release, ReleaseEnd.BELOW_FLOOR, note=fault)
    except Conflict:  # a person was first
        return 0
    details = {"template": release.template.slug, "number": release.version.number, "measured": fault}
    audit.record("flow.returned", obj=release.version, flow_version=str(release.version), details=details)
    log.warning("release %s was taken back: %s", release, fault)
    return 1
