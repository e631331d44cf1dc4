"""Runs from memory: every shipped flow on its reviewed route, on one phone; a flow without one is run once by the model
first, and its route learned.

ROUTES_RUNS sets how often each is run on its route (default 3), ROUTES_TICKETS which (by ticket). Reported: machine
time, model calls, what a person was asked for. Where an app asks for a log-in, it is logged in to by hand in a run that
does not count. ROUTES_SLOW: tickets (default the resend) that are run once more on a phone as slow as real ones, whose
tree takes 1.8 s and whose screenshot 0.5 s; reported: which steps waited for a tree.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, spread
from benchmarks.routes.routes_work import SLUGS
from benchmarks.runs.bench_series import set_faults
from tests.processes import Product, wait_until

RUNS = int(os.environ.get("ROUTES_RUNS", "3"))
SLOW = [name for name in os.environ.get("ROUTES_SLOW", "demo-02").split(",") if name]
SLOW_BUDGETS = {"demo-02": "15 s"}
BUDGETS = {"demo-02": "6 s", "demo-01": "15 s"}
LOG_IN = ("demo-20", "demo-21", "demo-23")  # in an app that asks for a log-in first


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_routes_") as folder, Product(Path(folder)) as product:
        wait_until("the product to be healthy", product.healthy, 60)
        wanted = [name for name in os.environ.get("ROUTES_TICKETS", "").split(",") if name] or [*SLUGS]
        if set(wanted) & set(LOG_IN):
            _work(product, "run", next(name for name in wanted if name in LOG_IN))
        figures = [figure for name in wanted for figure in _figures(product, name)]
        set_faults(product, {"slow_tree_s": 1.8, "slow_screenshot_s": 0.5})
        return figures + [figure for name in SLOW if name in wanted for figure in _slow_figures(product, name)]


def _slow_figures(product: Product, name: str) -> list[Figure]:
    slug, done = SLUGS[name], _work(product, "run", *[name] * RUNS)
    good = [run for run in done if run["status"] == "succeeded"]
    waiting = sorted({step for run in good for step in run["trees"]})
    figures = [Figure(f"{slug} on a slow phone: succeeded", f"{len(good)} of {len(done)}")]
    if good:
        figures.append(Figure(f"{slug} on a slow phone: machine time", _machine(good), SLOW_BUDGETS.get(name, "")))
        figures.append(Figure(f"{slug} on a slow phone: model calls", str([run["calls"] for run in good]), "0"))
        figures.append(Figure(f"{slug} on a slow phone: steps that waited for a tree", ", ".join(waiting) or "none"))
    return figures


def _figures(product: Product, name: str) -> list[Figure]:
    slug, budget = SLUGS[name], BUDGETS.get(name, "")
    shipped = _work(product, "has", slug)[0]["steps"]
    figures = []
    if not shipped:
        without = _work(product, "run", name)
        figures.append(Figure(f"{slug} by the model: machine time", _machine(without)))
        figures.append(Figure(f"{slug} by the model: calls", str(without[0]["calls"])))
        _work(product, "learn", slug)
    done = _work(product, "run", *[name] * RUNS)
    good = [run for run in done if run["status"] == "succeeded"]
    figures.append(Figure(f"{slug} on its route: succeeded", f"{len(good)} of {len(done)}"))
    figures += [Figure(f"{slug}: not", run["waits"] or run["result"]) for run in done if run not in good]
    if good:
        figures.append(Figure(f"{slug} on its route: machine time", _machine(good), budget))
        figures.append(Figure(f"{slug} on its route: model calls", str([run["calls"] for run in good]), "0"))
        figures.append(Figure(f"{slug} on its route: a person was asked for", str([run["helped"] for run in good])))
        own = [step for run in good for step in run["engine"] if step]
        figures.append(Figure(f"{slug} on its route: engine's own time in a step", spread(own, "ms", 1000), "150 ms"))
        for part in ("settle", "act", "engine"):
            figures.append(Figure(f"{slug} on its route: {part}", spread([sum(run[part]) for run in good], "s")))
    return figures


def _machine(runs: list[dict[str, Any]]) -> str:
    return spread([run["total"] - run["human"] for run in runs], "s")


def _work(product: Product, *arguments: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.routes.routes_work", *arguments]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
