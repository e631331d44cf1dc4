"""Runs from memory: each flow is run once by the model, its route learned, and then run from it, on one phone.

ROUTES_RUNS sets how often each is run on its route (default 3). Reported: machine time and model calls.
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
from tests.processes import Product, wait_until

RUNS = int(os.environ.get("ROUTES_RUNS", "3"))
FLOWS = {"demo-02": ("resend_code", "6 s"), "demo-01": ("complaint_refund", "15 s")}


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_routes_") as folder, Product(Path(folder)) as product:
        wait_until("the product to be healthy", product.healthy, 60)
        return [figure for name in FLOWS for figure in _figures(product, name)]


def _figures(product: Product, name: str) -> list[Figure]:
    slug, budget = FLOWS[name]
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
        for part in ("settle", "act", "engine"):
            figures.append(Figure(f"{slug} on its route: {part}", spread([sum(run[part]) for run in good], "s")))
    return figures


def _machine(runs: list[dict[str, Any]]) -> str:
    return spread([run["total"] - run["human"] for run in runs], "s")


def _work(product: Product, *arguments: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.routes_work", *arguments]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
