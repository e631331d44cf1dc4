"""Stored files are rewritten as a whole while others write and delete them.

Rule: whoever puts a file in its place or deletes one holds this lock for that moment. A rewriting looks, alone, whether
the file is still the one that it has read; so it never puts back what was replaced or deleted meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_NAME = "files-lock"  # in the folder that web server and workers share, beside the files


@contextmanager
def changing() -> Iterator[None]:
    """Context manager: files are put in place or deleted here; several may at once."""
    with _locked(fcntl.LOCK_SH):
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Context manager: nobody puts a file in place or deletes one meanwhile."""
    with _locked(fcntl.LOCK_EX):
        yield


def put(made: Path, target: Path) -> None:
    """Put a finished file in its place, atomically."""
    with changing():
        os.replace(made, target)


def delete(path: Path) -> None:
    with changing():
        path.unlink(missing_ok=True)


def delete_folder(folder: Path) -> None:
    """With all that lies in it; what cannot be deleted stays."""
    with changing():
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(kind: int) -> Iterator[None]:
    root = Path(settings.CS_AGENT["CS_AGENT_DATA_DIR"])
    root.mkdir(parents=True, exist_ok=True)
    with (root / _NAME).open("ab") as file:
        fcntl.flock(file, kind)
        yield
