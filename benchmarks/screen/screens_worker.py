"""The product's worker keeping the screen of every turn as a PNG; started by bench_reading in place of the usual one.

`BENCH_SCREENS` is the folder. The pictures are as the engine saw them, before anything is covered: made-up data only.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from benchmarks import own_worker

own_worker.set_up()

from cs_agent.engine.run.protocols import Journal, Phone  # noqa: E402
from cs_agent.engine.run.state import RunState, StepRecord  # noqa: E402
from cs_agent.engine.turn.loop import Engine  # noqa: E402 - after Django's set-up
from tickets import models  # noqa: E402
from tickets.runner.drive import engines  # noqa: E402
from tickets.runner.host.service import Parts  # noqa: E402

_numbers = itertools.count(1)


class KeepingJournal:
    """Implements the engine's Journal: another one, and the first record of each step leaves its screen."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self._journal, self._folder, self._last = journal, folder, 0

    def save(self, state: RunState, step: StepRecord) -> None:
        self._journal.save(state, step)
        if step.before is not None and step.number != self._last:
            self._last = step.number
            step.before.save(self._folder / f"{next(_numbers):03}.png", compress_level=1)

    def check(self) -> None:
        self._journal.check()


def build_engine(run: models.Run, phone: Phone, journal: Journal) -> Engine:
    return engines.build_engine(run, phone, KeepingJournal(journal, Path(os.environ["BENCH_SCREENS"])))


if __name__ == "__main__":
    own_worker.work(Parts(build_engine=build_engine), sys.argv[1:])
