"""How a person on this installation writes a command of the product: from a checkout, or as it was installed.

Rule: whatever tells people to run a command takes it from here, so that it can be copied as it stands.
"""

from __future__ import annotations

from pathlib import Path


def command_line(words: str, *, folder: Path = Path(__file__).resolve().parent.parent) -> str:
    """`python manage.py WORDS` where `folder`, which holds the code, is a checkout; else `cs-agent WORDS`."""
    program = "python manage.py" if (folder / "manage.py").is_file() else "cs-agent"
    return f"{program} {words}"
