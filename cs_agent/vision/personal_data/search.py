"""Finds personal data in text, as a person or an OCR engine would have written it.

Rule: match on normalised characters, answer in places of the original text; the surer kind wins a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cs_agent.vision.personal_data.addresses import addresses
from cs_agent.vision.personal_data.codes import codes, passwords, vouchers
from cs_agent.vision.personal_data.documents import messengers, passports, plates
from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.names import names
from cs_agent.vision.personal_data.numbers import numbers
from cs_agent.vision.personal_data.plain import same_length_plain

_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?(?:@|\(at\)|\[at\])\s?[A-Za-z0-9-]+"
    r"(?:\.[A-Za-z0-9-]+|\s?\.\s?(?:com|cn|net|org|edu|gov)\b)+",
    re.IGNORECASE,
)


def _emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        yield Span(DataKind.EMAIL, match.start(), match.end(), re.sub(r"\s", "", match.group()))


_WHOLE: tuple[Callable[[str], Iterator[Span]], ...] = (
    _emails,
    passwords,
    vouchers,
    numbers,
    codes,
    passports,
    plates,
    messengers,
    names,
)
_IN_GAPS = frozenset({DataKind.ADDRESS})  # may hold a number of another kind: what is left around it counts


def find(text: str) -> tuple[Span, ...]:
    """All personal data, left to right, without overlaps."""
    plain = same_length_plain(text)
    kept: list[Span] = []
    taken = bytearray(len(text))
    for search in (*_WHOLE, addresses):
        for span in search(plain):
            for free in _free(span, taken):
                taken[free.start : free.end] = b"\1" * (free.end - free.start)
                kept.append(free)
    return tuple(sorted(kept, key=lambda span: span.start))


def _free(span: Span, taken: bytearray) -> list[Span]:
    """The span where its place is free; of an address, the free parts."""
    place = taken[span.start : span.end]
    if not any(place):
        return [span]
    if span.kind not in _IN_GAPS:
        return []
    return [
        Span(span.kind, span.start + part.start(), span.start + part.end(), span.value)
        for part in re.finditer(b"\0{2,}", bytes(place))
    ]
