"""Every benchmark can be run by itself: `python -m benchmarks NAME`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

NAMES = sorted(path.stem.removeprefix("bench_") for path in (settings.BASE_DIR / "benchmarks").glob("*/bench_*.py"))
# Each is imported in a fork, as whoever names it alone has imported nothing before.
LOOK = """
import importlib, os, sys
from pathlib import Path
import benchmarks.__main__
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")
for path in sorted(Path("benchmarks").glob("*/bench_*.py")):
    if not (child := os.fork()):
        importlib.import_module(f"benchmarks.{path.parent.name}.{path.stem}").main
        os._exit(0)
    print(path.stem.removeprefix("bench_"), os.waitpid(child, 0)[1])
"""


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    looked = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=settings.BASE_DIR,
        env=plain,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return dict(line.split() for line in looked.stdout.splitlines() if len(line.split()) == 2)


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_is_run_alone(name: str, found: dict[str, str]) -> None:
    assert found[name] == "0"
