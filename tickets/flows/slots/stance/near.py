"""How far from a value a word about it may stand."""

from __future__ import annotations

NEAR, FAR = 10, 18  # characters before a value within which a word about it stands


def last(text: str, chinese: int, english: int) -> str:
    """The last characters that are near by: English needs more letters to say the same."""
    reach = english if text[-english:].isascii() else chinese
    return text[-reach:]
