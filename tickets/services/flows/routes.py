"""The routes of flow versions: learned from runs that succeeded, given to runs, watched for pages that changed.

Rule: a route is part of its version and never changes in it: what was learned makes a new draft version, which goes
its way through rehearsal and review like any other.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cs_agent.engine.routes.propose import Position
from cs_agent.engine.routes.record import merged, way_of
from cs_agent.engine.routes.values import Route, RouteError, RoutePlan, RouteStep, Way
from cs_agent.engine.run.state import StepStatus
from cs_agent.engine.screen.signature import PageSignature
from tickets.errors import Conflict
from tickets.models import FlowTemplate, FlowVersion, Run, RunStatus, Step, StepActor, VersionStage
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows import publishing, stages

log = logging.getLogger(__name__)
_REVIEWED = {VersionStage.APPROVED, VersionStage.RELEASED, VersionStage.RETIRED}
_LESSONS = 5  # runs of a version without a route that are looked at more closely, so that one can be learned
_LOOKED_AT = 20  # a version's newest runs, by which it is told whether its route still fits


@dataclass(frozen=True, slots=True)
class Drift:
    """A page of a route where the model had to be asked. `before`: that page's picture in the newest such run."""

    step: int
    page: str
    control: str
    runs: int
    of: int
    newest: Run
    before: str


def of_version(version: FlowVersion) -> Route:
    """The version's route; an unreadable one is none: the model finds the way."""
    try:
        return Route.from_json(version.route)
    except RouteError as error:
        log.error("flow version %s: %s", version, error)
        return Route()


def plan_of(run: Run) -> RoutePlan:
    """What a run has of its version's route."""
    values = {slot.name: slot.value for slot in run.slots.all()}
    way = of_version(run.flow_version).way_for(values)
    reviewed = way is not None and stages.of(run.flow_version) in _REVIEWED
    taught = run.flow_version.runs.filter(status=RunStatus.SUCCEEDED).count() if way is None else 0
    return RoutePlan(values, way, reviewed, learning=way is None and taught < _LESSONS)


def way_of_run(run: Run) -> Way | None:
    """What a run that succeeded teaches; None for one in which a person drove: the way would have a hole there."""
    if run.status != RunStatus.SUCCEEDED or run.steps.filter(actor=StepActor.HUMAN).exists():
        return None
    steps, end = [], None
    for mark in run.steps.filter(status=StepStatus.DONE.value).order_by("number").values_list("route_mark", flat=True):
        if mark and "end" in mark:
            end = PageSignature.from_json(mark["end"])
        elif mark:
            steps.append(RouteStep.from_json(mark))
    values = {slot.name: slot.value for slot in run.slots.all()}
    return way_of(steps, end, values) if steps else None


def learned(route: Route, runs: Iterable[Run]) -> Route:
    """The route with what these runs teach, each merged with what is known for its slots."""
    for run in runs:
        way = way_of_run(run)
        if way is None:
            continue
        known = next((kept for kept in route.ways if kept.filled == way.filled), None)
        route = route.with_way(merged(known, way) if known else way)
    return route


def record(template: FlowTemplate, runs: Iterable[Run], user: object, note: str = "") -> FlowVersion:
    """A new draft version, like the newest, with the route that these runs teach; Conflict where they teach nothing."""
    require(user, Permission.EDIT_FLOWS)
    latest = template.latest
    route = learned(Route(), runs)
    if latest is None or not route.ways:
        raise Conflict(_("这些运行没有可以记住的路线:只有没有人工接管、成功结束的运行可以。"), code="no_route")
    with transaction.atomic():
        version = publishing.new_version(template, latest.definition, user, note, route=route.to_json())
        details = {"template": template.slug, "number": version.number, "steps": [len(way.steps) for way in route.ways]}
        audit.record("flow.route_recorded", user=user, obj=version, flow_version=str(version), details=details)
    return version


def drift(version: FlowVersion, newest: int = _LOOKED_AT) -> list[Drift]:
    """Where the version's newest runs left its route, the most frequent place first."""
    ended = version.runs.filter(status__in=[RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.HANDED_OFF])
    runs = list(ended.order_by("-created_at")[:newest])
    places: Counter[int] = Counter()
    where: dict[int, Run] = {}
    for run in runs:
        for number in set(Position.from_json(run.checkpoint.get("route", {})).detours):
            places[number] += 1
            where.setdefault(number, run)
    return [_drift(version, number, count, len(runs), where[number]) for number, count in places.most_common()]


def _drift(version: FlowVersion, number: int, count: int, of: int, newest: Run) -> Drift:
    values = {slot.name: slot.value for slot in newest.slots.all()}
    way = of_version(version).way_for(values)
    step = way.steps[number] if way and number < len(way.steps) else None
    asked: Step | None = newest.steps.filter(source="model", actor=StepActor.AGENT).order_by("number").first()
    return Drift(
        number,
        step.page.title if step else "",
        step.control.named if step and step.control else "",
        count,
        of,
        newest,
        asked.before if asked else "",
    )
