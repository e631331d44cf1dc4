"""Many runs in a row on one phone that misbehaves: the resend, and each other flow, each run under another fault.

SERIES_RESENDS and SERIES_OTHERS set how many; 100 and 20 take hours, so each run is printed on stderr as it ends. What
did not succeed is printed with the fault it met and what the run said. The practice back office's ledger says how often
each run committed: more than once is a doubled act, a success that is not in the ledger is a false one.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.figures import Figure, spread
from tests.processes import Product, wait_until

RESENDS = int(os.environ.get("SERIES_RESENDS", "10"))
OTHERS = int(os.environ.get("SERIES_OTHERS", "2"))
RESEND = "demo-02"
LOOK_UP = "demo-18"  # commits nothing
LOG_IN = "login"  # what a person writes into the ledger in a takeover
FLOWS = {
    RESEND: "resend",
    "demo-01": "complaint",
    LOOK_UP: "order status",
    "demo-19": "logistics voucher",
    "demo-20": "change address",
    "demo-21": "export complaints",
    "demo-22": "return",
    "demo-23": "identity check",
}
FAULTS: tuple[dict[str, Any], ...] = (
    {},
    {"notification": True},
    {"ignored_taps": 6},
    {"slow_page_s": 1.5},
    {"truncated_png": 8},
    {"advertisement": True},
    {"network_error": 6},
    {"permission_dialog": True},
    {"dark_mode": True},
    {"large_font": True},
)
CALM = {
    "notification": False,
    "ignored_taps": 0,
    "slow_page_s": 0,
    "truncated_png": 0,
    "advertisement": False,
    "network_error": 0,
    "permission_dialog": False,
    "dark_mode": False,
    "large_font": False,
}


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_series_") as folder, Product(Path(folder)) as product:
        wait_until("the product to be healthy", product.healthy, 60)
        done: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for name, fault in _plan():
            set_faults(product, {**CALM, **fault})
            before = len(product.ledger())
            run = _run(product, name)
            run["commits"] = sum(entry["kind"] != LOG_IN for entry in product.ledger()[before:])
            done[name].append((_named(fault), run))
            print(_told(name, _named(fault), run), file=sys.stderr, flush=True)
        return [figure for name, runs in done.items() for figure in _figures(FLOWS[name], runs)]


def _plan() -> list[tuple[str, dict[str, Any]]]:
    """The resends, then the other flows in turns; each round meets the next fault."""
    resends = [(RESEND, fault) for fault in itertools.islice(itertools.cycle(FAULTS), RESENDS)]
    others = [name for name in FLOWS if name != RESEND]
    rounds = itertools.islice(itertools.cycle(FAULTS), OTHERS)
    return resends + [(name, fault) for fault in rounds for name in others]


def _run(product: Product, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.runs.run_work", name]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    run: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return run


def set_faults(product: Product, faults: dict[str, Any]) -> None:
    url = f"http://127.0.0.1:{product.values['CS_AGENT_BACKOFFICE_PORT']}/faults"
    request = Request(url, json.dumps(faults).encode(), {"Content-Type": "application/json"}, method="POST")
    with urlopen(request, timeout=10) as answer:
        answer.read()


def _named(fault: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in fault.items()) or "no fault"


def _told(name: str, fault: str, run: dict[str, Any]) -> str:
    seconds = run["total"] - run["human"]
    line = f"{FLOWS[name]} · {fault} · {run['status']} · {seconds:.1f} s · {run['commits']} committed"
    return line if run["status"] == "succeeded" else f"{line} · {run['waits'] or run['result']}"


def _figures(flow: str, runs: list[tuple[str, dict[str, Any]]]) -> list[Figure]:
    good = [run for _, run in runs if run["status"] == "succeeded"]
    doubled = sum(run["commits"] > 1 for _, run in runs)
    unwritten = sum(run["commits"] == 0 for run in good if flow != FLOWS[LOOK_UP])
    figures = [
        Figure(f"{flow}: succeeded", f"{len(good)} of {len(runs)}"),
        Figure(f"{flow}: committed more than once / succeeded without a commit", f"{doubled} / {unwritten}"),
    ]
    if good:
        figures.append(Figure(f"{flow}: machine time", spread([run["total"] - run["human"] for run in good], "s")))
    for fault, run in runs:
        if run["status"] != "succeeded":
            figures.append(Figure(f"{flow}: not under {fault}", f"{run['status']}: {run['waits'] or run['result']}"))
    return figures
