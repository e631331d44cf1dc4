"""A helpdesk calls: how soon its ticket stands in the queue, how soon the end of a run is noted there, and a flood of
calls with repeats and disorder while the worker is killed again and again.

INTAKE_CALLS sets the flood's size (0 leaves it out). Whatever differs from the helpdesk's tickets at the end is named,
and the command fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import Figure, spread
from tests.integrations.door.flood import Busy, signed
from tests.integrations.rest_server import rest_server
from tests.processes import Product, wait_until

CALLS = int(os.environ.get("INTAKE_CALLS", "2000"))
SINGLE = 30  # calls that come one at a time
_KILL_EVERY_S = 15.0
_SENDERS = 4
_LAPSE_S = 600.0  # a killed worker's claims lapse after three minutes


def main() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="csa_intake_") as folder,
        Product(Path(folder), without=("phone", "pilot")) as product,
        rest_server() as rest,
    ):
        busy = Busy()
        rest.handle = busy.handle
        wait_until("the product to be healthy", product.healthy, 60)
        made = _work(product, "set_up", rest.url)
        figures = [*_single(product, busy, made), *_ends(product, busy)]
        return [*figures, *_flood(product, busy, made, Path(folder))] if CALLS else figures


def _single(product: Product, busy: Busy, made: dict[str, str]) -> list[Figure]:
    answers, accepted = [], {}
    with httpx.Client() as client:
        for _ in range(SINGLE):
            key = busy.open()
            begun = time.monotonic()
            _call(client, product, made, uuid.uuid4().hex, key)
            answers.append(time.monotonic() - begun)
            accepted[key] = time.time()
            time.sleep(0.5)  # they come one at a time
    wait_until("all tickets", lambda: _work(product, "left")["left"] == 0, 60)
    came = _work(product, "times")
    waits = [max(0.0, came[key] - at) for key, at in accepted.items()]
    return [
        Figure("call of a helpdesk → answered", spread(answers, "ms", 1000)),
        Figure("call answered → ticket in the queue", spread(waits, "s"), "≤ 2 s"),
    ]


def _ends(product: Product, busy: Busy) -> list[Figure]:
    ended = _work(product, "end", str(SINGLE))
    wait_until("all notes", lambda: len(busy.notes) >= len(ended), 60)
    waits = [at.timestamp() - ended[key] for key, _text, at in busy.notes if key in ended]
    return [Figure("run ended → note at the helpdesk", spread(waits, "s"), "≤ 5 s")]


def _flood(product: Product, busy: Busy, made: dict[str, str], folder: Path) -> list[Figure]:
    begun, kills, sent = time.monotonic(), 0, 0
    calls = list(busy.calls(CALLS, max(50, CALLS // 10)))
    with ThreadPoolExecutor(_SENDERS) as pool, httpx.Client(timeout=30) as client:
        left = [pool.submit(_call, client, product, made, *call) for call in calls]
        while not all(each.done() for each in left):
            time.sleep(_KILL_EVERY_S if kills else 2.0)
            product.kill("upkeep")  # the process that reads
            kills += 1
            product.start("upkeep")
        sent = sum(each.result() for each in left)
    with httpx.Client(timeout=30) as client:  # a helpdesk's last word on each ticket comes once more
        for key in list(busy.tickets):
            _call(client, product, made, uuid.uuid4().hex, key)
    wait_until("everything to be read", lambda: _work(product, "left")["left"] == 0, _LAPSE_S)
    there = folder / "there.json"
    there.write_text(json.dumps(busy.tickets))
    wrong = _work(product, "wrong", str(there))
    if wrong:
        sys.exit(f"here are not exactly the helpdesk's tickets: {', '.join(wrong[:10])}")
    took = time.monotonic() - begun
    repeats = len(calls) - len({delivery for delivery, _key in calls})
    return [
        Figure("flood", f"{sent:,} calls, {repeats:,} of them repeats, {kills} kills of the worker, {took:.0f} s"),
        Figure("tickets there", f"{len(busy.tickets):,}"),
        Figure("missing, doubled or different here", "0", "0"),
    ]


def _call(client: httpx.Client, product: Product, made: dict[str, str], delivery: str, key: str) -> int:
    body, headers = signed(made["secret"], delivery, key)
    answer = client.post(f"{product.address}/hooks/{made['hook']}/", content=body, headers=dict(headers))
    assert answer.status_code == 200, answer.text
    return 1


def _work(product: Product, *arguments: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.door.intake_work", *arguments]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
