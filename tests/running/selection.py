"""Leaves out test files that cannot hold a test of the marker that `-m` begins with, without importing them.

Rule: a test gets a marker by its own file, or by a conftest of its folder or of one above it. A file is left out only
where none of these names the marker, so that no test is lost.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FIRST = re.compile(r"\s*(\w+)\b(?!\s+or\b)")


def cannot_match(expression: str, path: Path) -> bool:
    """Whether no test of this file has the marker that every test of the expression (`browser and not soak`) needs."""
    needed = _FIRST.match(expression)
    if not needed or needed[1] == "not" or " or " in expression or path.name == "conftest.py":
        return False
    if ROOT not in path.parents or path.suffix != ".py":
        return False
    return not any(f"mark.{needed[1]}" in _text(file) for file in _that_may_mark(path))


def _that_may_mark(path: Path) -> list[Path]:
    folders = [folder for folder in path.parents if folder == ROOT or ROOT in folder.parents]
    return [path, *(folder / "conftest.py" for folder in folders)]


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
