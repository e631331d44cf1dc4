"""Find or install what pip does not provide: a Chromium for the virtual phone and a font with Chinese characters.

Playwright's own download comes first, the system's package manager second; a machine that already has them is
left as it is. Needs no more than the standard library and the installed requirements.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOAD_LIMIT_S = 600


def main() -> int:
    missing = [what for what, have, get in _NEEDS if not have() and not (get() and have())]
    for what in missing:
        print(f"cs_agent: {what} is missing and could not be installed here; {_ADVICE[what]}", file=sys.stderr)
    return 1 if missing else 0


def has_browser() -> bool:
    named = os.environ.get("CS_AGENT_CHROMIUM")
    if named:
        return Path(named).is_file()
    return _playwright_browser() or any(shutil.which(name) for name in BROWSERS)


def _playwright_browser() -> bool:
    """Whether Playwright's own Chromium is on disk (asked of Playwright in a process of its own)."""
    code = (
        "from playwright.sync_api import sync_playwright as s\n"
        "import pathlib, sys\n"
        "with s() as p: sys.exit(not pathlib.Path(p.chromium.executable_path).exists())"
    )
    return _run([sys.executable, "-c", code], quiet=True)


def get_browser() -> bool:
    print("Installing Chromium …", flush=True)
    # Ubuntu's package only fetches a snap, which many machines cannot run: Playwright's build comes first there.
    ways = [_playwright_install, lambda: apt_install("chromium")]
    if _is_debian():
        ways.reverse()
    return any(way() and has_browser() for way in ways)


def _playwright_install() -> bool:
    install = [sys.executable, "-m", "playwright", "install"]
    return _run([*install, "--with-deps", "chromium"], quiet=True) or _run([*install, "chromium"], quiet=True)


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.is_file() and "ID=debian" in release.read_text(encoding="utf-8").splitlines()


def has_font() -> bool:
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("*CJK*")) if Path("/usr/share/fonts").is_dir() else False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def get_font() -> bool:
    print("Installing a Chinese font …", flush=True)
    return apt_install("fonts-noto-cjk")


def apt_install(*packages: str, recommended: bool = True) -> bool:
    """Install Debian packages, with or without those they recommend, as root or by sudo that asks nothing."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not shutil.which("sudo"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run([*prefix, "apt-get", "update", "-qq"], quiet=True, env=environment)
    only = [] if recommended else ["--no-install-recommends"]
    return _run([*prefix, "apt-get", "install", "-y", "-qq", *only, *packages], quiet=True, env=environment)


def _run(command: Sequence[str], *, quiet: bool, env: dict[str, str] | None = None) -> bool:
    sink = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=env, timeout=DOWNLOAD_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


_NEEDS = (("Chromium", has_browser, get_browser), ("A Chinese font", has_font, get_font))
_ADVICE = {
    "Chromium": "install Chromium or Chrome, or name one with CS_AGENT_CHROMIUM.",
    "A Chinese font": "install the package fonts-noto-cjk (or any font with Chinese characters).",
}

if __name__ == "__main__":
    sys.exit(main())
