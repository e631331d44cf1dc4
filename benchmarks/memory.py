"""What the processes of a product keep in memory."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.processes import Product


def megabytes(product: Product) -> dict[str, float]:
    """By the process's name, with its children."""
    return {name: _of_group(process.pid) / 1024 for name, process in product.running.items()}


def _of_group(pid: int) -> int:
    pids = subprocess.run(["pgrep", "-g", str(pid)], capture_output=True, text=True, check=False).stdout
    return sum(_proportional_kb(each) for each in pids.split())


def _proportional_kb(pid: str) -> int:
    """Its own pages and its share of those it shares with others (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
