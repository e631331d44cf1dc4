"""Fails for code that no product code uses; tests do not count.

Of the engine, the phone, vision and recording everything is checked. Of the rest functions, methods and properties are,
and a name in a template, a script or a setting counts as a use. What a protocol or a library calls is in ALLOWED.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from vulture import Vulture
from vulture.core import Item

ROOT = Path(__file__).resolve().parent.parent
CHECKED = ("cs_agent/engine", "cs_agent/phone", "cs_agent/vision", "cs_agent/recording")
USERS = (
    "cs_agent/project",
    "cs_agent/observation.py",
    "cs_agent/geometry.py",
    "cs_agent/trouble.py",
    "tickets",
    "consoles",
    "integrations",
    "benchmarks",
    "manage.py",
)
CONFIDENCE = 60
NAMED = ("cs_agent/project", "cs_agent/demo", "cs_agent/plugin", "tickets", "consoles", "integrations", "benchmarks")
KINDS_NAMED = {"function", "method", "property", "class"}
SOURCES = (
    "*.py",
    "*.html",
    "*.js",
    "*.txt",
    "*.md",
    "*.toml",
    "*.yaml",
    ":!tests",
    ":!CHANGELOG.md",
    ":!*/migrations/*",
)
REGISTERED = (
    "@*.register*",
    "@*.connect*",
    "@receiver*",
    "@functions.signature*",  # of JMESPath, called by their names
    "@*validator*",
    "@*.exception_handler*",
    "@operation*",
    "@register*",
)
ALLOWED = {
    "model_config",  # pydantic reads it
    "KEYBOARD",  # a member of an enumeration that is walked
    "OFFLINE",
    "UNAUTHORIZED",
    "AUTHORIZING",
    "CONNECTING",
    "NO_PERMISSIONS",
    "RECOVERY",
    "SIDELOAD",
    "BOOTLOADER",  # states that adb's own words are turned into
    "product",  # part of adb's line about a phone
    "_safe_connect",  # adbutils calls it
    "limit_side_len",  # RapidOCR's own setting
    "trace",  # the signature of __exit__
    "vtt_path",
    "last_reuse",
    "capped",
    "nothing",  # told to callers and benchmarks
    "ModelGrounder",
    "__getattr__",
    "__dir__",  # Python asks a module for them
    "navigation_words",  # read in stored versions, and vouches for nothing
    "_is_told_from_others",  # a validator of pydantic
    "SELECTION",  # named by the page vocabulary
    "row_peers",
    "like_items",
    "front_window",  # of screen.structure, for the gate
    "ConsolesConfig",
    "IntegrationsConfig",
    "TicketsConfig",
    "BackOfficeConfig",  # Django finds the configuration of an app
    "has_module_permission",
    "clean_permissions",
    "prepare_value",
    "run_validators",
    "has_changed",
    "get_actions",
    "from_db_value",
    "as_sqlite",
    "_start_transaction_under_autocommit",  # Django calls them
    "is_allowed",  # axes
    "capture_signals",  # uvicorn
    "parse_body",  # ninja
    "readinto",  # io
    "_wifi",  # a sub-command is called by its name
    "entry_of",  # announced by its path
    "as_mermaid",  # draws the diagram of docs/architecture.md, which a test compares
}


def main() -> int:
    unused = [*_unused_parts(), *_unnamed()]
    for item in unused:
        print(f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} {item.name}")
    return 1 if unused else 0


def _unused_parts() -> list[Item]:
    """Of CHECKED: what no product code uses."""
    return [item for item in _found((*CHECKED, *USERS)) if _lies_in(item, CHECKED)]


def _unnamed() -> list[Item]:
    """Of NAMED: what is defined and named nowhere else."""
    listed = subprocess.run(["git", "ls-files", *SOURCES], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    words: Counter[str] = Counter()
    for path in map(ROOT.joinpath, listed.splitlines()):
        if path.is_file():
            words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return [item for item in _found(NAMED) if item.typ in KINDS_NAMED and words[item.name] < 2]


def _found(folders: tuple[str, ...]) -> list[Item]:
    vulture = Vulture(ignore_decorators=list(REGISTERED))
    vulture.scavenge([str(ROOT / path) for path in folders if (ROOT / path).exists()], exclude=["*/migrations/*"])
    return [item for item in vulture.get_unused_code(min_confidence=CONFIDENCE) if item.name not in ALLOWED]


def _lies_in(item: Item, folders: tuple[str, ...]) -> bool:
    return str(item.filename).startswith(tuple(str(ROOT / path) for path in folders))


if __name__ == "__main__":
    sys.exit(main())
