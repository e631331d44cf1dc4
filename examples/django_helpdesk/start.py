"""Starts the example with one command: `python examples/django_helpdesk/start.py`.

Steps: 1. an environment of its own that sees cs_agent's and adds django-helpdesk; 2. the database and what is in it;
3. Redis, workers, clock, virtual phone, pilot and the helpdesk's web server, until Ctrl-C.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import venv
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def main() -> int:
    data = Path(os.environ.setdefault("CS_AGENT_DATA_DIR", str(HERE / "var")))
    place = Path(os.environ.get("DESK_VENV", data / "venv"))
    python = provide(place)
    if Path(sys.prefix).resolve() != place.resolve():
        os.execv(python, [python, __file__])  # noqa: S606 - our own environment
    return run(data)


def provide(place: Path) -> str:
    """The environment's Python, made at the first start."""
    python = place / "bin" / "python"
    if not (place / "ready").is_file():
        venv.create(place, with_pip=True, clear=True)
        inside = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
        packages = subprocess.run(inside, capture_output=True, text=True, check=True).stdout.strip()
        Path(packages, "cs_agent_of_the_product.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(HERE / "requirements.txt")], check=True)
        (place / "ready").touch()
    return str(python)


def run(data: Path) -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "desk.settings", "PYTHONPATH": f"{HERE}{os.pathsep}{ROOT}"}
    os.environ.setdefault("CS_AGENT_MODE", "demo")
    sys.path[:0] = [str(HERE), str(ROOT)]
    from honcho.manager import Manager

    from cs_agent.demo.supervisor import respawned
    from cs_agent.project import conf
    from cs_agent.project.commands.processes import embedded

    values = conf.load(os.environ)
    address = f"http://{values['CS_AGENT_HOST']}:{values['CS_AGENT_PORT']}"
    for words in (("migrate", "-v", "0"), ("load_demo",), ("load_desk", "--site", address)):
        subprocess.run([sys.executable, str(HERE / "manage.py"), *words], check=True)
    manager = Manager()
    for process in embedded(values, data):
        command = tuple(
            "desk.asgi:application" if part.endswith("asgi:application") else part for part in process.command
        )
        manager.add_process(
            process.name, shlex.join(respawned(replace(process, command=command), data)), env=dict(os.environ)
        )
    sys.stdout.write(f"\n  django-helpdesk with cs_agent: {address}/   (log in as lin / see docs/integrations.md)\n\n")
    sys.stdout.flush()
    manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
