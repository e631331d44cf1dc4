"""Fails for code of the engine, the phone, vision and recording that no product code uses: tests do not count.

What others call by a protocol, a library or a name in a string stands in ALLOWED, each with its reason.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vulture import Vulture

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
}


def main() -> int:
    found = Vulture()
    found.scavenge([str(ROOT / path) for path in (*CHECKED, *USERS) if (ROOT / path).exists()])
    checked = tuple(str(ROOT / path) for path in CHECKED)
    unused = [
        item
        for item in found.get_unused_code(min_confidence=CONFIDENCE)
        if str(item.filename).startswith(checked) and item.name not in ALLOWED
    ]
    for item in unused:
        print(f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} {item.name}")
    return 1 if unused else 0


if __name__ == "__main__":
    sys.exit(main())
