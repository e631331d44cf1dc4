"""Text made plain for matching, one character for one, so that places stay those of the original."""

from __future__ import annotations

import unicodedata

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"  # may stand inside a number without being seen
_SIGNS = str.maketrans({"：": ":", "﹕": ":", "∶": ":", "︰": ":"})


def same_length_plain(text: str) -> str:
    """Full-width letters, digits and signs as their ordinary forms (NFKC where that is one character)."""
    if text.isascii():
        return text
    plain = (unicodedata.normalize("NFKC", char) for char in text.translate(_SIGNS))
    return "".join(new if len(new) == 1 else old for new, old in zip(plain, text, strict=True))
