"""Scores shadow releases: what their version would have done in the runs that others handled.

Rule: a shadow release touches no phone and no ticket. It is scored from the steps of successful runs, which record each
page and act without values; a person's gestures record no page and are left out.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from cs_agent.engine.routes.nearest import nearest_way
from cs_agent.engine.routes.shadow import score
from cs_agent.engine.routes.values import RouteStep
from cs_agent.engine.run.state import StepStatus
from tickets.metrics.shares import Share
from tickets.models import Release, Run, RunStatus, ShadowScore
from tickets.services.flows.routes import plans
from tickets.services.releasing import releases
from tickets.services.studio import route_notes
from tickets.task_entry import Apart

_AT_A_TIME = 100  # runs of one release in one pass


@dataclass(frozen=True, slots=True)
class Measured:
    """`whole`: runs in which the version would have done every act; `acts`: agreeing acts, of those it had a proposal
    for."""

    whole: Share
    acts: Share
    silent: int


def score_all(apart: Apart = nullcontext) -> int:
    """Score the runs that have ended since; returns how many. Called periodically."""
    scored = 0
    for release in releases.at_work().filter(shadow=True).select_related("version__template", "template"):
        with apart(f"shadow of {release}"):
            scored += _score(release)
    return scored


def measure(release: Release) -> Measured:
    rows = ShadowScore.objects.filter(release=release)
    sums = rows.aggregate(
        runs=Count("pk"),
        whole=Count("pk", filter=Q(differed=0, silent=0, agreed__gt=0)),
        same=Sum("agreed", default=0),
        spoken=Sum(F("agreed") + F("differed"), default=0),
        asked=Sum("silent", default=0),
    )
    return Measured(Share(sums["whole"], sums["runs"]), Share(sums["same"], sums["spoken"]), sums["asked"])


def _score(release: Release) -> int:
    runs = Run.objects.serving().filter(
        flow_version__template=release.template_id, status=RunStatus.SUCCEEDED, created_at__gte=release.began_at
    )
    if release.department_id:
        runs = runs.filter(ticket__department=release.department_id)
    route = route_notes.applied(release.version, plans.of_version(release.version))
    scored = ShadowScore.objects.filter(release=release).values("run")
    count = 0
    for run in runs.exclude(pk__in=scored).order_by("ended_at")[:_AT_A_TIME]:
        done = run.steps.filter(status=StepStatus.DONE.value).order_by("number")
        marks = [mark for mark in done.values_list("route_mark", flat=True) if mark and "kind" in mark]
        way = nearest_way(route, plans.values_of(run))
        found = score(way, [RouteStep.from_json(mark) for mark in marks])
        values = {"agreed": found.agreed, "differed": found.differed, "silent": found.silent}
        ShadowScore.objects.get_or_create(release=release, run=run, defaults=values)
        count += 1
    return count
