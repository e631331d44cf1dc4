"""The live view while the screen moves: rate and age of its frames with one viewer, with twenty, and beside one who
never acknowledges. LIVE_SECONDS sets how long each is measured, LIVE_PHONES which phones: `film` draws at no cost, as
phones do that have processors of their own; `browser` is the demo's, which draws on the machine that is measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from tests.processes import Product, wait_until

SECONDS = float(os.environ.get("LIVE_SECONDS", "20"))
PHONES = os.environ.get("LIVE_PHONES", "film,browser").split(",")
MOVES = {"film": "by itself", "browser": "fingers"}


def main() -> list[Figure]:
    return [figure for phone in PHONES for look in _looks(phone) for figure in _figures(phone, look)]


def _looks(phone: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="csa_live_") as folder:
        product = Product(Path(folder), without=("pilot",))
        if phone == "film":
            port = str(product.values["CS_AGENT_PHONE_PORT"])
            command = (sys.executable, "-m", "benchmarks.screen.film_phone", "--port", port)
            product.processes["phone"] = replace(product.processes["phone"], command=command)
        with product:
            wait_until("the product to be healthy", product.healthy, 60)
            work = [sys.executable, "-m", "benchmarks.screen.live_work", str(SECONDS), MOVES[phone]]
            done = subprocess.run(work, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _figures(phone: str, look: dict[str, Any]) -> list[Figure]:
    who = f"{phone}, {look['viewers']} viewer{'s' if look['viewers'] > 1 else ''}"
    who += " beside one that stalls" if look["stalled"] else ""
    rates = look["rates"]
    rate = f"{rates[len(rates) // 2]:.1f} fps median, {rates[0]:.1f} fps the slowest (captured: {look['feed']:.1f})"
    return [
        Figure(f"{who}: frame rate", rate, "≥ 10 fps"),
        Figure(f"{who}: age of a frame that arrives", _ages(look["arrived"], look["frames"]), "150 ms p95"),
        Figure(f"{who}: of it before it is sent", _ages(look["told"], look["frames"])),
        Figure(f"{who}: one frame", f"{look['kilobytes']:.0f} kB"),
    ]


def _ages(ages: list[float], count: int) -> str:
    return f"{ages[0] * 1000:.0f} ms p50, {ages[1] * 1000:.0f} ms p95 (n={count})" if ages else "no frames"
