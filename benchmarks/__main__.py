"""`make bench`: runs every benchmark of the folders here, or those named, and prints their figures.

A benchmark is a module `<folder>/bench_<name>.py` with a `main() -> list[Figure]`. Figures are reported, never
asserted.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from pathlib import Path

from benchmarks.figures import table


def main(names: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")
    modules = {
        path.stem.removeprefix("bench_"): f"benchmarks.{path.parent.name}.{path.stem}"
        for path in sorted(Path(__file__).parent.glob("*/bench_*.py"))
    }
    known = sorted(modules)
    unknown = set(names) - set(known)
    if unknown:
        sys.stderr.write(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended, what was made removed
    for name in names or known:
        begun = time.monotonic()
        print(f"\n== {name}", flush=True)
        print(table(importlib.import_module(modules[name]).main()))
        print(f"   ({time.monotonic() - begun:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
