"""One product for all tests of a module and a database; the table of figures at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from tests.postgres_server import postgres
from tests.processes import wait_until
from tests.soak.figures import FIGURES, Figures
from tests.soak.person import Person
from tests.soak.supervised import Desk, SupervisedProduct, wait_back

# Customers whom the practice apps know; one after the other, so that runs at the same time are never the same's.
MOBILES = (
    "13812345678",
    "13901234567",
    "13688886666",
    "15912348765",
    "18600001234",
    "13577778888",
    "15088889999",
    "18812345670",
    "13755556666",
    "17612345678",
    "15212345678",
    "13312345678",
    "13911112222",
    "18688887777",
)


@dataclass
class Site:
    """A running product, a desk beside it, and where figures go."""

    database: str
    product: SupervisedProduct
    desk: Desk
    figures: Figures
    mobiles: Iterator[str]

    def person(self) -> Person:
        return Person(self.product, self.desk, next(self.mobiles))

    def strike_and_wait(self, name: str, state: str) -> float:
        """Kill it and wait until it works again; the moment of the kill."""
        at = self.product.strike(name)
        back = wait_back(self.product, self.desk, name, at)
        self.figures.back[self.database, name].append(back)
        print(f"{self.database}: {name} killed, {state}; works again after {back:.1f} s", flush=True)
        return at

    def check_quiet(self) -> None:
        """Nothing is left behind: no phone leased, no run active, the audit chain sound, no defect in a task."""
        sound = self.desk.ask("soundness")
        assert not self.desk.ask("signs")["leased"]
        assert (sound["flaws"], sound["active"]) == ([], [])
        log = self.product.log_path("worker").read_text(errors="replace")
        assert "defect in the task" not in log, log[log.index("defect in the task") :][:4000]


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database, _, real_pilot = getattr(request, "param", "sqlite").partition(" with the ")
    with ExitStack() as stack:
        url = stack.enter_context(postgres()) if database == "postgresql" else ""
        product = stack.enter_context(_product(tmp_path_factory.mktemp(database), url, bool(real_pilot)))
        wait_until("the product to be healthy", product.healthy, 90)
        desk = stack.enter_context(Desk(product))
        yield Site(database, product, desk, FIGURES, cycle(MOBILES))


def _product(folder: Path, url: str, real_pilot: bool) -> SupervisedProduct:
    return SupervisedProduct(folder, database_url=url, real_pilot=real_pilot)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = FIGURES.lines()
    if lines:
        terminalreporter.section("processes killed")
        for line in lines:
            terminalreporter.write_line(line)
