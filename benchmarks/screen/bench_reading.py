"""Reading the screens of a complaint run with and without the reuse of what did not change, screen by screen in turns.

The screens are those a real run met, one for each step; read as on a phone without a tree (a first look) and as before
a confirmation (with care). BENCH_READING_ROUNDS sets how often the series is read, each time by new readers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from PIL import Image

from benchmarks import own_worker
from benchmarks.figures import Figure, spread
from cs_agent.engine.run.protocols import TextReader
from cs_agent.vision.reader import IncrementalReader, RapidOcrReader, Reuse
from tests.processes import Product, wait_until

ROUNDS = int(os.environ.get("BENCH_READING_ROUNDS", "1"))
TICKET = "demo-01"
AFRESH, REUSING = "all read afresh", "reusing"
LOOKS = {"first look": False, "with care": True}


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_screens_") as folder:
        screens = _screens(Path(folder))
    RapidOcrReader().read(screens[0])  # loads the models
    figures = [Figure("screens", str(len(screens)))]
    for look, thorough in LOOKS.items():
        figures += _Series(screens, thorough).figures(look)
    return figures


def _screens(folder: Path) -> list[Image.Image]:
    kept = folder / "screens"
    kept.mkdir()
    product = Product(folder, environ={"BENCH_SCREENS": str(kept)})
    own_worker.use("benchmarks.screen.screens_worker", product)
    with product:
        wait_until("the product to be healthy", product.healthy, 60)
        command = [sys.executable, "-m", "benchmarks.runs.run_work", TICKET]
        subprocess.run(command, env=product.environ, stdout=subprocess.DEVNULL, check=True)
    return [_loaded(path) for path in sorted(kept.glob("*.png"))]


def _loaded(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def _said(text: str) -> str:
    """Letters and digits: blanks, and the sign that an icon is taken for, change from look to look."""
    return "".join(char for char in text if char.isalnum())


class _Series:
    """The series read by both, and what it took."""

    def __init__(self, screens: list[Image.Image], thorough: bool) -> None:
        self._thorough = thorough
        self._took: dict[str, list[float]] = defaultdict(list)
        self._reuse: Counter[Reuse] = Counter()
        self._lines = self._differing = 0
        for turn in range(ROUNDS):
            self._read(screens, AFRESH if turn % 2 else REUSING)

    def _read(self, screens: list[Image.Image], first: str) -> None:
        reusing = IncrementalReader(RapidOcrReader())
        readers: dict[str, TextReader] = {AFRESH: RapidOcrReader(), REUSING: reusing}
        order = sorted(readers, key=lambda name: name != first)
        for screen in screens:
            texts = {name: self._timed(name, readers[name], screen) for name in order}
            self._reuse[reusing.last_reuse] += 1
            self._lines += texts[AFRESH].total()
            self._differing += (texts[AFRESH] - texts[REUSING]).total() + (texts[REUSING] - texts[AFRESH]).total()
            order.reverse()

    def _timed(self, name: str, reader: TextReader, screen: Image.Image) -> Counter[str]:
        begun = time.perf_counter()
        lines = reader.read(screen, thorough=self._thorough)
        self._took[name].append(time.perf_counter() - begun)
        return Counter(said for line in lines if len(said := _said(line.text)) > 1)

    def figures(self, look: str) -> list[Figure]:
        times = [Figure(f"{look}, {name}: per step", spread(took, "ms", 1000)) for name, took in self._took.items()]
        totals = {name: sum(took) / ROUNDS for name, took in self._took.items()}
        return [
            *times,
            *(Figure(f"{look}, {name}: whole run", f"{total:.2f} s") for name, total in totals.items()),
            Figure(f"{look}: reuse saves", f"{100 * (1 - totals[REUSING] / totals[AFRESH]):.0f} %"),
            Figure(f"{look}: screens reused", ", ".join(f"{kind} {self._reuse[kind]}" for kind in Reuse)),
            Figure(f"{look}: lines that differ", f"{self._differing} of {self._lines}"),
        ]
