"""Carries out the steps of a Dockerfile in a plain root folder, where no container runtime is to be had.

A stage is a copy of a Debian base with its Python in /usr/local; RUN is a chroot with the stage's environment, folder
and user, COPY takes from the tree (less what .dockerignore leaves out) or from an earlier stage.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEBIAN = "bookworm"
PACKAGES = "python3,python3-pip,python3-venv,ca-certificates"
# What this machine needs to reach its registries, and processes need of any machine.
FROM_HOST = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/xdg/pip", "/etc/ssl/certs"),
    "/etc/apt/sources.list.d",
)
BOUND = ("/dev", "/proc", "/opt")
HOST_PREFIXES = ("PIP_", "SSL_", "REQUESTS_CA_BUNDLE", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY")


@dataclass
class Stage:
    root: Path
    folder: str = "/"
    user: str = "0:0"
    environ: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def argv(self, command: list[str]) -> list[str]:
        inside = ["chroot", f"--userspec={self.user}", str(self.root), "/usr/bin/env", "-i", *self._settings()]
        return [*inside, "/bin/sh", "-c", f'cd "{self.folder}" && exec "$@"', "sh", *command]

    def run(self, command: list[str], limit_s: float = 3600) -> str:
        """Its output; AssertionError when it fails."""
        done = subprocess.run(self.argv(command), capture_output=True, text=True, timeout=limit_s, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
        return done.stdout

    def _settings(self) -> list[str]:
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        host = {name: text for name, text in os.environ.items() if name.startswith(HOST_PREFIXES)}
        return [f"{name}={text}" for name, text in {**host, "PATH": path, "LANG": "C.UTF-8", **self.environ}.items()]


def base(root: Path) -> None:
    """What `python:3.11-slim` is: Debian without recommendations, Python 3.11 and pip in /usr/local."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", DEBIAN, str(root), _mirror()],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for name in FROM_HOST:
        if Path(name).exists():
            _copy(Path(name), root / name.lstrip("/"))
    Stage(root).run(["python3", "-m", "venv", "/usr/local"])


def _mirror() -> str:
    """DEBIAN_MIRROR, or where this machine's own apt gets that Debian. AssertionError where neither names one."""
    command = ["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    ours = [address for release, _gap, address in (line.partition(" ") for line in told) if release == DEBIAN]
    mirror = os.environ.get("DEBIAN_MIRROR") or next(iter(ours), "")
    assert mirror, (
        f"apt of this machine has no source for Debian {DEBIAN}: set DEBIAN_MIRROR to a mirror's address,"
        " or run `apt-get update` after adding one"
    )
    return mirror


def build(dockerfile: Path, tree: Path, plain: Path, into: Path, stack: ExitStack) -> Stage:
    """The last stage, with /dev, /proc and /opt bound into it until the stack is closed."""
    stages: dict[str, Stage] = {}
    stage = Stage(plain)
    for word, rest in instructions(dockerfile.read_text()):
        if word == "FROM":
            name = rest.partition(" AS ")[2] or f"stage-{len(stages)}"
            stage = stages[name] = Stage(into / name)
            subprocess.run(["cp", "-a", "--reflink=auto", str(plain), str(stage.root)], check=True)
            stack.enter_context(_bound(stage.root))
        else:
            _step(stage, stages, tree, word, rest)
    return stage


def instructions(text: str) -> Iterator[tuple[str, str]]:
    whole = re.sub(r"\\\n", " ", "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")))
    for line in whole.splitlines():
        word, _gap, rest = line.strip().partition(" ")
        if word:
            yield word, rest.strip()


def _step(stage: Stage, stages: dict[str, Stage], tree: Path, word: str, rest: str) -> None:
    if word == "RUN":
        stage.run(["/bin/sh", "-c", rest])
    elif word == "WORKDIR":
        stage.folder = rest
        (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif word == "ENV":
        stage.environ |= dict(pair.split("=", 1) for pair in rest.split())
    elif word == "USER":
        stage.user = rest
    elif word == "COPY":
        _copied(stage, stages, tree, rest)
    elif word in ("ENTRYPOINT", "CMD"):
        setattr(stage, "entrypoint" if word == "ENTRYPOINT" else "command", json.loads(rest))
    else:
        assert word in ("VOLUME", "EXPOSE"), f"{word} is not known here"


def _copied(stage: Stage, stages: dict[str, Stage], tree: Path, rest: str) -> None:
    source, target = [word for word in rest.split() if not word.startswith("--")]
    into = stage.root / (target if target.startswith("/") else f"{stage.folder}/{target}").lstrip("/")
    if rest.startswith("--from="):
        earlier = stages[rest.partition("=")[2].split()[0]]
        shutil.copytree(earlier.root / source.lstrip("/"), into, dirs_exist_ok=True)
    else:
        shutil.copytree(tree / source, into, ignore=_ignored(tree), symlinks=True, dirs_exist_ok=True)


def _ignored(tree: Path) -> Callable[[Any, list[str]], set[str]]:
    lines = [line for line in (tree / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]

    def ignore(folder: Any, names: list[str]) -> set[str]:
        top = Path(folder).resolve() == tree.resolve()
        return {
            name
            for name in names
            for line in lines
            if (line.startswith("**/") and fnmatch.fnmatch(name, line[3:])) or (top and fnmatch.fnmatch(name, line))
        }

    return ignore


@contextmanager
def _bound(root: Path) -> Iterator[None]:
    with ExitStack() as stack:
        for name in BOUND:
            place = root / name.lstrip("/")
            place.mkdir(exist_ok=True)
            subprocess.run(["mount", "--rbind", "--make-rslave", name, str(place)], check=True)
            stack.callback(subprocess.run, ["umount", "--recursive", "--lazy", str(place)], check=False)
        yield


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)  # its links would lead back to this machine's files
        shutil.copytree(source, target, symlinks=False, ignore_dangling_symlinks=True)
    else:
        shutil.copy(source, target)
