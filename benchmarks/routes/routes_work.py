"""The work of bench_routes, with the product's environment: `python -m benchmarks.routes.routes_work …`

`run ID [ID …]`  handle tickets; as benchmarks.runs.run_work, with the model's calls
`learn SLUG`  put a version to work whose route the newest run teaches
`has SLUG`  how many steps the released route has
`write DIR ID …`  run the tickets by the model and write what all runs of a flow taught
`picture DIR ID …`  run the tickets on their flows' routes and write these with what the pictures showed

Runs of one flow with different customers leave nothing of either in its route; a run in which a person logged in
teaches nothing, so such a ticket is named twice.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import django

from benchmarks.runs.run_work import handle

SLUGS = {
    "demo-01": "complaint_refund",
    "demo-02": "resend_code",
    "demo-18": "order_status",
    "demo-19": "logistics_voucher",
    "demo-20": "change_address",
    "demo-21": "export_complaints",
    "demo-22": "return_goods",
    "demo-23": "identity_check",
}  # which flow handles a ticket of the fixtures


def main(task: str, names: list[str]) -> int:
    django.setup()
    match task:
        case "run":
            for name in names:
                _tell(run(name))
        case "learn":
            _tell(_learn(names[0]))
        case "has":
            _tell({"steps": _steps(names[0])})
        case "write":
            _write(Path(names[0]), names[1:])
        case "picture":
            _picture(Path(names[0]), names[1:])
    return 0


def run(name: str) -> dict[str, Any]:
    done = asdict(handle(name))
    steps = _newest().steps
    calls = sum(bool(step.tokens.get("completion")) for step in steps.all())
    return {**done, "calls": calls, "trail": _trail(steps), "trees": _waiting_for_trees(steps)}


def _waiting_for_trees(steps: Any) -> list[str]:
    """The steps that asked for one; the last is the page of success."""
    told = steps.order_by("number").values_list("action_name", "control", "timings")
    return [f"{act} {control}".strip() for act, control, times in told if times.get("tree")]


def _trail(steps: Any) -> list[str]:
    told = steps.order_by("number").values_list("source", "action_name", "control", "outcome", "timings")
    return [f"{source} {act} {control} {outcome} {_short(times)}" for source, act, control, outcome, times in told]


def _short(times: dict[str, float]) -> str:
    return " ".join(f"{name}={seconds:.2f}" for name, seconds in times.items())


def shipped(slug: str) -> dict[str, Any]:
    """The route that the flow is shipped with; empty for none."""
    from tickets.demo import FIXTURES

    path = FIXTURES / "routes" / f"{slug}.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def put_to_work(name: str, *, with_route: bool) -> None:
    """A version of the flow that handles this ticket, with its shipped route or with none."""
    from tickets.models import FlowTemplate
    from tickets.services.flows import publishing

    template = FlowTemplate.objects.get(slug=SLUGS[name])
    route, latest = shipped(template.slug) if with_route else {}, template.latest
    if latest is not None and (latest.route or {}) != route:
        publishing.publish_version(template, latest.definition, None, "benchmark", route=route)


def _newest() -> Any:
    from tickets.models import Run

    return Run.objects.order_by("-created_at")[0]


def _learn(slug: str) -> dict[str, Any]:
    from cs_agent.engine.routes.values import Route
    from tickets.models import FlowTemplate
    from tickets.services.flows import publishing
    from tickets.services.flows.routes import learning

    template = FlowTemplate.objects.get(slug=slug)
    route = learning.learned(Route(), [_newest()])
    publishing.publish_version(template, template.latest.definition, None, "route", route=route.to_json())
    return {"steps": [len(way.steps) for way in route.ways]}


def _steps(slug: str) -> list[int]:
    from tickets.models import FlowTemplate
    from tickets.services.flows.routes import plans

    return [len(way.steps) for way in plans.of_version(FlowTemplate.objects.get(slug=slug).latest).ways]


def _write(folder: Path, names: list[str]) -> None:
    from cs_agent.engine.routes.values import Route
    from tickets.services.flows.routes import learning

    taught: dict[str, Route] = {}
    for name in names:
        done, newest = run(name), _newest()
        slug = newest.flow_version.template.slug
        route = taught[slug] = learning.learned(taught.get(slug, Route()), [newest])
        _tell({**done, "slug": slug, "steps": [len(way.steps) for way in route.ways]})
        if route.ways:
            text = json.dumps(route.to_json(), ensure_ascii=False, indent=1) + "\n"
            (folder / f"{slug}.json").write_text(text, "utf-8")


def _picture(folder: Path, names: list[str]) -> None:
    """Nothing of a route changes but its views: what the pictures of all its runs showed."""
    from cs_agent.engine.routes.values import Route
    from tickets.services.flows.routes import learning, plans

    known: dict[str, Route] = {}
    for name in names:
        done, newest = run(name), _newest()
        slug, taken = newest.flow_version.template.slug, learning.way_of_run(newest)
        route = known.get(slug, plans.of_version(newest.flow_version))
        way = route.way_like(taken.filling) if taken else None
        if way is not None and taken is not None:
            route = known[slug] = route.with_way(_pictured_by(way, taken))
        _tell({**done, "slug": slug, "views": [[bool(step.view) for step in way.steps] for way in route.ways]})
        (folder / f"{slug}.json").write_text(json.dumps(route.to_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")


def _pictured_by(way: Any, taken: Any) -> Any:
    """The way with the views of a run that took it; what two runs show differently is left out."""
    from cs_agent.engine.routes import views

    steps = []
    for step in way.steps:
        view = next((done.view for done in taken.steps if replace(done, view=step.view) == step), None)
        both = views.shared(step.view, view) if step.view and view else step.view or view
        steps.append(replace(step, view=both))
    end = taken.end_view.only(way.end.controls | way.end.captions) if taken.end_view and way.end else None
    end = way.end_view.shared(end) if way.end_view and end else way.end_view or end
    return replace(way, steps=tuple(steps), end_view=end)


def _tell(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
