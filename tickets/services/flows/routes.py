"""The routes of flow versions: learned from successful runs, given to runs, checked for changed pages (drift).

Rule: a version's route is immutable: learning creates a new draft version, which passes rehearsal and review like any
other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.record import merged, way_of
from cs_agent.engine.routes.values import Private, Route, RouteError, RoutePlan, RouteStep, Way
from cs_agent.engine.routes.views import PageView
from cs_agent.engine.run.state import StepStatus
from cs_agent.engine.screen.signature import PageSignature
from tickets.errors import Conflict
from tickets.models import (
    FlowDraft,
    FlowTemplate,
    FlowVersion,
    Run,
    RunPurpose,
    RunStatus,
    Step,
    StepActor,
    Ticket,
)
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows import publishing
from tickets.services.releasing import stages
from tickets.services.runs.transitions import COUNTS_FOR_FLOW
from tickets.services.studio import route_notes

log = logging.getLogger(__name__)
_TRIED = {RunPurpose.REHEARSAL, RunPurpose.PRACTICE}
_LESSONS = 5  # runs of a version without a route, or without its pictures, that record trees and pictures for one
LOOKED_AT = 10  # a version's newest runs that are examined for drift …
FLAGGED_AT = 3  # … and how many must leave the route at one place for it to be flagged
_SEARCHED = 400  # the newest steps searched for one that still fitted


@dataclass(frozen=True, slots=True)
class Drift:
    """A page of a route where the model had to be asked, in `runs` of the `of` newest runs.

    `then`: the step of a run in which the page still fitted; `now`: the step at which the newest run left the route.
    Both hold their pictures.
    """

    step: int
    page: str
    control: str
    runs: int
    of: int
    newest: Run
    then: Step | None
    now: Step | None

    @property
    def is_flagged(self) -> bool:
        """Whether the page has changed in enough runs for the route to be renewed."""
        return self.runs >= FLAGGED_AT


def of_version(version: FlowVersion) -> Route:
    """The version's route; an unreadable one is none: the model finds the way."""
    return _readable(version.route, version)


def of_draft(draft: FlowDraft) -> Route:
    """The route that a version made of the draft would have, read in the same way."""
    return _readable(draft.route or (draft.base.route if draft.base else None), draft)


def _readable(stored: dict[str, Any] | None, holder: object) -> Route:
    try:
        return Route.from_json(stored)
    except RouteError as error:
        log.error("route of %s: %s", holder, error)
        return Route()


def plan_of(run: Run) -> RoutePlan:
    """The run's plan from its version's route."""
    values = {slot.name: slot.value for slot in run.slots.all()}
    way = route_notes.applied(run.flow_version, of_version(run.flow_version)).way_for(values)
    reviewed = way is not None and (stages.of(run.flow_version) in stages.REVIEWED or _is_tried(run))
    lacks = way is None or not way.has_views
    taught = run.flow_version.runs.filter(status=RunStatus.SUCCEEDED).count() if lacks else 0
    learning = lacks and taught < _LESSONS
    return RoutePlan(values, way, reviewed, learning=learning, private=private_of(run.ticket))


def private_of(ticket: Ticket) -> Private:
    """What no route learns of a ticket besides its slots' values."""
    return Private(tuple(filter(None, (ticket.customer_name, ticket.customer_mobile))), ticket.subject)


def _is_tried(run: Run) -> bool:
    """Whether the route counts as tested: in rehearsals it may pass where a person did or approved the same act. A word
    of commitment on the way must be named in the definition, otherwise it is asked about there too."""
    return run.purpose in _TRIED and route_notes.names_all(run.flow_version, of_version(run.flow_version))


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
    values = {slot.name: slot.value for slot in run.slots.all()}
    return way_of(steps, end, values, view) if steps else None


def learned(route: Route, runs: Iterable[Run]) -> Route:
    """The route merged with the ways of these runs, by their slots."""
    for run in runs:
        way = way_of_run(run)
        if way is None:
            continue
        known = next((kept for kept in route.ways if kept.filled == way.filled), None)
        route = route.with_way(merged(known, way) if known else way)
    return route


def record(template: FlowTemplate, runs: Iterable[Run], user: object, note: str = "") -> FlowVersion:
    """A new draft version, a copy of the newest with the route learned from these runs; Conflict if nothing was
    learned."""
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


