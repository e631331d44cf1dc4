"""Where the newest runs of a version left its route: the pages that have changed since it was learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cs_agent.engine.routes.nearest import nearest_way
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.values import ActKind, Route, RouteStep, Way
from cs_agent.engine.run.state import StepStatus
from tickets.models import FlowVersion, Run, Step, StepActor
from tickets.services.flows.routes.plans import of_version, values_of
from tickets.services.runs.transitions import COUNTS_FOR_FLOW

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


def drift(version: FlowVersion, newest: int = LOOKED_AT) -> list[Drift]:
    """The places where the version's newest runs left its route, most frequent first."""
    runs, route = ended(version, newest), of_version(version)
    left: dict[int, list[Run]] = {}
    for run in runs:
        for number in set(detours(run, route)):
            left.setdefault(number, []).append(run)
    ordered = sorted(left.items(), key=lambda place: -len(place[1]))
    return [_drift(version, number, those, len(runs)) for number, those in ordered]


def ended(version: FlowVersion, newest: int) -> list[Run]:
    ended = version.runs.filter(status__in=COUNTS_FOR_FLOW)
    return list(ended.order_by("-created_at").prefetch_related("slots")[:newest])


def detours(run: Run, route: Route) -> list[int]:
    """The steps of the run's way at which the model was asked, without those that its way leaves to the model."""
    way = nearest_way(route, values_of(run))
    steps = way.steps if way else ()
    left = Position.from_json(run.checkpoint.get("route", {})).detours
    return [number for number in left if number >= len(steps) or steps[number].kind is not ActKind.GAP]


def _drift(version: FlowVersion, number: int, left: list[Run], of: int) -> Drift:
    newest = left[0]
    way = nearest_way(of_version(version), values_of(newest))
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
