"""The work of bench_routes, with the product's environment:

`python -m benchmarks.routes_work run ID [ID …]`   handle tickets; as benchmarks.run_work, with the model's calls
`python -m benchmarks.routes_work learn SLUG`      put a version to work whose route the newest run teaches
`python -m benchmarks.routes_work has SLUG`        how many steps the route has that is at work
`python -m benchmarks.routes_work write DIR ID …`  run each ticket by the model and write its flow's route below DIR
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django

from benchmarks.run_work import handle


def main(task: str, names: list[str]) -> int:
    django.setup()
    match task:
        case "run":
            for name in names:
                _tell(_run(name))
        case "learn":
            _tell(_learn(names[0]))
        case "has":
            _tell({"steps": _steps(names[0])})
        case "write":
            for name in names[1:]:
                _tell(_write(Path(names[0]), name))
    return 0


def _run(name: str) -> dict[str, Any]:
    done = asdict(handle(name))
    steps = _newest().steps
    return {**done, "calls": sum(bool(step.tokens.get("completion")) for step in steps.all()), "trail": _trail(steps)}


def _trail(steps: Any) -> list[str]:
    told = steps.order_by("number").values_list("source", "action_name", "control", "outcome", "timings")
    return [f"{source} {act} {control} {outcome} {_short(times)}" for source, act, control, outcome, times in told]


def _short(times: dict[str, float]) -> str:
    return " ".join(f"{name}={seconds:.2f}" for name, seconds in times.items())


def _newest() -> Any:
    from tickets.models import Run

    return Run.objects.order_by("-created_at")[0]


def _learn(slug: str) -> dict[str, Any]:
    from cs_agent.engine.routes.values import Route
    from tickets.models import FlowTemplate
    from tickets.services.flows import publishing, routes

    template = FlowTemplate.objects.get(slug=slug)
    route = routes.learned(Route(), [_newest()])
    publishing.publish_version(template, template.latest.definition, None, "route", route=route.to_json())
    return {"steps": [len(way.steps) for way in route.ways]}


def _steps(slug: str) -> list[int]:
    from tickets.models import FlowTemplate
    from tickets.services.flows import routes

    return [len(way.steps) for way in routes.of_version(FlowTemplate.objects.get(slug=slug).latest).ways]


def _write(folder: Path, name: str) -> dict[str, Any]:
    from cs_agent.engine.routes.values import Route
    from tickets.services.flows import routes

    done = _run(name)
    run = _newest()
    route = routes.learned(Route(), [run])
    if route.ways:
        path = folder / f"{run.flow_version.template.slug}.json"
        path.write_text(json.dumps(route.to_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return {**done, "slug": run.flow_version.template.slug, "steps": [len(way.steps) for way in route.ways]}


def _tell(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
