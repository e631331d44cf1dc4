"""How long a stop takes, wherever the run is: until it has ended, and until the phone shows its home screen.

STOP_REPEATS sets how often each state is met.
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

REPEATS = int(os.environ.get("STOP_REPEATS", "5"))


def main() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="csa_stop_") as folder,
        Product(Path(folder), without=("pilot",)) as product,
    ):
        wait_until("the product to be healthy", product.healthy, 60)
        command = [sys.executable, "-m", "benchmarks.runs.stop_work", str(REPEATS)]
        done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return _figures([json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")])


def _figures(stops: list[dict[str, Any]]) -> list[Figure]:
    figures = []
    for state in dict.fromkeys(stop["state"] for stop in stops):
        mine = [stop for stop in stops if stop["state"] == state]
        for key, what in (("ended", "the run has ended"), ("home", "the phone is at home"), ("free", "it is free")):
            budget = "" if key == "free" else "1 s"
            figures.append(Figure(f"stop {state}: {what}", spread([stop[key] for stop in mine], "ms", 1000), budget))
    return figures
