"""`make demo`: the whole product on embedded defaults, supervised together until Ctrl-C.

Steps: 1. refuse ports that are taken, by name; 2. migrate and load the demo data; 3. start every process;
4. wait until each answers and say where to go; 5. on Ctrl-C or SIGTERM end them all,
Redis last, within five seconds.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from honcho.manager import Manager
from honcho.printer import Printer

from cs_agent.phone.adb.connection import AdbServer
from cs_agent.project import conf
from cs_agent.project.commands.processes import Process, embedded

_READY_LIMIT_S = 120
_LOCK = "running.lock"


def main() -> int:
    values = _settings()
    processes = embedded(values, Path(values["CS_AGENT_DATA_DIR"]))
    taken = [process for process in processes if process.port and _answers(process.port)]
    if taken:
        return _refuse(taken)
    _manage("load_demo", "--migrate")
    manager = Manager(Printer(sys.stdout, width=6, colour=sys.stdout.isatty()))
    for process in processes:
        command = respawned(process, Path(values["CS_AGENT_DATA_DIR"]))
        manager.add_process(process.name, shlex.join(command), quiet=False, env=dict(os.environ))
    threading.Thread(target=_announce, args=(processes, values), daemon=True).start()
    adb = AdbServer(values["CS_AGENT_ADB_HOST"], values["CS_AGENT_ADB_PORT"])
    try:
        manager.loop()
    finally:
        if adb.host in {"127.0.0.1", "localhost"}:
            adb.stop()  # it belongs to no process of ours: adb puts its server into the background
    return 0 if manager.returncode in {0, 130} else int(manager.returncode or 0)


def respawned(process: Process, data_dir: Path) -> tuple[str, ...]:
    """The command that keeps the process running; the others need Redis to end well, so it ends last."""
    order = "--outlives" if process.name == "redis" else "--holds"
    return (sys.executable, "-m", "cs_agent.demo.respawn", order, str(data_dir / _LOCK), "--", *process.command)


def _settings() -> dict[str, Any]:
    """The environment's settings; a wrong one ends the start with its message, not with a trace."""
    try:
        return conf.load(os.environ)
    except conf.SettingError as error:
        sys.exit(f"cs_agent: {error}")


def _refuse(taken: Iterable[Process]) -> int:
    for process in taken:
        sys.stderr.write(
            f"cs_agent: port {process.port} for {process.name} is in use. Stop what uses it, "
            "or choose another port (docs/settings.md names the variables).\n"
        )
    return 1


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "cs_agent.project.commands.cli", *arguments], check=True)


def _announce(processes: Iterable[Process], values: dict[str, Any]) -> None:
    """Say where to go once everything answers."""
    address = f"http://{values['CS_AGENT_HOST']}:{values['CS_AGENT_PORT']}"
    deadline = time.monotonic() + _READY_LIMIT_S
    while time.monotonic() < deadline:
        waiting = [process.name for process in processes if process.port and not _answers(process.port)]
        if not waiting and _healthy(address):
            sys.stdout.write(_welcome(address))
            sys.stdout.flush()
            return
        time.sleep(0.2)
    sys.stderr.write(
        f"cs_agent: not ready after {_READY_LIMIT_S} s: {', '.join(waiting) or 'web'}; see the lines above.\n"
    )


def _welcome(address: str) -> str:
    from tickets.demo import ACCOUNTS, PASSWORD  # reads Django's settings, which the start has checked by now

    accounts = "\n".join(f"      {account.name:<11} {account.full_name}" for account in ACCOUNTS)
    return f"""
  ──────────────────────────────────────────────────────────────────────
   cs_agent 演示已就绪 / The demo is ready        DEMO MODE, not for production

   {address}

   账号 / accounts, 密码 / password: {PASSWORD}
{accounts}

   1. 用 lin 登录 / log in as lin
   2. 打开第一张“蓝牙耳机”工单 / open the first headphone ticket
   3. 点击“启动智能处理”,看手机操作,核对后按 Y
      click “Start intelligent handling”, watch the phone, check, press Y

   Ctrl-C 结束 / stops everything
  ──────────────────────────────────────────────────────────────────────

"""


def _healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310 - our own http address
            return answer.status == 200
    except (URLError, OSError):
        return False


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
