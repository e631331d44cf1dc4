"""A ticket's text made uniform without moving a character, and the spans that readers find in it.

Rule: `even` keeps the length, so that an offset in the even text is the offset in the ticket's text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f\u3000\t"), " ")
CLAUSE_END = re.compile(r"[,，。;；!！?？\n]")
SENTENCE_END = re.compile(r"[。;；!！?？\n]")
# Chinese punctuation that NFKC would turn into ASCII stays: readers tell clauses by it.
_KEPT = set("，；：！？（）")


@dataclass(frozen=True, slots=True)
class Span:
    """A value found at `start:end` of the text."""

    value: str
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


def even(text: str) -> str:
    """Full-width digits and letters made half-width, dashes and spaces made one kind; same length."""
    return "".join(_even(char) for char in text.translate(_DASHES | _SPACES))


def outside(spans: list[Span], taken: list[Span]) -> list[Span]:
    """The spans that do not overlap any of `taken`."""
    return [span for span in spans if not any(span.overlaps(other) for other in taken)]


def distinct(spans: list[Span]) -> list[Span]:
    """The first span of each value, in the order of the text."""
    first: dict[str, Span] = {}
    for span in sorted(spans, key=lambda span: span.start):
        first.setdefault(span.value, span)
    return list(first.values())


def clause_before(text: str, at: int, reach: int) -> str:
    """At most `reach` characters before `at`, not beyond the clause's beginning."""
    part = text[max(0, at - reach) : at]
    ends = [match.end() for match in CLAUSE_END.finditer(part)]
    return part[ends[-1] :] if ends else part


def clause_after(text: str, at: int, reach: int) -> str:
    part = text[at : at + reach]
    end = CLAUSE_END.search(part)
    return part[: end.start()] if end else part


def _even(char: str) -> str:
    if char in _KEPT or char.isascii():
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char
