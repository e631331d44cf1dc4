"""The wheel, built from a copy of the tree and unpacked where a test wants it; the checkout is not on its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "tests", "benchmarks", "docs", "__pycache__", "*.mo", ".*_cache", "build"
)


def build(into: Path) -> Path:
    """The wheel's path. The tools to build it are those of this environment: no network is used."""
    tree = into / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(into),
        "./",
    ]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (wheel,) = into.glob("*.whl")
    return wheel


def unpack(wheel: Path, into: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-compile",
        "--target",
        str(into),
        str(wheel),
    ]
    done = subprocess.run(command, cwd=into.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def environment(installed: Path, **values: str) -> dict[str, str]:
    """As in a fresh shell, with the unpacked wheel instead of the checkout."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("CS_AGENT_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        kept.pop(name, None)
    return {**kept, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", **values}


def run(command: list[str], cwd: Path, env: dict[str, str], **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False, **more)