def drift(version: FlowVersion, newest: int = LOOKED_AT) -> list[Drift]:
    """The places where the version's newest runs left its route, most frequent first."""
    runs = _ended(version, newest)
    left: dict[int, list[Run]] = {}
    for run in runs:
        for number in set(_detours(run)):
            left.setdefault(number, []).append(run)
    ordered = sorted(left.items(), key=lambda place: -len(place[1]))
    return [_drift(version, number, those, len(runs)) for number, those in ordered]


def renew(version: FlowVersion, user: object) -> FlowVersion:
    """A new draft version whose route includes the detour of the newest successful run; Conflict if there is none.

    Steps of the old way that some run still took are kept as optional; a way that no run took is replaced.
    """
    require(user, Permission.EDIT_FLOWS)
    runs = _ended(version, LOOKED_AT)
    left = [run for run in runs if _detours(run)]
    run, way = next(((run, way) for run in left if (way := way_of_run(run)) is not None), (None, None))
    if run is None or way is None:
        raise Conflict(_("没有绕行后成功、且无人接管的运行:请重新教一次。"), code="no_detour")
    route = of_version(version)
    known = next((kept for kept in route.ways if kept.filled == way.filled), None)
    whole = len(left) < len(runs)
    route = route.with_way(merged(known, way) if known and whole else way)
    if version.template.versions.filter(number__gt=version.number, route=route.to_json()).exists():
        raise Conflict(_("路线已经更新过:新版本在等待评审。"), code="renewed")
    note = _("由 v%(number)s 的绕行更新路线") % {"number": version.number}
    with transaction.atomic():
        made = publishing.new_version(version.template, version.definition, user, note, route=route.to_json())
        details = {
            "template": version.template.slug,
            "number": made.number,
            "renews": version.number,
            "run": str(run.pk),
        }
        audit.record("flow.route_recorded", user=user, obj=made, flow_version=str(made), details=details)
    return made


def _ended(version: FlowVersion, newest: int) -> list[Run]:
    ended = version.runs.filter(status__in=COUNTS_FOR_FLOW)
    return list(ended.order_by("-created_at")[:newest])


def _detours(run: Run) -> tuple[int, ...]:
    return Position.from_json(run.checkpoint.get("route", {})).detours


def _drift(version: FlowVersion, number: int, left: list[Run], of: int) -> Drift:
    newest = left[0]
    values = {slot.name: slot.value for slot in newest.slots.all()}
    way = of_version(version).way_for(values)
    step = way.steps[number] if way and number < len(way.steps) else None
    return Drift(
        number,
        step.page.title if step else "",
        step.control.named if step and step.control else "",
        len(left),
        of,
        newest,
        _that_fitted(version, step, left) if step else None,
        _where_left(newest, way, number) if way else None,
    )


def _that_fitted(version: FlowVersion, step: RouteStep, left: list[Run]) -> Step | None:
    """The newest step of the flow's other runs that did the same act, on the route or when it was learned."""
    rows = Step.objects.filter(run__flow_version__template=version.template_id, actor=StepActor.AGENT)
    rows = rows.exclude(run__in=left)
    rows = rows.filter(status=StepStatus.DONE.value, route_mark__isnull=False).exclude(before="")
    mark = step.to_json()
    return next((row for row in rows.order_by("-pk")[:_SEARCHED] if _same(row.route_mark, mark)), None)


def _same(mark: dict[str, Any] | None, wanted: dict[str, Any]) -> bool:
    """Whether it is the same act on the same control of a page with the same title; other marks may differ after
    merging."""
    keys = ("kind", "control", "text", "way")
    if not mark or "page" not in mark or mark["page"].get("title") != wanted["page"]["title"]:
        return False
    return [mark.get(key) for key in keys] == [wanted[key] for key in keys]


def _where_left(run: Run, way: Way, number: int) -> Step | None:
    """The model's first step after the last route step before that place."""
    before = [_bare(step.to_json()) for step in way.steps[:number]]
    steps = list(run.steps.filter(actor=StepActor.AGENT).order_by("number"))
    taken = [step.number for step in steps if step.source == "route" and _bare(step.route_mark) in before]
    return next((s for s in steps if s.source == "model" and s.number > max(taken, default=0)), None)


def _bare(mark: dict[str, Any] | None) -> dict[str, Any]:
    """The step without what its picture showed, which a run may have added."""
    return {key: value for key, value in (mark or {}).items() if key != "view"}
