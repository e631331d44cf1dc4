"""Whole runs with real processes: the complaint and the resend in turns, so that both meet the same machine.

A person's part is done by a process that says yes at once; the click by a real browser. BENCH_RUNS sets the repeats.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, spread
from benchmarks.memory import megabytes
from tests.browser import chromium
from tests.e2e.operator import Operator
from tests.processes import Product, wait_until

REPEATS = int(os.environ.get("BENCH_RUNS", "3"))
COMPLAINT, RESEND = "demo-01", "demo-02"
BUDGETS = {COMPLAINT: "60 s", RESEND: "15 s"}
FIRST_FRAME = "() => (document.querySelector('phone-stage')?.frames ?? 0) > 0"
CLICKED = "验证码重发(用登记手机)"


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_bench_") as folder, Product(Path(folder)) as product:
        wait_until("the product to be healthy", product.healthy, 60)
        runs = _handled(product, [COMPLAINT, RESEND] * REPEATS)
        memory = _memory(product)
        return [*_run_figures(runs), *_click_figures(product), *memory]


def _handled(product: Product, names: list[str]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.runs.run_work", *names]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _run_figures(runs: list[dict[str, Any]]) -> list[Figure]:
    figures = []
    for name, budget in BUDGETS.items():
        mine = [run for run in runs if run["ticket"] == name]
        good = [run for run in mine if run["status"] == "succeeded"]
        what = "complaint" if name == COMPLAINT else "resend"
        figures.append(Figure(f"{what}: succeeded", f"{len(good)} of {len(mine)}"))
        if good:
            figures.append(Figure(f"{what}: machine time", spread([_machine(run) for run in good], "s"), budget))
            figures.append(Figure(f"{what}: of it the model", spread([sum(run["model"]) for run in good], "s")))
            figures.append(
                Figure(f"{what}: of it the phone settling", spread([sum(run["settle"]) for run in good], "s"))
            )
    own = [step for run in runs for step in run["engine"] if step]
    figures.append(Figure("engine's own time per step", spread(own, "ms", 1000), "300 ms median"))
    beside = [all_of - part for run in runs for all_of, part in zip(run["yes_to_gesture"], run["recheck"], strict=True)]
    figures.append(Figure("Y to gesture besides the re-check", spread(beside, "ms", 1000), "300 ms p95"))
    again = [part for run in runs for part in run["recheck"]]
    figures.append(Figure("re-check of the screen after Y", spread(again, "ms", 1000)))
    return figures


def _machine(run: dict[str, Any]) -> float:
    return float(run["total"] - run["human"])


def _click_figures(product: Product) -> list[Figure]:
    """From the click to the first picture of the phone in the browser."""
    with chromium() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
        operator = Operator(page, product.address)
        operator.open_ticket(CLICKED)
        begun = time.monotonic()
        operator.start()
        page.wait_for_function(FIRST_FRAME, timeout=30_000)
        return [Figure("click to first live frame", f"{time.monotonic() - begun:.2f} s (n=1)", "1 s")]


def _memory(product: Product) -> list[Figure]:
    return [Figure(f"memory of {name}", f"{used:.0f} MB") for name, used in megabytes(product).items()]
