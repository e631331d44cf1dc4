"""English words of the trade that were mistyped: refnud, adress, verifcation.

Rule: one letter left out, put in twice or exchanged with its neighbour, within the word; its first and last letters
stand. Another letter in a letter's place makes another word (refuse, resent) and is left.
"""

from __future__ import annotations

import re

_WORDS = (
    "refund",
    "refunded",
    "refunds",
    "return",
    "returned",
    "returning",
    "address",
    "delivery",
    "delivered",
    "shipping",
    "shipped",
    "tracking",
    "parcel",
    "package",
    "shipment",
    "verification",
    "identity",
    "complaint",
    "complaints",
    "compensation",
    "compensate",
    "received",
    "receive",
    "resend",
    "exchange",
    "replacement",
    "damaged",
    "broken",
    "arrived",
    "warehouse",
    "courier",
    "defective",
)
_LONG = re.compile(r"(?<![A-Za-z\d])[A-Za-z]{5,14}(?![A-Za-z\d])")


def spelt(text: str) -> str:
    """The text with such words put right; its length may change."""
    return _LONG.sub(lambda match: _MISTYPED.get(match[0].lower(), match[0]), text)


def _mistyped(word: str) -> set[str]:
    """Each way to mistype the word by one letter."""
    inner = range(1, len(word) - 1)
    left_out = {word[:at] + word[at + 1 :] for at in inner}
    twice = {word[:at] + word[at] + word[at:] for at in inner}
    turned = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 2)}
    return left_out | twice | turned


_MISTYPED = {wrong: word for word in _WORDS for wrong in _mistyped(word) if wrong not in _WORDS}
