"""Ten thousand runs that wait, half in line and half for a human's yes: what they hold, and how the rest bears it.

The processes are the product's own but for the phone and the model, which nobody needs. WAITING_RUNS sets how many.
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

import httpx

from benchmarks.figures import Figure, percentile
from benchmarks.memory import megabytes
from tests.processes import Product, wait_until

RUNS = int(os.environ.get("WAITING_RUNS", "10000"))
PAGES = 30
_WARM_UP_S = 20.0
LISTS = {
    "the queue page": "/tickets/",
    "the queue page, those that wait for a human": "/tickets/?status=waiting",
    "the queue page, its last page": "/tickets/?page=9999",
    "a live update of the queue's rows": "/tickets/",
    "the page of one waiting ticket": "/tickets/{ticket}/",
}
_LIVE = "a live update of the queue's rows"


def main() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="csa_waiting_") as folder,
        Product(Path(folder), without=("phone", "pilot")) as product,
    ):
        wait_until("the product to be healthy", product.healthy, 60)
        return _measured(product)


def _measured(product: Product) -> list[Figure]:
    few = _work(product, "fill", "50")
    _pages(product, few, 5)  # what is loaded once, is
    before = _settled_memory(product)
    begun = time.monotonic()
    made = _work(product, "fill", str(RUNS), "M")
    filling = time.monotonic() - begun
    held = _work(product, "workers")
    resting = megabytes(product)
    sweeps = _work(product, "sweep")
    pages = _pages(product, made, PAGES)
    after = megabytes(product)
    return [
        Figure("waiting runs", f"{RUNS:,}, made in {filling:.1f} s"),
        Figure("workers they hold", f"{held['most']} at most in {held['looks']} looks", "0"),
        Figure("messages on the worker's queue", str(held["messages"]), "0"),
        Figure("one sweep", _spread(sweeps)),
        *(Figure(name, _spread(taken)) for name, taken in pages.items()),
        *_memory_figures(before, resting, after),
    ]


def _settled_memory(product: Product) -> dict[str, float]:
    """Once the worker has loaded its reader of text, which it does some seconds after its start."""
    time.sleep(_WARM_UP_S)
    looks = [megabytes(product)]

    def still() -> bool:
        time.sleep(3)
        looks.append(megabytes(product))
        return all(abs(looks[-1][name] - looks[-2][name]) < 2 for name in looks[-1])

    wait_until("the processes to have loaded all", still, 60)
    return looks[-1]


def _memory_figures(*looks: dict[str, float]) -> list[Figure]:
    before, resting, after = looks
    return [
        Figure(
            f"memory of {name}", f"{before[name]:.0f} MB before, {resting[name]:.0f} with them, {after[name]:.0f} read"
        )
        for name in before
    ]


def _pages(product: Product, made: dict[str, str], times: int) -> dict[str, list[float]]:
    """Seconds of each kind of page, one request after the other."""
    taken: dict[str, list[float]] = {name: [] for name in LISTS}
    with httpx.Client(base_url=product.address, cookies={"sessionid": made["cookie"]}, timeout=60) as client:
        for _ in range(times):
            for name, address in LISTS.items():
                headers = {"HX-Request": "true"} if name == _LIVE else {}
                begun = time.perf_counter()
                answer = client.get(address.format(ticket=made["ticket"]), headers=headers)
                taken[name].append(time.perf_counter() - begun)
                assert answer.status_code == 200, (address, answer.status_code)
    return taken


def _work(product: Product, *arguments: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.pages.waiting_work", *arguments]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _spread(seconds: list[float]) -> str:
    p50, p95 = (percentile(seconds, share) * 1000 for share in (0.5, 0.95))
    return f"{p50:.0f} ms p50, {p95:.0f} ms p95 (n={len(seconds)})"
