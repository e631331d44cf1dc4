"""The complaint and the resend under fixed delays against waiting for the screen, paired in one run of real processes.

Two products stand side by side, each with a phone of its own, and take turns run by run: ours, and one whose worker
drives with fixed delays (see fixed_delay_phone). BENCH_PROFILE_RUNS sets the repeats.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import own_worker
from benchmarks.figures import Figure, spread
from benchmarks.routes.fixed_delay_phone import FilePhone
from cs_agent.engine.run.protocols import Key
from cs_agent.phone.adb.phone import AdbPhone
from tests.processes import Product, wait_until

REPEATS = int(os.environ.get("BENCH_PROFILE_RUNS", "2"))
FLOWS = {"demo-01": "complaint", "demo-02": "resend"}
OURS, FIXED = "ours", "fixed delays"
PARTS = {"acting": ("act",), "settling": ("settle",), "acting and settling": ("act", "settle"), "model": ("model",)}
_SHOTS = 10
_STANDS_S = 0.6
Runs = dict[tuple[str, str], list[dict[str, Any]]]  # by flow and profile


def main() -> list[Figure]:
    with ExitStack() as stack:
        products = {name: stack.enter_context(_product(name)) for name in (OURS, FIXED)}
        runs: Runs = defaultdict(list)
        for ticket in [*FLOWS] * REPEATS:
            for name, product in products.items():
                runs[FLOWS[ticket], name].append(_run(product, ticket))
        return [*(figure for flow in FLOWS.values() for figure in _figures(flow, runs)), *_captures(products[OURS])]


@contextmanager
def _product(profile: str) -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="csa_profile_") as folder:
        product = Product(Path(folder))
        if profile == FIXED:
            own_worker.use("benchmarks.routes.fixed_delay_worker", product)
        with product:
            wait_until("the product to be healthy", product.healthy, 60)
            yield product


def _run(product: Product, ticket: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.runs.run_work", ticket]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    run: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return run


def _figures(flow: str, runs: Runs) -> list[Figure]:
    figures, medians = [], {}
    for profile in (OURS, FIXED):
        mine = runs[flow, profile]
        good = [run for run in mine if run["status"] == "succeeded"]
        figures.append(Figure(f"{flow}, {profile}: succeeded", f"{len(good)} of {len(mine)}"))
        if good:
            times = [run["total"] - run["human"] for run in good]
            medians[profile] = statistics.median(times)
            figures.append(Figure(f"{flow}, {profile}: machine time", spread(times, "s")))
            figures += _parts(f"{flow}, {profile}", good)
        figures += [Figure(f"{flow}, {profile}: {run['status']}", _why(run)) for run in mine if run not in good]
    if len(medians) == 2:
        figures.append(Figure(f"{flow}: fixed delays take", f"{medians[FIXED] / medians[OURS]:.1f} times as long"))
    return figures


def _parts(what: str, runs: list[dict[str, Any]]) -> list[Figure]:
    figures = [Figure(f"{what}: steps", ", ".join(str(run["steps"]) for run in runs))]
    for part, names in PARTS.items():
        sums = [sum(sum(run[name]) for name in names) for run in runs]
        figures.append(Figure(f"{what}: of it {part}", spread(sums, "s")))
    return figures


def _why(run: dict[str, Any]) -> str:
    return str(run["waits"] or run["result"])


def _captures(product: Product) -> list[Figure]:
    """One screenshot each way, of pages that neither has seen."""
    values = product.values
    server = {"host": values["CS_AGENT_ADB_HOST"], "port": values["CS_AGENT_ADB_PORT"]}
    ways = {OURS: AdbPhone(product.phone_serials[0], **server), FIXED: FilePhone(product.phone_serials[0], **server)}
    took: dict[str, list[float]] = defaultdict(list)
    for phone in ways.values():
        phone.screenshot()  # ours finds its route at the first
    for shot in range(_SHOTS):
        ways[OURS].press(Key.HOME if shot % 2 else Key.RECENT)
        time.sleep(_STANDS_S)
        for name in sorted(ways, reverse=bool(shot % 2)):
            took[name].append(_timed(ways[name].screenshot))
    return [Figure(f"one screenshot, {name}", spread(times, "ms", 1000)) for name, times in took.items()]


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
