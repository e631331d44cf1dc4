"""The terminal command: from the start of its process to the first screenshot that it asks the phone for.

Time by the clock, and of the processor by all its threads, which a machine busy with other things changes less.
Against an adb server in this process whose phone answers at once. TERMINAL_STARTS sets how often (default 5).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.figures import Figure, spread
from tests import migrated
from tests.phone.adb.scripted_server import SERIAL, Answer, ScriptedServer

STARTS = int(os.environ.get("TERMINAL_STARTS", "5"))
ROOT = Path(__file__).resolve().parents[2]
_LIMIT_S = 60


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_bench_") as folder:
        migrated.copy_to(Path(folder) / "cs_agent.sqlite3")
        _start(folder)  # the first finds nothing compiled and nothing in the disk's cache
        clock, processor = zip(*(_start(folder) for _ in range(STARTS)), strict=True)
    return [
        Figure("start of the command to its first look", spread(clock, "s"), "1 s"),
        Figure("of the processor", spread(processor, "s")),
    ]


def _start(folder: str) -> tuple[float, float]:
    """Seconds until the command asks for a screenshot, and of the processor until then; it is ended."""
    looked = threading.Event()

    def answer(command: str) -> Answer:
        if "screencap" in command:
            looked.set()
        return Answer()

    kept = {key: value for key, value in os.environ.items() if not key.startswith("CS_AGENT_")}
    with ScriptedServer(answer) as server:
        port = str(server.port)
        environ = {**kept, "CS_AGENT_DATA_DIR": folder, "CS_AGENT_MODE": "test", "CS_AGENT_ADB_PORT": port}
        command = [sys.executable, "manage.py", "agent", "看一眼", "--device-id", SERIAL]
        began = time.monotonic()
        with subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            try:
                seen = looked.wait(_LIMIT_S)
                taken, used = time.monotonic() - began, _processor_s(process.pid)
            finally:
                process.kill()
            if not seen:
                raise RuntimeError(f"no screenshot was asked for: {process.communicate()[1].decode()[-500:]}")
    return taken, used


def _processor_s(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
