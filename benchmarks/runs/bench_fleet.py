"""Runs per minute with one, four and eight virtual phones and a model that takes no time; a person says yes at once.

All runs are started at once and stand in line for the phones. FLEET_RUNS sets how many each phone gets, FLEET_PHONES
the numbers of phones, FLEET_LIMIT_S when the rest is given up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, spread
from tests.processes import Product, wait_until

PHONES = tuple(int(count) for count in os.environ.get("FLEET_PHONES", "1,4,8").split(","))
EACH = int(os.environ.get("FLEET_RUNS", "4"))
LEAST = 8  # runs, however few the phones are


def main() -> list[Figure]:
    return [figure for phones in PHONES for figure in _measure(phones)]


def _measure(phones: int) -> list[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="csa_fleet_") as folder,
        Product(Path(folder), phones=phones, without=("pilot",)) as product,
    ):
        wait_until("the product to be healthy", product.healthy, 60)
        command = [sys.executable, "-m", "benchmarks.runs.fleet_work", str(max(LEAST, phones * EACH))]
        done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        return _figures(phones, told, product.ledger())


def _figures(phones: int, told: dict[str, Any], ledger: list[dict[str, Any]]) -> list[Figure]:
    who = f"{phones} phone{'s' if phones > 1 else ''}"
    count, good = len(told["mobiles"]), told["statuses"].get("succeeded", 0)
    sent = Counter(entry["mobile"] for entry in ledger if entry["kind"] == "sms_resend")
    once = sum(sent[mobile] == 1 for mobile in told["mobiles"])
    more = sum(sent.values()) - sum(sent[mobile] for mobile in told["mobiles"]) + sum(n > 1 for n in sent.values())
    figures = [
        Figure(f"{who}: runs per minute", f"{60 * count / told['seconds']:.1f} ({count} in {told['seconds']:.0f} s)"),
        Figure(f"{who}: succeeded", f"{good} of {count}, on {told['phones']} of the phones"),
        Figure(f"{who}: tickets with exactly one operation", f"{once} of {count}, {more} too many"),
        Figure(f"{who}: one run on its phone", spread(told["driven"], "s")),
    ]
    if good < count:
        figures.append(Figure(f"{who}: did not succeed", f"{told['statuses']}, {told['helped']}, {told['results']}"))
    return figures
