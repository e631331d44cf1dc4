"""`cs-agent serve`: the parts of an installation on one machine, together until SIGTERM or Ctrl-C.

Rule: it starts no stand-ins, migrates nothing and loads no demo data. If one part ends, all end, and the service
manager restarts them (docs/deployment.md); larger installations run each part separately.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from honcho.manager import Manager
from honcho.printer import Printer

from cs_agent.project import conf
from cs_agent.project.commands.processes import parts


def main() -> int:
    try:
        values = conf.load(os.environ)
    except conf.SettingError as error:
        print(f"cs_agent: {error}", file=sys.stderr)
        return 1
    manager = Manager(Printer(sys.stdout, width=6, colour=sys.stdout.isatty()))
    for process in parts(values, Path(values["CS_AGENT_DATA_DIR"])):
        if process.name == "redis" and values["REDIS_URL"]:
            continue  # the installation has its own
        manager.add_process(process.name, shlex.join(process.command), quiet=False, env=dict(os.environ))
    manager.loop()
    return 0 if manager.returncode in {0, 130, 143} else int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
