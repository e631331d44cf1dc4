"""What the servers from Debian packages have in common: installing them, and running them without rights."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from cs_agent.project.commands import provision

_SETUP_LIMIT_S = 300


class NotHere(Exception):
    """The server is not on this machine and could not be put there; the text says what was tried."""


def provide(packages: Sequence[str], files: Sequence[Path]) -> None:
    """Have the packages, whose `files` show that they are there; installed where apt may be used, else NotHere."""
    if all(path.exists() for path in files):
        return
    if not provision.apt_install(*packages, recommended=False) or not all(path.exists() for path in files):
        raise NotHere(f"install {' '.join(packages)}: apt-get could not be used here, or has no such packages")


def user() -> str | None:
    """Whom the processes belong to; None: to whoever runs the tests, who has no rights anyway."""
    return "nobody" if os.geteuid() == 0 else None


def hand_over(folder: Path) -> None:
    """Make the folder and all in it the property of `user`."""
    if owner := user():
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, owner)


def run(command: list[str], folder: Path, environ: Mapping[str, str], text: str = "") -> str:
    """What the command prints; AssertionError with its last words where it fails."""
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        env=environ,
        cwd=folder,
        user=user(),
        timeout=_SETUP_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def serve(command: list[str], folder: Path, environ: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """The server, in a process group of its own; what it says goes to the end of `log`."""
    with log.open("ab") as sink:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=environ,
            cwd=folder,
            user=user(),
            start_new_session=True,
        )
