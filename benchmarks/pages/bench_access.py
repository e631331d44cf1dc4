"""The size of the authorisation matrix and how much of it holds: role × address × department, and websocket commands.

The cells are counted by the tests that walk them; here those tests are run and their counts summed up.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/consoles/rules/test_access.py", "tests/consoles/sockets/test_socket_access.py")


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_bench_") as folder:
        report = Path(folder, "report.xml")
        settings = "--ds=cs_agent.project.settings_test"  # whatever the benchmarks themselves run with
        command = [sys.executable, "-m", "pytest", "-q", settings, "-p", "no:cacheprovider", f"--junitxml={report}"]
        command += TESTS
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        tests = list(ET.parse(report).getroot().iter("testcase"))
    passed = [test for test in tests if test.find("failure") is None and test.find("error") is None]
    pages, sockets = (_cells(passed, module) for module in ("test_access", "test_socket_access"))
    return [
        Figure("cells of the matrix that hold, pages and fragments", str(pages)),
        Figure("cells of the matrix that hold, websockets and their commands", str(sockets)),
        Figure("tests that walk it", f"{len(passed)} of {len(tests)} pass", "all"),
    ]


def _cells(tests: list[ET.Element], module: str) -> int:
    """How many cells the passed tests of a module say they walked."""
    theirs = [test for test in tests if test.get("classname", "").endswith(f".{module}")]
    found = (item for test in theirs for item in test.iter("property") if item.get("name") == "cells")
    return sum(int(item.get("value", "0")) for item in found)
