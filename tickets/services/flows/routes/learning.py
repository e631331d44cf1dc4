"""What a flow's route learns from runs that succeeded.

Rule: learning makes a new draft version, which passes rehearsal and review like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cs_agent.engine.routes.record import merged, way_of
from cs_agent.engine.routes.values import Filling, Route, RouteStep, Way
from cs_agent.engine.routes.views import PageView
from cs_agent.engine.run.state import StepStatus
from cs_agent.engine.screen.signature import PageSignature
from tickets.errors import Conflict
from tickets.models import FlowTemplate, FlowVersion, Run, RunStatus, Step, StepActor
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows import publishing
from tickets.services.flows.routes.drifts import LOOKED_AT, detours, ended
from tickets.services.flows.routes.plans import of_version, values_of

_EXAMINED = 50  # a version's newest successful runs that are examined for what they filled in
_MERGED = 3  # of the runs that filled in the same, the newest from which a way is learned


@dataclass(frozen=True, slots=True)
class Unlearned:
    """What successful runs of a version filled in and its route has no way of its own for. `runs`: without a person at
    the phone, newest first."""

    filling: Filling
    runs: tuple[Run, ...]


def way_of_run(run: Run) -> Way | None:
    """The way of a successful run; None if a person drove in it, since those steps are missing."""
    if run.status != RunStatus.SUCCEEDED or run.steps.filter(actor=StepActor.HUMAN).exists():
        return None
    steps, end, view = [], None, None
    for mark in run.steps.filter(status=StepStatus.DONE.value).order_by("number").values_list("route_mark", flat=True):
        if mark and "end" in mark:
            end = PageSignature.from_json(mark["end"])
            view = PageView.from_json(mark["view"]) if mark.get("view") else None
        elif mark:
            steps.append(RouteStep.from_json(mark))
    return way_of(steps, end, values_of(run), view) if steps else None


def learned(route: Route, runs: Iterable[Run]) -> Route:
    """The route merged with the ways of these runs, by their slots."""
    for run in runs:
        way = way_of_run(run)
        if way is None:
            continue
        known = route.way_like(way.filling)
        route = route.with_way(merged(known, way) if known else way)
    return route


def record(template: FlowTemplate, runs: Iterable[Run], user: object, note: str = "") -> FlowVersion:
    """A new draft version, a copy of the newest with the ways of these runs anew; its ways for other slots stay.
    Conflict if nothing was learned."""
    require(user, Permission.EDIT_FLOWS)
    latest = template.latest
    found = learned(Route(), runs)
    if latest is None or not found.ways:
        raise Conflict(_("这些运行没有可以记住的路线:只有没有人工接管、成功结束的运行可以。"), code="no_route")
    route = of_version(latest)
    for way in found.ways:
        route = route.with_way(way)
    return _draft(latest, route, user, note, steps=[len(way.steps) for way in route.ways])


def renew(version: FlowVersion, user: object) -> FlowVersion:
    """A new draft version whose route includes the detour of the newest successful run; Conflict if there is none.

    Steps of the old way that some run still took are kept as optional; a way that no run took is replaced.
    """
    require(user, Permission.EDIT_FLOWS)
    runs, route = ended(version, LOOKED_AT), of_version(version)
    left = [run for run in runs if detours(run, route)]
    run, way = next(((run, way) for run in left if (way := way_of_run(run)) is not None), (None, None))
    if run is None or way is None:
        raise Conflict(_("没有绕行后成功、且无人接管的运行:请重新教一次。"), code="no_detour")
    known = route.way_like(way.filling)
    whole = len(left) < len(runs)
    route = route.with_way(merged(known, way) if known and whole else way)
    note = _("由 v%(number)s 的绕行更新路线") % {"number": version.number}
    return _draft(version, route, user, note, renews=version.number, run=str(run.pk))


def unlearned(version: FlowVersion) -> list[Unlearned]:
    """What its successful runs filled in that its route has no way for, most frequent first."""
    by_person = Exists(Step.objects.filter(run=OuterRef("pk"), actor=StepActor.HUMAN))
    rows = version.runs.filter(~by_person, status=RunStatus.SUCCEEDED).exclude(steps__route_mark=None)
    route = of_version(version)
    found: dict[Filling, list[Run]] = {}
    for run in rows.distinct().order_by("-created_at").prefetch_related("slots")[:_EXAMINED]:
        if route.way_like(filling := Filling.of(values_of(run))) is None:
            found.setdefault(filling, []).append(run)
    ordered = sorted(found.items(), key=lambda each: -len(each[1]))
    return [Unlearned(filling, tuple(runs)) for filling, runs in ordered]


def learn(version: FlowVersion, run: str, user: object) -> FlowVersion:
    """A new draft version that has a way for what this run filled in as well, from the newest runs that filled in the
    same; Conflict if nothing is to be learned from it. `run`: its id."""
    require(user, Permission.EDIT_FLOWS)
    runs = next((each.runs for each in unlearned(version) if run in {str(one.pk) for one in each.runs}), ())
    known = of_version(version)
    route = learned(known, runs[:_MERGED])
    if route == known:
        raise Conflict(_("这些运行没有可以记住的路线:只有没有人工接管、成功结束的运行可以。"), code="no_route")
    note = _("由 v%(number)s 的运行记住新的路线") % {"number": version.number}
    return _draft(version, route, user, note, runs=[str(run.pk) for run in runs[:_MERGED]])


def _draft(version: FlowVersion, route: Route, user: object, note: str, **details: Any) -> FlowVersion:
    """A copy of the version with this route; Conflict if a newer one has it already."""
    template, stored = version.template, route.to_json()
    if template.versions.filter(number__gt=version.number, route=stored).exists():
        raise Conflict(_("路线已经更新过:新版本在等待评审。"), code="renewed")
    with transaction.atomic():
        made = publishing.new_version(template, version.definition, user, note, route=stored)
        told = {"template": template.slug, "number": made.number, **details}
        audit.record("flow.route_recorded", user=user, obj=made, flow_version=str(made), details=told)
    return made
