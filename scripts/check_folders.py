"""Fails for folders that hold more files than a reader can take in: modules, templates, scripts, styles.
Fails for lines of templates that a reader has to scroll along.

What may be larger stands in LARGER with its reason and with the number it must not grow beyond.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path, PurePosixPath

MOST = 14  # files of one kind in a folder, `__init__.py` left out
LONGEST_LINE = 200  # of a template: a text to be translated and what chooses it cannot be parted
KINDS = {".py", ".html", ".js", ".css"}
LARGER: dict[str, tuple[int, str]] = {
    "tickets/migrations": (99, "Django demands one flat folder, and a release never loses a migration"),
}


def main() -> int:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [PurePosixPath(line) for line in listed if PurePosixPath(line).name != "__init__.py"]
    found = Counter((str(path.parent), path.suffix) for path in paths if path.suffix in KINDS)
    allowed = {folder: most for folder, (most, _reason) in LARGER.items()}
    faults = [
        f"{folder}: {number} files of kind {kind}, at most {allowed.get(folder, MOST)}"
        for (folder, kind), number in sorted(found.items())
        if number > allowed.get(folder, MOST)
    ]
    unneeded = [f"{name}: stands in LARGER and need not" for name in LARGER if _largest(found, name) <= MOST]
    faults += [
        f"{path}:{number}: {len(line)} characters, at most {LONGEST_LINE}"
        for path in paths
        if path.suffix == ".html" and Path(path).is_file()
        for number, line in enumerate(Path(path).read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    print("\n".join([*faults, *unneeded]) or "every folder is small enough")
    return 1 if faults or unneeded else 0


def _largest(found: Counter[tuple[str, str]], folder: str) -> int:
    return max((number for (name, _kind), number in found.items() if name == folder), default=0)


if __name__ == "__main__":
    sys.exit(main())
