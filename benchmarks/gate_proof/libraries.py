"""Fetches the component libraries that the proof's pages are built from, and bundles them.

`python -m benchmarks.gate_proof.libraries`. npm comes with requirements-dev.txt, its packages from the registry that
npm is set up for. Rule: where they cannot be had it says so and why; nothing goes on as if they were there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.gate_proof.words import DIST

ROOT = Path(__file__).parent
INSTALL = ("npm", "install", "--no-audit", "--no-fund", "--loglevel=error")
BUILD = ("node", "build.mjs")
NOT_TO_BE_HAD = 3  # build.mjs: a package of texts cannot be fetched
_LIMIT_S = 600.0


class LibrariesMissingError(Exception):
    """npm or its packages cannot be had here; trying again helps once there is a network."""


def provide(folder: Path = ROOT, install: tuple[str, ...] = INSTALL) -> None:
    """Leaves what is built already alone.

    Raises LibrariesMissingError where a package cannot be had, and CalledProcessError where the pages do not build.
    """
    if _is_built(folder):
        return
    installed = _run(install, folder)
    if installed.returncode:
        raise LibrariesMissingError(f"npm could not install the component libraries: {_last_lines(installed.stderr)}")
    built = _run(BUILD, folder)
    if built.returncode == NOT_TO_BE_HAD:
        raise LibrariesMissingError(f"npm could not fetch the texts of other products: {_last_lines(built.stderr)}")
    if built.returncode:
        raise subprocess.CalledProcessError(built.returncode, BUILD, built.stdout, built.stderr)


def _is_built(folder: Path) -> bool:
    made = folder / DIST.name / "texts.json"  # written last
    sources = [folder / "build.mjs", folder / "package.json", folder / "package-lock.json", *folder.glob("stage/*.js")]
    return made.is_file() and all(made.stat().st_mtime > source.stat().st_mtime for source in sources)


def _run(command: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    """With the environment's own npm before the system's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except FileNotFoundError as missing:
        raise LibrariesMissingError(
            f"{command[0]} is not there; it comes with: pip install -r requirements-dev.txt"
        ) from missing
    except subprocess.TimeoutExpired as slow:
        raise LibrariesMissingError(f"{' '.join(command)} took longer than {_LIMIT_S:.0f} s") from slow


def _last_lines(text: str, count: int = 3) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-count:]) or "it did not say why"


def main() -> int:
    try:
        provide()
    except LibrariesMissingError as missing:
        print(f"gate proof: {missing}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"gate proof: the pages do not build: {failed.stderr}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
