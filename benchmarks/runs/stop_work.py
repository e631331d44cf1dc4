"""The work of bench_stop: `python -m benchmarks.runs.stop_work REPEATS` prints what each stop took, one JSON line each.

The model is served by this process, so that it is known when a run waits for it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import cycle

from benchmarks.runs.quick_model import QuickModel
from cs_agent.phone.adb.phone import AdbPhone
from tests.processes import wait_until
from tests.soak import desk
from tests.soak.conftest import MOBILES

THINKING_S = 3.0
STEP_S = 1.2  # a step of the quick model takes about so long
LIMIT_S = 60.0
_POLL_S = 0.01


@dataclass(slots=True)
class Stopped:
    """Seconds from the stop: until the run has ended, the phone shows its home screen, and the phone is free."""

    state: str
    ended: float
    home: float
    free: float


class Stage:
    def __init__(self, model: QuickModel) -> None:
        from tickets.models import Phone

        self._model = model
        self._row = Phone.objects.get()
        self._phone = model.phone(self._row.serial)
        self._home = _home_of(self._phone)
        self._mobiles = cycle(MOBILES)
        self._dice = random.Random(4)

    def measure(self, state: str) -> Stopped:
        reach: dict[str, Callable[[str], None]] = {
            "while the model is waited for": self._until_asked,
            "while the phone acts, or between steps": self._until_acting,
            "while a yes is waited for": self._until_confirmation,
            "while a human holds the phone": self._until_taken_over,
        }
        self._model.delay_s = THINKING_S if reach[state] == self._until_asked else 0.0
        while not self._model.asked.empty():
            self._model.asked.get()
        run = desk.start(next(self._mobiles))["run"]
        self._model.asked.get(timeout=LIMIT_S)
        self._model.asked.get(timeout=LIMIT_S)  # the second step: the app is open
        reach[state](run)
        return self._stop(state, run)

    def _until_asked(self, run: str) -> None:
        time.sleep(self._dice.uniform(0.2, 1.0))

    def _until_acting(self, run: str) -> None:
        time.sleep(self._dice.uniform(0, STEP_S))

    def _until_confirmation(self, run: str) -> None:
        wait_until("a confirmation", lambda: desk.look(run)["kind"] == "action", LIMIT_S)
        time.sleep(self._dice.uniform(0.3, 1.0))

    def _until_taken_over(self, run: str) -> None:
        desk.take_over(run)
        wait_until("the takeover", lambda: desk.look(run)["begun"], LIMIT_S)
        time.sleep(self._dice.uniform(0.3, 1.0))

    def _stop(self, state: str, run: str) -> Stopped:
        from tickets.models import Run
        from tickets.services.runs import lifecycle as runs

        row, user = Run.objects.get(pk=run), desk._user()
        assert not self._is_home(), f"{state}: it was at home before"
        begun = time.perf_counter()
        runs.stop_run(row, user)
        ended = time.perf_counter() - begun
        _until(self._is_home)
        home = time.perf_counter() - begun
        _until(lambda: not desk.look(run)["leased"])
        free = time.perf_counter() - begun
        assert self._is_home(), f"{state}: it did not stay at home"
        return Stopped(state, ended, home, free)

    def _is_home(self) -> bool:
        return self._phone.foreground().package == self._home


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing happened in {LIMIT_S:g} s")
        time.sleep(_POLL_S)


def _home_of(phone: AdbPhone) -> str:
    phone.home_and_restore()
    time.sleep(1)
    return phone.foreground().package


STATES = (
    "while the model is waited for",
    "while the phone acts, or between steps",
    "while a yes is waited for",
    "while a human holds the phone",
)


def main(repeats: int) -> int:
    model = QuickModel()
    with model.serve():
        stage = Stage(model)
        for _ in range(repeats):
            for state in STATES:
                print(json.dumps(asdict(stage.measure(state)), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
