"""Commands that were called otherwise in earlier releases: scheduled jobs may still call them so."""

from __future__ import annotations

from collections.abc import Sequence

_COMMANDS = {
    "erase_customer": ("evidence", "erase"),
    "export_audit": ("audit", "export"),
    "legal_hold": ("evidence", "hold"),
    "retain": ("evidence", "retain"),
}


def renamed(arguments: Sequence[str]) -> list[str]:
    """The arguments of manage.py, program name first, with the command by its name of today."""
    program, *words = arguments
    return [program, *_COMMANDS.get(words[0], words[:1]), *words[1:]] if words else [program]
