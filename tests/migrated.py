"""A SQLite file with every migration applied: made once for this state of the code, then copied.

Rule: the file's name is a digest of all code that decides what a migration writes: the migrations, the models, the
permissions granted after them and the settings. A changed line there makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FOLDER = ROOT / "var" / "migrated"
_USED = (
    "*/migrations/*.py",
    "*/models/**/*.py",
    "*/apps.py",
    "tickets/permissions.py",
    "tickets/signals.py",
    "tickets/said/*.py",
    "cs_agent/project/**/*.py",
)
_LIMIT_S = 600


def copy_to(path: Path) -> None:
    """Put a copy where a product or a test process will open its database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_template(), path)


@contextmanager
def kept_in_memory(name: str) -> Iterator[None]:
    """A copy in the shared memory database of this name (a URI), as long as the block lasts."""
    with closing(sqlite3.connect(name, uri=True)) as memory:
        with closing(sqlite3.connect(_template())) as source:
            source.backup(memory)
        yield


@lru_cache(maxsize=1)
def _template() -> Path:
    path = _FOLDER / f"{_digest()}.sqlite3"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one makes it
        if not path.exists():
            for old in _FOLDER.glob("*.sqlite3"):
                old.unlink()
            _make(path)
    return path


def _make(path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CS_AGENT_", "DJANGO_"))}
        kept.pop("DATABASE_URL", None)
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"],
            env={**kept, "CS_AGENT_DATA_DIR": folder},
            check=True,
            timeout=_LIMIT_S,
        )
        made = Path(folder) / "cs_agent.sqlite3"
        with closing(sqlite3.connect(made)) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # one file holds everything
        made.rename(path)


def _digest() -> str:
    files = sorted(file for pattern in _USED for file in ROOT.glob(pattern))
    digest = hashlib.sha256(sys.version.encode())
    for file in [ROOT / "requirements.txt", *files]:
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:32]
