"""Former names of commands, which scheduled jobs may still use."""

from __future__ import annotations

from collections.abc import Sequence

_COMMANDS = {
    "erase_customer": ("evidence", "erase"),
    "export_audit": ("audit", "export"),
    "legal_hold": ("evidence", "hold"),
    "retain": ("evidence", "retain"),
}


def renamed(arguments: Sequence[str]) -> list[str]:
    """The arguments of manage.py, program name first, with the command's current name."""
    program, *words = arguments
    return [program, *_COMMANDS.get(words[0], words[:1]), *words[1:]] if words else [program]
