"""A client with fixed delays against ours without and with the flow's route, in turns on one phone with an equal model.

PEER_PAIRS sets the repeats (default 5), PEER_FLOWS the flows, PEER_MODEL=pilot takes the pilot in place of replies of
0.8 s, PEER_MEMORY=50 adds so many runs on the route between two looks at the worker's memory.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks import own_worker
from benchmarks.figures import Figure
from benchmarks.memory import megabytes
from benchmarks.routes import route_model
from tests.processes import Product, wait_until

PAIRS = int(os.environ.get("PEER_PAIRS", "5"))
MEMORY_RUNS = int(os.environ.get("PEER_MEMORY", "0"))
REPLY_S = 0.8
TICKETS = {"resend": "demo-02", "order status": "demo-18", "complaint": "demo-01"}
PROFILES = ("fixed", "ours", "route")
BUDGETS = {"ours": "0.5", "route": "0.25"}  # of the wall time of the fixed delays
Runs = dict[tuple[str, str], list[dict[str, Any]]]  # by flow and profile


def main() -> list[Figure]:
    wanted = [name for name in os.environ.get("PEER_FLOWS", "").split(",") if name] or [*TICKETS]
    with tempfile.TemporaryDirectory(prefix="csa_peer_") as folder:
        product = Product(Path(folder))
        own_worker.use("benchmarks.routes.peer_worker", product)
        if os.environ.get("PEER_MODEL") != "pilot":
            route_model.use(product, REPLY_S)
        with product:
            wait_until("the product to be healthy", product.healthy, 60)
            runs: Runs = defaultdict(list)
            for flow in wanted * PAIRS:
                for profile in PROFILES:
                    runs[flow, profile] += _handle(product, profile, TICKETS[flow])
            return [*(figure for flow in wanted for figure in _figures(flow, runs)), *_memory(product)]


def _handle(product: Product, profile: str, *tickets: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.routes.peer_work", profile, *tickets]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _figures(flow: str, runs: Runs) -> list[Figure]:
    figures, medians = [], {}
    for profile in PROFILES:
        mine, what = runs[flow, profile], f"{flow}, {profile}"
        good = [run for run in mine if run["status"] == "succeeded"]
        figures.append(Figure(f"{what}: succeeded", f"{len(good)} of {len(mine)}"))
        figures += [
            Figure(f"{what}: {run['status']}", run["waits"] or run["result"]) for run in mine if run not in good
        ]
        if good:
            medians[profile] = statistics.median(_wall(run) for run in good)
            figures += _of_profile(what, good)
    for profile, budget in BUDGETS.items():
        if "fixed" in medians and profile in medians:
            share = medians[profile] / medians["fixed"]
            figures.append(Figure(f"{flow}: {profile} / fixed", f"{share:.2f} of the wall time", budget))
    return figures


def _of_profile(what: str, runs: list[dict[str, Any]]) -> list[Figure]:
    own = [step for run in runs for step in run["engine"] if step]
    return [
        Figure(f"{what}: wall time", _range([_wall(run) for run in runs], "s")),
        Figure(f"{what}: model calls", _range([run["calls"] for run in runs], "", 0)),
        Figure(f"{what}: settling", _range([sum(run["settle"]) for run in runs], "s")),
        Figure(f"{what}: acting", _range([sum(run["act"]) for run in runs], "s")),
        Figure(f"{what}: engine's own time in a step", _range([1000 * step for step in own], "ms", 0)),
        Figure(f"{what}: pictures", _range([run.get("pictures", 0) for run in runs], "", 0)),
        Figure(f"{what}: trees", _range([run.get("trees", 0) for run in runs], "", 0)),
    ]


def _wall(run: dict[str, Any]) -> float:
    return float(run["total"] - run["human"])


def _range(values: list[float], unit: str, digits: int = 1) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{low:.{digits}f} / {middle:.{digits}f} / {high:.{digits}f} {unit} (min / median / max, n={len(values)})"


def _memory(product: Product) -> list[Figure]:
    if not MEMORY_RUNS:
        return []
    _handle(product, "route", TICKETS["resend"])
    before = megabytes(product)["worker"]
    runs = _handle(product, "route", *[TICKETS["resend"]] * MEMORY_RUNS)
    good = sum(run["status"] == "succeeded" for run in runs)
    after = megabytes(product)["worker"]
    return [Figure(f"worker's memory over {good} runs", f"{before:.0f} MB before, {after:.0f} MB after")]
