"""A test that needs a second chance is a warning, not a way of life: the whole run may need three of them.

Only tests that drive a browser or the whole product are repeated at all, and once (`Makefile`, `RERUNS`). How the first
try failed is printed at the end; more than `MOST_RERUNS` fail the run, however green its last tries are.
"""

from __future__ import annotations

from typing import Any

import pytest

MOST_RERUNS = 3
WORTH_REPEATING = ("browser", "story")


class Reruns:
    """Counts the repeats of one run, on the process that reports (with xdist the others hand their reports to it)."""

    def __init__(self) -> None:
        self.repeated: list[str] = []
        self.why: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.outcome == "rerun":
            self.repeated.append(report.nodeid)
            self.why.append(f"{report.nodeid}\n{report.longreprtext}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if len(self.repeated) > MOST_RERUNS and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.repeated:
            return
        for failure in self.why:
            terminalreporter.write_line(failure)
        names = ", ".join(sorted(set(self.repeated)))
        terminalreporter.write_line(f"repeated {len(self.repeated)} of at most {MOST_RERUNS}: {names}", yellow=True)
        if len(self.repeated) > MOST_RERUNS:
            terminalreporter.write_line("more tests needed a second chance than a run may: mend them", red=True)


def refuse_fast_ones(items: list[pytest.Item]) -> None:
    """A fast test has no second chance, however pytest is called."""
    for item in items:
        if not any(item.get_closest_marker(name) for name in WORTH_REPEATING):
            item.add_marker(pytest.mark.flaky(reruns=0))
